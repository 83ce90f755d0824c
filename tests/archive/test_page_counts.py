"""Pages that should be there, against pages that were counted."""

from access.loans import Form
from archive import counter, lending, page_counts, reports
from archive.app import Archive
from archive.lending import Wish
from tests.builders import a_person, a_record
from tests.conftest import Clock


def test_the_last_count_of_each_paper_is_said_and_what_lacks_pages_comes_first(archive: Archive, clock: Clock) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    borrower = a_person(archive, "borrower", "borrower", clearance=2)
    whole, short = (
        a_record(archive, name, title=name, name=f"{name}.txt", shelf_location="库房-01柜") for name in ("完整", "缺页")
    )
    for record, back in ((whole, 4), (short, 2)):
        loan = lending.request(archive, borrower, Wish(((record, Form.PAPER),), "核对", 3))
        lending.decide(archive, keeper, loan.id, yes=True)
        counter.issue(archive, keeper, record, pages=4, condition="good")
        clock.advance(hours=1)
        counter.take_back(archive, keeper, record, pages=back, condition="good", note="清点")

    counts = page_counts.latest(archive, keeper)

    assert [(one.record.title, one.pages, one.missing) for one in counts] == [("缺页", 2, 2), ("完整", 4, 0)]
    elsewhere = a_person(archive, "elsewhere", "document_controller", sites=("YL02",))
    assert page_counts.latest(archive, elsewhere) == []
    printed = reports.print_out(archive, keeper, "pages", {}, form="json", language="zh").content.decode()
    assert "清点过 2 件，缺页 1 件" in printed
