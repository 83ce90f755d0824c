"""The classification scheme is data: read from a table, replaced class by class."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Invalid
from archive.model import PII, RecordClass

SHIPPED = Path(__file__).parent / "data" / "file_plan.csv"
"""45 classes for a property-management company (domain §4); another plan is imported in its place."""

COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    "retention",
    "level",
    "pii",
    "responsible_post",
    "required_documents",
    "pattern",
    "review_cycle",
    "standard_clause",
)


def load(archive: Archive, actor: Actor, table: str) -> int:
    """Import classes from CSV text with the columns above; all of them or none. Returns how many.

    Raises Invalid with the line and what is wrong with it.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    classes = parse(table)
    with archive.write() as tx:
        for record_class in classes:
            tx.file_plan.put(record_class)
        tx.ledger.add(archive.now(), actor.id, "file-plan.imported", "file-plan", "classes", classes=len(classes))
    return len(classes)


def parse(table: str) -> Sequence[RecordClass]:
    reader = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
    missing = set(COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise Invalid(f"The file plan lacks the columns: {', '.join(sorted(missing))}.")
    return [_class(row, reader.line_num) for row in reader]


def dump(archive: Archive) -> str:
    """The file plan as CSV text that `load` takes again."""
    with archive.read() as tx:
        classes = tx.file_plan.every()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    letters = {number: letter for letter, number in PII.items()}
    for one in classes:
        row = [getattr(one, column) for column in COLUMNS]
        row[COLUMNS.index("pii")] = letters[one.pii]
        row[COLUMNS.index("required_documents")] = ";".join(one.required_documents)
        writer.writerow(row)
    return out.getvalue()


def _class(row: dict[str, str], line: int) -> RecordClass:
    if not row["code"] or not row["retention"]:
        raise Invalid(f"Line {line} of the file plan: a class needs a code and a retention period.")
    # "1(图2)" and "1→0" start with the level that holds unless something else is decided.
    level = row["level"][:1]
    if level not in "0123" or not level or row["pii"] not in PII:
        raise Invalid(f"Line {line} of the file plan: level is 0–3 and pii is -, P or S.")
    return RecordClass(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        retention=row["retention"],
        level=int(level),
        pii=PII[row["pii"]],
        responsible_post=row["responsible_post"],
        required_documents=tuple(filter(None, row["required_documents"].split(";"))),
        pattern=row["pattern"],
        review_cycle=row["review_cycle"],
        standard_clause=row["standard_clause"],
    )
