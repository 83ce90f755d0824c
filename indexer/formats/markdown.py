"""Markdown: text as it is, with the first heading as title."""

import re
from pathlib import Path

from indexer.claims import Claim, Seen
from indexer.formats import plain
from indexer.text import Text
from indexer.writing import metadata

MEDIA_TYPES = ("text/markdown",)
EXTENSIONS = ("md", "markdown", "mkd")
SAMPLE_PHRASE = "消防通道不得占用"


def sample() -> bytes:
    body = f"- {SAMPLE_PHRASE}\n- 施工时间见[公告](https://example.com/notice)"
    return f"# 装修管理须知\n\n{body}\n\n## 押金\n\n验收合格后退还。\n".encode()


_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
_UNDERLINED = re.compile(r"\A\s*(\S.*)\n(?:=+|-{3,})[ \t]*$", re.MULTILINE)
_FRONT_MATTER_TITLE = re.compile(r"\A---\s*\n(?:.*\n)*?title:[ \t]*[\"']?(.*?)[\"']?[ \t]*\n", re.IGNORECASE)
_OTHER_MARKS = re.compile(r"^(?:[-*+] \S|\d+\. \S|> |```|\|.*\|)|\]\(|\*\*\S", re.MULTILINE)


def claims(seen: Seen) -> Claim | None:
    if not seen.textual:
        return None
    if seen.extension in EXTENSIONS:
        return Claim("text/markdown", 0.25)
    headings = len(_HEADING.findall(seen.text))
    marks = len(_OTHER_MARKS.findall(seen.text))
    # One heading alone is as well the comment of a configuration file.
    return Claim("text/markdown", 0.4) if headings >= 2 and marks >= 1 else None


def read(path: Path) -> Text:
    """One page, marks included: they are part of what was filed."""
    text = plain.read(path)
    start = text.pages[0][:20_000] if text.pages else ""
    title = next(
        (found.group(1) for look in (_FRONT_MATTER_TITLE, _UNDERLINED, _HEADING) if (found := look.search(start))), None
    )
    return Text(text.pages, (), metadata(title=title), (), text.cautions)
