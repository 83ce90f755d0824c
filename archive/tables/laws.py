"""Laws and their versions, reviews of whom they bind, who has read them, and which records name them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from archive.model.laws import Law, LawReader, LawReview, LawVersion
from archive.tables.schema.laws import law_citations, law_readers, law_reviews, law_versions


class Laws:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def newest(self) -> Mapping[str, LawVersion]:
        """The newest version of each by its code."""
        rows = self._connection.execute(sa.select(law_versions).order_by(law_versions.c.code, law_versions.c.version))
        return {row["code"]: _version(row) for row in rows.mappings()}

    def versions(self, code: str) -> Sequence[LawVersion]:
        """Newest first."""
        rows = self._connection.execute(
            sa.select(law_versions).where(law_versions.c.code == code).order_by(law_versions.c.version.desc())
        )
        return [_version(row) for row in rows.mappings()]

    def add_version(self, law: Law, at: datetime, by: str, reason: str) -> int:
        known = self.versions(law.code)
        version = known[0].version + 1 if known else 1
        content: dict[str, Any] = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(law).items()
        }
        self._connection.execute(
            law_versions.insert().values(
                code=law.code, version=version, changed_at=at, changed_by=by, reason=reason, content=content
            )
        )
        return version

    def add_review(self, review: LawReview) -> None:
        self._connection.execute(law_reviews.insert().values(asdict(review)))

    def reviews(self) -> Mapping[str, Sequence[LawReview]]:
        """By code, newest first."""
        rows = self._connection.execute(sa.select(law_reviews).order_by(law_reviews.c.reviewed_at.desc()))
        found: dict[str, list[LawReview]] = {}
        for row in rows.mappings():
            found.setdefault(row["code"], []).append(LawReview(**row))
        return found

    def ask(self, one: LawReader) -> None:
        """Ask somebody to read a version; an ask that is open already gets the new day."""
        for row in self.readers(code=one.code, person_id=one.person_id):
            if row.read_at is None:
                self.save_reader(replace(row, due_on=one.due_on, reminded_on=None))
                return
        self._connection.execute(law_readers.insert().values(asdict(one)))

    def save_reader(self, one: LawReader) -> None:
        self._connection.execute(
            law_readers.update()
            .where(
                law_readers.c.code == one.code,
                law_readers.c.version == one.version,
                law_readers.c.person_id == one.person_id,
            )
            .values(asdict(one))
        )

    def carry_asks(self, code: str, version: int) -> None:
        """What nobody has read yet is to be read as it is now."""
        self._connection.execute(
            law_readers.update()
            .where(law_readers.c.code == code, law_readers.c.read_at.is_(None))
            .values(version=version)
        )

    def readers(self, *, code: str = "", person_id: str = "") -> Sequence[LawReader]:
        """The newest version first."""
        query = sa.select(law_readers).order_by(law_readers.c.version.desc(), law_readers.c.person_id)
        if code:
            query = query.where(law_readers.c.code == code)
        if person_id:
            query = query.where(law_readers.c.person_id == person_id)
        return [LawReader(**row) for row in self._connection.execute(query).mappings()]

    def citations(self) -> Mapping[str, Sequence[str]]:
        """Record → codes of the laws it names."""
        rows = self._connection.execute(sa.select(law_citations.c.record_id, law_citations.c.codes))
        return {row.record_id: row.codes for row in rows}

    def read_already(self) -> Mapping[str, str]:
        """Record → digest of the text in which its citations were read."""
        rows = self._connection.execute(sa.select(law_citations.c.record_id, law_citations.c.text_digest))
        return {row.record_id: row.text_digest for row in rows}

    def cite(self, record_id: str, text_digest: str, codes: Collection[str]) -> None:
        self._connection.execute(law_citations.delete().where(law_citations.c.record_id == record_id))
        self._connection.execute(
            law_citations.insert().values(record_id=record_id, text_digest=text_digest, codes=list(codes))
        )

    def forget_citations(self) -> None:
        """Other names are known now: every text is read again."""
        self._connection.execute(law_citations.delete())


def _version(row: sa.RowMapping) -> LawVersion:
    said: dict[str, Any] = dict(row["content"])
    for name in ("published_on", "effective_on", "ended_on", "verified_on"):
        said[name] = date.fromisoformat(said[name]) if said[name] else None
    said["aliases"] = tuple(said["aliases"])
    return LawVersion(row["version"], row["changed_at"], row["changed_by"], row["reason"], Law(**said))
