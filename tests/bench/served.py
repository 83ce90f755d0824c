"""A home with very many records, served as people run it and asked through the HTTP API, for measurements.

Records go into the tables in bulk instead of the way every file goes (that is what `bench_intake` measures); their
texts are objects like any other, shared by many records so that making them does not take the day.
"""

import hashlib
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from access.actors import OPERATOR
from archive import founding, people, tokens
from archive.app import Archive, open_archive
from archive.model import Component, Record
from archive.people import NewPerson
from archive.tables import Transaction
from archive.tables.schema.objects import objects
from archive.tables.schema.records import components, records
from indexer.engines import Entry
from tests.conftest import SITES

AT = datetime(2026, 3, 2, tzinfo=UTC)
BATCH = 5000


FOLLOWS = {
    "records": [
        "id",
        "title",
        "level",
        "class_code",
        "site",
        "department",
        "doc_number",
        "parties",
        "document_date",
        "captured_at",
    ],
    "objects": ["digest", "address"],
    "components": ["id", "record_id", "file_name", "digest", "text_digest"],
}
"""In what the rows of one record differ from those of another."""

Thing = TypeVar("Thing")


def batched(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def found(home: Path, engine: str) -> Archive:
    founding.found(home, company="测量物业", sites=SITES)
    settings = home / "muniment.toml"
    settings.write_text(f'engine = "{engine}"\n' + settings.read_text("utf-8"), "utf-8")
    return open_archive(home)


def record_of(entry: Entry) -> Record:
    """A filed record with what this entry says; levels and classes are those of its labels."""
    day = entry.date or 0
    return Record(
        id=entry.id,
        title=entry.title,
        lifecycle="filed",
        level=int(entry.labels.get("level", "0")),
        pii=0,
        class_code=entry.labels.get("class", "FG01"),
        site=entry.labels.get("site", "JF01"),
        department=entry.labels.get("department", "SWB"),
        doc_number=entry.numbers[0] if entry.numbers else "",
        issuer="",
        parties=entry.parties,
        document_date=date(day // 10000, day // 100 % 100, day % 100) if day else None,
        shelf_location="",
        captured_at=datetime.fromtimestamp(entry.captured, UTC) if entry.captured else AT,
        captured_by="operator",
        revision=1,
    )


@dataclass(frozen=True, slots=True)
class _Reserved:
    digest: str
    address: str


def insert(archive: Archive, kept: Iterable[Record], texts: Sequence[Sequence[str]] = ()) -> None:
    """Put records into the tables; the text of the n-th is the n-th of `texts`, which begin again at the end.

    The first goes in as every record does; the rows of all others are made after its rows, and go in together.
    """
    digests = [_object(archive, json.dumps(pages, ensure_ascii=False).encode()) for pages in texts]
    numbered = enumerate(kept)
    _, first = next(numbered)
    with archive.write() as tx:
        tx.records.add(first)
        if digests:
            file = _component(first, digests[0])
            # The original itself is never opened here: only its row has to be there.
            tx.objects.reserve(file.digest, file.digest, file.size_bytes, b"", AT)
            tx.records.add_component(file)
    for batch in batched(numbered, BATCH):
        with archive.write() as tx:
            files = [_component(one, digests[number % len(digests)]) for number, one in batch if digests]
            _follow(tx, records, first.id, [replace(one, parties=list(one.parties)) for _, one in batch])  # pyright: ignore[reportArgumentType] — as the column has it
            if files:
                digest = hashlib.sha256(first.id.encode()).hexdigest()
                _follow(tx, objects, digest, [_Reserved(file.digest, file.digest) for file in files])
                _follow(tx, components, _component(first, "").id, files)


def _follow(tx: Transaction, table: sa.Table, first: str, things: Sequence[object]) -> None:
    """Rows like the first one, but for what these things say of themselves in words of its kind."""
    key = next(iter(table.primary_key))
    row = dict(tx.connection.execute(sa.select(table).where(key == first)).mappings().one())
    told = [name for name in row if name in FOLLOWS[table.name]]
    tx.connection.execute(table.insert(), [{**row, **{name: getattr(one, name) for name in told}} for one in things])


def _object(archive: Archive, content: bytes) -> str:
    kept = archive.objects.keep(io.BytesIO(content))
    with archive.write() as tx:
        kept.declare(tx)
    return kept.digest


def _component(record: Record, text_digest: str) -> Component:
    return Component(
        id=f"c{record.id[1:]}",
        record_id=record.id,
        file_name=f"{record.id}.txt",
        media_type="text/plain",
        size_bytes=1000,
        digest=hashlib.sha256(record.id.encode()).hexdigest(),
        text_digest=text_digest,
        page_count=1,
        added_at=AT,
        added_by="operator",
    )


def least_privileged(archive: Archive) -> str:
    """A token of a borrower at one site, cleared for level 1."""
    new = NewPerson("least", "least", frozenset({"borrower"}), 1, "KFB", frozenset({"JF01"}))
    people.add(archive, OPERATOR, new, "Orchid-Bridge-42")
    return tokens.create_token(archive, OPERATOR, "least")


@dataclass
class Served:
    """The API of a running server, asked over one connection that is kept open."""

    port: int
    token: str
    process: "subprocess.Popen[str]"
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def search(self, q: str, **asked: object) -> tuple[dict[str, Any], float]:
        """The answer, and the milliseconds it took from here."""
        address = "/api/v1/search?" + urllib.parse.urlencode({"q": q, **asked})
        began = time.perf_counter()
        self._connection.request("GET", address, headers={"Authorization": f"Bearer {self.token}"})
        answer = self._connection.getresponse()
        body = answer.read()
        spent = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body[:300].decode()}")
        return json.loads(body), spent

    def memory_mb(self) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@contextmanager
def served(home: Path, token: str, port: int) -> Generator[Served]:
    """The web server alone, as `muniment web` runs it."""
    environment = os.environ | {"MUNIMENT_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "web", "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        if not line.startswith("ready"):
            raise RuntimeError(f"The server did not start: {line}")
        yield Served(port, token, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
