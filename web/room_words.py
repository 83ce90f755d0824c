"""What rooms are told with: kinds of places, findings, conditions and alarms as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from archive import inspections
from archive.model.climate import Action, Finding, InspectionItem, Rule, shown
from web import current, language, sentences, words
from web.language import gettext
from web.language import lazy_gettext as _l

KINDS: Mapping[str, LazyString] = {
    "room": _l("Store-room"),
    "cabinet": _l("Cabinet"),
    "shelf": _l("Shelf"),
    "box": _l("Box"),
}
EVENTS: Mapping[str, LazyString] = {
    "location.added": _l("set it up"),
    "location.changed": _l("changed what is said of it"),
    "location.renamed": _l("gave it another code"),
    "location.moved": _l("moved it with everything in it"),
    "location.closed": _l("took it out of use"),
    "location.labelled": _l("put labels on it and on everything in it"),
    "location.label-missing": _l("found no label on it"),
    "locations.imported": _l("took over a table of places"),
    "readings.taken": _l("wrote down what the instruments read"),
    "reading.struck": _l("struck out a reading"),
    "instrument.placed": _l("placed an instrument"),
    "instrument.calibrated": _l("had an instrument calibrated"),
    "instrument.retired": _l("took an instrument out of use"),
    "room.inspected": _l("inspected it against the eight protections"),
    "room-rule.set": _l("set what is asked of it"),
    "room-action.opened": _l("found what has to be put right"),
    "room-action.closed": _l("said what was done about it"),
}
SIZES: Mapping[str, LazyString] = {
    "70x37": _l("Sheet, 70 × 37 mm"),
    "105x57": _l("Sheet, 105 × 57 mm"),
    "52x30": _l("Sheet, 52 × 30 mm"),
    "60x40": _l("Label printer, 60 × 40 mm"),
    "50x30": _l("Label printer, 50 × 30 mm"),
}
MEASURES: Mapping[str, LazyString] = {"temperature": _l("Temperature"), "humidity": _l("Humidity")}
UNITS: Mapping[str, str] = {
    "temperature": "℃",
    "humidity": "%",
    "temperature-swing": "℃",
    "humidity-swing": "%",
}
FINDINGS: Mapping[str, LazyString] = {
    "temperature": _l("temperature out of range"),
    "humidity": _l("humidity out of range"),
    "temperature-swing": _l("too much of a change of temperature within a day"),
    "humidity-swing": _l("too much of a change of humidity within a day"),
    "flat-line": _l("the instrument stands still"),
    "missing": _l("readings missing"),
}
RESULTS: Mapping[str, LazyString] = {"good": _l("in order"), "bad": _l("not in order"), "none": _l("does not apply")}
LINES: Mapping[str, LazyString] = {"taken": _l("taken"), "known": _l("known already"), "refused": _l("refused")}
reason = sentences.reason


def range_of(rule: Rule) -> str:
    said = (rule.temperature_min, rule.temperature_max, rule.humidity_min, rule.humidity_max)
    within = "{}–{} ℃ · {}–{} %".format(*map(shown, said))
    swing = " · ".join(f"{shown(rule.swing_of(one))} {UNITS[one]}" for one in MEASURES if rule.swing_of(one))
    a_day = gettext("within a day")
    return f"{within} · {a_day} ≤ {swing}" if swing else within


def about(finding: Finding) -> str:
    """How often, since when, and how bad."""
    since = words.moment(finding.first.at)
    if finding.kind == "missing":
        return gettext(
            "%(count)s times on %(days)s days, since %(since)s",
            count=len(finding.points),
            days=finding.days,
            since=since,
        )
    if finding.worst is None or finding.kind == "flat-line":
        return gettext("until %(when)s", when=words.moment(finding.last.at))
    worst = f"{shown(finding.worst)} {UNITS[finding.kind]}"
    if len(finding.points) == 1:
        return gettext("once since %(since)s, %(worst)s at worst", since=since, worst=worst)
    return gettext(
        "%(count)s times since %(since)s, %(worst)s at worst", count=len(finding.points), since=since, worst=worst
    )


def of_action(action: Action) -> str:
    if action.kind != "inspection":
        return str(FINDINGS[action.kind])
    one = inspections.called(current.archive(), action.item, action.opened_at)
    return item(one) if one else action.item


def item(one: InspectionItem) -> str:
    return one.zh if language.language() == "zh" else one.en


def looked_at(one: InspectionItem) -> str:
    return one.looked_at if language.language() == "zh" else one.looked_at_en


DIFFERENCES: Mapping[str, LazyString] = {
    "": _l("as it should be"),
    "on-loan": _l("on loan or at repair"),
    "missing": _l("missing"),
    "misplaced": _l("misplaced"),
    "unexpected": _l("not expected here"),
    "damaged": _l("damaged, or pages missing"),
}
CONDITIONS: Mapping[str, LazyString] = {
    "good": _l("whole"),
    "damaged": _l("damaged"),
    "pages-missing": _l("pages missing"),
    "faded": _l("faded"),
}
STOCKTAKE_STATES: Mapping[str, LazyString] = {
    "counting": _l("being counted"),
    "counted": _l("to be explained and signed"),
    "closed": _l("signed"),
}
