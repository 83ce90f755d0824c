"""What falls due is told to whoever has to do it: once when it comes near, once when it is late, and not again."""

from archive import reminding, telling
from archive.app import Archive
from tests.builders import a_person, an_unfiled_record
from tests.conftest import Clock


def told(archive: Archive, actor: object) -> list[tuple[str, str, str]]:
    notices = telling.inbox(archive, actor)  # type: ignore[arg-type]
    return [(one.kind, one.details["soon"], one.details["late"]) for one in reversed(notices)]


def test_what_comes_near_is_told_once_and_what_is_late_once_more(archive: Archive, clock: Clock) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    a_person(archive, "borrower", "borrower", clearance=3)
    # To be filed within thirty days.
    an_unfiled_record(archive, "来文", site="JF01")
    first = clock.at
    days: list[tuple[int, str, str]] = []

    for _ in range(40):
        clock.advance(days=1)
        before = len(told(archive, keeper))
        reminding.sweep(archive)
        reminding.sweep(archive)
        days += [((clock.at - first).days, soon, late) for _, soon, late in told(archive, keeper)[before:]]

    assert days == [(23, "1", "0"), (31, "0", "1")]
    assert {kind for kind, _, _ in told(archive, keeper)} == {"due.others"}


def test_several_that_come_near_on_a_day_are_one_notice(archive: Archive, clock: Clock) -> None:
    keeper = a_person(archive, "keeper", "document_controller", clearance=3)
    for number in range(3):
        an_unfiled_record(archive, f"来文{number}", name=f"{number}.txt", site="JF01")
    clock.advance(days=25)

    reminding.sweep(archive)

    assert told(archive, keeper) == [("due.others", "3", "0")]


def test_nobody_is_told_of_what_they_may_not_find(archive: Archive, clock: Clock) -> None:
    far = a_person(archive, "far", "document_controller", clearance=3, sites=("YL02",))
    an_unfiled_record(archive, "来文", site="JF01")
    clock.advance(days=25)

    reminding.sweep(archive)

    assert told(archive, far) == []
