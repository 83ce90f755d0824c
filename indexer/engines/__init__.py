"""What every search engine promises. One file per engine in this folder; the file name is its name.

An engine module has `open_engine(folder: Path, *, writable: bool, **options) -> Engine`. One whose indexes lie on a
server, and not in their folders, is given that `server: Server` too, and has `exists(folder, server) -> bool` and
`remove(folder, server)` besides.
`tests/contracts/test_engines.py` finds every module here and holds it to these words.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Protocol

from indexer.errors import IndexerError

if TYPE_CHECKING:
    # Whoever only opens an engine does not need what questions are made of.
    from indexer.query import Query


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as an engine sees it.

    `labels` are exact values used by filters, counts and facets (level, class, site, department, filed,
    year …); the engine attaches no meaning to them, but for two: those in DAYS are days as yyyymmdd, of which a
    stretch can be asked for, and `standing` is one of STANDINGS. `date` is yyyymmdd or
    None. `pages` is the body: it is indexed but not stored.
    """

    id: str
    title: str
    numbers: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """What its files are called, without endings; part of the body, and found there if in `pages` too."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    date: int | None = None
    captured: int = 0
    """Seconds since the epoch, for sorting by arrival."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The label must have one of these values. The label `id` means the entry's id."""

    label: str
    allowed: frozenset[str]


Filter = tuple[tuple[Condition, ...], ...]
"""Admits an entry if all conditions of any alternative hold. `()` admits nothing, `((),)` everything."""

NOTHING: Filter = ()
EVERYTHING: Filter = ((),)

DAYS = ("date", "term_to")
"""Labels that are days: the document's own, and the last of a contract's term."""

BODY_LABELS = ("term_to",)
"""Labels that tell what the body says: asked for like the body, within READ alone."""

STANDINGS: Mapping[str, float] = {"law": 1.4, "obsolete": 0.5}
"""What the label `standing` makes of how well an entry answers: a law comes before what was written about it, what
is no longer in force comes behind its like."""

TYPED_WHOLE: float = 10_000.0
"""What a question counts that is the whole title of an entry or one of its numbers, as `words.called` compares them:
more than words can, so that it stands first among what matches …"""
NAMED_WHOLE: float = 1_000.0
"""… and one that is the whole name of a file, for those within READ."""

SORTS = ("relevance", "newest", "oldest", "arrival", "title")


@dataclass(frozen=True, slots=True)
class Hit:
    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """`total` and `facets` count exactly the entries the filters admit and the query matches."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])


@dataclass(frozen=True, slots=True)
class Server:
    """Where an engine lives that is no library, and the file with what it asks for; empty for the others."""

    address: str = ""
    credentials: Path | None = None


NO_SERVER = Server()


class Engine(Protocol):
    """One writer, any number of readers, in any number of processes.

    Opened `writable`, an engine may `put`, `drop` and `clear`; a second writer waits or raises IndexBroken,
    it never corrupts. What `put` and `drop` wrote is seen by every search that begins after they return,
    in every process. A kill at any moment leaves the index as before or as after the call.
    """

    def put(self, entries: Sequence[Entry]) -> None:
        """Add entries, or replace those with the same id, in one commit."""
        ...

    def drop(self, ids: Iterable[str]) -> None:
        """Forget entries; ids that are not there are no error."""
        ...

    def clear(self) -> None:
        """Forget every entry."""
        ...

    def search(
        self,
        query: "Query",
        *,
        find: Filter,
        read: Filter,
        narrow: Filter = EVERYTHING,
        hide: frozenset[str] = frozenset(),
        sort: str = "relevance",
        offset: int = 0,
        limit: int = 20,
        facets: Sequence[str] = (),
    ) -> Hits:
        """Title, numbers and parties match within `find`; bodies only within `read`.

        So do the labels of BODY_LABELS.

        READ counts only within FIND: what may not be found does not exist. Per entry: with READ, every word of
        the query may be in any field; with FIND alone, every word must be in title, numbers or parties. `narrow`
        is what the reader chose (class, site …) and holds for all. `hide` are ids that must neither be returned
        nor counted. No count depends on entries outside FIND, nor on bodies outside READ. An empty query matches
        everything admitted by `find`. Facet counts are those of the same set as `total`. By relevance, what is called
        exactly as `query.typed` says comes first.
        """
        ...

    def ids(self) -> frozenset[str]:
        """Every entry in the index, for comparison with the catalogue."""
        ...

    def count(self, *, within_s: float = 5.0) -> int:
        """How many entries there are. Raises IndexAway when a server does not say within so many seconds."""
        ...

    def close(self) -> None: ...


def names() -> tuple[str, ...]:
    """The engines that exist: every module in this folder."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def embedded() -> tuple[str, ...]:
    """Those that need no server: their index is a folder."""
    return tuple(name for name in names() if not hasattr(_module(name), "exists"))


def open_engine(name: str, folder: Path, *, writable: bool, server: Server = NO_SERVER) -> Engine:
    """Open the engine of this name on a folder, creating an empty index where there is none.

    Raises IndexBroken when the index must be rebuilt, IndexAway when its server does not answer, IndexerError when the
    library of the engine is missing.
    """
    module = _module(name)
    elsewhere = {"server": server} if hasattr(module, "exists") else {}
    return module.open_engine(folder, writable=writable, **elsewhere)


def exists(name: str, folder: Path, server: Server = NO_SERVER) -> bool:
    """Is there such an index? Raises IndexAway."""
    there = getattr(_module(name), "exists", None)
    return folder.exists() if there is None else there(folder, server)


def remove(name: str, folder: Path, server: Server = NO_SERVER) -> None:
    """Remove an index, whatever is left of it; one that is not there is no error. Raises IndexAway."""
    if name in names() and (gone := getattr(_module(name), "remove", None)) is not None:
        gone(folder, server)
    shutil.rmtree(folder, ignore_errors=True)


def _module(name: str) -> Any:
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise IndexerError(f"The search engine {name!r} needs {error.name}: install it.", "engine-missing") from error
