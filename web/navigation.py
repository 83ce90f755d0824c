"""Where every page stands: the seven groups an archive inspector knows, and the places in each.

A new area of pages is one `Place` in the group it belongs to; who may not do its duty is not shown the way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import LazyString

from web import words
from web.language import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Place:
    """A page to begin from. `duty` is the action that opens it; empty: everybody who has signed in."""

    endpoint: str
    label: LazyString
    duty: str = ""
    below: tuple[str, ...] = ()
    """Pages that belong to it, where they do not belong to the first place of their area."""

    @property
    def area(self) -> str:
        return self.endpoint.partition(".")[0]

    @property
    def here(self) -> bool:
        """Is it this page that is shown, or one that belongs to it? For pages that no place of their area names, the
        first of them that one may go to stands."""
        shown = request.endpoint or ""
        if shown in _BELOW:
            return _BELOW[shown] == self.endpoint
        of_area = (one for group in GROUPS for one in group.open if one.area == self.area)
        return shown.partition(".")[0] == self.area and next(of_area, None) == self


@dataclass(frozen=True, slots=True)
class Group:
    label: LazyString
    sign: str
    places: tuple[Place, ...]

    @property
    def open(self) -> Sequence[Place]:
        """The places of the group that whoever is signed in may go to."""
        return [place for place in self.places if not place.duty or words.may(place.duty)]

    @property
    def here(self) -> bool:
        return any(place.here for place in self.places)


GROUPS: tuple[Group, ...] = (
    Group(  # 接收
        _l("Receive"),
        "tray",
        (
            Place("intake.show", _l("Intake"), "see-intake"),
            Place(
                "intake.upload", _l("Hand in"), "capture", ("intake.bulk", "intake.one_import", "intake.hand_in_import")
            ),
        ),
    ),
    Group(  # 整理
        _l("Arrange"),
        "folder",
        (
            Place("filing.queue", _l("Filing queue"), "see-intake"),
            Place("selections.every", _l("Selections"), "save-searches"),
            Place("accession.queue", _l("Accession"), "accession"),
            Place("accession.batches", _l("Batches"), "see-archive", ("accession.batch",)),
            Place("accession.gaps", _l("Missing numbers"), "see-archive", ("accession.void",)),
            Place("documents.every", _l("Controlled documents"), "see-documents"),
            Place("forms.every", _l("Forms"), "see-documents"),
            Place("laws.every", _l("Laws"), "see-documents"),
            Place("classes.plan", _l("File plan")),
            Place("sheets.every", _l("House sheets")),
            Place("contracts.register", _l("Contracts"), "see-contracts"),
            Place("dossiers.matrix", _l("Dossiers"), "see-dossiers"),
        ),
    ),
    Group(  # 保存
        _l("Preserve"),
        "box",
        (
            Place("rooms.tree", _l("Store-rooms"), "see-archive"),
            Place("climate.every", _l("Climate"), "see-archive"),
            Place("stocktakes.every", _l("Stocktakes"), "see-archive"),
            Place("repairs.every", _l("Repairs"), "see-archive"),
            Place("properties.every", _l("Four-property test"), "see-archive"),
            Place("handovers.every", _l("Handover"), "take-part"),
            Place("handovers.keeping", _l("Custody"), "see-handovers", ("handovers.leaving",)),
        ),
    ),
    Group(  # 利用
        _l("Use"),
        "book",
        (
            Place("loans.mine", _l("Lending"), "decide-loans"),
            Place("matrix.show", _l("Approval matrix"), "decide-loans"),
            Place("grants.board", _l("Grants"), "ask-emergency"),
            Place("declassifications.board", _l("Lowering of levels"), "call-back"),
        ),
    ),
    Group(  # 鉴定与处置
        _l("Dispose"),
        "scales",
        (
            Place("disposals.due", _l("Due for appraisal"), "see-archive"),
            Place("disposals.every", _l("Disposals"), "take-part", ("disposals.show", "disposals.do")),
            Place(
                "disposals.every_hold", _l("Holds"), "see-archive", ("disposals.place_hold", "disposals.release_hold")
            ),
        ),
    ),
    Group(  # 统计
        _l("Reports"),
        "chart",
        (
            Place("tasks.every", _l("Tasks")),
            Place("tasks.month", _l("Calendar")),
            Place("faults.every", _l("Faults")),
            Place("measures.board", _l("Reviews and measures"), "see-documents"),
            Place("evidence.index", _l("Evidence by clause"), "see-documents", ("errands.show",)),
            Place("reports.every", _l("Printouts")),
            Place("drills.every", _l("Retrieval drill"), "save-searches"),
        ),
    ),
    Group(  # 系统管理
        _l("System"),
        "pulse",
        (
            Place("status.show", _l("Status"), "see-status"),
            Place("setup.show", _l("Set-up"), "see-people"),
            Place("backups.show", _l("Backups"), "see-backups"),
            Place("people.everybody", _l("Accounts"), "see-people"),
            Place("ledger.lines", _l("Ledger"), "see-ledger"),
            Place("alerts.every", _l("Alerts"), "see-alerts"),
            Place("policy.access", _l("Who may see what"), "see-access"),
            Place("policy.show", _l("Who may do what")),
        ),
    ),
)

LABELS = tuple(group.label for group in GROUPS)
"""What the seven groups are called, in their order."""

_PLACES = [place for group in GROUPS for place in group.places]
ENDPOINTS = frozenset(place.endpoint for place in _PLACES)
_BELOW = {page: place.endpoint for place in _PLACES for page in (place.endpoint, *place.below)}


def groups() -> Iterator[Group]:
    """The groups in which whoever is signed in may go somewhere."""
    return (group for group in GROUPS if group.open)


def places() -> Sequence[Place]:
    """The places beside the page that is shown; none where there is only one."""
    beside = next((group.open for group in GROUPS if group.here), ())
    return beside if len(beside) > 1 else ()
