"""A ledger that was cut off or rewritten as a whole does not stand up to what was written down elsewhere."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from access.actors import OPERATOR
from access.rules import Denied
from archive import anchoring, checking, printing, slips
from archive.app import Archive
from archive.errors import Conflict, Invalid, Misconfigured
from archive.printing import Code
from archive.tables.chain import START, Line, faults
from tests.builders import a_person, a_record
from tests.conftest import Clock


def rewritten(archive: Archive, change: dict[int, str], keep: int | None = None) -> None:
    """What somebody with the database in hand would do: change payloads, and make every digest fit again."""
    path = archive.settings.home / "catalogue.db"
    with closing(sqlite3.connect(path)) as db, db:
        for trigger in ("ledger_no_update", "ledger_no_delete"):
            db.execute(f"DROP TRIGGER {trigger}")
        columns = "seq, at, actor, action, subject_kind, subject_id, site, payload"
        rows = db.execute(f"SELECT {columns} FROM ledger ORDER BY seq").fetchall()[:keep]
        db.execute("DELETE FROM ledger")
        previous = START
        for row in rows:
            line = Line(*row, previous)
            line = replace(line, payload=change.get(line.seq, line.payload))
            previous = line.computed()
            line = replace(line, digest=previous)
            db.execute(
                f"INSERT INTO ledger ({columns}, previous, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [getattr(line, name) for name in Line.__slots__],
            )
        db.execute("UPDATE ledger_head SET seq = ?, digest = ?", (rows[-1][0], previous))
        db.execute("DELETE FROM anchors")


def test_a_ledger_rewritten_as_a_whole_is_whole_in_itself_and_fails_against_an_anchor(
    archive: Archive, tmp_path: Path
) -> None:
    """T5."""
    a_record(archive)
    anchor = anchoring.to_file(archive, OPERATOR, tmp_path)
    rewritten(archive, {2: json.dumps({"forged": True})})
    assert anchoring.verify(archive, OPERATOR).whole, "nothing inside shows it"

    proof = anchoring.verify(archive, OPERATOR, anchoring.notes_in(Path(anchor.place)))

    assert [(fault.kind, fault.seq) for fault in proof.faults] == [("rewritten", anchor.seq)]
    assert "tampered" in proof.sentence


def test_a_ledger_cut_off_with_its_head_made_to_fit_misses_the_anchored_line(archive: Archive, tmp_path: Path) -> None:
    a_record(archive)
    anchor = anchoring.to_file(archive, OPERATOR, tmp_path)
    rewritten(archive, {}, keep=anchor.seq - 1)

    proof = anchoring.verify(archive, OPERATOR, anchoring.notes_in(tmp_path))

    assert [(fault.kind, fault.seq) for fault in proof.faults] == [("cut-off", anchor.seq)]


def test_an_anchor_folder_is_looked_into_without_being_asked(archive: Archive, tmp_path: Path) -> None:
    archive.settings = replace(archive.settings, anchor_folder=str(tmp_path / "elsewhere"))
    (anchor,) = anchoring.anchor_daily(archive, OPERATOR)
    assert anchoring.anchor_daily(archive, OPERATOR) == [], "once a day"
    rewritten(archive, {1: "{}"})

    assert not anchoring.verify(archive, OPERATOR).whole
    assert f"ledger-rewritten {anchor.seq}" in {
        f"{finding.kind} {finding.subject}" for finding in checking.verify(archive, OPERATOR).findings
    }


def test_what_is_proven_is_said_in_one_sentence(archive: Archive, tmp_path: Path) -> None:
    before = anchoring.verify(archive, OPERATOR).sentence
    anchoring.to_file(archive, OPERATOR, tmp_path)
    after = anchoring.verify(archive, OPERATOR).sentence

    assert "without an anchor" in before
    assert "since 2026-03-02" in after
    assert before.count(".") == 1
    assert after.count(".") == 1


def test_an_anchor_survives_a_mail_that_breaks_lines_and_a_scanner_that_adds_blanks(
    archive: Archive, tmp_path: Path
) -> None:
    _, note = anchoring.as_slip(archive, OPERATOR)
    mailed = "> Hello\n" + note.line.replace(" ", "\n  ") + "\nregards"

    assert [(one.seq, one.digest) for one in anchoring.read_note(mailed, "mail")] == [(note.seq, note.digest)]
    assert anchoring.verify(archive, OPERATOR, anchoring.read_note(mailed, "mail")).whole
    sheet = slips.printout(note, "试用物业")
    (page,) = PdfDocument(printing.render(sheet, "pdf"))
    assert all(word in page.get_textpage().get_text_range() for word in ("试用物业", note.archive, note.digest[:16]))
    assert next(block for block in sheet.blocks if isinstance(block, Code)).content == note.line
    with pytest.raises(Invalid):
        anchoring.notes_in(_file(tmp_path, "nothing of the kind"))


def test_an_anchor_of_another_archive_proves_nothing_here(archive: Archive, tmp_path: Path) -> None:
    line = f"MUNIMENT-ANCHOR 1 {'0' * 16} 1 {'a' * 64} 2026-03-02T04:00:00Z"

    with pytest.raises(Invalid) as refused:
        anchoring.verify(archive, OPERATOR, anchoring.read_note(line, "x"))

    assert refused.value.code == "other-archive"


def test_anchors_are_made_by_the_auditor_and_the_shell_and_stand_in_the_ledger(
    archive: Archive, tmp_path: Path
) -> None:
    auditor, keeper = a_person(archive, "auditor", "auditor"), a_person(archive, "keeper", "document_controller")
    anchoring.to_file(archive, auditor, tmp_path)
    with archive.read() as tx:
        assert tx.ledger.lines(limit=1)[0].action == "ledger.anchored"
    for attempt in (
        lambda: anchoring.to_file(archive, keeper, tmp_path),
        lambda: anchoring.verify(archive, keeper),
        lambda: anchoring.as_slip(archive, keeper),
    ):
        with pytest.raises(Denied):
            attempt()
    with pytest.raises(Misconfigured, match="email"):
        anchoring.by_email(archive, auditor, "audit@example.com")


# ---- The clock ----


def test_a_clock_that_had_been_ahead_is_corrected_in_sight(archive: Archive, clock: Clock) -> None:
    officer = a_person(archive, "officer", "security_officer")
    right = clock.at
    clock.advance(days=400)
    a_record(archive, "写于未来")
    clock.at = right
    clock.advance(minutes=5)
    with pytest.raises(Conflict) as stuck:
        a_record(archive, "再写", name="b.txt")
    assert stuck.value.code == "clock-set-back"

    first, last = checking.correct_clock(archive, OPERATOR, "CMOS 电池失效")

    assert a_record(archive, "三写", name="c.txt")
    proof = anchoring.verify(archive, OPERATOR)
    assert proof.whole
    with archive.read() as tx:
        line = next(one for one in tx.ledger.lines() if one.action == "ledger.clock-corrected")
        future = [one.seq for one in tx.ledger.lines() if one.at > clock.at]
        assert [notice.kind for notice in tx.notices.of(officer.id)] == ["ledger.clock-corrected"]
    assert (line.payload["first"], line.payload["last"]) == (first, last) == (min(future), max(future))
    with pytest.raises(Conflict):
        checking.correct_clock(archive, OPERATOR, "再来")


def test_only_the_shell_corrects_a_clock_and_it_says_why(archive: Archive) -> None:
    for role in ("sysadmin", "security_officer", "auditor"):
        with pytest.raises(Denied):
            checking.correct_clock(archive, a_person(archive, role, role), "x")
    with pytest.raises(Invalid):
        checking.correct_clock(archive, OPERATOR, " ")


def test_a_line_that_is_earlier_than_the_one_before_is_named() -> None:
    """INV-17, whoever makes the digests fit."""
    lines, previous = [], START
    for seq, at in enumerate((10, 20, 5, 30), 1):
        line = Line(seq, at, "a", "record.filed", "record", "r", "", "{}", previous)
        previous = line.computed()
        lines.append(replace(line, digest=previous))

    assert [(fault.kind, fault.seq) for fault in faults(lines, (4, previous))] == [("time", 3)]


def _file(folder: Path, text: str) -> Path:
    path = folder / "x.txt"
    path.write_text(text)
    return path
