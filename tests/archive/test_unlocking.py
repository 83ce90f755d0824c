"""A locked file is kept, flagged, and opened later by somebody who knows its password; the password goes nowhere."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import intake, records, renditions, search, unlocking
from archive.app import Archive
from archive.cli import main
from archive.errors import Conflict, Invalid, NotFound
from archive.intake import Claims
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, settle
from tests.samples import make

PASSWORD = "密码 Kaisuo-7731"


def handed_in(archive: Archive, content: bytes, name: str, level: int = 1) -> str:
    claims = Claims(name, "HT02", level, "JF01", "SWB")
    return intake.hand_in(archive, OPERATOR, io.BytesIO(content), name, claims, door="command").record_id


def a_locked_pdf(archive: Archive) -> str:
    return handed_in(archive, make.pdf("项目代号白鹭", password=PASSWORD), "意向书.pdf")


def cautions(archive: Archive, record_id: str) -> set[str]:
    (component,) = records.view(archive, OPERATOR, record_id).components
    return {code for code, _ in component.cautions}


def found(archive: Archive, words: str) -> list[str]:
    return [hit.record.id for hit in search.find(archive, OPERATOR, Question(words)).hits]


def everything_written(archive: Archive) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in archive.settings.home.rglob("*") if path.is_file())


def test_a_locked_file_is_kept_and_flagged_and_read_when_its_password_is_given(
    archive: Archive, reader: Reader
) -> None:
    record_id = a_locked_pdf(archive)
    settle(archive, reader)
    assert cautions(archive, record_id) == {"encrypted"}
    assert found(archive, "代号白鹭") == []

    unlocking.unlock(archive, OPERATOR, record_id, PASSWORD)
    settle(archive, reader)

    assert cautions(archive, record_id) == {"unlocked"}
    assert found(archive, "代号白鹭") == [record_id]
    assert records.view(archive, OPERATOR, record_id).components[0].image_pages == 1


def test_the_original_stays_as_it_came(archive: Archive, reader: Reader) -> None:
    original = make.pdf("项目代号白鹭", password=PASSWORD)
    record_id = handed_in(archive, original, "意向书.pdf")
    settle(archive, reader)

    unlocking.unlock(archive, OPERATOR, record_id, PASSWORD)
    settle(archive, reader)

    _, pieces = records.original(archive, OPERATOR, record_id)
    assert b"".join(pieces) == original


def test_the_password_is_written_nowhere(archive: Archive, reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    record_id = a_locked_pdf(archive)
    settle(archive, reader)

    unlocking.unlock(archive, OPERATOR, record_id, PASSWORD)
    settle(archive, reader)
    with pytest.raises(Invalid):
        unlocking.unlock(archive, OPERATOR, handed_in_again(archive, reader), "Falsch-9914")

    assert PASSWORD not in caplog.text
    assert "Falsch" not in caplog.text
    for spelled in (PASSWORD.encode(), PASSWORD.encode("utf-16-le"), b"Kaisuo", b"Falsch"):
        assert not any(spelled in written for written in everything_written(archive))


def handed_in_again(archive: Archive, reader: Reader) -> str:
    record_id = handed_in(archive, make.pdf("另一份", password="x"), "另一份.pdf")
    settle(archive, reader)
    return record_id


def test_a_wrong_password_opens_nothing_and_says_so(archive: Archive, reader: Reader) -> None:
    record_id = a_locked_pdf(archive)
    settle(archive, reader)

    with pytest.raises(Invalid) as raised:
        unlocking.unlock(archive, OPERATOR, record_id, "wrong")

    assert raised.value.code == "wrong-file-password"
    assert cautions(archive, record_id) == {"encrypted"}


def test_what_is_not_locked_needs_no_password(archive: Archive, reader: Reader) -> None:
    record_id = handed_in(archive, make.pdf("公开的通知"), "通知.pdf")
    settle(archive, reader)

    with pytest.raises(Conflict) as raised:
        unlocking.unlock(archive, OPERATOR, record_id, "x")

    assert raised.value.code == "not-locked"


def test_the_files_of_a_locked_archive_are_found_when_its_password_is_given(archive: Archive, reader: Reader) -> None:
    locked = make.locked_zip({"清单.txt": "项目代号白鹭".encode()}, PASSWORD.encode(), aes=True)
    record_id = handed_in(archive, locked, "资料.zip")
    settle(archive, reader)
    assert found(archive, "代号白鹭") == []

    unlocking.unlock(archive, OPERATOR, record_id, PASSWORD)
    settle(archive, reader)

    assert found(archive, "代号白鹭") == [record_id]
    assert [one.file_name for one in records.view(archive, OPERATOR, record_id).components] == ["资料.zip", "清单.txt"]


def test_what_is_locked_in_a_way_nobody_knows_here_says_so(archive: Archive, reader: Reader) -> None:
    locked = make.seven_zip({"清单.txt": b"x"}, method=b"\6\xf1\7\1", properties=b"\x13", packed=bytes(64))
    record_id = handed_in(archive, locked, "清单.7z")
    settle(archive, reader)

    with pytest.raises(Invalid) as raised:
        unlocking.unlock(archive, OPERATOR, record_id, "x")

    assert raised.value.code == "cannot-unlock"


def test_who_may_not_describe_a_record_may_not_unlock_its_file(archive: Archive, reader: Reader) -> None:
    record_id = a_locked_pdf(archive)
    settle(archive, reader)
    borrower = a_person(archive, "reader", clearance=1, department="SWB")

    with pytest.raises(Denied):
        unlocking.unlock(archive, borrower, record_id, PASSWORD)


def test_unlocking_is_written_into_the_ledger(archive: Archive, reader: Reader) -> None:
    record_id = a_locked_pdf(archive)
    settle(archive, reader)

    unlocking.unlock(archive, OPERATOR, record_id, PASSWORD)

    assert "record.unlocked" in {event.action for event in records.view(archive, OPERATOR, record_id).history}


def test_a_file_is_unlocked_by_command(
    archive: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record_id = a_locked_pdf(archive)
    settle(archive, reader)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

    status = main(["--home", str(archive.settings.home), "unlock", record_id, "--password-stdin"])

    (component,) = records.view(archive, OPERATOR, record_id).components
    with archive.read() as tx:
        copy = tx.unlocked.get(component.id)
    assert (status, capsys.readouterr().err) == (0, "")
    assert archive.objects.read(copy).startswith(b"%PDF")


def test_all_that_was_made_from_a_file_is_named_and_forgotten_together(archive: Archive, reader: Reader) -> None:
    """Whoever destroys a file destroys what says the same: text, pictures, recognised words, the unlocked copy."""
    content = make.scanned(make.sheet("项目代号白鹭", size=(640, 200)))
    record_id = handed_in(archive, make.locked(content, PASSWORD), "扫描.pdf")
    settle(archive, reader)
    unlocking.unlock(archive, OPERATOR, record_id, PASSWORD)
    settle(archive, reader)
    (component,) = records.view(archive, OPERATOR, record_id).components
    renditions.draw(archive, reader, component.id)

    with archive.read() as tx:
        made = tx.derived.digests(component.id)
        pictures = tx.records.renditions_of(component.id)
        (page,) = tx.recognitions.pages(component.id)
        copy = tx.unlocked.get(component.id)
    assert len(pictures) == 2
    assert {page.digest, copy, component.text_digest} < made
    assert len(made) == 5
    assert component.digest not in made

    with archive.write() as tx:
        tx.derived.forget(component.id)
        assert tx.derived.digests(component.id) == frozenset()


def test_whoever_may_not_see_a_file_any_more_when_it_is_open_gets_nothing_of_it(
    archive: Archive, reader: Reader
) -> None:
    """Opening takes its time: the question that was asked before it is asked again when its result is written."""
    record_id = a_locked_pdf(archive)
    settle(archive, reader)
    keeper = a_person(archive, "keeper", "document_controller", clearance=1, department="DAS")

    class Meanwhile(Reader):
        def unlock(self, path: Path, name: str, password: str) -> bytes:
            with archive.write() as tx:
                tx.records.change(replace(tx.records.get(record_id), level=3))
            return reader.unlock(path, name, password)

    archive._reader = Meanwhile()
    with pytest.raises(NotFound):
        unlocking.unlock(archive, keeper, record_id, PASSWORD)

    (component,) = records.view(archive, OPERATOR, record_id).components
    with archive.read() as tx:
        assert tx.unlocked.get(component.id) == ""
