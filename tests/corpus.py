"""Real files from public sources, and what the manifest that lies beside them says must become of each.

None of them belongs to this tree: whatever uses them is skipped where they are not there.
"""

import csv
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from access.actors import OPERATOR
from archive import records, search
from archive.app import Archive
from archive.model import Arrival
from archive.search import Question
from archive.watcher import UNFINISHED

CORPUS = Path(os.environ.get("MUNIMENT_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
TYPES = frozenset(
    (
        *("txt", "md", "html", "docx", "docm", "pdf", "xlsx", "xlsm", "xltm", "csv", "tsv", "xml", ""),
        *(
            "pptx",
            "potx",
            "ppsx",
            "ppsm",
            "odt",
            "odp",
            "xls",
            "xlt",
            "xlsb",
            "doc",
            "dot",
            "ppt",
            "pps",
            "rtf",
            "eml",
            "mbox",
            "mhtml",
            "msg",
            "ofd",
            "zip",
            "tar",
        ),
    )
)

# Rows whose files are not what a whole group of rows says; each was looked into.
NOT_ENCRYPTED = {
    "documentProtection_comments_no_password.docx": "protected against editing only",
    "documentProtection_forms_no_password.docx": "protected against editing only",
    "documentProtection_trackedChanges_no_password.docx": "protected against editing only",
    "workbookProtection-sheet_password-2013.xlsx": "protected against editing only",
    "workbookProtection-workbook_password_user_range-2010.xlsx": "protected against editing only",
}
ENCRYPTED_ALL_THE_SAME = {
    "60320-protected.xlsx": "an encrypted package in a compound file",
    "enc-XI-long-password.pdf": "asks for its user password",
}
EMPTY_ALL_THE_SAME = {"sample_output_multipart": "has no bytes"}
REFUSED: Mapping[str, str] = {
    "COMPRESS-530-fail.tar": "damaged-archive",
    "COMPRESS-544_truncated_in_padding-fail.tar": "damaged-archive",
    "COMPRESS-546.zip": "damaged-archive",
    "COMPRESS-553-fail.tar": "unknown-format",
    "COMPRESS-554-fail.tar": "unknown-format",
    "COMPRESS-569-fail.tar": "unknown-format",
    "bandint_oom.pack": "unsupported-archive",
    "favoured_oom.pack": "unsupported-archive",
    "filebits_oom.pack": "unsupported-archive",
    "flags_oom.pack": "unsupported-archive",
    "references_oom.pack": "unsupported-archive",
    "segment_header_oom.pack": "unsupported-archive",
    "signatures_oom.pack": "unsupported-archive",
    "assertFitsIntoNonNegativeInt.bin": "damaged-archive",
    "numCyclesPower30.bin": "damaged-archive",
    "readSubStreamsInfo.bin": "damaged-archive",
    "ZipFile-method.zip": "damaged-archive",
    "poppler-742-0-fuzzed.pdf": "damaged",
    "poppler-85140-0.pdf": "damaged",
    "minimal_test.pdf": "damaged",
    "bad1.pdf": "damaged",
    "issue-141b.pdf": "damaged",
    "issue-1503.pdf": "unknown-format",
    "issue-263.pdf": "damaged",
}
"""Why each of those that must end in quarantine does."""
LAST_PARTS = {"test-documents-spanned.zip": "the middle of a divided archive, without any mark"}
WITHOUT_TEXT = {
    "testUserDefinedCharset.mhtml": "breaks off before its page begins",
    "test-utf16be.xml": "one element with an attribute",
    "test-utf16le.xml": "one element with an attribute",
    "testXXE.xml": "one empty element",
    "encrypted-with-images.pdf": "pictures only",
    "balloon_a1b_jp2k.pdf": "a picture only",
    "veraPDFHiRes.pdf": "a picture only",
    "veraPDFHiResChangedHeight.pdf": "a picture only",
    "veraPDFHiResWrongObjectID.pdf": "a picture only",
}
NOT_TEXT = {"千位分隔", "警告文本"}
"""Names of cell styles, which a search of the raw bytes took for text."""

SEEN_ON_PICTURES: dict[str, tuple[str, ...]] = {
    "black_font_color_transparent.png": ("我是中国人",),
    "white_font_color_transparent.png": ("我是中国人",),
    "img_exif_orientation.jpg": ("我是中国人",),
    "issue_170.png": ("TEST",),
    "short.png": ("中国网络空间安全",),
    "text_rec.jpg": ("韩国小馆",),
    "text_cls.jpg": ("怪我咯",),
    "test_without_det.jpg": ("在中国作家协会第三届儿童文学",),
    "testOCR.jpg": ("Apache Tika\nOCR Testing",),
    "testOCR.png": ("This file contains some words.",),
    "testOCR_spacing.png": ("The quick brown fox",),
    "testTIFF_multipage.tif": ("Multipage\nTIFF\nExample\nPage 1", "Multipage\nTIFF\nExample\nPage 2"),
}
"""Each page as a person reads it. The manifest gives one sentence for all of Tika's, and another for text_cls."""

EXPECTED = (
    ("INGEST: text extracted", "text"),
    ("INGEST via OCR", "pictures"),
    ("INGEST or QUARANTINE", "either"),
    ("INGEST", "kept"),
    ("keep byte-identical", "kept"),
    ("same logical document", "kept"),
    ("KEEP + flag", "locked"),
    ("QUARANTINE: original kept", "quarantine"),
    ("QUARANTINE or", "either"),
    ("EXPAND", "either"),
    # Suites for other doors (bags, titles, questions); as files they need only be accounted for.
    ("export:", "either"),
    ("every string usable", "either"),
    ("", "either"),
)
"""What a row asks for → the outcome: text or pictures (found by their words), kept, locked, quarantine, either."""

_REMARK = re.compile(r"password|opens without|veraPDF")
_ASIDE = re.compile(r"\s*(\[[^\]]*\]|\(letter-spaced\))\s*$")


@dataclass(frozen=True)
class Row:
    path: Path
    type: str
    truth: str
    expected: str

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def phrases(self) -> tuple[str, ...]:
        """What must be found in the text; remarks about passwords and conformance are no text."""
        if _REMARK.search(self.truth):
            return ()
        phrases = (folded(phrase) for phrase in _ASIDE.sub("", self.truth).split(" | "))
        return tuple(phrase for phrase in phrases if phrase and phrase not in NOT_TEXT)


@cache
def rows() -> tuple[Row, ...]:
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        table = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(Row(CORPUS / r["path"], r["type"], r["ground_truth"], r["expected"]) for r in table)


def expected_of(row: Row) -> str:
    """The outcome of a row, which is that of its group but for the files that were looked into."""
    if not row.path.stat().st_size:
        return "either"
    kind = next(kind for beginning, kind in EXPECTED if row.expected.startswith(beginning))
    if row.name in ENCRYPTED_ALL_THE_SAME:
        return "locked"
    return "kept" if kind == "locked" and row.name in NOT_ENCRYPTED else kind


def said(row: Row) -> list[str]:
    """The words by which somebody would look for this file, with their spaces."""
    if expected_of(row) == "pictures":
        return [line for page in SEEN_ON_PICTURES.get(row.name, ()) for line in page.split("\n")]
    return [phrase for phrase in _ASIDE.sub("", row.truth).split(" | ") if folded(phrase) in row.phrases]


def expecting(*beginnings: str, types: frozenset[str] | None = None) -> list[Row]:
    return [row for row in rows() if row.expected.startswith(beginnings) and (types is None or row.type in types)]


def folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


# ---- The whole way: dropped into an inbox, and what became of it ----

SEARCHED = frozenset(("text", "pictures"))
LOOKED_THROUGH = 100
"""Hits that are looked through; a phrase with more of them is compared with the text that was read."""


def representative() -> tuple[Row, ...]:
    """Of each type and each outcome that the manifest has the smallest file, one whose words are known if there is
    one, and every file that must be refused: what the suite drops. `make bench` drops all."""
    chosen: dict[tuple[str, str], Row] = {}
    for row in sorted(rows(), key=lambda row: (not row.phrases, row.path.stat().st_size, row.path)):
        if row.path.stat().st_size and not UNFINISHED.search(row.name):
            chosen.setdefault((row.type, row.expected), row)
    refused = (row for row in rows() if expected_of(row) == "quarantine")
    return tuple({row.path: row for row in (*chosen.values(), *refused)}.values())


def miss(archive: Archive, row: Row, arrival: Arrival | None) -> str:
    """What is not as it must be once a dropped file was taken in, read and indexed; empty when all is."""
    kind = expected_of(row)
    if arrival is None:
        return "" if UNFINISHED.search(row.name) else "not accounted for"
    if kind == "quarantine":
        as_expected = (arrival.outcome, arrival.reason_code) == ("quarantined", REFUSED[row.name])
        return "" if as_expected else f"{arrival.outcome} {arrival.reason_code}"
    if kind == "either":
        return ""
    if arrival.outcome not in ("captured", "duplicate"):
        return f"{arrival.outcome}: {arrival.reason_code}"
    if kind == "locked":
        with archive.read() as tx:
            components = tx.records.components_of([arrival.record_id])[arrival.record_id]
        return "" if any(code == "encrypted" for one in components for code, _ in one.cautions) else "not flagged"
    if kind in SEARCHED:
        return " | ".join(phrase for phrase in said(row) if not _is_found(archive, arrival.record_id, phrase))
    return ""


def _is_found(archive: Archive, record_id: str, phrase: str) -> bool:
    # Hits cost their lines: most phrases are those of few.
    for size in (5, LOOKED_THROUGH):
        answer = search.find(archive, OPERATOR, Question(f'"{phrase}"', size=size))
        found = record_id in {hit.record.id for hit in answer.hits}
        if found or answer.total <= size:
            return found
    with archive.read() as tx:
        components = tx.records.components_of([record_id])[record_id]
    return any(folded(phrase) in folded("".join(records.pages_of(archive, one))) for one in components)
