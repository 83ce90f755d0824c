"""Faults that are planted in the demo company, so that what finds faults can be seen to find them. One file per kind of
fault of `archive/faults/`, under the same name.

A plant has

    PAPERS      the papers it needs, handed in and read with all others: a tuple of File; may be empty
    plant(archive, ids) -> Iterable[str]
                plants its faults through the doors everybody uses and says what each is about, as the fault will say;
                `ids` are the records of its papers, in their order. It is run once, after everything has been read

`tests/archive/test_planted_faults.py` plants all of them and finds each one, and nothing else.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from access.actors import OPERATOR
from archive import intake
from archive.app import Archive
from archive.intake import Claims

PLANTED = "demo-planted"
"""Under this name the tables keep what was planted: kind → what each fault is about."""


class File(Protocol):
    """A file that a plant needs, with what is claimed of it."""

    @property
    def name(self) -> str: ...
    @property
    def claims(self) -> Claims: ...
    def content(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Paper:
    """A text file that a plant needs."""

    name: str
    text: str
    claims: Claims

    def content(self) -> bytes:
        return self.text.encode()


class Plant(Protocol):
    @property
    def PAPERS(self) -> Sequence[File]: ...  # noqa: N802 — a constant of a module

    def plant(self, archive: Archive, ids: Sequence[str]) -> Iterable[str]: ...


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_plant(name: str) -> Plant:
    return cast("Plant", import_module(f"{__name__}.{name}"))


def shelves() -> AbstractSet[tuple[str, str]]:
    """Where their papers stand: site and address."""
    papers = (paper for name in names() for paper in open_plant(name).PAPERS)
    return {(one.claims.site, one.claims.shelf_location) for one in papers if one.claims.shelf_location}


def bring(archive: Archive) -> Mapping[str, Sequence[str]]:
    """Hand in the papers of every plant; name → the records. What was handed in before is not handed in again."""
    return {name: [_handed_in(archive, paper) for paper in open_plant(name).PAPERS] for name in names()}


def plant(archive: Archive, papers: Mapping[str, Sequence[str]]) -> None:
    """Plant everything once, and write down what."""
    with archive.read() as tx:
        if tx.meta.get(PLANTED) is not None:
            return
    found = {name: list(open_plant(name).plant(archive, ids)) for name, ids in papers.items()}
    with archive.write() as tx:
        tx.meta.put(PLANTED, json.dumps(found, ensure_ascii=False))


def planted(archive: Archive) -> Mapping[str, Sequence[str]]:
    """What was planted: kind → what each fault is about."""
    with archive.read() as tx:
        return json.loads(tx.meta.get(PLANTED) or "{}")


def _handed_in(archive: Archive, paper: File) -> str:
    handed = intake.hand_in(archive, OPERATOR, io.BytesIO(paper.content()), paper.name, paper.claims, door="command")
    return handed.record_id
