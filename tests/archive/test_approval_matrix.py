"""The approval matrix as data: proposed by one, put in force by another, kept by what was asked for."""

from dataclasses import replace

import pytest

from access.approvals import Matrix, Post, Row
from access.loans import Form
from access.rules import Denied
from archive import approval_matrix, lending
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.tables.schema.approval_matrices import approval_matrices
from tests.archive.test_lending import a_secret, wish
from tests.builders import an_office


def stricter(matrix: Matrix) -> Matrix:
    """The same, but what is confidential is lent on screen for two days, once, and the security officer agrees too."""
    changed = {2: {"days_max": 2, "renewals_max": 0}, 3: {"days_max": 2}}

    def other(row: Row) -> Row:
        more = (*row.terms.posts, Post.SECURITY_OFFICER) if row.level == 2 else row.terms.posts
        return replace(row, terms=replace(row.terms, posts=more, **changed.get(row.level or 0, {})))

    return tuple(other(row) for row in matrix)


def test_what_is_shipped_comes_back_from_its_own_table(archive: Archive) -> None:
    office = an_office(archive)

    for workbook in (False, True):
        table = approval_matrix.dump(archive, office.officer, workbook=workbook)
        assert approval_matrix.parse(table) == approval_matrix.shipped()


def test_one_proposes_and_another_puts_in_force_and_what_runs_keeps_its_version(archive: Archive) -> None:
    office, record_id = an_office(archive), a_secret(archive)
    running = lending.request(archive, office.borrower, wish(record_id, days=7))
    matrix = stricter(approval_matrix.shipped())

    version = approval_matrix.propose(archive, office.officer, matrix, reason="审计建议")
    with pytest.raises(Denied) as denied:
        approval_matrix.decide(archive, office.officer, version, yes=True)
    assert denied.value.reason == "own-matrix"
    approval_matrix.decide(archive, office.final, version, yes=True)

    assert (running.matrix, running.days_max, running.renewals_max) == (0, 7, 1)
    with archive.read() as tx:
        kept = tx.loans.get(running.id)
        assert (kept.matrix, kept.days_max) == (0, 7)
        assert [one.ask.post for one in tx.loans.approvals_of([running.id])[running.id]] == [
            Post.DEPARTMENT_HEAD, Post.CLASS_OWNER,
        ]  # fmt: skip
    other = a_secret(archive, body="另一份")
    with pytest.raises(Conflict) as refused:
        lending.request(archive, office.borrower, wish(other, days=3))
    assert refused.value.code == "term-too-long"
    later = lending.request(archive, office.borrower, wish(other, days=2))
    assert later.matrix == version
    with archive.read() as tx:
        assert tx.loans.approvals_of([later.id])[later.id][-1].ask.post is Post.SECURITY_OFFICER
    assert approval_matrix.of_version(archive, office.borrower, 0) == approval_matrix.shipped()
    assert approval_matrix.of_version(archive, office.borrower, version) == matrix


def test_what_loosens_too_much_or_changes_nothing_is_refused(archive: Archive) -> None:
    office = an_office(archive)
    shipped = approval_matrix.shipped()
    loose = tuple(replace(row, terms=replace(row.terms, posts=())) for row in shipped)

    with pytest.raises(Conflict) as refused:
        approval_matrix.propose(archive, office.officer, loose, reason="省事")
    assert refused.value.code == "matrix-too-loose"
    with pytest.raises(Conflict) as refused:
        approval_matrix.propose(archive, office.officer, shipped, reason="无")
    assert refused.value.code == "matrix-same"
    with pytest.raises(Invalid):
        approval_matrix.propose(archive, office.officer, stricter(shipped), reason=" ")
    for somebody in (office.keeper, office.borrower, office.head):
        with pytest.raises(Denied):
            approval_matrix.propose(archive, somebody, stricter(shipped), reason="不归我管")


def test_one_version_waits_at_a_time_and_what_is_dropped_never_holds(archive: Archive) -> None:
    office = an_office(archive)
    matrix = stricter(approval_matrix.shipped())
    version = approval_matrix.propose(archive, office.final, matrix, reason="收紧")

    with pytest.raises(Conflict) as refused:
        approval_matrix.propose(archive, office.officer, matrix, reason="再收紧")
    assert refused.value.code == "matrix-waits"
    approval_matrix.decide(archive, office.final, version, yes=False)
    with pytest.raises(Conflict):
        approval_matrix.decide(archive, office.officer, version, yes=True)

    shown = approval_matrix.show(archive, office.officer)
    assert (shown.version, shown.waiting, shown.may) == (0, None, {"propose"})
    with archive.read() as tx:
        assert tx.loans.of_borrower(office.final.id) == []


def test_the_tables_refuse_a_matrix_that_one_person_wrote_and_put_in_force(archive: Archive) -> None:
    office = an_office(archive)
    version = approval_matrix.propose(archive, office.final, stricter(approval_matrix.shipped()), reason="收紧")
    alone = approval_matrices.update().where(approval_matrices.c.version == version)

    with pytest.raises(Conflict, match="two_people"), archive.write() as tx:
        tx.connection.execute(alone.values(state="in_force", decided_at=archive.now(), decided_by=office.final.id))


@pytest.mark.parametrize(
    ("change", "says"),
    [({"level": "4"}, "level"), ({"posts": "经理"}, "经理"), ({"days": "三"}, "numbers"), ({"form": "口头"}, "form")],
)  # fmt: skip
def test_a_wrong_line_is_named_with_what_is_wrong(change: dict[str, str], says: str) -> None:
    cells = dict(zip(approval_matrix.COLUMNS, approval_matrix.line(approval_matrix.shipped()[4]), strict=True)) | change
    table = "\n".join((",".join(cells), ",".join(cells.values()))).encode()

    with pytest.raises(Invalid) as wrong:
        approval_matrix.parse(table)
    assert "Line 2" in str(wrong.value)
    assert says in str(wrong.value)


def test_forms_and_posts_may_be_written_as_codes_too() -> None:
    table = b"level,form,posts,days,renewals\n2,digital,class-owner;department-head,7,1\n"

    [row] = approval_matrix.parse(table)

    assert (row.form, row.terms.posts) == (Form.DIGITAL, (Post.DEPARTMENT_HEAD, Post.CLASS_OWNER))
