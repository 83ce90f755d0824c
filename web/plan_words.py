"""The words of the file plan: columns, patterns and actions as something a person reads."""

import re
from collections.abc import Mapping

from flask_babel import LazyString

from archive.model.retention import Rule
from web import language, words
from web.language import gettext
from web.language import lazy_gettext as _l

COLUMNS: Mapping[str, LazyString] = {
    "code": _l("Class"),
    "name_zh": _l("Name in Chinese"),
    "name_en": _l("Name in English"),
    "retention": _l("Retention period"),
    "mandate": _l("Mandate"),
    "level": _l("Confidentiality level"),
    "pii": _l("Personal information"),
    "responsible_post": _l("Responsible post"),
    "required_documents": _l("Required documents"),
    "pattern": _l("Numbering"),
    "review_cycle": _l("Review cycle"),
    "filing_deadline": _l("Filing deadline"),
    "vital": _l("Vital record"),
    "closed_on": _l("Closed on"),
    "standard_clause": _l("Clause of the standard"),
}
PATTERNS: Mapping[str, LazyString] = {
    "I": _l("by item"),
    "V": _l("by volume"),
    "S": _l("form serial"),
    "V+S": _l("by volume; daily forms by serial"),
}
CYCLES: Mapping[str, LazyString] = {
    "月": _l("every month"),
    "季": _l("every quarter"),
    "半年": _l("every half-year"),
    "年": _l("every year"),
    "年(≥1次)": _l("at least once a year"),
    "事件": _l("when something happens"),
}
"""How often records of a class are looked through, by what the file plan says."""
_DEADLINES = (
    (re.compile(r"(\d+) ?日"), "%(number)s days"),
    (re.compile(r"(\d+) ?个月"), "%(number)s months"),
    (re.compile(r"月末后 ?(\d+) ?日"), "%(number)s days after the end of the month"),
    (re.compile(r"次年 ?(\d+) ?月"), "by month %(number)s of the next year"),
)
ACTIONS: Mapping[str, LazyString] = {
    "keep": _l("kept for ever"),
    "review": _l("appraised"),
    "transfer": _l("to be handed over"),
    "destroy": _l("to be destroyed"),
}


def term(rule: Rule) -> str:
    return gettext("permanent") if rule.years is None else words.years(rule.years)


def deadline(said: str) -> str:
    """By when papers of a class are filed: the file plan says it in Chinese; for others, in their language."""
    if language.language() == "zh":
        return said
    for pattern, in_english in _DEADLINES:
        found = pattern.fullmatch(said)
        if found:
            return re.sub(r"\b1 (day|month)s\b", r"1 \1", in_english % {"number": found[1]})
    return said


def begins(rule: Rule) -> str:
    """From when a term runs, as a phrase."""
    if rule.years is None:
        return ""
    return words.phrase(rule.trigger) or gettext("year of the document")
