"""`muniment backup` and `muniment verify`, as people and scripts use them."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive import cli
from archive.app import open_archive
from indexer.reading import Reader
from tests.builders import a_record, settle


@pytest.fixture
def filled(home: Path, reader: Reader) -> Path:
    archive = open_archive(home)
    a_record(archive, "蒹葭苍苍" * 30, title="蒹葭合同")
    settle(archive, reader)
    archive.close()
    return home


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = cli.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def data(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> Any:
    ended, out, err = run(capsys, *arguments, "--json")
    assert ended == status, err
    return json.loads(out)


def test_from_run_to_restore_with_commands_alone(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = data(capsys, "--home", filled, "backup", "run")
    assert (made["number"], made["objects_new"], made["missing"]) == (1, made["objects"], [])
    listed = data(capsys, "--home", filled, "backup", "list")
    assert [one["id"] for one in listed] == [made["snapshot"]]
    assert data(capsys, "--home", filled, "backup", "verify")["problems"] == []

    shutil.copytree(filled / "keys", tmp_path / "keys")
    shutil.move(filled / "backups", tmp_path / "disk")
    shutil.rmtree(filled)
    elsewhere = ("--from", tmp_path / "disk", "--keys", tmp_path / "keys")
    assert data(capsys, "backup", "list", *elsewhere) == listed
    assert data(capsys, "backup", "verify", *elsewhere)["newest"] == made["snapshot"]
    restored = data(capsys, "backup", "restore", *elsewhere, "--to", tmp_path / "new", "--snapshot", made["snapshot"])
    assert (restored["objects"], restored["indexed"]) == (made["objects"], 1)

    assert data(capsys, "--home", tmp_path / "new", "verify")["whole"] is True
    assert data(capsys, "--home", tmp_path / "new", "find", "蒹葭")["total"] == 1


def test_two_sheets_and_a_repository_bring_everything_back_with_commands_alone(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def typed(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    shares = data(capsys, "--home", filled, "backup", "key", "shares")["shares"]
    made = data(capsys, "--home", filled, "backup", "run")
    typed(shares[0], shares[2])
    data(capsys, "--home", filled, "backup", "key", "check", "--shares")
    data(capsys, "--home", filled, "backup", "key", "rotate")
    data(capsys, "--home", filled, "backup", "run")
    # Rehearsed as if this machine had burnt: the keys, changed since the sheets were printed, come from the repository.
    typed(shares[2], shares[1])
    drilled = data(capsys, "--home", filled, "backup", "drill", "--shares")
    assert (drilled["passed"], drilled["key"]) == (True, "shares")
    assert {one["name"]: one["passed"] for one in drilled["assertions"]}["keys"] is True

    shutil.move(filled / "backups", tmp_path / "disk")
    shutil.rmtree(filled)
    back = ("backup", "restore", "--from", tmp_path / "disk", "--to", tmp_path / "new", "--shares")
    typed(shares[1])
    status, _, err = run(capsys, *back)
    assert (status, "do not go together" in err) == (1, True)
    typed(shares[1], shares[0])
    assert data(capsys, *back)["objects"] >= made["objects"]

    assert data(capsys, "--home", tmp_path / "new", "verify")["whole"] is True
    assert data(capsys, "--home", tmp_path / "new", "find", "蒹葭")["total"] == 1


def test_a_cron_of_ones_own_does_in_one_command_what_the_service_does_in_a_night(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (filled / "muniment.toml").open("a") as settings:
        for name in ("disk", "away"):
            settings.write(f'[[backup_target]]\nname = "{name}"\nlocation = "{tmp_path}/{name}"\n')
    assert data(capsys, "--home", filled, "backup", "night")["urgent"] is False
    for name in ("disk", "away"):
        assert len(data(capsys, "--home", filled, "backup", "list", "--from", tmp_path / name)) == 1
    # Begun once more at once, nothing is backed up twice; a place that has gone ends it with 1 and is named.
    shutil.rmtree(tmp_path / "away")
    status, _, err = run(capsys, "--home", filled, "backup", "night")
    assert (status, "away: " in err, "disk: " in err) == (1, True, False)
    assert len(data(capsys, "--home", filled, "backup", "list", "--from", tmp_path / "disk")) == 1


def test_damage_is_printed_and_ends_with_1(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "--home", filled, "backup", "run")
    pack = max((filled / "backups" / "packs").iterdir())
    pack.write_bytes(pack.read_bytes()[:-1])
    status, out, _ = run(capsys, "--home", filled, "backup", "verify")
    assert status == 1
    assert f"damaged: packs/{pack.name}" in out

    stored = next(path for path in (filled / "objects").glob("[0-9a-f]*/*"))
    stored.unlink()
    status, out, _ = run(capsys, "--home", filled, "verify")
    assert status == 1
    assert "object-missing" in out


def test_a_damaged_repository_is_repaired_and_what_remains_is_told_by_the_exit_status(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "--home", filled, "backup", "run")
    assert data(capsys, "--home", filled, "backup", "repair")["found"] == []
    pack = max((filled / "backups" / "packs").iterdir(), key=lambda path: path.stat().st_size)
    pack.write_bytes(pack.read_bytes()[:-1])
    (filled / "backups" / "note.txt").write_text("x")

    status, out, _ = run(capsys, "--home", filled, "backup", "repair")
    assert status == 1
    assert f"was damaged: packs/{pack.name}" in out
    assert "still foreign: note.txt" in out
    (filled / "backups" / "note.txt").unlink()
    assert data(capsys, "--home", filled, "backup", "verify")["problems"] == []

    max((filled / "backups" / "packs").iterdir()).unlink()
    alone = data(capsys, "backup", "repair", "--from", filled / "backups", "--keys", filled / "keys", status=1)
    assert alone["missing"] or alone["lost_snapshots"]


def test_what_cannot_be_backed_up_is_named_and_ends_with_1(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored = next(path for path in (filled / "objects").glob("[0-9a-f]*/*"))
    stored.unlink()
    status, out, _ = run(capsys, "--home", filled, "backup", "run")
    assert status == 1
    assert f"object {stored.name}" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("backup", "restore", "--from", "x"),
        ("backup", "fly"),
        ("backup", "run", "--often"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("muniment: ")


def test_errors_are_one_sentence(filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = [
        ("--home", filled, "backup", "verify"),
        ("--home", filled, "backup", "run", "--to", tmp_path / "no" / "where"),
        ("backup", "restore", "--from", tmp_path / "nothing", "--keys", filled / "keys", "--to", tmp_path / "new"),
    ]
    for call in calls:
        status, _, err = run(capsys, *call)
        assert status == 1
        assert err.startswith("muniment: ")
        assert "Traceback" not in err
