"""Tokens: a program acts as a person, until an instant and for no more than it was made for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from access import credentials, rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Invalid, NotFound, NotSignedIn
from archive.model import Person, Token, new_id
from archive.people import account_of
from archive.signing_in import lowest, of_network

TOKEN_DAYS_MAX = 366


def create_token(
    archive: Archive, actor: Actor, login: str, *, name: str = "", days: int = 90, scope: str = "everything"
) -> str:
    """A secret with which a program acts as this person, until it expires. It is shown once and not kept.

    `scope` is one of `rules.TOKEN_SCOPES`. People make their own, with no more than they may, in a session of a
    browser: no token makes another, which could outlive it. The shell makes any.
    """
    own = actor.id == _id_of(archive, login) and bool(actor.session) and actor.only is None
    if not own:
        rules.require(actor, Action.MANAGE_PEOPLE)
    if not 1 <= days <= TOKEN_DAYS_MAX:
        raise Invalid(f"A token lasts 1 to {TOKEN_DAYS_MAX} days.", "token-days")
    if scope not in rules.TOKEN_SCOPES:
        raise Invalid(f"A token is for one of: {', '.join(rules.TOKEN_SCOPES)}.", "token-scope")
    at, token, token_id = archive.now(), credentials.new_token(), new_id()
    with archive.write() as tx:
        person = account_of(tx, login)
        until = at + timedelta(days=days)
        # A token made in a session that reaches less high than its person reaches no higher either.
        ceiling = actor.clearance if own else None
        digest = credentials.token_digest(token)
        tx.people.add_token(Token(token_id, person.id, name.strip()[:100], at, until, None, scope, ceiling), digest)
        tx.ledger.add(at, actor.id, "token.created", "person", person.id, token=token_id, days=days, scope=scope)
    return token


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a program acts as, and what its token was made for (None: everything they may)."""

    person: Person
    only: frozenset[Action] | None
    scope: str


def bearer(archive: Archive, token: str, address: str = "") -> Bearer:
    """Who stands behind a token, with the clearance that counts: the lowest of the person's, of what the token was
    made for, and of the network it comes from. Raises NotSignedIn when it is unknown, expired or revoked."""
    with archive.read() as tx:
        found = tx.people.token_holder(credentials.token_digest(token), archive.now())
    if found is None:
        raise NotSignedIn("The token is unknown, expired or revoked.")
    person, kept = found
    only = rules.TOKEN_SCOPES.get(kept.scope, frozenset())
    clearance = lowest(person.clearance, kept.clearance, of_network(archive, address))
    return Bearer(replace(person, clearance=clearance), only, kept.scope)


def of_token(archive: Archive, token: str) -> Person:
    return bearer(archive, token).person


def tokens(archive: Archive, actor: Actor, login: str) -> Sequence[Token]:
    """The tokens of somebody, the newest first: one's own, or anybody's at the shell."""
    with archive.read() as tx:
        person = account_of(tx, login)
        if person.id != actor.id:
            rules.require(actor, Action.SEE_PEOPLE)
        return tx.people.tokens_of(person.id)


def revoke_token(archive: Archive, actor: Actor, token_id: str) -> None:
    """End a token at once: one's own, or anybody's for those who give rights."""
    with archive.write() as tx:
        token = tx.people.token(token_id)
        if token is None or (token.person_id != actor.id and not rules.may(actor, Action.GIVE_RIGHTS)):
            rules.require(actor, Action.GIVE_RIGHTS)
            raise NotFound("There is no such token.")
        tx.people.revoke_token(token_id, archive.now())
        tx.ledger.add(archive.now(), actor.id, "token.revoked", "person", token.person_id, token=token_id)


def _id_of(archive: Archive, login: str) -> str:
    with archive.read() as tx:
        account = tx.people.by_login(login)
    return account.person.id if account else ""
