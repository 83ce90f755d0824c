"""What there is to choose from where a printout is asked for: nobody is offered what they may not find.

One line of CHOICES for each kind of thing. Of a CLOSED kind only what is listed can be meant; of the others there may
be more than a list holds, and what is not listed can still be typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import checklists, documents, faults, forms, handover_desk, laws, locations
from archive.app import Archive

CHOICES_MAX = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """What is entered, and what people call it."""

    value: str
    zh: str
    en: str


def _sites(archive: Archive, actor: Actor) -> Sequence[Choice]:
    del actor  # sites and departments are known to everybody
    with archive.read() as tx:
        return [Choice(one.code, one.name, one.name_en or one.name) for one in tx.organisation.sites()]


def _departments(archive: Archive, actor: Actor) -> Sequence[Choice]:
    del actor
    with archive.read() as tx:
        return [Choice(one.code, one.name, one.name_en or one.name) for one in tx.organisation.departments()]


def _checklists(archive: Archive, actor: Actor) -> Sequence[Choice]:
    every = [one.checklist for one in checklists.every(archive, actor)]
    return [Choice(one.code, one.name_zh, one.name_en) for one in every]


def _dossiers(archive: Archive, actor: Actor) -> Sequence[Choice]:
    if not rules.may(actor, Action.SEE_DOSSIERS):
        return ()
    with archive.read() as tx:
        every = tx.dossiers.every(rules.scope(actor, Action.FIND))[:CHOICES_MAX]
    return [Choice(one.number, *(f"{one.subject} {one.title}",) * 2) for one in every]


def _forms(archive: Archive, actor: Actor) -> Sequence[Choice]:
    if not rules.may(actor, Action.SEE_DOCUMENTS):
        return ()
    english = forms.english(archive)
    return [
        Choice(one.code, f"{one.code} {one.name}", f"{one.code} {forms.phrase(one.name, english)}")
        for one in (version.form for version in forms.every(archive, actor))
    ]


def _laws(archive: Archive, actor: Actor) -> Sequence[Choice]:
    if not rules.may(actor, Action.SEE_DOCUMENTS):
        return ()
    with archive.read() as tx:
        return [Choice(one.law.code, *(one.law.name,) * 2) for one in laws.known(tx).values()]


def _documents(archive: Archive, actor: Actor) -> Sequence[Choice]:
    if not rules.may(actor, Action.SEE_DOCUMENTS):
        return ()
    found = [one.document for one in documents.register(archive, actor)][:CHOICES_MAX]
    return [Choice(one.number, *(one.title,) * 2) for one in found]


def _handovers(archive: Archive, actor: Actor) -> Sequence[Choice]:
    if not rules.may(actor, Action.TAKE_PART):
        return ()
    return [Choice(one.number, *(one.reason,) * 2) for one, _ in handover_desk.listed(archive, actor)][:CHOICES_MAX]


def _faults(archive: Archive, actor: Actor) -> Sequence[Choice]:
    del archive, actor  # which kinds there are says nothing of what was found
    return [
        Choice(name, one.TITLE["zh"], one.TITLE["en"]) for name in faults.names() for one in (faults.open_kind(name),)
    ]


def _rooms(archive: Archive, actor: Actor) -> Sequence[Choice]:
    return [one for one in _places(archive, actor) if locations.JOINS not in one.value]


def _places(archive: Archive, actor: Actor) -> Sequence[Choice]:
    if not rules.may(actor, Action.SEE_ARCHIVE):
        return ()
    every = [one.location for one in locations.tree(archive, actor)][:CHOICES_MAX]
    return [Choice(one.address, *(f"{one.address} {one.name}".strip(),) * 2) for one in every]


CHOICES: Mapping[str, Callable[[Archive, Actor], Sequence[Choice]]] = {
    "site": _sites,
    "department": _departments,
    "checklist": _checklists,
    "form": _forms,
    "law": _laws,
    "dossier": _dossiers,
    "document": _documents,
    "handover": _handovers,
    "fault": _faults,
    "room": _rooms,
    "place": _places,
}
CLOSED = frozenset({"site", "department", "checklist", "form", "law", "fault"})


def of(archive: Archive, actor: Actor, kind: str) -> Sequence[Choice]:
    """What this person may choose from; nothing where there is no list of the kind."""
    return CHOICES[kind](archive, actor) if kind in CHOICES else ()
