"""Who works here, who is signed in, and the sites and departments they belong to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.model import Department, Person, Session, Site, Token
from archive.tables.parts import parts
from archive.tables.schema.people import departments, people, person_roles, person_sites, sessions, sites, tokens
from archive.tables.schema.records import records


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in needs to know besides the person."""

    person: Person
    password_hash: str
    failures: int
    locked_until: datetime | None


class People:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, person: Person, password_hash: str, at: datetime) -> None:
        self._connection.execute(
            people.insert().values(
                id=person.id,
                login=person.login,
                name=person.name,
                employee_no=person.employee_no,
                department=person.department,
                clearance=person.clearance,
                password_hash=password_hash,
                must_change_password=person.must_change_password,
                active=person.active,
                email=person.email,
                failures=0,
                created_at=at,
            )
        )
        self._add_rights(person)

    def get(self, person_id: str) -> Person | None:
        row = self._connection.execute(_BY_ID, {"person": person_id}).mappings().one_or_none()
        return None if row is None else self._person(row)

    def by_login(self, login: str) -> Account | None:
        row = self._connection.execute(sa.select(people).where(people.c.login == login)).mappings().one_or_none()
        return (
            None
            if row is None
            else Account(self._person(row), row["password_hash"], row["failures"], row["locked_until"])
        )

    def called(self, said: str) -> Account | None:
        """Whoever has this login name, or else is the only one of those that work here who is called so."""
        said = " ".join(said.split())
        by_name = sa.select(people.c.login).where(people.c.active, people.c.name == said).limit(2)
        logins = [said] if self.by_login(said) else list(self._connection.execute(by_name).scalars())
        return self.by_login(logins[0]) if len(logins) == 1 else None

    def every(self) -> Sequence[Person]:
        rows = self._connection.execute(sa.select(people).order_by(people.c.login)).mappings()
        return [self._person(row) for row in rows]

    def holding(self, roles: Iterable[str]) -> Sequence[Person]:
        """Active people with any of these roles."""
        theirs = sa.select(person_roles.c.person_id).where(person_roles.c.role.in_(sorted(set(roles))))
        rows = self._connection.execute(
            sa.select(people).where(people.c.active, people.c.id.in_(theirs)).order_by(people.c.login)
        )
        return [self._person(row) for row in rows.mappings().all()]

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Id → name, for those of these ids that are people's, however many are asked about."""
        found: dict[str, str] = {}
        for some in parts(set(ids)):
            rows = self._connection.execute(sa.select(people.c.id, people.c.name).where(people.c.id.in_(some)))
            found.update((row[0], row[1]) for row in rows)
        return found

    def left(self, ids: Iterable[str]) -> frozenset[str]:
        """Of these people those who no longer work here."""
        rows = self._connection.execute(sa.select(people.c.id).where(people.c.id.in_(set(ids)), ~people.c.active))
        return frozenset(rows.scalars())

    def set_password(self, person_id: str, password_hash: str, *, must_change: bool) -> None:
        self._connection.execute(
            people.update()
            .where(people.c.id == person_id)
            .values(password_hash=password_hash, must_change_password=must_change, failures=0, locked_until=None)
        )

    def set_failures(self, person_id: str, failures: int, locked_until: datetime | None) -> None:
        self._connection.execute(
            people.update().where(people.c.id == person_id).values(failures=failures, locked_until=locked_until)
        )

    def set_active(self, person_id: str, active: bool) -> None:
        self._connection.execute(people.update().where(people.c.id == person_id).values(active=active))

    # Sessions and tokens: only digests are kept, so that the tables open no door to those who read them.

    def add_session(
        self,
        digest: str,
        person_id: str,
        at: datetime,
        expires_at: datetime,
        *,
        clearance: int | None = None,
        device: str = "",
        address: str = "",
    ) -> None:
        self._connection.execute(
            sessions.insert().values(
                digest=digest,
                person_id=person_id,
                created_at=at,
                seen_at=at,
                expires_at=expires_at,
                clearance=clearance,
                device=device,
                address=address,
            )
        )

    def session(self, digest: str, at: datetime) -> tuple[Person, Session] | None:
        """Whose session this is, unless it has ended or its person has left."""
        row = (
            self._connection.execute(sa.select(sessions).where(sessions.c.digest == digest, sessions.c.expires_at > at))
            .mappings()
            .one_or_none()
        )
        person = None if row is None else self.get(row["person_id"])
        return (person, _session(row)) if row is not None and person is not None and person.active else None

    def sessions_of(self, person_id: str, at: datetime) -> Sequence[Session]:
        """Where somebody is signed in, the latest used first."""
        rows = self._connection.execute(
            sa.select(sessions)
            .where(sessions.c.person_id == person_id, sessions.c.expires_at > at)
            .order_by(sessions.c.seen_at.desc(), sessions.c.digest)
        )
        return [_session(row) for row in rows.mappings()]

    def lower_session(self, digest: str, clearance: int) -> None:
        self._connection.execute(sessions.update().where(sessions.c.digest == digest).values(clearance=clearance))

    def touch_session(self, digest: str, at: datetime, expires_at: datetime) -> None:
        self._connection.execute(
            sessions.update().where(sessions.c.digest == digest).values(seen_at=at, expires_at=expires_at)
        )

    def end_session(self, digest: str) -> None:
        self._connection.execute(sessions.delete().where(sessions.c.digest == digest))

    def end_sessions_of(self, person_id: str) -> None:
        self._connection.execute(sessions.delete().where(sessions.c.person_id == person_id))

    def forget_ended_sessions(self, at: datetime) -> None:
        self._connection.execute(sessions.delete().where(sessions.c.expires_at <= at))

    def add_token(self, token: Token, digest: str) -> None:
        values = {column.name: getattr(token, column.name) for column in tokens.c if column.name != "digest"}
        self._connection.execute(tokens.insert().values(**values, digest=digest))

    def token_holder(self, digest: str, at: datetime) -> tuple[Person, Token] | None:
        row = self._connection.execute(_TOKEN, {"digest": digest, "at": at}).mappings().one_or_none()
        person = None if row is None else self.get(row["person_id"])
        return (person, _token(row)) if row is not None and person is not None and person.active else None

    def token(self, token_id: str) -> Token | None:
        row = self._connection.execute(sa.select(tokens).where(tokens.c.id == token_id)).mappings().one_or_none()
        return None if row is None else _token(row)

    def tokens_of(self, person_id: str) -> Sequence[Token]:
        """The newest first."""
        rows = self._connection.execute(
            sa.select(tokens).where(tokens.c.person_id == person_id).order_by(tokens.c.created_at.desc(), tokens.c.id)
        )
        return [_token(row) for row in rows.mappings()]

    def revoke_token(self, token_id: str, at: datetime) -> None:
        self._connection.execute(
            tokens.update().where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None)).values(revoked_at=at)
        )

    def set_rights(self, person: Person) -> None:
        """Roles, sites, clearance and department as they are in this value."""
        self._connection.execute(
            people.update()
            .where(people.c.id == person.id)
            .values(clearance=person.clearance, department=person.department)
        )
        self._connection.execute(person_roles.delete().where(person_roles.c.person_id == person.id))
        self._connection.execute(person_sites.delete().where(person_sites.c.person_id == person.id))
        self._add_rights(person)

    def _add_rights(self, person: Person) -> None:
        for role in sorted(person.roles):
            self._connection.execute(person_roles.insert().values(person_id=person.id, role=role))
        for site in sorted(person.sites):
            self._connection.execute(person_sites.insert().values(person_id=person.id, site=site))

    def _person(self, row: sa.RowMapping) -> Person:
        given = self._connection.execute(_GIVEN, {"person": row["id"]}).all()
        return Person(
            row["id"],
            row["login"],
            row["name"],
            row["employee_no"],
            row["department"],
            row["clearance"],
            frozenset(value for kind, value in given if kind == _ROLE),
            frozenset(value for kind, value in given if kind == _SITE),
            row["active"],
            row["must_change_password"],
            row["email"],
        )


