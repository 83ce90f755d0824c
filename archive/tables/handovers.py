"""Handovers: parties, lines, signatures, and what is frozen meanwhile."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from access.handovers import (
    FREEZING,
    Carrier,
    Found,
    Handover,
    Kind,
    Line,
    Outside,
    Part,
    Party,
    Signature,
    State,
    is_difference,
    needs_explanation,
)
from access.loans import OUT, Form
from access.repairs import OUT as AT_REPAIR
from archive.errors import Conflict, NotFound
from archive.tables.schema.fileplan import classes
from archive.tables.schema.handovers import (
    handover_freezes,
    handover_lines,
    handover_parties,
    handover_signatures,
    handovers,
)
from archive.tables.schema.loans import loan_items, loans
from archive.tables.schema.records import components, records
from archive.tables.schema.repairs import repairs

NO_SUCH_HANDOVER = "There is no such handover."
BATCH = 400

_LINE = tuple(field.name for field in fields(Line))


class Handovers:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, handover: Handover) -> None:
        self._connection.execute(
            handovers.insert().values(id=handover.id, number=handover.number, revision=1, **_values(handover))
        )
        for party in handover.parties:
            outside = party.outside or Outside("", "", "")
            self._connection.execute(
                handover_parties.insert().values(
                    handover_id=handover.id,
                    part=party.part,
                    person_id=party.person_id or None,
                    outside_name=outside.name,
                    outside_organisation=outside.organisation,
                    outside_letter=outside.letter,
                )
            )

    def get(self, handover_id: str) -> Handover:
        found = self._handovers(handovers.c.id == handover_id)
        if not found:
            raise NotFound(NO_SUCH_HANDOVER)
        return found[0]

    def save(self, handover: Handover, before: State) -> None:
        """Save one that was in the state `before`. Raises Conflict if it is not any more."""
        changed = self._connection.execute(
            handovers.update()
            .where(handovers.c.id == handover.id, handovers.c.state == before)
            .values(revision=handovers.c.revision + 1, **_values(handover))
        ).rowcount
        if changed != 1:
            raise Conflict("Somebody else was first; reload the page.", "changed")

    def revision(self, handover_id: str) -> int:
        """Counts every change of what is signed: the list and the handover itself."""
        return self._connection.execute(
            sa.select(handovers.c.revision).where(handovers.c.id == handover_id)
        ).scalar_one()

    def _changed(self, handover_id: str) -> None:
        self._connection.execute(
            handovers.update().where(handovers.c.id == handover_id).values(revision=handovers.c.revision + 1)
        )

    def latest(self, *, limit: int = 200) -> Sequence[Handover]:
        return self._handovers(sa.true(), limit=limit)

    def of_person(self, person_id: str, *, limit: int = 200) -> Sequence[Handover]:
        """Those in which somebody plays a part, or which they planned; newest first."""
        theirs = sa.select(handover_parties.c.handover_id).where(handover_parties.c.person_id == person_id)
        return self._handovers(handovers.c.id.in_(theirs) | (handovers.c.planned_by == person_id), limit=limit)

    def numbered(self, number: str) -> Handover | None:
        return next(iter(self._handovers(handovers.c.number == number, limit=1)), None)

    def under_way(self) -> Sequence[Handover]:
        return self._handovers(handovers.c.state.in_([State.PLANNED, *FREEZING]), limit=1000)

    # Lines

    def add_lines(self, handover: Handover, lines: Sequence[Line]) -> None:
        rows = [{"handover_id": handover.id, **_line_values(line, handover.kind)} for line in lines]
        for start in range(0, len(rows), BATCH):
            self._connection.execute(handover_lines.insert(), rows[start : start + BATCH])
        self._changed(handover.id)

    def write_down(self, handover: Handover, first: int) -> None:
        """A line for the paper of each record frozen for this handover and one for its files, in the order of the
        shelves, from position `first` on: one statement, for there may be fifty thousand."""
        files = (
            sa.select(
                components.c.record_id,
                sa.func.count().label("files"),
                sa.func.sum(components.c.page_count).label("pages"),
            )
            .where(components.c.current)
            .group_by(components.c.record_id)
            .subquery()
        )
        # A paper that is on loan is not at repair, and the other way round (INV-07).
        out = (
            sa.select(loan_items.c.record_id, sa.func.min(loans.c.number).label("loan"))
            .join(loans, loans.c.id == loan_items.c.loan_id)
            .where(loan_items.c.form == Form.PAPER, loan_items.c.state.in_(OUT))
            .group_by(loan_items.c.record_id)
            .union_all(sa.select(repairs.c.record_id, repairs.c.number).where(repairs.c.state.in_(list(AT_REPAIR))))
            .subquery()
        )
        carriers = sa.union_all(
            *(sa.select(sa.literal(one).label("carrier")) for one in (Carrier.PAPER.value, Carrier.DIGITAL.value))
        ).subquery()
        paper = carriers.c.carrier == Carrier.PAPER
        said: dict[str, sa.ColumnElement[Any]] = {
            "handover_id": handover_freezes.c.handover_id,
            "position": first
            - 1
            + sa.func.row_number().over(
                order_by=(records.c.shelf_location, records.c.doc_number, records.c.id, sa.case((paper, 0), else_=1))
            ),
            "carrier": carriers.c.carrier,
            "title": records.c.title,
            "record_id": records.c.id,
            "number": records.c.doc_number,
            "document_date": records.c.document_date,
            "level": records.c.level,
            "class_code": sa.func.coalesce(records.c.class_code, ""),
            "retention": sa.func.coalesce(classes.c.retention, ""),
            "location": sa.case((paper, records.c.shelf_location), else_=""),
            "site": records.c.site,
            "pieces": sa.func.coalesce(sa.case((paper, files.c.pages), else_=files.c.files), 0),
            "loan": sa.case((paper, sa.func.coalesce(out.c.loan, "")), else_=""),
        }
        fresh = _line_values(Line(0, Carrier.PAPER, ""), handover.kind)
        said |= {
            name: sa.literal(value, handover_lines.c[name].type) for name, value in fresh.items() if name not in said
        }
        question = (
            sa.select(*(value.label(name) for name, value in said.items()))
            .select_from(
                handover_freezes.join(records, records.c.id == handover_freezes.c.record_id)
                .join(carriers, sa.true())
                .outerjoin(classes, classes.c.code == records.c.class_code)
                .outerjoin(files, files.c.record_id == records.c.id)
                .outerjoin(out, out.c.record_id == records.c.id)
            )
            .where(
                handover_freezes.c.handover_id == handover.id,
                sa.case((paper, records.c.shelf_location != ""), else_=files.c.files.is_not(None)),
            )
        )
        self._connection.execute(handover_lines.insert().from_select(list(said), question))
        self._changed(handover.id)

    def highest_level(self, handover_id: str) -> int:
        """That of the most secret record on the list."""
        highest = sa.select(sa.func.max(handover_lines.c.level)).where(handover_lines.c.handover_id == handover_id)
        return self._connection.execute(highest).scalar() or 0

    def save_line(self, handover: Handover, line: Line) -> None:
        self._connection.execute(
            handover_lines.update()
            .where(handover_lines.c.handover_id == handover.id, handover_lines.c.position == line.position)
            .values(_line_values(line, handover.kind))
        )
        self._changed(handover.id)

    def remove_line(self, handover_id: str, position: int) -> None:
        self._connection.execute(
            handover_lines.delete().where(
                handover_lines.c.handover_id == handover_id, handover_lines.c.position == position
            )
        )
        self._changed(handover_id)

    def lines(self, handover_id: str) -> Sequence[Line]:
        """Every line, in order."""
        return self._lines(handover_lines.c.handover_id == handover_id)

    def some_lines(self, handover_id: str, which: str, *, offset: int = 0, limit: int = 100) -> Sequence[Line]:
        """A part of the lines: all, open (not counted), files (not compared), differences or found (counted)."""
        return self._lines((handover_lines.c.handover_id == handover_id) & _WHICH[which], offset=offset, limit=limit)

    def files_of(self, handover_id: str) -> Sequence[str]:
        """The records whose files are on the list, in its order."""
        rows = self._connection.execute(
            sa.select(handover_lines.c.record_id)
            .where(
                handover_lines.c.handover_id == handover_id,
                handover_lines.c.carrier == Carrier.DIGITAL,
                handover_lines.c.record_id.is_not(None),
            )
            .order_by(handover_lines.c.position)
        )
        return list(rows.scalars())

    def line(self, handover_id: str, position: int) -> Line:
        found = self._lines(
            (handover_lines.c.handover_id == handover_id) & (handover_lines.c.position == position), limit=1
        )
        if not found:
            raise NotFound("There is no such line.")
        return found[0]

    def line_of(self, handover_id: str, record_id: str, carrier: Carrier) -> Line | None:
        found = self._lines(
            (handover_lines.c.handover_id == handover_id)
            & (handover_lines.c.record_id == record_id)
            & (handover_lines.c.carrier == carrier),
            limit=1,
        )
        return found[0] if found else None

    def on_loan(self, handover_id: str) -> Sequence[Line]:
        """Lines of papers that are out: on loan, or at repair."""
        return self._lines((handover_lines.c.handover_id == handover_id) & (handover_lines.c.loan != ""))

    def counts(self, handover_ids: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """How many lines each of these has of each kind: all, open, differences, unexplained, and each of Found."""
        total = sa.select(
            handovers.c.id,
            sa.func.count(handover_lines.c.handover_id).label("all"),
            *(
                sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0).label(name)
                for name, condition in (
                    ("open", _WHICH["open"]),
                    ("found", _WHICH["found"]),
                    ("differences", _WHICH["differences"]),
                    ("unexplained", handover_lines.c.unexplained),
                    *((str(found), handover_lines.c.found == found) for found in Found),
                )
            ),
        ).where(handovers.c.id.in_(handover_ids))
        lines = handovers.outerjoin(handover_lines, handover_lines.c.handover_id == handovers.c.id)
        rows = self._connection.execute(total.select_from(lines).group_by(handovers.c.id)).mappings()
        return {str(row["id"]): {name: int(row[name]) for name in row if name != "id"} for row in rows}

    def unsettled(self, handover_id: str) -> tuple[int, int]:
        """How many lines are not counted, and how many differ without an explanation: asked after every line."""

        def how_many(condition: sa.ColumnElement[bool]) -> "sa.ColumnElement[int]":
            return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

        sums = sa.select(how_many(_WHICH["open"]), how_many(handover_lines.c.unexplained))
        found = self._connection.execute(sums.where(handover_lines.c.handover_id == handover_id)).one()
        return int(found[0]), int(found[1])

    def next_position(self, handover_id: str) -> int:
        last = self._connection.execute(
            sa.select(sa.func.max(handover_lines.c.position)).where(handover_lines.c.handover_id == handover_id)
        ).scalar()
        return (last or 0) + 1

    # What is frozen

    def freeze(self, handover_id: str, record_ids: Collection[str]) -> None:
        """Raises Conflict when something of it is being handed over already: the database decides (INV-13)."""
        rows = [{"record_id": one, "handover_id": handover_id} for one in record_ids]
        try:
            for start in range(0, len(rows), BATCH):
                self._connection.execute(handover_freezes.insert(), rows[start : start + BATCH])
        except exc.IntegrityError:
            raise Conflict(
                "Something on the list is in another handover that is not finished.", "already-frozen"
            ) from None

    def thaw(self, handover_id: str) -> None:
        self._connection.execute(handover_freezes.delete().where(handover_freezes.c.handover_id == handover_id))

    def frozen_by(self, record_id: str) -> Handover | None:
        """The handover in which this record is frozen now."""
        frozen = sa.select(handover_freezes.c.handover_id).where(handover_freezes.c.record_id == record_id)
        return next(iter(self._handovers(handovers.c.id.in_(frozen))), None)

    # Signatures

    def sign(self, signature_id: str, handover_id: str, signature: Signature) -> None:
        """Raises Conflict when somebody has signed for this part already."""
        try:
            self._connection.execute(
                handover_signatures.insert().values(
                    id=signature_id,
                    handover_id=handover_id,
                    part=signature.part,
                    person_id=signature.person_id,
                    digest=signature.digest,
                    signed_at=signature.signed_at,
                )
            )
        except exc.IntegrityError:
            raise Conflict("It is signed for this part already.", "changed") from None

    def void_signatures(self, handover_id: str, at: datetime) -> Sequence[str]:
        """Something has changed: no signature holds any more. Who had signed."""
        valid = (handover_signatures.c.handover_id == handover_id, handover_signatures.c.voided_at.is_(None))
        people = list(self._connection.execute(sa.select(handover_signatures.c.person_id).where(*valid)).scalars())
        if people:
            self._connection.execute(handover_signatures.update().where(*valid).values(voided_at=at))
        return people

    def signatures(self, handover_id: str) -> Sequence[Signature]:
        """Every signature there was, void or not, oldest first."""
        rows = self._connection.execute(
            sa.select(handover_signatures)
            .where(handover_signatures.c.handover_id == handover_id)
            .order_by(handover_signatures.c.signed_at, handover_signatures.c.id)
        )
        return [Signature(Part(row.part), row.person_id, row.digest, row.signed_at, row.voided_at) for row in rows]

    def _handovers(self, condition: sa.ColumnElement[bool], *, limit: int = 1) -> Sequence[Handover]:
        rows = (
            self._connection.execute(
                sa.select(handovers)
                .where(condition)
                .order_by(handovers.c.planned_at.desc(), handovers.c.number.desc())
                .limit(limit)
            )
            .mappings()
            .all()
        )
        parties = self._connection.execute(
            sa.select(handover_parties)
            .where(handover_parties.c.handover_id.in_([row["id"] for row in rows]))
            .order_by(handover_parties.c.part)
        )
        of: dict[str, list[Party]] = {}
        for party in parties.mappings():
            outside = (
                Outside(party["outside_name"], party["outside_organisation"], party["outside_letter"])
                if party["outside_name"]
                else None
            )
            of.setdefault(party["handover_id"], []).append(
                Party(Part(party["part"]), party["person_id"] or "", outside)
            )
        return [_handover(row, tuple(of.get(row["id"], ()))) for row in rows]

    def _lines(self, condition: sa.ColumnElement[bool], *, offset: int = 0, limit: int | None = None) -> Sequence[Line]:
        question = sa.select(handover_lines).where(condition).order_by(handover_lines.c.position).offset(offset)
        if limit is not None:
            question = question.limit(limit)
        return [_line(row) for row in self._connection.execute(question).mappings()]


_WHICH: Mapping[str, sa.ColumnElement[bool]] = {
    "all": sa.true(),
    "open": handover_lines.c.found == "",
    "files": (handover_lines.c.found == "") & (handover_lines.c.carrier == Carrier.DIGITAL),
    "found": handover_lines.c.found != "",
    "differences": handover_lines.c.difference,
}


def _values(handover: Handover) -> dict[str, Any]:
    names = {field.name for field in fields(Handover)} - {"id", "number", "parties"}
    return {name: getattr(handover, name) for name in names}


def _handover(row: sa.RowMapping, parties: Iterable[Party]) -> Handover:
    values: dict[str, Any] = {**row, "kind": Kind(row["kind"]), "state": State(row["state"])}
    del values["package"], values["revision"]
    return Handover(parties=tuple(parties), **values)


def _line_values(line: Line, kind: Kind) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(line, name) for name in _LINE}
    values["record_id"] = line.record_id or None
    values["found"] = line.found or ""
    values["difference"] = is_difference(line, kind)
    values["unexplained"] = needs_explanation(line, kind)
    return values


def _line(row: sa.RowMapping) -> Line:
    values: dict[str, Any] = {name: row[name] for name in _LINE}
    values["carrier"] = Carrier(row["carrier"])
    values["record_id"] = row["record_id"] or ""
    values["found"] = Found(row["found"]) if row["found"] else None
    return Line(**values)
