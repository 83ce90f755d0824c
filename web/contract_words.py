"""What contracts are told with: kinds, standings, findings of the validator (domain §6.5), the chain as a picture."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask_babel import LazyString
from markupsafe import Markup

from archive.contract_desk import Row, Shown
from archive.model.contracts import Finding
from web import timelines
from web.language import gettext
from web.language import lazy_gettext as _l
from web.timelines import Mark, Span

KINDS: Mapping[str, LazyString] = {
    "preliminary": _l("Preliminary service contract"),
    "service": _l("Property service contract"),
    "outsourcing": _l("Outsourcing, purchase, maintenance"),
    "lease": _l("Lease of premises"),
    "other": _l("Another contract"),
}
FIELDS: Mapping[str, LazyString] = {
    "kind": _l("Kind"),
    "number": _l("Contract number"),
    "title": _l("Title"),
    "party_a": _l("First party"),
    "party_b": _l("Second party"),
    "signed_on": _l("Signed on"),
    "begins_on": _l("In force from"),
    "ends_on": _l("Last day"),
    "subject": _l("What it is about, and to which standard"),
    "notice_days": _l("Days of notice, if the contract sets others than the law"),
    "originals": _l("How many originals"),
    "originals_at": _l("Where those are that do not stand on the shelf of the record"),
}
STANDINGS: Mapping[str, LazyString] = {
    "draft": _l("Draft, to be reviewed"),
    "sent-back": _l("Sent back, to be corrected"),
    "to-come": _l("Not yet in force"),
    "in-force": _l("In force"),
    "indefinite": _l("In force without a term"),
    "expired": _l("Term has ended"),
    "terminated": _l("Terminated"),
    "superseded": _l("Followed by another"),
    "void": _l("Void"),
}
GROUNDS: Mapping[str, LazyString] = {
    "expired": _l("The term ran out, it was not renewed"),
    "handed-over": _l("The term ran out, everything was handed over"),
    "agreed": _l("Ended by agreement"),
    "dismissal": _l("Dismissed by the owners (notice needed)"),
    "indefinite-end": _l("A contract without a term is ended (notice needed)"),
    "breach": _l("Ended for breach"),
    "other": _l("Another reason"),
    "succeeded": _l("What follows took effect"),
}
FINDINGS: Mapping[str, LazyString] = {
    "signed-after-takeover": _l("Signed on %(last)s, after the project was taken over on %(first)s"),
    "no-authority-evidence": _l("Nothing proves the authority of who signed"),
    "gap": _l("Served without a contract from %(first)s to %(last)s"),
    "overlap": _l("Holds on the same days as another contract, from %(first)s to %(last)s"),
    "prelim-not-ended": _l("The preliminary contract did not end before this one began on %(first)s"),
    "term-missing": _l("First or last day is not stated"),
    "notice-deadline-missed": _l("The notice was due on %(first)s, and nobody renewed or gave notice"),
    "lapsed-but-serving": _l("Its term ended and nothing follows, since %(first)s: goes on without a term?"),
    "original-not-located": _l("Nobody has said how many originals there are, and where"),
    "annex-missing": _l("Nothing proves that the annexes are complete"),
}
GRAVE = frozenset({"signed-after-takeover", "gap", "overlap", "prelim-not-ended", "lapsed-but-serving"})
PROVISIONS: Mapping[str, LazyString] = {
    "not_renewing": _l("We will not renew: written notice before the end"),
    "renewing": _l("Renewing: signed before the end"),
    "dismissal": _l("The owners dismiss: written notice"),
    "indefinite_end": _l("Ending a contract without a term: written notice"),
    "goes_on": _l("Nobody decided and service goes on: without a term"),
    "preliminary_ends": _l("The preliminary contract ends when the next takes effect"),
    "handover": _l("Ended: hand over premises, facilities and papers"),
}
STATES: Mapping[str, LazyString] = {
    "draft": _l("Draft, to be reviewed"),
    "confirmed": _l("Confirmed"),
    "void": _l("Void"),
}
BARS: Mapping[str, str] = {
    "draft": "chart-draft",
    "sent-back": "chart-draft",
    "to-come": "chart-plain",
    "in-force": "chart-good",
    "indefinite": "chart-good",
    "void": "chart-none",
}
"""Where a contract stands → how its bar looks; what is over is grey."""


def finding(one: Finding) -> str:
    """What is wrong, as a sentence."""
    days = {"first": one.first or "?", "last": one.last or gettext("open end")}
    return str(FINDINGS[one.code]) % days


def validity(row: Row) -> str:
    """有效期限: from when until when it holds; nothing of it is left blank."""
    one, none = row.contract, gettext("not stated")
    if one.until is not None:
        last = (one.until - timedelta(days=1)).isoformat()
    else:
        last = gettext("open end") if one.indefinite else none
    return gettext("%(first)s to %(last)s", first=one.begins_on or none, last=last)


def picture(shown: Shown, today: date) -> Markup:
    """The chain of a project: its service contracts, and the days on which it was served without one."""
    rows = [row for row in shown.chain if row.contract.exclusive and row.contract.state != "void"]
    spans = [_span(row) for row in rows if row.contract.begins_on is not None]
    spans += [
        Span(gettext("No contract"), one.first, one.last, "chart-bad", finding(one))
        for one in shown.findings
        if one.code == "gap" and one.first
    ]
    if not spans:
        return Markup()
    project = shown.project
    known: Sequence[tuple[date | None, str, str]] = (
        (project.taken_over_on, gettext("taken over"), "chart-mark"),
        (project.committee_on, gettext("committee filed"), "chart-mark"),
        (project.given_up_on, gettext("given up"), "chart-mark"),
        (today, gettext("today"), "chart-today"),
    )
    marks = [Mark(day, f"{label} {day}", kind) for day, label, kind in known if day is not None]
    return timelines.timeline(sorted(spans, key=lambda span: span.first), marks, gettext("The chain of the project"))


def _span(row: Row) -> Span:
    one = row.contract
    assert one.begins_on is not None
    last = None if one.until is None else one.until - timedelta(days=1)
    said = f"{validity(row)}, {STANDINGS[row.standing]}"
    return Span(one.number or one.title, one.begins_on, last, BARS.get(row.standing, "chart-past"), said)
