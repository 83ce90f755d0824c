"""Tables saved as text, separated by commas, semicolons or tabs."""

import re
from pathlib import Path

from indexer.claims import Claim, Seen
from indexer.formats import plain
from indexer.text import Caution, Text

MEDIA_TYPES = ("text/csv", "text/tab-separated-values")
EXTENSIONS = ("csv", "tsv", "tab")
SAMPLE_PHRASE = "3号楼A座1203"


def sample() -> bytes:
    rows = ("房号,业主,面积", f"{SAMPLE_PHRASE},张三,89.5", "3号楼A座1204,李四,102", '3号楼A座1205,"王五,王六",88')
    return "\r\n".join(rows).encode("gb18030")


_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_CALLING_CELL = re.compile(
    r"""(?:^|[,;\t])\s*"?\s*[=+@-][^,;\t\n]*(?:\||HYPERLINK|WEBSERVICE|IMPORTXML)""", re.MULTILINE | re.IGNORECASE
)


def claims(seen: Seen) -> Claim | None:
    if not seen.textual:
        return None
    separator = _separator(seen.text)
    media_type = MEDIA_TYPES[1] if separator == "\t" or seen.extension in ("tsv", "tab") else MEDIA_TYPES[0]
    if seen.extension in EXTENSIONS:
        return Claim(media_type, 0.25)
    return Claim(media_type, 0.3) if separator else None


def read(path: Path) -> Text:
    """One page, as it is. A cell that would start a program in a spreadsheet is only ever text here."""
    text = plain.read(path)
    if any(_CALLING_CELL.search(page) for page in text.pages):
        return Text(text.pages, cautions=(*text.cautions, Caution("active-content", "formula")))
    return text


def _separator(head: str) -> str | None:
    """The sign that divides each of the first lines into equally many cells, if there is one."""
    lines = [line for line in _QUOTED.sub("", head[:20_000]).splitlines()[:20] if line.strip()]
    if len(head) > 20_000:
        lines = lines[:-1]
    if len(lines) < 3:
        return None
    for sign in ("\t", ",", ";"):
        counts = {line.count(sign) for line in lines}
        if len(counts) == 1 and counts.pop() >= 1:
            return sign
    return None
