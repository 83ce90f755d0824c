"""A segment of arrays in the words of Whoosh, so that our index is a Whoosh index.

The whoosh engine answers questions from the arrays themselves; this codec lets Whoosh's own readers, searchers and
tools open the same folder: `whoosh.index.open_dir(folder).searcher()`. Terms are what can be read from a place on:
two Han characters, the last Han character of a run, up to four ASCII letters or digits of a run, or up to two others.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false, reportIncompatibleMethodOverride=false
# Whoosh is only partly typed, and its abstract methods not at all.

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh import fields
from whoosh.analysis.acore import Token as WhooshToken
from whoosh.analysis.analyzers import Analyzer
from whoosh.codec.base import Codec, PerDocumentReader, TermsReader
from whoosh.codec.whoosh3 import W3Segment
from whoosh.formats import Format
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import TermInfo

from indexer import words
from indexer.places import (
    BODY,
    ENTRY_SHIFT,
    FIELD_SHIFT,
    NUMBERS,
    PARTIES,
    PLACE_SHIFT,
    POSITION_BITS,
    TITLE,
    U64,
    WHOLE,
    key_of,
    readable,
    term_of,
)
from indexer.segments import Bits, Segment, load

EXTENSION: Final = ".arrays"
FIELDS: Final = {"title": TITLE, "numbers": NUMBERS, "parties": PARTIES, "body": BODY}
_POSITION: Final = np.uint64((1 << POSITION_BITS) - 1)


class PlaceAnalyzer(Analyzer):
    """Tokens as they are in the index; offsets count places."""

    def __call__(self, value: str, **kwargs: object) -> Generator[WhooshToken, None, None]:
        tokens = words.split(value)
        asked = kwargs.get("mode") == "query"
        for i, token in enumerate(tokens):
            if asked and token.han and i and i + 1 == len(tokens) and tokens[i - 1].glued:
                continue  # the last character asked for need not end its run
            following = tokens[i + 1].text if token.glued else ""
            for at in range(len(token.text)):
                place = WhooshToken(positions=True, mode=str(kwargs.get("mode", "")))
                place.text = readable(token.text[at:] + following)
                place.pos = token.position + at
                place.boost = 1.0
                place.startchar, place.endchar = place.pos, place.pos + 1
                yield place
                if asked and at + len(place.text) == len(token.text):
                    break  # what follows has been asked for already


def schema() -> fields.Schema:
    text = fields.TEXT(analyzer=PlaceAnalyzer())
    return fields.Schema(
        id=fields.STORED,
        title=fields.TEXT(analyzer=PlaceAnalyzer(), stored=True),
        numbers=text,
        parties=text,
        body=text,
    )


class ArrayCodec(Codec):
    """Reads segments; they are written by `indexer.segments`, never posting by posting."""

    length_stats = False

    def per_document_reader(self, storage, segment) -> "_Entries":
        return _Entries(segment, _loaded(storage, segment))

    def terms_reader(self, storage, segment) -> "_Terms":
        return _Terms(_loaded(storage, segment))


class ArraySegment(W3Segment):
    """What the table of contents says about one segment: name, size and, one bit each, which entries are forgotten."""

    def __init__(self, indexname: str, doccount: int, segid: str | None = None, forgotten: bytes = b"") -> None:
        super().__init__(ArrayCodec(), indexname, doccount=doccount, segid=segid)
        self.forgotten = forgotten

    def living(self) -> Bits:
        size = self.doc_count_all()
        if not self.forgotten:
            return np.ones(size, bool)
        return ~np.unpackbits(np.frombuffer(self.forgotten, np.uint8), count=size).astype(bool)

    def with_living(self, living: Bits) -> "ArraySegment":
        forgotten = b"" if living.all() else np.packbits(~living).tobytes()
        return ArraySegment(self.indexname, self.doc_count_all(), self.segid, forgotten)

    def deleted_count(self) -> int:
        return int(self.doc_count_all() - self.living().sum())

    def has_deletions(self) -> bool:
        return bool(self.forgotten)

    def deleted_docs(self) -> Iterator[int]:
        return iter(np.flatnonzero(~self.living()).tolist())

    def is_deleted(self, docnum: int) -> bool:
        return not self.living()[docnum]


def _loaded(storage: Any, segment: ArraySegment) -> Segment:
    return load(Path(storage.folder) / segment.make_filename(EXTENSION))


class _Entries(PerDocumentReader):
    def __init__(self, described: ArraySegment, segment: Segment) -> None:
        self._segment = segment
        self._living = described.living()

    def doc_count(self) -> int:
        return int(self._living.sum())

    def doc_count_all(self) -> int:
        return self._segment.size

    def has_deletions(self) -> bool:
        return not self._living.all()

    def is_deleted(self, docnum: int) -> bool:
        return not self._living[docnum]

    def deleted_docs(self) -> Iterator[int]:
        return iter(np.flatnonzero(~self._living).tolist())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self._segment.lengths[docnum, FIELDS[fieldname]]) if fieldname in FIELDS else default

    def field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, str]:
        return {"id": self._segment.ids[docnum], "title": self._segment.titles[docnum]}

    def _lengths(self, fieldname: str) -> NDArray[np.uint32]:
        return self._segment.lengths[:, FIELDS[fieldname]] if fieldname in FIELDS else np.zeros(0, np.uint32)


class _Terms(TermsReader):
    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return len(self._spots(*term)) > 0

    def indexed_field_names(self) -> list[str]:
        return list(FIELDS)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for field in sorted(FIELDS):
            yield from self.terms_from(field, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        places = self._segment.places
        inside = places.spots >> FIELD_SHIFT & np.uint64(3) == FIELDS[fieldname]
        inside[int(places.starts[np.searchsorted(places.keys, np.uint64(WHOLE))]) :] = False
        there = np.flatnonzero(np.add.reduceat(inside, places.starts[:-1].astype(np.int64))) if len(inside) else []
        terms = {term_of(int(places.keys[i])).encode() for i in there}
        yield from ((fieldname, term) for term in sorted(terms) if term >= prefix)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Raises KeyError when there is no such term."""
        entries, counts = np.unique(self._spots(fieldname, text) >> ENTRY_SHIFT, return_counts=True)
        if not len(entries):
            raise KeyError(text)
        lengths = self._segment.lengths[entries.astype(np.int64), FIELDS[fieldname]]
        return TermInfo(
            int(counts.sum()),
            len(entries),
            int(lengths.min()),
            int(lengths.max()),
            int(counts.max()),
            int(entries[0]),
            int(entries[-1]),
        )

    def matcher(self, fieldname: str, text: bytes, format_: Format, scorer: Any = None) -> ListMatcher:
        spots = self._spots(fieldname, text)
        entries, firsts, counts = np.unique(spots >> ENTRY_SHIFT, return_index=True, return_counts=True)
        positions = np.split((spots >> PLACE_SHIFT & _POSITION).astype(np.int64), firsts[1:])
        return ListMatcher(
            entries.tolist(),
            weights=[float(count) for count in counts.tolist()],
            values=[format_.encode(here.tolist()) for here in positions],  # pyright: ignore[reportAttributeAccessIssue]
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _spots(self, fieldname: str, text: bytes) -> U64:
        if fieldname not in FIELDS or (key := key_of(text.decode())) is None:
            return np.empty(0, np.uint64)
        spots, _ = self._segment.places.between(key, key + 1)
        return spots[spots >> FIELD_SHIFT & np.uint64(3) == FIELDS[fieldname]]
