"""The head of the ledger is written down somewhere else, and the ledger is held against what was written down.

A chain shows what was done to single lines. Whoever rewrites every line from some point on makes a chain that is
whole; only a note of what a line was, kept where they cannot reach, shows it (T5). A file on another machine, an
e-mail in somebody's inbox, a printed slip in a safe: each holds the number of a line and its digest.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import notify
from archive.app import Archive
from archive.errors import Conflict, Invalid, Misconfigured
from archive.model import Anchor, new_id
from archive.notify import Message, Undelivered
from archive.tables import Transaction
from archive.tables.chain import START, Fault

FORM = re.compile(r"MUNIMENT-ANCHOR 1 ([0-9a-z]{16}) (\d{1,18}) ([0-9a-f]{64}) (\S{10,40})")
"""archive, line, digest, instant: the one line that stands in a file, in a mail, and in the square of a slip."""


@dataclass(frozen=True, slots=True)
class Note:
    """What an anchor says, wherever it was kept."""

    archive: str
    seq: int
    digest: str
    at: str
    where: str

    @property
    def line(self) -> str:
        return f"MUNIMENT-ANCHOR 1 {self.archive} {self.seq} {self.digest} {self.at}"


def to_file(archive: Archive, actor: Actor, folder: Path) -> Anchor:
    """Write the head of the ledger into a new file in this folder, which ought to be on another machine."""
    rules.require(actor, Action.ANCHOR)
    note = _head(archive)
    path = folder / f"muniment-anchor-{note.archive}-{note.seq:012}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(note), "utf-8")
    except OSError as error:
        raise Misconfigured(f"The anchor cannot be written to {folder} ({error.strerror}).") from None
    return _kept(archive, actor, note, "file", str(path))


def by_email(archive: Archive, actor: Actor, address: str) -> Anchor:
    """Send the head of the ledger to somebody, over the channel that is set up for e-mail."""
    rules.require(actor, Action.ANCHOR)
    if "email" not in archive.settings.channels:
        raise Misconfigured("There is no [channels.email] in muniment.toml; set one up, or anchor to a file.")
    if "@" not in address:
        raise Invalid("This is not an e-mail address.", "not-an-address")
    note = _head(archive)
    subject = f"Muniment anchor {note.seq}"
    message = Message(f"anchor-{note.archive}-{note.seq}", "anchor", actor.id, "", address, subject, _text(note))
    try:
        notify.open_channel("email", archive.settings.channels["email"]).send(message)
    except Undelivered as error:
        raise Conflict(str(error), "undelivered") from None
    return _kept(archive, actor, note, "email", address)


def as_slip(archive: Archive, actor: Actor) -> tuple[Anchor, Note]:
    """The head of the ledger for a slip that is printed and put into a safe."""
    rules.require(actor, Action.ANCHOR)
    note = _head(archive)
    return _kept(archive, actor, note, "slip", ""), note


def slip_of(archive: Archive, actor: Actor, anchor_id: str) -> Note | None:
    """The words of a slip once more; None if there is none of that id."""
    rules.require(actor, Action.ANCHOR)
    with archive.read() as tx:
        anchor = tx.anchors.get(anchor_id)
        return None if anchor is None else _note(tx, anchor)


def read_note(text: str, where: str) -> Sequence[Note]:
    """Every anchor in a text: a file, a mail, or what a scanner reads off a slip."""
    return [Note(found[1], int(found[2]), found[3], found[4], where) for found in FORM.finditer(" ".join(text.split()))]


def notes_in(path: Path) -> Sequence[Note]:
    """The anchors in a file, or in every file of a folder. Raises Invalid when there is none."""
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    found: list[Note] = []
    for file in files:
        try:
            found += read_note(file.read_text("utf-8", "replace"), str(file))
        except OSError as error:
            raise Invalid(f"{file} cannot be read ({error.strerror}).", "no-anchor") from None
    if not found:
        raise Invalid(f"There is no anchor in {path}.", "no-anchor")
    return found


@dataclass(frozen=True, slots=True)
class Proof:
    """What following the ledger has shown."""

    lines: int
    head: str
    faults: Sequence[Fault]
    held: Sequence[Note]
    """The anchors it was held against, oldest line first."""
    outside: int
    """How many of them were handed in from outside."""
    anchors: Sequence[Anchor]

    @property
    def whole(self) -> bool:
        return not self.faults

    @property
    def newest(self) -> Note | None:
        """The anchor of the last line that is attested from outside."""
        return self.held[-1] if self.held else None

    @property
    def sentence(self) -> str:
        """What is proven, in one sentence."""
        if self.faults:
            first = self.faults[0]
            return f"The ledger was tampered with: {len(self.faults)} faults, the first at line {first.seq}."
        if self.newest is None:
            return (
                f"All {self.lines} lines are as they were written one after the other; without an anchor it is not "
                "proven that nobody rewrote them all."
            )
        return (
            f"All {self.lines} lines are as they were written one after the other, and up to line {self.newest.seq} "
            f"nobody can have rewritten them since {self.newest.at[:10]}, if that anchor was kept out of their reach."
        )


def verify(archive: Archive, actor: Actor, outside: Iterable[Note] = ()) -> Proof:
    """Follow the chain from the first line to the last, and hold it against every anchor: those noted here, those in
    `anchor_folder`, and those handed in."""
    rules.require(actor, Action.SEE_LEDGER)
    handed = [*outside, *_in_folder(archive)]
    with archive.read() as tx:
        lines, head = tx.ledger.head()
        faults = list(tx.ledger.faults())
        anchors = tx.anchors.every()
        own = [_note(tx, anchor) for anchor in anchors]
        mine = tx.meta.get("archive") or ""
        strangers = sorted({note.archive for note in handed} - {mine})
        if strangers:
            raise Invalid(f"An anchor is of another archive ({strangers[0]}), not of this one.", "other-archive")
        notes = sorted({(note.seq, note.digest): note for note in (*own, *handed)}.values(), key=lambda one: one.seq)
        faults += mismatches(tx, notes, lines)
    return Proof(lines, head, faults, notes, len(handed), anchors)


def held_against_own(archive: Archive, tx: Transaction) -> list[Fault]:
    """Where the ledger is not what the anchors say that are known here, and those in `anchor_folder`."""
    notes = [_note(tx, anchor) for anchor in tx.anchors.every()] + list(_in_folder(archive))
    return mismatches(tx, notes, tx.ledger.head()[0])


def _in_folder(archive: Archive) -> Sequence[Note]:
    folder = archive.settings.anchor_folder
    return notes_in(Path(folder)) if folder and any(Path(folder).glob("*.txt")) else ()


def mismatches(tx: Transaction, notes: Iterable[Note], lines: int) -> list[Fault]:
    """Where the ledger is not what was written down of it."""
    found: list[Fault] = []
    for note in notes:
        if note.seq > lines:
            found.append(Fault("cut-off", lines + 1, f"line {note.seq} was anchored ({note.where}) and is missing"))
        elif tx.ledger.digest_of(note.seq) != note.digest:
            found.append(Fault("rewritten", note.seq, f"it is not the line that was anchored ({note.where})"))
    return found


def anchor_daily(archive: Archive, actor: Actor) -> Sequence[Anchor]:
    """Write the head down wherever the settings say, unless that was done today already."""
    settings, made = archive.settings, list[Anchor]()
    with archive.read() as tx:
        today = archive.now().astimezone().date()
        done = {anchor.means for anchor in tx.anchors.every() if anchor.at.astimezone().date() == today}
    if settings.anchor_folder and "file" not in done:
        made.append(to_file(archive, actor, Path(settings.anchor_folder)))
    if settings.anchor_email and "email" not in done and settings.notify:
        made.append(by_email(archive, actor, settings.anchor_email))
    return made


def _head(archive: Archive) -> Note:
    with archive.read() as tx:
        seq, digest = tx.ledger.head()
        mine = tx.meta.get("archive") or ""
    if digest == START:
        raise Conflict("Nothing has happened yet: there is nothing to anchor.", "nothing-to-anchor")
    return Note(mine, seq, digest, _instant(archive.now()), "")


def _note(tx: Transaction, anchor: Anchor) -> Note:
    place = {"file": anchor.place, "email": anchor.place, "slip": "printed slip"}[anchor.means]
    return Note(tx.meta.get("archive") or "", anchor.seq, anchor.digest, _instant(anchor.at), place)


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _kept(archive: Archive, actor: Actor, note: Note, means: str, place: str) -> Anchor:
    anchor = Anchor(new_id(), archive.now(), note.seq, note.digest, means, place, actor.id)
    with archive.write() as tx:
        tx.anchors.add(anchor)
        tx.ledger.add(archive.now(), actor.id, "ledger.anchored", "ledger", note.archive, line=note.seq, means=means)
    return anchor


def _text(note: Note) -> str:
    return (
        f"{note.line}\n\n"
        f"The ledger of the archive {note.archive} had {note.seq} lines at {note.at}; this is the digest of the last "
        "one.\n"
        f"档案系统 {note.archive} 的审计日志在 {note.at} 共有 {note.seq} 行；上面是最后一行的摘要。\n"
        "Keep this where nobody who runs the archive can change it. To verify: muniment ledger verify --anchor FILE\n"
    )
