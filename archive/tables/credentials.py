"""What people show besides a password; and halves of passwords that two administrators give out together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.tables.schema.credentials import password_resets, recovery_codes, second_factors


@dataclass(frozen=True, slots=True)
class SecondFactor:
    sealed_secret: bytes
    confirmed_at: datetime | None
    last_step: int


@dataclass(frozen=True, slots=True)
class Reset:
    person_id: str
    sealed_half: bytes
    asked_by: str
    asked_at: datetime


class Credentials:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def second_factor(self, person_id: str) -> SecondFactor | None:
        columns = (second_factors.c.sealed_secret, second_factors.c.confirmed_at, second_factors.c.last_step)
        row = self._connection.execute(sa.select(*columns).where(second_factors.c.person_id == person_id)).one_or_none()
        return None if row is None else SecondFactor(*row)

    def begin_second_factor(self, person_id: str, sealed_secret: bytes, at: datetime) -> None:
        """A new secret in place of one that was there; of no use until it is confirmed."""
        self.forget_second_factor(person_id)
        self._connection.execute(
            second_factors.insert().values(
                person_id=person_id, sealed_secret=sealed_secret, created_at=at, confirmed_at=None, last_step=0
            )
        )

    def confirm_second_factor(self, person_id: str, at: datetime) -> None:
        self._connection.execute(
            second_factors.update().where(second_factors.c.person_id == person_id).values(confirmed_at=at)
        )

    def take_step(self, person_id: str, step: int) -> bool:
        """True for the one who shows the code of this step first: no code opens twice."""
        return (
            self._connection.execute(
                second_factors.update()
                .where(second_factors.c.person_id == person_id, second_factors.c.last_step < step)
                .values(last_step=step)
            ).rowcount
            == 1
        )

    def forget_second_factor(self, person_id: str) -> None:
        self._connection.execute(second_factors.delete().where(second_factors.c.person_id == person_id))
        self._connection.execute(recovery_codes.delete().where(recovery_codes.c.person_id == person_id))

    def holders(self) -> frozenset[str]:
        """Who signs in with a second factor."""
        rows = self._connection.execute(
            sa.select(second_factors.c.person_id).where(second_factors.c.confirmed_at.is_not(None))
        )
        return frozenset(rows.scalars())

    def add_recovery_codes(self, person_id: str, digests: Iterable[str]) -> None:
        for digest in digests:
            self._connection.execute(recovery_codes.insert().values(person_id=person_id, digest=digest, used_at=None))

    def use_recovery_code(self, person_id: str, digest: str, at: datetime) -> bool:
        return (
            self._connection.execute(
                recovery_codes.update()
                .where(
                    recovery_codes.c.person_id == person_id,
                    recovery_codes.c.digest == digest,
                    recovery_codes.c.used_at.is_(None),
                )
                .values(used_at=at)
            ).rowcount
            == 1
        )

    def recovery_codes_left(self, person_id: str) -> int:
        return self._connection.execute(
            sa.select(sa.func.count()).where(
                recovery_codes.c.person_id == person_id, recovery_codes.c.used_at.is_(None)
            )
        ).scalar_one()

    # Passwords that two administrators give out together

    def ask_reset(self, person_id: str, sealed_half: bytes, by: str, at: datetime) -> None:
        self.end_reset(person_id)
        self._connection.execute(
            password_resets.insert().values(person_id=person_id, sealed_half=sealed_half, asked_by=by, asked_at=at)
        )

    def reset_of(self, person_id: str) -> Reset | None:
        row = self._connection.execute(
            sa.select(password_resets).where(password_resets.c.person_id == person_id)
        ).one_or_none()
        return None if row is None else Reset(*row)

    def resets(self) -> Iterable[Reset]:
        return [Reset(*row) for row in self._connection.execute(sa.select(password_resets))]

    def end_reset(self, person_id: str) -> None:
        self._connection.execute(password_resets.delete().where(password_resets.c.person_id == person_id))
