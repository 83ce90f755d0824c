"""Repair cases of papers, and who treated them."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

RUNNING = "state IN ('open', 'in_treatment', 'mended', 'beyond_repair', 'lost')"

repairs = sa.Table(
    "repairs",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("urgency", sa.String(10), nullable=False),
    sa.Column("seen_on", sa.Date, nullable=False),
    sa.Column("seen_by", sa.String(16), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opened_by", sa.String(16), nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("stocktake_id", Id, sa.ForeignKey("stocktakes.id")),
    sa.Column("loan_id", Id, sa.ForeignKey("loans.id")),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("treated_by", Id, sa.ForeignKey("people.id")),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("out_on", sa.Date),
    sa.Column("due_on", sa.Date),
    sa.Column("pages_before", sa.Integer),
    sa.Column("done_on", sa.Date),
    sa.Column("done_by", sa.String(16), nullable=False),
    sa.Column("work", sa.Text, nullable=False),
    sa.Column("materials", sa.Text, nullable=False),
    sa.Column("pages_after", sa.Integer),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", sa.String(16), nullable=False),
    sa.Column("lost_at", Instant),
    sa.Column("lost_by", sa.String(16), nullable=False, server_default=""),
    sa.Column("loss", sa.Text, nullable=False, server_default=""),
    one_of("urgency", "usual", "urgent"),
    one_of("source", "hand", "stocktake", "loan"),
    one_of("state", "open", "in_treatment", "mended", "beyond_repair", "lost", "back", "dropped", "written_off"),
    sa.CheckConstraint("(source = 'stocktake') = (stocktake_id IS NOT NULL)", name="seen_in_stocktake"),
    sa.CheckConstraint("(source = 'loan') = (loan_id IS NOT NULL)", name="seen_after_loan"),
    sa.CheckConstraint(
        "state IN ('open', 'dropped') OR (out_on IS NOT NULL AND due_on IS NOT NULL "
        "AND (treated_by IS NOT NULL) <> (company <> ''))",
        name="treated",
    ),
    # What was done is said of what is done, how it was lost of what is lost.
    sa.CheckConstraint(
        "(state NOT IN ('mended', 'beyond_repair', 'back') OR (done_on IS NOT NULL AND work <> '')) "
        "AND (state NOT IN ('lost', 'written_off') OR (lost_at IS NOT NULL AND lost_by <> '' AND loss <> ''))",
        name="done",
    ),
    # Somebody else than who treated it says that it is back, or gives it up; nor does who said that it is lost.
    sa.CheckConstraint(
        "state NOT IN ('back', 'written_off') OR (closed_at IS NOT NULL AND closed_by <> done_by "
        "AND (treated_by IS NULL OR closed_by <> treated_by) AND (state = 'back' OR closed_by <> lost_by))",
        name="two_people",
    ),
    sa.Index(
        "uq_repairs_one_running",
        "record_id",
        unique=True,
        sqlite_where=sa.text(RUNNING),
        postgresql_where=sa.text(RUNNING),
    ),
)

repair_treaters = sa.Table(
    "repair_treaters",
    metadata,
    sa.Column("repair_id", Id, sa.ForeignKey("repairs.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
)
"""Everybody who ever treated the paper of a case, or wrote down what was done: none of them says that it is back."""
