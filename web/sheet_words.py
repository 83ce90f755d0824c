"""Sheets of the house, their columns and what stands in them, as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from archive.house_sheets import Sheet
from web import contract_words, language
from web.language import lazy_gettext as _l

COLUMNS: Mapping[str, LazyString] = {
    "code": _l("Code"),
    "law": _l("Law"),
    "article": _l("Article"),
    "days": _l("Days"),
    "valid_from": _l("Holds from"),
    "valid_to": _l("Holds until"),
    "source": _l("Source"),
    "says": _l("What it says"),
    "kinds": _l("For which kinds"),
    "zh": _l("Name in Chinese"),
    "en": _l("Name in English"),
    "looked_at": _l("What is looked at, in Chinese"),
    "looked_at_en": _l("What is looked at, in English"),
    "classes": _l("Classes, with blanks between"),
    "pages": _l("Pages, with blanks between"),
    "printouts": _l("Printouts, with blanks between"),
}
DATES = frozenset({"valid_from", "valid_to"})


def title(sheet: Sheet) -> str:
    return sheet.TITLE[language.language()]


def choices(code: str, column: str) -> Mapping[str, LazyString]:
    """What may stand in a column, where that is not free."""
    return contract_words.PROVISIONS if (code, column) == ("deadlines", "code") else {}


def cell(code: str, column: str, value: str) -> str:
    """A cell as something a person reads."""
    if column == "kinds":
        return ", ".join(str(contract_words.KINDS.get(one, _l("every kind"))) for one in value.split())
    return str(choices(code, column).get(value, value)) or "–"
