"""Records and people for tests, made through the doors everybody uses."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from access.actors import OPERATOR, SERVICE, Actor
from archive import checking, indexing, intake, people, processes, worker
from archive.app import Archive
from archive.intake import Claims
from archive.model import new_id
from archive.people import NewPerson
from archive.tables.schema.records import components, records
from archive.watcher import Watcher
from indexer.reading import Reader

PASSWORD = "Orchid-Bridge-42"


def a_record(
    archive: Archive,
    body: str = "物业服务合同正文",
    *,
    title: str = "物业服务合同",
    class_code: str = "HT02",
    level: int = 1,
    site: str = "JF01",
    department: str = "SWB",
    name: str = "contract.txt",
    **claims: str,
) -> str:
    """A filed record with this text; its id. Not read or indexed yet: see `settle`."""
    said = Claims(title, class_code, level, site, department, **claims)  # type: ignore[arg-type]
    return intake.hand_in(archive, OPERATOR, io.BytesIO(body.encode()), name, said, door="command").record_id


def copies_of(archive: Archive, record_id: str, titles: Sequence[str], *, files: int) -> list[str]:
    """Records like this one under these titles, each on a shelf after the other's, the first ones with a file of their
    own; their ids. Straight into the tables, for tests of many: the ledger tells nothing of them."""
    kept = [archive.objects.keep(io.BytesIO(f"{record_id} {number}".encode())) for number in range(files)]
    ids = [new_id() for _ in titles]
    with archive.write() as tx:
        [record] = tx.connection.execute(sa.select(records).where(records.c.id == record_id)).mappings()
        [file] = tx.connection.execute(sa.select(components).where(components.c.record_id == record_id)).mappings()
        rows = [
            {**record, "id": one, "title": title, "shelf_location": f"{record['shelf_location']}-{number:05}"}
            for number, (one, title) in enumerate(zip(ids, titles, strict=True))
        ]
        tx.connection.execute(records.insert(), rows)
        theirs = [
            {**file, "id": new_id(), "record_id": one, "digest": its.digest, "size_bytes": its.size_bytes}
            for one, its in zip(ids, kept, strict=False)
        ]
        tx.connection.execute(components.insert(), theirs)
    return ids


def an_unfiled_record(
    archive: Archive, body: str, *, name: str = "scan.txt", site: str = "", shelf_location: str = ""
) -> str:
    claims = Claims(site=site, shelf_location=shelf_location)
    return intake.hand_in(archive, OPERATOR, io.BytesIO(body.encode()), name, claims, door="command").record_id


def a_person(
    archive: Archive,
    login: str,
    *roles: str,
    clearance: int = 1,
    department: str = "KFB",
    sites: tuple[str, ...] = ("JF01", "YL02"),
    name: str = "",
) -> Actor:
    new = NewPerson(login, name or login, frozenset(roles or ("borrower",)), clearance, department, frozenset(sites))
    return people.as_actor(people.add(archive, OPERATOR, new, PASSWORD))


@dataclass(frozen=True)
class Office:
    """Everybody whom a loan may need, one person each; the borrower works in KFB, the papers belong to SWB."""

    borrower: Actor
    colleague: Actor
    head: Actor
    owner: Actor
    final: Actor
    officer: Actor
    keeper: Actor
    second_keeper: Actor


def an_office(archive: Archive, *, clearance: int = 3) -> Office:
    def person(login: str, role: str, department: str) -> Actor:
        return a_person(archive, login, role, clearance=clearance, department=department)

    return Office(
        borrower=person("borrower", "borrower", "KFB"),
        colleague=person("colleague", "borrower", "KFB"),
        head=person("head", "dept_approver", "KFB"),
        owner=person("owner", "class_owner", "SWB"),
        final=person("final", "final_approver", "ZJB"),
        officer=person("officer", "security_officer", "PZB"),
        keeper=person("keeper", "document_controller", "DAS"),
        second_keeper=person("second", "document_controller", "DAS"),
    )


def now(archive: Archive, actor: Actor, *, session: str = "here") -> Actor:
    """The same person at the door again, with what their loans open at this moment."""
    with archive.read() as tx:
        person = tx.people.get(actor.id)
    assert person is not None
    return people.at_the_door(archive, person, session=session)


def settle(archive: Archive, reader: Reader) -> None:
    """Everything that waits is read and indexed; no pictures are drawn ahead."""
    with indexing.writing(archive):
        worker.recover(archive)
        writer = indexing.open_writer(archive) or indexing.rebuild(archive, SERVICE, None)
        try:
            while worker.run_one(
                archive, reader, f"{processes.machine()}/test", worker.MAKES_FINDABLE
            ) or indexing.catch_up(archive, [writer]):
                pass
        finally:
            writer.close()


def untold(archive: Archive) -> list[str]:
    """Records that are something else than the ledger tells (INV-16)."""
    found = checking.verify(archive, OPERATOR, all_bytes=False).findings
    return [one.detail for one in found if one.kind == "record-untold"]


class Seconds:
    """A monotonic clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def take_in_everything(archive: Archive) -> None:
    """What lies at rest in the inboxes is taken in, as at a restart."""
    seconds = Seconds()
    watcher = Watcher(archive, now=seconds)
    watcher.recover()
    for _ in range(4):
        watcher.sweep()
        while watcher.step():
            pass
        seconds.now += archive.settings.settle_s + 2


def drop(archive: Archive, name: str, content: bytes | str) -> Path:
    """A file in the first inbox."""
    path = archive.settings.inboxes[0].path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
