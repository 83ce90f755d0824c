"""分类方案英文用语: cases, triggers, sources, papers and posts of the file plan, groups of checklists."""

import unicodedata
from dataclasses import dataclass

from access.rules import Action
from archive.errors import Invalid
from archive.tables.house_sheets import Line

TITLE = {"zh": "分类方案英文用语", "en": "English of the file plan"}
DUTY = Action.SEE_DOCUMENTS
COLUMNS = ("code", "zh", "en", "source")
KEY = ("zh",)
FILE = "plan_words.csv"


@dataclass(frozen=True, slots=True)
class Phrase:
    zh: str
    en: str


def plain(text: str) -> str:
    """However a phrase was typed, wide or narrow, it is looked up as this."""
    return unicodedata.normalize("NFKC", text).strip()


def check(line: Line) -> Phrase:
    if not line["zh"] or not line["en"] or not line["source"]:
        raise Invalid("A line needs a code, the Chinese, the English and its source.", "bad-checklist")
    return Phrase(plain(line["zh"]), line["en"])
