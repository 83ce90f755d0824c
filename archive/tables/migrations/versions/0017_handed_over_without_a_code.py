"""What is handed over to others may go before it had a reference code."""

from archive.tables.migrations.changes import replace_check

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    replace_check(
        'records',
        'ck_records_filed_is_described',
        "(lifecycle IN ('captured', 'quarantined', 'merged') OR (class_code IS NOT NULL AND site <> ''))"
        " AND (lifecycle = 'transferred' OR (lifecycle IN ('archived', 'destroyed')) = (archival_code <> ''))",
    )
