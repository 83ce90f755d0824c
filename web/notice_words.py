"""The words of notices: topics, ways and channels as something a person reads."""

from collections.abc import Mapping, Sequence

from flask_babel import LazyString

from archive import notice_wishes, telling
from archive.model import Notice
from archive.model.notices import HERE, Topic, Way
from web import language
from web.language import lazy_gettext as _l

TOPICS: Mapping[str, tuple[LazyString, LazyString]] = {
    "security": (_l("Security alarms"), _l("unusual reading, emergencies, recovery of the archive")),
    "account": (_l("My account and rights"), _l("password, roles, grants")),
    "called-back": (_l("What I borrowed is called back"), _l("at once, also in quiet hours")),
    "overdue": (_l("My overdue loans"), _l("from the first day on")),
    "due": (_l("My loans that are due"), _l("the day before and on the day")),
    "asked": (_l("Loans that I decide"), _l("asked of me, and asked again")),
    "consent": (_l("Other decisions that wait for me"), _l("grants, levels, the approval matrix, deputies")),
    "decided": (_l("What became of what I asked for"), _l("loans, reservations, waivers, drafts")),
    "to-read": (_l("To read and acknowledge"), _l("controlled documents, numbered copies, laws")),
    "handed-in": (_l("What I handed in"), _l("a file that cannot be read")),
    "owed": (_l("Documents that I owe"), _l("missing from dossiers")),
    "others-overdue": (_l("Overdue loans of others"), _l("also what came back damaged or is lost")),
    "handover": (_l("Handovers that I take part in"), _l("counting, signing, completion")),
    "contracts": (_l("Deadlines of contracts"), _l("notice to be given, renewal, review")),
    "reviews": (_l("Reviews that are due"), _l("controlled documents, laws, measures")),
    "deadlines": (_l("Other deadlines"), _l("filing, dossiers, terms, stocktakes, store-rooms")),
    "holdings": (_l("Store-rooms, tests and inboxes"), _l("climate, four-property tests, files left lying")),
    "searches": (_l("News of my saved searches"), _l("as often as each of them says")),
    "backups": (_l("Backups"), _l("late, failed, damaged, drills")),
}
CHANNELS: Mapping[str, LazyString] = {
    HERE: _l("Here"),
    "email": _l("E-mail"),
    "webhook": _l("Group chat"),
    "wecom": _l("WeCom"),
    "dingtalk": _l("DingTalk"),
}
WAYS: Mapping[Way, LazyString] = {
    Way.NOW: _l("At once"),
    Way.DIGEST: _l("In the digest"),
    Way.OFF: _l("Not"),
}
HERE_WAYS: Mapping[Way, LazyString] = {Way.NOW: _l("Counts as unread"), Way.OFF: _l("Does not count")}
DAYS: Sequence[LazyString] = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"),
)  # fmt: skip


def ways(topic: Topic, channel: str) -> Sequence[tuple[Way, LazyString]]:
    """What can be chosen of this topic there."""
    words, room = HERE_WAYS if channel == HERE else WAYS, notice_wishes.in_a_room(channel)
    return [(way, label) for way, label in words.items() if topic.allows(way, room=room)]


def exempt(topics: Sequence[Topic]) -> Sequence[LazyString]:
    """What rings in quiet hours too, by name."""
    return [TOPICS[topic.code][0] for topic in topics if topic.urgent]


def notice(told: Notice) -> str:
    """What somebody was told, in their language."""
    return telling.sentence(told, language.language())
