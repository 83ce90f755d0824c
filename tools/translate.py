"""Bring the Chinese catalogue of the pages up to date: extract, merge, compile, and say what is missing.

    .venv/bin/python tools/translate.py

Source strings are the English ones in the code and the templates; translations are written into the .po file.
"""
# Babel's types are incomplete: pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parent.parent / "web"
FOLDER = WEB / "translations" / "zh" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "lazy_gettext": None}


def source() -> Catalog:
    """Every string that is to be translated, as the code has it now."""
    catalog = Catalog()
    for _, _, message, _, context in extract_from_dir(WEB, method_map=METHODS, keywords=KEYWORDS):
        catalog.add(message, context=context)
    return catalog


def chinese() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="zh")


def missing(catalog: Catalog) -> list[str]:
    """Strings without a translation, or with one that somebody should look at."""
    return [str(message.id) for message in catalog if message.id and (not all(_texts(message.string)) or message.fuzzy)]


def compiled(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def _texts(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ("",))


def main() -> int:
    catalog = chinese()
    catalog.update(source(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # A header without dates: two people who translate at once have nothing to merge in it.
    catalog.creation_date = catalog.revision_date = BEGAN
    catalog.project, catalog.last_translator, catalog.language_team = "Muniment", "", "zh"
    catalog.header_comment = "# The Chinese of the pages; brought up to date by tools/translate.py."
    with (FOLDER / "messages.po").open("wb") as file:
        write_po(file, catalog, width=120, no_location=True, sort_output=True)
    (FOLDER / "messages.mo").write_bytes(compiled(catalog))
    lacking = missing(catalog)
    for text in lacking:
        print(f"untranslated: {text}", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
