"""Pages that no link of the demo company leads to: what has to be done first, or why there is nothing to look at."""

import io
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from access.actors import OPERATOR, Actor
from archive import (
    disposal,
    drills,
    errands,
    filling,
    importing,
    intake,
    numbering,
    people,
    saved_searches,
    search,
    selections,
    worker,
)
from archive.app import Archive, open_archive
from archive.backups import drill, places
from archive.intake import Claims
from archive.numbering import HandOver
from archive.search import Question
from archive.threads import silent

KEEPER, STAFF, ADMINISTRATOR = "shenyanqiu", "mizhaoyang", "weiqichen"
TABLE = "文件,题名,项目\na.txt,甲,JF01\nb.txt,,NOWHERE\n"
"""Of an import; the second line cannot be taken in."""
HOMES: Mapping[str, str] = {
    "borrower": "yuxinmiao",
    "approver": "zongwenbin",
    "final approver": "mengjinglan",
    "auditor": "gaoshouzheng",
    "security": "qinmoyan",
    "administrator": ADMINISTRATOR,
}
"""Whose first page is another than the keeper's."""

NOT_A_PAGE: Mapping[str, str] = {
    "account.come_from_provider": "the way back from the company's own sign-in service; it leads on at once",
    "account.enter_code": "between password and code, after the right password only (tests/web/test_sign_in.py)",
    "errands.state": "a part of the page of long work, asked while it goes on",
    "intake.awaited": "names, asked by the page of an import while files are dropped",
    "intake.state": "figures, asked by the page of the intake while it is open",
    "probes.alive": "a line for whatever watches the server",
    "probes.metrics": "figures for whatever watches the server",
    "probes.ready": "a line for whatever watches the server",
    "records.page": "a picture",
    "search.desk_tasks": "a part of the first page",
    "records.similar": "a part of the page of a record",
    "records.thumbnail": "a picture",
    "records.viewer": "a part of the page of a record",
    "search.results": "a part of the search page",
    "selections.state": "a part of the page of a selection, asked while it is worked on",
}
"""Kind of address → why it is no page of its own."""

DOWNLOADS = frozenset(
    {
        "errands.result",
        "forms.blanks",
        "handovers.package",
        "intake.receipt",
        "ledger.export",
        "ledger.slip",
        "loans.copy",
        "tasks.feed",
    }
)
"""Files that a button fetches, or that stand on pages only after something was done."""

ON_SHELF = Question("", carriers=("paper",), size=100)


def visit(home: Path) -> Sequence[tuple[str, str, str]]:
    """Do what the company has not done, so that these pages are there: kind, who looks, and at which address."""
    with closing(open_archive(home)) as archive:
        keeper = people.named(archive, KEEPER)
        begun = importing.begin(archive, keeper, TABLE.encode(), "清单.csv")
        drawn = drills.begin(archive, keeper, each=1)
        kept = saved_searches.save(archive, keeper, "电梯维保", Question("电梯 维保"), alert="at-once")
        blank = filling.give_out(archive, keeper, "F01", "JF01", 1)[0]
        appraised = disposal.open_list(archive, keeper, [_of_2010(archive)], [KEEPER, "zongwenbin", "tanhuai"])
        checked, rehearsed = _backed_up(archive)
        hits = [one.record.id for one in search.find(archive, keeper, Question("合同")).hits[:3]]
        hit = hits[0]
        chosen = selections.choose(archive, keeper, ids=hits).id
        selections.ask(archive, keeper, chosen, "describe", {"issuer": "甲"})
        packed = errands.begin(archive, keeper, "evidence", {"from": "2026-01-01", "to": "2026-12-31"}).id
        locked = _locked(archive, people.named(archive, STAFF))
        damaged = next(
            one.record.id for one in search.find(archive, keeper, ON_SHELF).hits if one.record.shelf_location
        )
    return (
        ("intake.one_import", KEEPER, f"/intake/import/{begun.id}"),
        ("drills.one", KEEPER, f"/evidence/drill/{drawn.id}"),
        ("search.saved", KEEPER, "/searches"),
        ("search.run", KEEPER, f"/searches/{kept.id}"),
        ("search.news", KEEPER, f"/searches/{kept.id}/new"),
        ("repairs.new", KEEPER, f"/repairs/new?record={damaged}"),
        ("forms.sheet", KEEPER, f"/forms/sheets/{blank.serial}"),
        ("disposals.show", KEEPER, f"/disposals/{appraised.id}"),
        ("backups.found", ADMINISTRATOR, f"/backups/runs/{checked}"),
        ("backups.drilled", ADMINISTRATOR, f"/backups/drills/{rehearsed}"),
        ("selections.show", KEEPER, f"/selections/{chosen}"),
        ("selections.to_pack", KEEPER, f"/selections/{chosen}/files"),
        ("errands.show", KEEPER, f"/errands/{packed}"),
        ("earlier.show", KEEPER, "/earlier?q=合同"),
        ("loans.to_settle", "mengjinglan", "/loans/to-settle"),
        ("setup.share", "mengjinglan", "/setup/share"),
        ("verify.copy", "", "/verify/"),
        ("search.home found", KEEPER, "/?q=电梯+维保"),
        ("search.home nothing", STAFF, "/?q=不存在的词语"),
        ("search.home locked", STAFF, f"/?q={locked[1][-6:]}"),
        ("search.home not understood", STAFF, "/?q=-合同"),
        ("records.show words", KEEPER, f"/records/{hit}?q=合同&view=text"),
        ("records.show locked", STAFF, f"/records/{locked[0]}"),
        *((f"search.home {role}", login, "/") for role, login in HOMES.items()),
        ("error not found", STAFF, "/records/nothing"),
        ("error denied", STAFF, "/status"),
    )


def _of_2010(archive: Archive) -> str:
    """A paper whose term has ended."""
    claims = Claims("JF大厦2010年度来访登记", "GL08", 1, "JF01", "KFB", issuer="客户服务部", document_date="2010-05-06")
    paper = intake.hand_in(archive, OPERATOR, io.BytesIO("来访登记".encode()), "来访登记.txt", claims).record_id
    worker.until_idle(archive)
    numbering.accept(archive, people.named(archive, KEEPER), [paper], HandOver("qiaoyining"))
    return paper


def _backed_up(archive: Archive) -> tuple[str, str]:
    place = places.named(archive, "")
    places.run(archive, OPERATOR, place, progress=silent)
    places.verify(archive, OPERATOR, place, all_bytes=False, progress=silent)
    drill.rehearse(archive, OPERATOR, place, progress=silent)
    with archive.read() as tx:
        return tx.backups.of("verify")[0].id, tx.backups.of("drill")[0].id


def _locked(archive: Archive, staff: Actor) -> tuple[str, str]:
    """Id and title of a record that this person may know of and not read."""
    for page in range(1, 9):
        for hit in search.find(archive, staff, Question("", page=page, size=100)).hits:
            if not hit.may_read:
                return hit.record.id, hit.record.title
    raise LookupError("Nothing of this company is locked for this person.")
