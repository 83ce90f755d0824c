"""The keys of the backups outlive the machine, and nothing else opens what they seal."""

import shutil
from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
import shamir_mnemonic
from PIL import Image

from access.actors import OPERATOR
from access.rules import Denied
from archive.app import Archive, open_archive
from archive.backups import check, create, escrow, keys, repository, restore, sheet, slots
from archive.backups.slots import Unlocking
from archive.backups.targets.local import LocalTarget
from archive.errors import Conflict, Corrupt, Invalid, Misconfigured, NotFound
from archive.intake import Claims, hand_in
from tests.builders import a_person

PASSPHRASE = "紫藤苑三期的银杏叶在十一月"


@pytest.fixture
def target(tmp_path: Path) -> LocalTarget:
    return LocalTarget(tmp_path / "repository")


def a_file(archive: Archive, content: bytes, name: str = "a.bin") -> str:
    return hand_in(archive, OPERATOR, BytesIO(content), name, Claims(title=name)).record_id


def brought_back(target: LocalTarget, unlocking: Unlocking, tmp_path: Path, name: str) -> bytes:
    """Restore with nothing but the repository and this; the only object that is kept."""
    slots.recover(target, unlocking, tmp_path / f"keys-{name}")
    restore.restore(target, tmp_path / f"keys-{name}", tmp_path / f"home-{name}", index=False)
    back = open_archive(tmp_path / f"home-{name}")
    try:
        with back.read() as tx:
            (row,) = tx.objects.every()
        return back.objects.read(row.digest)
    finally:
        back.close()


