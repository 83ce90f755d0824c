"""Contracts, each with the record behind it; what is known of the projects they are about."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

contracts = sa.Table(
    "contracts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, unique=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("site", sa.String(20), sa.ForeignKey("sites.code"), nullable=False),
    sa.Column("party_a", sa.Text, nullable=False),
    sa.Column("party_b", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("drafted_by", sa.String(16), nullable=False),
    sa.Column("drafted_at", Instant, nullable=False),
    sa.Column("signed_on", sa.Date),
    sa.Column("begins_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("indefinite", sa.Boolean(name="indefinite"), nullable=False),
    sa.Column("ended_on", sa.Date),
    sa.Column("predecessor_id", Id, sa.ForeignKey("contracts.id")),
    sa.Column("notice_days", sa.Integer),
    sa.Column("originals", sa.Integer, nullable=False),
    sa.Column("originals_at", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("confirmed_by", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    # Everybody who wrote in the draft.
    sa.Column("drafters", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("notice_on", sa.Date),
    sa.Column("ended_why", sa.String(20), nullable=False, server_default=""),
    sa.Column("sent_back_by", sa.String(16), nullable=False, server_default=""),
    sa.Column("sent_back_why", sa.Text, nullable=False, server_default=""),
    sa.Column("waits_since", Instant),
    # Why it was confirmed although not every line of the validity checklist was proved (clause 2.12).
    sa.Column("confirmed_despite", sa.Text, nullable=False, server_default=""),
    one_of("kind", "preliminary", "service", "outsourcing", "lease", "other"),
    one_of("state", "draft", "confirmed", "void"),
    sa.CheckConstraint("ends_on IS NULL OR begins_on <= ends_on", name="term"),
    sa.CheckConstraint("NOT indefinite OR ends_on IS NULL OR ended_on IS NULL OR ended_on >= begins_on", name="open"),
    # Whoever drafted it does not confirm it (clause 2.14), what is confirmed has its days, and was not sent back.
    sa.CheckConstraint(
        "state <> 'confirmed' OR (confirmed_by <> '' AND confirmed_by <> drafted_by AND begins_on IS NOT NULL"
        " AND (ends_on IS NOT NULL OR indefinite) AND sent_back_why = '')",
        name="confirmed",
    ),
    # One successor each; of the exclusive ones of a project no two begin on one day, no two are open (INV-15).
    sa.Index(
        "uq_contracts_successor",
        "predecessor_id",
        unique=True,
        sqlite_where=sa.text("state = 'confirmed'"),
        postgresql_where=sa.text("state = 'confirmed'"),
    ),
    sa.Index(
        "uq_contracts_begin",
        "site",
        "begins_on",
        unique=True,
        sqlite_where=sa.text("state = 'confirmed' AND kind IN ('preliminary', 'service')"),
        postgresql_where=sa.text("state = 'confirmed' AND kind IN ('preliminary', 'service')"),
    ),
    sa.Index(
        "uq_contracts_open",
        "site",
        unique=True,
        sqlite_where=sa.text(
            "state = 'confirmed' AND kind IN ('preliminary', 'service') AND indefinite AND ended_on IS NULL"
        ),
        postgresql_where=sa.text(
            "state = 'confirmed' AND kind IN ('preliminary', 'service') AND indefinite AND ended_on IS NULL"
        ),
    ),
)

# What proves a line of the validity checklist (clause 2.12).
contract_evidence = sa.Table(
    "contract_evidence",
    metadata,
    sa.Column("contract_id", Id, sa.ForeignKey("contracts.id"), primary_key=True),
    sa.Column("item", sa.String(20), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), index=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("put_at", Instant, nullable=False),
    sa.Column("put_by", sa.String(16), nullable=False),
    sa.CheckConstraint("record_id IS NOT NULL OR note <> ''", name="says_something"),
)

# Papers that change a contract from a day on; confirmed by somebody else than who drafted them, like contracts.
contract_amendments = sa.Table(
    "contract_amendments",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("contract_id", Id, sa.ForeignKey("contracts.id"), nullable=False, index=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("says", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("drafted_by", sa.String(16), nullable=False),
    sa.Column("drafted_at", Instant, nullable=False),
    sa.Column("signed_on", sa.Date),
    sa.Column("effective_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("ended_before", sa.Date),
    sa.Column("confirmed_by", sa.String(16), nullable=False),
    one_of("state", "draft", "confirmed", "void"),
    sa.CheckConstraint(
        "state <> 'confirmed' OR (confirmed_by <> '' AND confirmed_by <> drafted_by AND effective_on IS NOT NULL)",
        name="confirmed",
    ),
    sa.Index(
        "uq_contract_amendments_record",
        "record_id",
        unique=True,
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    ),
)

contract_projects = sa.Table(
    "contract_projects",
    metadata,
    sa.Column("site", sa.String(20), sa.ForeignKey("sites.code"), primary_key=True),
    sa.Column("taken_over_on", sa.Date),
    sa.Column("committee_on", sa.Date),
    sa.Column("given_up_on", sa.Date),
)
