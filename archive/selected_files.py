"""The files of chosen records go out as one ZIP, with a list that says of each record what went, or why nothing did.

It is made while it is sent and kept nowhere: so the rule is asked about each record at the moment its bytes leave, with
the rights its reader has then, and nothing of what is destroyed or taken from somebody later lies in a package of ours.
"""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from access import rules
from access.actors import Actor
from access.rules import Action, Denied
from archive import acting, naming, obsolescence, records, renditions, selections, sheets
from archive.app import Archive
from archive.errors import Conflict, Corrupt, NotFound
from archive.model import Component, Record
from archive.zipping import Pipe
from indexer.errors import Unreadable

LIST = "list.csv"
HEADS = ("序号 no.", "档号 code", "题名 title", "文件 file", "SHA-256", "结果 outcome", "原因 reason", "标识 id")
OUTCOMES: Mapping[str, str] = {"given": "已给出 given", "refused": "未给出 not given", "no-file": "无文件 no file"}
IN_MEMORY_MAX = 64 << 20
"""A file up to this size is read whole before any of it is sent: a damaged one costs itself, not the package."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What the list says of one file, or of a record that gave none."""

    position: int
    record: Record
    file: str = ""
    sha256: str = ""
    outcome: str = "given"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What of one chosen record would go out, or why nothing would."""

    position: int
    record: Record
    files: Sequence[Component] = ()
    refusal: Denied | None = None

    @property
    def size_bytes(self) -> int:
        return sum(one.size_bytes for one in self.files)


def pack(
    archive: Archive, actor: Actor, selection_id: str, *, say: Callable[[Exception], str] = str
) -> Iterator[bytes]:
    """The package, a part at a time; the ledger names each record as it goes, and the whole at its end.
    `say` puts a refusal into the words of the list.

    Raises NotFound for a selection of somebody else, before the first part; Corrupt when a large file turns out to be
    damaged while it is sent: the package ends there.
    """
    ids = [(line.position, record.id) for line, record in selections.lines(archive, actor, selection_id)]
    return _parts(archive, actor, selection_id, ids, say)


def foreseen(archive: Archive, actor: Actor, selection_id: str) -> Sequence[Foreseen]:
    """What would go out now, for whoever wants to know before; asked again of each record when it goes."""
    found: list[Foreseen] = []
    for line, record in selections.lines(archive, actor, selection_id):
        try:
            rules.require(actor, Action.DOWNLOAD, record)
        except Denied as refused:
            found.append(Foreseen(line.position, record, refusal=refused))
        else:
            found.append(Foreseen(line.position, record))
    with archive.read() as tx:
        files = tx.records.components_of([one.record.id for one in found if one.refusal is None])
    return [
        one if one.refusal else replace(one, files=[each for each in files[one.record.id] if not each.parent_id])
        for one in found
    ]


def _parts(
    archive: Archive, actor: Actor, selection_id: str, ids: list[tuple[int, str]], say: Callable[[Exception], str]
) -> Iterator[bytes]:
    pipe, rows = Pipe(), list[_Row]()
    with zipfile.ZipFile(pipe, "w") as package:
        for position, record_id in ids:
            for row, pieces in _of_record(archive, _as_now(archive, actor), selection_id, position, record_id, say):
                rows.append(row)
                if row.file:
                    with package.open(row.file, "w", force_zip64=True) as file:
                        for piece in pieces:
                            file.write(piece)
                            yield pipe.taken()
        package.writestr(LIST, _listed(rows))
        with archive.write() as tx:
            tx.ledger.add(
                archive.now(), actor.id, "selection.packed", "selection", selection_id,
                files=sum(bool(row.file) for row in rows), records=len({row.record.id for row in rows if row.file}),
            )  # fmt: skip
    yield pipe.taken()


def _as_now(archive: Archive, actor: Actor) -> Actor:
    """The same person with the rights they have at this moment, and no more than their session has."""
    with archive.read() as tx:
        person = tx.people.get(actor.id)
    if person is None or not person.active:
        return replace(actor, roles=frozenset())
    fresh = acting.at_the_door(archive, person, session=actor.session, only=actor.only)
    return replace(fresh, clearance=min(fresh.clearance, actor.clearance))


def _of_record(
    archive: Archive,
    actor: Actor,
    selection_id: str,
    position: int,
    record_id: str,
    say: Callable[[Exception], str],
) -> Iterator[tuple[_Row, Iterator[bytes]]]:
    """Every file of a record with its bytes; or one row without a file that says why there is none."""
    try:
        record, files = records.all_given_out(archive, actor, record_id, selection=selection_id)
    except NotFound:
        # It may not be found any more: the list does not name it either.
        return
    except Denied as refused:
        with archive.read() as tx:
            record = tx.records.get(record_id)
        yield _Row(position, record, outcome="refused", reason=say(refused)), iter(())
        return
    if not files:
        yield _Row(position, record, outcome="no-file"), iter(())
    for number, file in enumerate(files, 1):
        yield _of_file(archive, _Row(position, record), number, file, say)


def _of_file(
    archive: Archive, row: _Row, number: int, file: Component, say: Callable[[Exception], str]
) -> tuple[_Row, Iterator[bytes]]:
    """The original; of what is obsolete its pages with the mark (INV-14)."""
    called = row.record.archival_code or row.record.doc_number or row.record.title
    folder = f"{row.position:05}-{naming.safe_name(called.replace('/', '-'))}"
    try:
        mark = obsolescence.mark_of(archive, file)
        if mark:
            name, digest = renditions.marked_name(file.file_name), ""
            pieces = iter((renditions.marked_copy(archive, file, mark),))
        else:
            name, digest = file.file_name, file.digest
            pieces = archive.objects.pieces(file.digest)
            if file.size_bytes <= IN_MEMORY_MAX:
                pieces = iter((b"".join(pieces),))
    except (Conflict, Corrupt, NotFound, Unreadable) as error:
        return replace(row, outcome="refused", reason=say(error)), iter(())
    return replace(row, file=f"{folder[:80]}/{number:02}-{naming.safe_name(name)[-80:]}", sha256=digest), pieces


def _listed(rows: list[_Row]) -> bytes:
    return sheets.as_csv(
        HEADS,
        (
            (
                row.position, row.record.archival_code, row.record.title, row.file, row.sha256, OUTCOMES[row.outcome],
                row.reason,
                row.record.id,
            )
            for row in rows
        ),
    )  # fmt: skip