def _session(row: sa.RowMapping) -> Session:
    return Session(
        row["digest"],
        row["person_id"],
        row["created_at"],
        row["seen_at"],
        row["expires_at"],
        row["clearance"],
        row["device"] or "",
        row["address"] or "",
    )


def _token(row: sa.RowMapping) -> Token:
    values: dict[str, Any] = {name: row[name] for name in Token.__slots__}
    values["scope"] = values["scope"] or "everything"
    return Token(**values)


class Organisation:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def sites(self) -> Sequence[Site]:
        rows = self._connection.execute(sa.select(sites).order_by(sites.c.code))
        return [Site(**row) for row in rows.mappings()]

    def departments(self) -> Sequence[Department]:
        rows = self._connection.execute(sa.select(departments).order_by(departments.c.code))
        return [Department(**row) for row in rows.mappings()]

    def add_site(self, site: Site) -> None:
        self._connection.execute(
            sites.insert().values(code=site.code, name=site.name, name_en=site.name_en, fonds_code=site.fonds_code)
        )

    def change_site(self, site: Site) -> None:
        values = {"name": site.name, "name_en": site.name_en, "fonds_code": site.fonds_code}
        self._connection.execute(sites.update().where(sites.c.code == site.code).values(values))

    def filed_at(self, site: str) -> bool:
        """Is or was a record at this site?"""
        return (
            self._connection.execute(sa.select(records.c.id).where(records.c.site == site).limit(1)).first() is not None
        )

    def add_department(self, department: Department) -> None:
        self._connection.execute(
            departments.insert().values(code=department.code, name=department.name, name_en=department.name_en)
        )

    def rename_department(self, department: Department) -> None:
        values = {"name": department.name, "name_en": department.name_en}
        self._connection.execute(departments.update().where(departments.c.code == department.code).values(values))


# Asked at the door, for every request: making a statement costs more than answering it.
_PERSON: "sa.BindParameter[str]" = sa.bindparam("person")
_BY_ID = sa.select(people).where(people.c.id == _PERSON)
_ROLE, _SITE = "role", "site"
_GIVEN = sa.union_all(
    sa.select(sa.literal(_ROLE), person_roles.c.role).where(person_roles.c.person_id == _PERSON),
    sa.select(sa.literal(_SITE), person_sites.c.site).where(person_sites.c.person_id == _PERSON),
)
_TOKEN = sa.select(tokens).where(
    tokens.c.digest == sa.bindparam("digest"), tokens.c.expires_at > sa.bindparam("at"), tokens.c.revoked_at.is_(None)
)
