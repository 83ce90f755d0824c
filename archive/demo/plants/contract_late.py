"""Yunlu Gardens was taken over in April 2019, and the contract was signed in May."""

from collections.abc import Iterable, Sequence

from archive import contracts, people
from archive.app import Archive
from archive.demo.service_contracts import DRAFTER, Term, register, signed

BOX = "二号库房-01柜-1层-01盒"
TERMS = (
    Term(
        "HT01-preliminary", "YL02", "HT-2019-003", "云麓岑置业有限公司", "2019-05-06", "2019-04-01", "2024-03-31", BOX
    ),
    Term("HT02-service", "YL02", "HT-2022-004", "云麓花园业主委员会", "2022-06-16", "2022-07-01", "2027-06-30", BOX),
)
PAPERS = tuple(signed(one) for one in TERMS)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    days = {"taken_over_on": "2019-04-01", "committee_on": "2021-10-08"}
    contracts.state_project(archive, people.named(archive, DRAFTER), "YL02", days)
    late = register(archive, ids[0], TERMS[0], proved=False)
    register(archive, ids[1], TERMS[1], after=late.id)
    return (late.id,)