def test_any_two_shares_bring_everything_back_when_all_else_is_lost(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    a_file(archive, b"what must survive")
    _, shares = escrow.add_shares(archive, OPERATOR)
    create.run(archive, OPERATOR, target)
    archive.close()
    shutil.rmtree(home)

    for n, pair in enumerate(combinations(shares, 2)):
        assert brought_back(target, Unlocking(shares=pair), tmp_path, str(n)) == b"what must survive"
    with pytest.raises(Invalid, match="do not go together"):
        slots.recover(target, Unlocking(shares=(shares[0],)), tmp_path / "one")
    with pytest.raises(Invalid, match="do not go together"):
        slots.recover(target, Unlocking(shares=(shares[0], shares[1] + " academic")), tmp_path / "wrong")
    foreign = shamir_mnemonic.generate_mnemonics(1, [(2, 3)], bytes(32))[0]
    with pytest.raises(Invalid, match="opens no slot"):
        slots.recover(target, Unlocking(shares=tuple(foreign[:2])), tmp_path / "foreign")
    assert not (tmp_path / "foreign").exists()


def test_a_passphrase_and_a_key_file_open_the_same(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    a_file(archive, b"what must survive")
    escrow.add_passphrase(archive, OPERATOR, PASSPHRASE)
    escrow.add_key_file(archive, OPERATOR, tmp_path / "stick.key")
    create.run(archive, OPERATOR, target)
    archive.close()
    shutil.rmtree(home)

    assert (tmp_path / "stick.key").stat().st_mode & 0o777 == 0o600
    secret = slots.key_file_text(tmp_path / "stick.key")
    assert brought_back(target, Unlocking(passphrase=PASSPHRASE), tmp_path, "p") == b"what must survive"
    assert brought_back(target, Unlocking(key_file=secret), tmp_path, "k") == b"what must survive"
    for wrong in (Unlocking(passphrase=PASSPHRASE + " "), Unlocking(key_file=bytes(32))):
        with pytest.raises(Invalid, match="opens no slot"):
            slots.recover(target, wrong, tmp_path / "wrong")
    with pytest.raises(Conflict, match="not empty"):
        slots.recover(target, Unlocking(key_file=secret), tmp_path / "keys-k")


def test_a_changed_key_seals_what_is_new_and_opens_what_is_old(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    a_file(archive, b"old")
    _, shares = escrow.add_shares(archive, OPERATOR)
    create.run(archive, OPERATOR, target)
    shutil.copytree(home / "keys", tmp_path / "stolen")

    assert escrow.rotate(archive, OPERATOR) == 2
    a_file(archive, b"new", "b.bin")
    run = create.run(archive, OPERATOR, target)

    assert run.objects_new == 1
    assert check.check(target, keys.load(home / "keys")).problems == ()
    slot = escrow.prove(archive, OPERATOR, Unlocking(shares=tuple(shares[1:])))
    assert [one.generation for one in slots.of_target(target)] == [2]
    assert len(repository.of(dict(target.sizes()), "slots")) == 1
    slots.recover(target, Unlocking(shares=tuple(shares[:2])), tmp_path / "keys")
    assert restore.restore(target, tmp_path / "keys", tmp_path / "new", index=False).objects == 2
    with pytest.raises(Misconfigured, match="after the backup key was changed"):
        restore.restore(target, tmp_path / "stolen", tmp_path / "thief", index=False)
    with archive.read() as tx:
        said = [line for line in tx.ledger.lines() if line.action.startswith("backup-key.")]
    assert {line.action for line in said} == {"backup-key.added", "backup-key.changed", "backup-key.proved"}
    assert slot.id in {line.subject_id for line in said}


def test_a_revoked_slot_is_gone_from_the_repository_after_the_next_run(archive: Archive, target: LocalTarget) -> None:
    lost = escrow.add_passphrase(archive, OPERATOR, PASSPHRASE)
    kept = escrow.add_passphrase(archive, OPERATOR, PASSPHRASE + "二")
    create.run(archive, OPERATOR, target)
    escrow.revoke(archive, OPERATOR, lost.id[:6])
    create.run(archive, OPERATOR, target)

    assert (
        [one.id for one in slots.of_target(target)]
        == [kept.id]
        == [one.id for one in slots.every(archive.settings.keys)]
    )
    with pytest.raises(NotFound, match="no slot"):
        escrow.revoke(archive, OPERATOR, lost.id)


def test_a_slot_planted_by_somebody_else_is_named(
    archive: Archive, target: LocalTarget, founded: Path, tmp_path: Path
) -> None:
    create.run(archive, OPERATOR, target)
    shutil.copytree(founded / "keys", tmp_path / "other")
    keys.load_or_create(tmp_path / "other")
    slots.copy_to(tmp_path / "other", target, {})
    planted = slots.add_passphrase(tmp_path / "other", PASSPHRASE, archive.now())
    target.put(planted.name, [planted.text().encode()])

    problems = check.check(target, keys.load(archive.settings.keys)).problems
    assert [(problem.kind, problem.name) for problem in problems] == [("damaged", planted.name)]


def test_keys_that_only_read_verify_and_neither_write_nor_open(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    a_file(archive, b"content")
    create.run(archive, OPERATOR, target)
    folder = escrow.reader_keys(archive, OPERATOR, tmp_path / "verifier")

    assert check.check(target, keys.load(folder)).problems == ()
    with pytest.raises(Misconfigured, match="master key"):
        restore.restore(target, folder, tmp_path / "new")
    opened = repository.open_repository(target, keys.load(folder))
    with pytest.raises(Misconfigured, match="not write"):
        opened.put_tidying(1, [], {})
    with pytest.raises(Misconfigured, match="not write"):
        keys.add_generation(folder)


def test_who_can_read_a_repository_cannot_forge_a_snapshot(
    archive: Archive, home: Path, target: LocalTarget, tmp_path: Path
) -> None:
    create.run(archive, OPERATOR, target)
    held = keys.load(home / "keys")
    genuine = repository.open_repository(target, held)
    snapshot, _ = genuine.newest(genuine.sizes())
    assert snapshot is not None
    # All that a reader has, and a signing key of their own.
    forger = keys.Keys(held.generations, keys.new().signing)
    forged = repository.Repository(target, repository.Seals(forger, genuine.seals.repository_id))
    made = forged.put_snapshot(snapshot)

    name = repository.snapshot_name(made.number, made.id)
    assert [(p.kind, p.name) for p in check.check(target, held).problems if "signed" in p.detail] == [("damaged", name)]
    with pytest.raises(Corrupt, match="was not signed by its archive"):
        restore.restore(target, home / "keys", tmp_path / "new", index=False)


def test_keys_are_not_written_where_the_data_is(archive: Archive, home: Path) -> None:
    for path in (home / "stick.key", home / "keys" / "stick.key", archive.settings.backups / "stick.key"):
        with pytest.raises(Invalid, match="who loses or steals one gets both"):
            escrow.add_key_file(archive, OPERATOR, path)
        with pytest.raises(Invalid, match="who loses or steals one gets both"):
            escrow.reader_keys(archive, OPERATOR, path)
    assert slots.every(home / "keys") == ()


def test_weak_passphrases_and_people_without_that_duty_are_refused(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="at least 12"):
        escrow.add_passphrase(archive, OPERATOR, "short")
    auditor = a_person(archive, "shen", "auditor")
    for act in (
        lambda: escrow.add_passphrase(archive, auditor, PASSPHRASE),
        lambda: escrow.add_key_file(archive, auditor, tmp_path / "k"),
        lambda: escrow.add_shares(archive, auditor),
        lambda: escrow.revoke(archive, auditor, "a"),
        lambda: escrow.rotate(archive, auditor),
        lambda: escrow.prove(archive, auditor, Unlocking(passphrase=PASSPHRASE)),
        lambda: escrow.reader_keys(archive, auditor, tmp_path / "r"),
    ):
        with pytest.raises(Denied):
            act()


def test_a_damaged_slot_is_not_a_slot(archive: Archive, target: LocalTarget) -> None:
    slot = escrow.add_passphrase(archive, OPERATOR, PASSPHRASE)
    with pytest.raises(Corrupt, match="is damaged"):
        slots.parsed(slot.text()[:-5], "x")
    greedy = slots.replace(slot, memory_kib=1 << 30)
    with pytest.raises(Invalid, match="opens no slot"):
        slots.unlock([greedy], Unlocking(passphrase=PASSPHRASE))


def test_the_sheets_show_the_words_and_a_code_of_them(archive: Archive, tmp_path: Path) -> None:
    """Rendered, the code on each page is read back by a scanner and is that page's share. Only codes of its
    kind are looked for: a scanner of every kind has seen bars in the words."""
    zxing = pytest.importorskip("zxingcpp", reason="the reader of codes is not installed")
    import pypdfium2

    slot, shares = escrow.add_shares(archive, OPERATOR)
    about = sheet.Sheet("试用物业", "archive-id", "0a0b0c0d", "2026-03-02", ("/mnt/backup",))
    document = pypdfium2.PdfDocument(sheet.pdf(about, slot, shares))
    assert len(document) == 3
    for page, share in zip(document, shares, strict=True):
        image = page.render(scale=2).to_pil()
        assert isinstance(image, Image.Image)
        assert [code.text for code in zxing.read_barcodes(image, formats=zxing.BarcodeFormat.QRCode)] == [share]
        text = page.get_textpage().get_text_range()
        assert all(word in text for word in share.split())
        assert "0a0b0c0d" in text
    document.close()
