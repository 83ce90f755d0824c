"""A person becomes an actor: what the rules need to know about somebody, as it stands at this moment."""

from dataclasses import replace

from access.actors import Actor, Role
from archive.app import Archive
from archive.model import Person
from archive.tables import Transaction


def as_actor(person: Person) -> Actor:
    """The actor without their loans: what they may do by their standing alone."""
    return Actor(
        id=person.id,
        name=person.name,
        roles=frozenset(Role(role) for role in person.roles),
        clearance=person.clearance,
        department=person.department,
        sites=person.sites,
    )


def at_the_door(archive: Archive, person: Person, *, session: str = "", only: frozenset[str] | None = None) -> Actor:
    """The actor with what loans and grants open to them now. Made anew for every request: both end at an instant."""
    at = archive.now()
    with archive.read() as tx:
        on_loan = tx.loans.open_for(person.id, at)
        openings = tuple(grant.opening for grant in tx.grants.in_force(person.id, at))
    return replace(as_actor(person), on_loan=on_loan, openings=openings, session=session, only=only)


def again(archive: Archive, tx: Transaction, person_id: str, *, clearance: int) -> Actor | None:
    """Whoever asked for work that goes on without them, with the rights they have now, and no more than the ceiling of
    the session in which they asked. None for somebody who has left."""
    person = tx.people.get(person_id)
    if person is None or not person.active:
        return None
    actor, at = as_actor(person), archive.now()
    return replace(
        actor,
        clearance=min(actor.clearance, clearance),
        on_loan=tx.loans.open_for(person.id, at),
        openings=tuple(grant.opening for grant in tx.grants.in_force(person.id, at)),
    )


def without_loans(somebody: Actor) -> Actor:
    """What would be left to somebody if they had borrowed nothing."""
    return replace(somebody, on_loan=frozenset())
