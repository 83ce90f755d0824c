"""What somebody may not find does not exist for them: every address there is, asked by everybody who may not.

Records with a secret word in title, text and file name are planted at levels 2 and 3, unfiled and in quarantine.
Nobody here may find any of them; neither word nor id may appear in any answer, and no count may include them.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from access.actors import OPERATOR, PEOPLE_ROLES, Role
from access.handovers import Kind
from access.loans import Form
from archive import (
    contracts,
    custody,
    declassifying,
    documents,
    dossiers,
    errands,
    filling,
    handover,
    intake,
    lending,
    locations,
    people,
    properties,
    repairs,
    reports,
    stocktaking,
    tokens,
)
from archive.app import Archive, open_archive
from archive.declassifying import Lowering
from archive.documents import Draft
from archive.dossiers import Opening
from archive.evidence_packages import MANIFEST
from archive.handover import Plan
from archive.intake import Claims
from archive.lending import Wish
from archive.locations import NewPlace
from archive.model import Drill, DrillTask, SavedSearch, new_id
from archive.tables.errands import Errand
from archive.tables.selections import Selection
from indexer.reading import Reader
from tests import homes
from tests.builders import a_person, a_record, an_unfiled_record, settle
from tests.conftest import Clock
from tests.web.conftest import Visitor, browser_of, without_tokens
from tests.web.test_door import rules
from web.create_app import create_app

SECRET = "绛珠仙草"
HALF = "珠仙"
"""Part of the word: asked for, so that the answer may repeat it without giving anything away."""
BODY = f"离恨天外灌愁海边的{SECRET}一株,得甘露滋养。"
ABSENT = "0123456789abcdef"


@dataclass(frozen=True)
class Planted:
    app: Flask
    archive: Archive
    ids: Mapping[str, str]
    arrival: str
    loan: str
    """A loan of a hidden record, by somebody who may know of it."""
    handover: str
    """A handover of hidden records; that it goes on is no secret to who oversees, what is on its list is."""

    place: str
    """A box in which every hidden record lies that can."""
    document: str
    """A controlled document of which a hidden record is the one edition."""
    stocktake: str
    """A stocktake of that place, with the hidden records on its list."""
    repair: str
    """A repair case of a hidden record."""
    tested: str
    """A four-property test of the hidden records."""
    proposal: str
    """A proposal to lower the level of a hidden record."""
    contract: str
    """A contract whose paper is a hidden record."""
    dossier: str
    """A hidden dossier in which a hidden record lies."""
    form: str
    """Serial of a form at a level that only some may know of, filled in by the insider."""
    outsiders: Mapping[str, Visitor]
    programs: Mapping[str, Mapping[str, str]]
    insider: Visitor
    their_search: str
    """A saved search of the insider."""
    their_drill: str
    their_selection: str
    their_errand: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (
            SECRET,
            *self.ids.values(),
            self.arrival,
            self.loan,
            self.document,
            self.proposal,
            self.contract,
            self.dossier,
            self.form,
            self.repair,
        )


@pytest.fixture(scope="module")
def planted(founded: Path, tmp_path_factory: pytest.TempPathFactory, reader: Reader) -> Iterator[Planted]:
    home = homes.copy(founded, tmp_path_factory.mktemp("leaks") / "home")
    archive = open_archive(home, now=Clock())
    ids = {
        "level 2": a_record(archive, BODY + "甲", title=f"{SECRET}合同", level=2, name=f"{SECRET}甲.txt"),
        "level 3": a_record(
            archive, BODY + "乙", title=f"{SECRET}名册", level=3, name=f"{SECRET}乙.txt", class_code="KH01"
        ),
        "unfiled": an_unfiled_record(archive, BODY + "丙", name=f"{SECRET}丙.txt", site="JF01"),
    }
    broken = intake.hand_in(
        archive, OPERATOR, io.BytesIO(b"\x7fELF" + BODY.encode()), f"{SECRET}.bin", Claims(site="JF01")
    )
    ids["quarantined"] = broken.record_id
    a_record(archive, "人人可读的公告", title="公告", level=0, name="open.txt", class_code="FG01")
    settle(archive, reader)
    with archive.read() as tx:
        assert tx.records.get(broken.record_id).lifecycle == "quarantined", "the sample must lie in quarantine"

    outsiders = [role.value for role in PEOPLE_ROLES]
    for role in PEOPLE_ROLES:
        # Level 1 and no more, at the very site of the records: as near as somebody gets who may not know of them.
        a_person(archive, role.value, role.value, clearance=1, sites=("JF01",))
    a_person(archive, "uncleared", "borrower", clearance=0, sites=("JF01",))
    a_person(archive, "elsewhere", "document_controller", clearance=3, sites=("YL02",))
    outsiders += ["uncleared", "elsewhere"]
    insider = a_person(archive, "insider", "document_controller", clearance=3)
    place = locations.add(archive, OPERATOR, NewPlace("JF01", "room", "库房")).id
    for one in ("level 2", "level 3", "unfiled"):
        locations.move(archive, insider, ids[one], place)
    settle(archive, reader)
    reader_of_2 = a_person(archive, "reader-of-2", clearance=2)
    for role, department in (("dept_approver", "KFB"), ("class_owner", "SWB")):
        a_person(archive, f"cleared-{role}", role, clearance=3, department=department)
    their_search, their_drill, their_selection = _searched_and_opened_before(archive, outsiders, ids)
    loan = lending.request(archive, reader_of_2, Wish(((ids["level 2"], Form.DIGITAL),), SECRET, 3))
    keeper = people.named(archive, "insider")
    custody.take_charge(archive, keeper, "JF01")
    a_person(archive, "second-keeper", "document_controller", clearance=3)
    going = Plan(Kind.CUSTODIAN, giver="insider", receiver="second-keeper", supervisor="cleared-dept_approver")
    handed = handover.plan(archive, keeper, going)
    mended = repairs.open_case(archive, insider, ids["level 2"], kind="mould", said=SECRET).id
    repairs.treat(archive, insider, mended, company=SECRET, due_on=archive.now().date())
    handover.freeze(archive, keeper, handed.id)

    edition = documents.draft(archive, insider, ids["level 2"], Draft(SECRET, "A/0", SECRET))
    walk = stocktaking.begin(archive, keeper, place, "second-keeper")
    while properties.look_at_captured(archive):
        pass
    tested = properties.board(archive, OPERATOR).runs[0].id
    proposal = declassifying.propose(archive, insider, ids["level 2"], Lowering(1, SECRET, event=SECRET))
    term = {"begins_on": "2026-01-01", "ends_on": "2026-12-31", "subject": SECRET}
    contract = contracts.draft(archive, insider, ids["level 2"], term)
    opening = Opening("ZH", "JF01", "1202", SECRET, level=3)
    dossier = dossiers.open_dossier(archive, insider, opening).id
    dossiers.put(archive, insider, dossier, "01", ids["level 3"])
    seen = {"来访单位": SECRET, "来访人数": "3"}
    form = filling.fill(archive, insider, "F01", "JF01", seen).serial
    app = create_app(archive)
    yield Planted(
        app,
        archive,
        ids,
        broken.id,
        loan.id,
        handed.id,
        place,
        edition.document_id,
        walk.id,
        mended,
        tested,
        proposal.id,
        contract.id,
        dossier,
        form,
        {login: browser_of(app, archive, login) for login in outsiders},
        {login: {"Authorization": "Bearer " + tokens.create_token(archive, OPERATOR, login)} for login in outsiders},
        browser_of(app, archive, "insider"),
        their_search,
        their_drill,
        their_selection,
        _packed_before(archive, outsiders, ids),
    )
    archive.close()


def _packed_before(archive: Archive, outsiders: Sequence[str], ids: Mapping[str, str]) -> str:
    """Everybody has a package that was made when they could find all of it, with the rights they have now."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as opened:
        opened.writestr("报表/借阅登记簿.csv", SECRET)
        opened.writestr(MANIFEST["zh"], json.dumps({"records": list(ids.values())}))
    kept = archive.objects.keep(package)
    said = {"from": "2026-01-01", "to": "2026-12-31", "language": "zh"}
    with archive.write() as tx:
        kept.declare(tx)
        for login in (*outsiders, "insider"):
            actor = people.named(archive, login)
            made = Errand(
                new_id(), actor.id, "evidence", archive.now(), said, 3, errands.rights_of(actor), "done",
                digest=kept.digest,
            )  # fmt: skip
            tx.errands.add(made)
    return made.id


def _searched_and_opened_before(
    archive: Archive, outsiders: Sequence[str], ids: Mapping[str, str]
) -> tuple[str, str, str]:
    """Everybody once could find all of it: they opened it, saved a search for which it was found, chose it to be worked
    on together, and were timed while they looked for it in a drill, in which all of it was asked and is the present
    question."""
    at = archive.now()
    with archive.write() as tx:
        for login in (*outsiders, "insider"):
            account = tx.people.by_login(login)
            assert account is not None
            kept = SavedSearch(new_id(), account.person.id, FOUND_BEFORE, {"text": HALF}, "daily", at)
            tx.searches.add(kept)
            # Later than anybody looks: it stays new for whoever may find it.
            tx.searches.found(kept.id, ids.values(), at + timedelta(days=1))
            for record_id in ids.values():
                tx.searches.open_record(account.person.id, record_id, at)
            tasks = [DrillTask(n, "catalogue", one, at) for n, one in enumerate(ids.values(), 1)]
            drill = Drill(
                id=new_id(),
                number=f"YL-{login}"[:20],
                conductor_id=account.person.id,
                person_id=account.person.id,
                site="",
                seed="seed",
                population=4,
                population_digest="0" * 64,
                limit_s=60,
                created_at=at,
                tasks=tuple(tasks),
            )
            tx.drills.add(drill)
            chosen = Selection(new_id(), account.person.id, at, "doing", "describe", {"issuer": "x"}, 3)
            tx.selections.add(chosen, list(ids.values()))
            for record_id in ids.values():
                tx.selections.say(chosen.id, record_id, "done", changes={"issuer": ["", SECRET]})
    return kept.id, drill.id, chosen.id


Ask = Callable[[Planted, Visitor, str], list[TestResponse]]
ALIKE: set[Ask] = set()
"""What is asked alike whichever record is meant need not be asked for each of them."""


def _alike(ask: Ask, *words: object) -> Ask:
    """The same question, remembered as alike if nothing of what it says names a record."""
    if not any("{id}" in str(one) for one in words):
        ALIKE.add(ask)
    return ask


def get(*addresses: str) -> Ask:
    """{id} is the id of a planted record, {arrival} that of an arrival, {loan} that of a loan,
    {contract} that of a contract, {dossier} that of a dossier."""

    def ask(planted: Planted, visitor: Visitor, id: str) -> list[TestResponse]:
        return [
            visitor.get(
                address.format(
                    id=id,
                    arrival=planted.arrival,
                    loan=planted.loan,
                    handover=planted.handover,
                    place=planted.place,
                    document=planted.document,
                    contract=planted.contract,
                    dossier=planted.dossier,
                    form=planted.form,
                )
            )
            for address in addresses
        ]

    return _alike(ask, *addresses)


def post(address: str, form: Mapping[str, Any]) -> Ask:
    def ask(planted: Planted, visitor: Visitor, id: str) -> list[TestResponse]:
        return [
            visitor.post(
                address.format(
                    id=id,
                    arrival=planted.arrival,
                    loan=planted.loan,
                    handover=planted.handover,
                    place=planted.place,
                    document=planted.document,
                    contract=planted.contract,
                    dossier=planted.dossier,
                    form=planted.form,
                ),
                dict(form),
            )
        ]

    return _alike(ask, address, form)


def send(method: str, address: str, json: Mapping[str, Any] | None = None) -> Ask:
    """{id} in a body is the id of a planted record too."""

    def ask(planted: Planted, visitor: Visitor, id: str) -> list[TestResponse]:
        headers = {"X-CSRFToken": visitor.form_token()}
        address_ = address.format(
            id=id,
            arrival=planted.arrival,
            loan=planted.loan,
            handover=planted.handover,
            place=planted.place,
            document=planted.document,
            contract=planted.contract,
            dossier=planted.dossier,
            form=planted.form,
        )
        return [visitor.client.open(address_, method=method, json=_filled(json, id), headers=headers)]

    return _alike(ask, address, json)


def _filled(value: Any, id: str) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, id) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, id) for one in value]
    return id if value == "{id}" else value


def borrow(form: Mapping[str, str]) -> Ask:
    """A form that names the planted record."""

    def ask(planted: Planted, visitor: Visitor, id: str) -> list[TestResponse]:
        return [visitor.post("/loans/apply", {"record": id, **form})]

    return ask


def at_the_counter(deed: str) -> Ask:
    def ask(planted: Planted, visitor: Visitor, id: str) -> list[TestResponse]:
        form = {"record": id, "deed": deed, "pages": "1", "condition": "good", "note": "x"}
        return [visitor.post("/loans/counter", form)]

    return ask


def own_search(planted: Planted, visitor: Visitor, address: str, status: int) -> list[TestResponse]:
    """A saved search of this visitor, for which the planted records were found before they were hidden from them."""
    mine = visitor.get("/api/v1/searches").json.get("searches", [])
    with_finds = [one["id"] for one in mine if one["name"] == FOUND_BEFORE]
    answers = [visitor.get(address.format(one)) for one in (*with_finds, planted.their_search)]
    assert [answer.status_code for answer in answers[:-1]] == [status] * len(with_finds)
    assert answers[-1].status_code in (403, 404), "somebody else's search is nobody's business"
    return answers


def own_drill(planted: Planted, visitor: Visitor, address: str) -> list[TestResponse]:
    """A drill of this visitor in which the planted records were drawn before they were hidden, and somebody else's."""
    every = visitor.get("/api/v1/evidence/drills").json.get("drills", [])
    return [visitor.get(address.format(one)) for one in (*(drill["id"] for drill in every), planted.their_drill)]


def own_selection(
    planted: Planted, visitor: Visitor, address: str, form: Mapping[str, Any] | None
) -> list[TestResponse]:
    """A selection of this visitor in which the planted records are still, and somebody else's."""
    mine = re.findall(r'href="/selections/([0-9a-z]{16})"', visitor.get("/selections").text)
    every = [address.format(one) for one in (*mine, planted.their_selection)]
    if form is not None and address.startswith("/api/"):
        token = {"X-CSRFToken": visitor.form_token()}
        return [visitor.client.post(one, json=dict(form), headers=token) for one in every]
    return [visitor.get(one) if form is None else visitor.post(one, dict(form)) for one in every]


def own_errand(planted: Planted, visitor: Visitor, address: str, form: Mapping[str, str] | None) -> list[TestResponse]:
    """A package of this visitor in which the planted records stand still, and somebody else's."""
    mine = re.findall(r'href="/errands/([0-9a-z]{16})"', visitor.get("/evidence").text)
    every = [address.format(one) for one in (*mine, planted.their_errand)]
    return [visitor.get(one) if form is None else visitor.post(one, dict(form)) for one in every]


WISH = {"items": [{"record": "{id}", "form": "digital"}], "purpose": "x", "days": 1}

DESCRIPTION = {"title": "改", "class_code": "HT02", "level": "1", "site": "JF01", "revision": "1"}
SEARCHES = [
    f"q={HALF}",
    "q=",
    f'q="{HALF}"',
    f"q=title:{HALF}",
    f"q=number:{HALF}",
    "q=合同",
    "q=甘露",
    "q=-公告 甘露 OR 合同",
    f"q={HALF}&class=HT02&level=2",
    "q=&level=2&level=3&site=JF01",
    "q=&sort=arrival",
    "q=&sort=title",
    "q=&carrier=paper&format=plain-text&department=SWB",
    f"q={HALF}+{HALF}x&class=HT02",
    "q=降住仙草",
]
FOUND_BEFORE = "甲"
"""Name of a saved search that each outsider had when they could still find everything."""

ASKED: dict[tuple[str, str], Ask | None] = {
    ("static", "GET"): None,  # files of the program
    ("account.sign_out", "POST"): None,  # would end the visit
    ("account.sign_in", "GET"): get("/sign-in"),
    ("account.sign_in", "POST"): post("/sign-in", {"login": "x", "password": "y"}),
    ("account.choose", "POST"): post("/preferences", {"theme": "auto"}),
    ("account.show", "GET"): get("/account"),
    ("account.change_password", "GET"): get("/account/password"),
    ("account.change_password", "POST"): post("/account/password", {"old": "a", "new": "b", "again": "c"}),
    ("search.home", "GET"): get(*(f"/?{search}" for search in SEARCHES)),
    ("search.results", "GET"): get(*(f"/results?{search}" for search in SEARCHES)),
    ("search.desk_tasks", "GET"): get("/desk/tasks"),
    ("search.saved", "GET"): get("/searches"),
    ("search.save", "POST"): post("/searches", {"name": "x", "q": HALF}),
    ("search.run", "GET"): lambda planted, visitor, _id: own_search(planted, visitor, "/searches/{}", 302),
    ("search.news", "GET"): lambda planted, visitor, _id: own_search(planted, visitor, "/searches/{}/new", 200),
    ("search.change_saved", "POST"): post(f"/searches/{ABSENT}", {"alert": "daily"}),
    ("search.forget_traces", "POST"): None,  # would end what the other addresses are asked with
    ("selections.every", "GET"): get("/selections"),
    ("selections.choose", "POST"): lambda _planted, visitor, record: [
        visitor.post("/selections", {"which": which, "record": record, "here": record, "q": HALF})
        for which in ("picked", "page", "all", "more", "more-page")
    ],
    ("selections.again", "POST"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/selections/{}/again", {"which": "refused"}
    ),
    ("selections.show", "GET"): lambda planted, visitor, _id: own_selection(planted, visitor, "/selections/{}", None),
    ("selections.state", "GET"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/selections/{}/state", None
    ),
    ("selections.ask", "POST"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/selections/{}/try", {"deed": "describe", "issuer": "x"}
    ),
    ("selections.take", "POST"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/selections/{}/stop", {}
    ),
    ("selections.lend", "GET"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/selections/{}/lend", None
    ),
    ("selections.to_pack", "GET"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/selections/{}/files", None
    ),
    ("selections.package", "GET"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/selections/{}/files.zip", None
    ),
    ("drills.every", "GET"): get("/evidence/drill"),
    ("drills.begin", "POST"): post("/evidence/drill", {"each": "2", "person": "nobody"}),
    ("drills.one", "GET"): lambda planted, visitor, _id: own_drill(planted, visitor, "/evidence/drill/{}"),
    ("drills.do", "POST"): post(f"/evidence/drill/{ABSENT}/start", {}),
    ("records.similar", "GET"): get("/records/{id}/similar"),
    ("records.show", "GET"): get("/records/{id}", "/records/{id}?q=甘露&page=1&view=text"),
    ("earlier.show", "GET"): get("/earlier?q=甘露"),
    ("records.viewer", "GET"): get("/records/{id}/viewer?view=text"),
    ("records.page", "GET"): get("/records/{id}/pages/1"),
    ("records.thumbnail", "GET"): get("/records/{id}/thumbnail"),
    ("records.content", "GET"): get("/records/{id}/content"),
    ("records.add_version", "POST"): post("/records/{id}/versions", {"why": "x"}),
    ("records.stop_reading", "POST"): post("/records/{id}/reading/stop", {"component": ABSENT}),
    ("records.read_on", "POST"): post("/records/{id}/reading/go-on", {"component": ABSENT}),
    ("records.unlock", "POST"): post("/records/{id}/unlock", {"password": "x"}),
    ("records.edit", "GET"): get("/records/{id}/edit"),
    ("records.edit", "POST"): post("/records/{id}/edit", DESCRIPTION),
    ("filing.queue", "GET"): get("/filing"),
    ("filing.one", "GET"): get("/filing/{id}"),
    ("filing.one", "POST"): post("/filing/{id}", DESCRIPTION),
    ("filing.adopt", "POST"): post("/filing/{id}/version-of", {"into": ABSENT}),
    ("intake.show", "GET"): get("/intake"),
    ("intake.state", "GET"): get("/intake/state"),
    ("intake.retry", "POST"): post("/intake/{arrival}/retry", {}),
    ("intake.bulk", "GET"): get("/intake/import"),
    ("intake.bulk", "POST"): post("/intake/import", {}),
    ("intake.one_import", "GET"): get("/intake/import/{id}"),
    ("intake.awaited", "GET"): get("/intake/import/{id}/awaited"),
    ("intake.blank_import", "GET"): get("/intake/import/blank.xlsx"),
    ("intake.receipt", "GET"): get("/intake/import/{id}/receipt.csv"),
    ("intake.hand_in_import", "POST"): post("/intake/import/{id}/files", {}),
    ("intake.drop_import", "POST"): post("/intake/import/{id}/drop", {}),
    ("intake.upload", "GET"): get("/upload"),
    ("intake.upload", "POST"): post("/upload", {}),
    ("backups.show", "GET"): get("/backups"),
    ("backups.ask", "POST"): post("/backups/now", {"deed": "run", "place": "x"}),
    ("backups.stop", "POST"): post(f"/backups/runs/{ABSENT}/stop", {}),
    ("backups.restore", "GET"): get(
        "/backups/restore", "/backups/restore?want=record", "/backups/restore?want=replace"
    ),
    ("backups.restore", "POST"): post("/backups/restore", {"place": "", "snapshot": "1", "reason": "x"}),
    ("backups.decide", "POST"): post("/backups/restore/{id}", {"said": "agree"}),
    ("backups.drilled", "GET"): get("/backups/drills/{id}"),
    ("backups.found", "GET"): get("/backups/runs/{id}"),
    ("loans.mine", "GET"): get("/loans"),
    ("notices.every", "GET"): get("/notices"),
    ("notices.read_all", "POST"): post("/notices", {}),
    ("notices.follow", "GET"): get("/notices/{id}"),
    ("notices.wishes", "GET"): get("/notices/wishes"),
    ("notices.wishes", "POST"): post("/notices/wishes", {"way/asked/here": "{id}"}),
    ("notices.test", "POST"): post("/notices/test/{id}", {}),
    ("loans.apply", "GET"): get("/loans/apply?record={id}", "/loans/apply?record={id}&form=paper"),
    ("loans.apply", "POST"): borrow({"form": "digital", "purpose": "x", "days": "1"}),
    ("loans.show", "GET"): get("/loans/{loan}"),
    ("loans.do", "POST"): lambda planted, visitor, _id: [
        visitor.post(f"/loans/{planted.loan}/{deed}", {"said": "x"})
        for deed in ("approve", "refuse", "cancel", "renew", "call-back", "close")
    ],
    ("loans.settle", "POST"): post("/loans/{loan}/items/{id}/settle", {"event": "settle", "said": "x"}),
    ("loans.certify", "POST"): post("/loans/{loan}/items/{id}/certify", {}),
    ("loans.copy", "GET"): get("/loans/copies/{id}"),
    ("verify.copy", "GET"): get("/verify/", "/verify/?code=0123456789abcdef"),
    ("loans.to_decide", "GET"): get("/loans/to-approve"),
    ("loans.to_settle", "GET"): get("/loans/to-settle"),
    ("loans.at_counter", "GET"): get("/loans/counter", "/loans/counter?record={id}"),
    ("loans.over_the_counter", "POST"): at_the_counter("issue"),
    ("loans.queue", "POST"): post("/loans/queue/{id}", {}),
    ("loans.overdue", "GET"): get("/loans/overdue"),
    ("loans.register", "GET"): get("/loans/register", "/loans/register?from=2020-01-01&to=2030-01-01"),
    ("loans.history", "GET"): get("/loans/of/reader-of-2"),
    ("loans.deputies", "GET"): get("/loans/deputies"),
    ("loans.deputies", "POST"): post("/loans/deputies", {"login": "x", "first": "2026-03-02", "last": "2026-03-03"}),
    ("reports.every", "GET"): get("/reports/"),
    ("accession.queue", "GET"): get("/accession", "/accession?class=HT02&site=JF01"),
    ("accession.queue", "POST"): lambda _planted, visitor, record: [
        visitor.post("/accession", {"record": record, "class": "HT02", "site": "JF01", "giver": "uncleared"})
    ],
    ("accession.batches", "GET"): get("/accession/batches"),
    ("accession.batch", "GET"): get("/accession/batches/{id}"),
    ("accession.gaps", "GET"): get("/accession/gaps"),
    ("accession.void", "POST"): post("/accession/gaps/void", {"code": "FW03-JF01-202603-0001", "reason": "x"}),
    ("reports.one", "GET"): get(
        *(f"/reports/{name}.csv" for name in reports.names()),
        *(f"/reports/search_results.csv?{search}" for search in SEARCHES),
    ),
    ("disposals.due", "GET"): get("/disposals/due"),
    ("disposals.due", "POST"): lambda _planted, visitor, record: [
        visitor.post("/disposals/due", {"record": record, "hold": hold, "reason": "x", "group": "a b c"})
        for hold in ("", "1")
    ],
    ("disposals.every", "GET"): get("/disposals"),
    ("disposals.show", "GET"): get("/disposals/{id}"),
    ("disposals.do", "POST"): lambda _planted, visitor, record: [
        visitor.post(f"/disposals/{record}/{deed}", {"record": record, "said": "x", "decision": "destroy"})
        for deed in ("decide", "propose", "approve", "send-back", "sign", "execute", "cancel")
    ],
    ("disposals.every_hold", "GET"): get("/disposals/holds"),
    ("disposals.place_hold", "POST"): lambda _planted, visitor, record: [
        visitor.post("/disposals/holds", {"reason": "x"}),
        visitor.post(f"/disposals/holds/{record}/release", {"reason": "x"}),
    ],
    ("disposals.release_hold", "POST"): post("/disposals/holds/{id}/release", {"reason": "x"}),
    ("disposals.terms", "POST"): post("/disposals/terms/{id}", {"case": "", "began": ""}),
    ("matrix.show", "GET"): get("/matrix", "/matrix?version=0"),
    ("matrix.table", "GET"): get("/matrix/table"),
    ("matrix.edit", "GET"): get("/matrix/edit"),
    ("matrix.edit", "POST"): post("/matrix/edit", {"reason": ""}),
    ("matrix.decide", "POST"): post("/matrix/9/drop", {}),
    ("classes.plan", "GET"): get("/classes", "/classes?on=2026-03-02"),
    ("classes.table", "GET"): get("/classes/table"),
    ("classes.take", "GET"): get("/classes/import"),
    ("classes.take", "POST"): post("/classes/import", {"text": "code\nx"}),
    ("classes.show", "GET"): get("/classes/HT02", "/classes/KH01"),
    ("classes.edit", "GET"): get("/classes/HT02/edit"),
    ("classes.edit", "POST"): post("/classes/HT02/edit", {"reason": ""}),
    ("classes.renumber", "POST"): post("/classes/HT02/renumber", {"code": "HT01", "reason": "x"}),
    ("classes.review", "POST"): post("/classes/ZZ99/review", {}),
    ("measures.board", "GET"): get("/measures", "/measures?state=open&year=2026"),
    ("measures.begin", "POST"): post("/measures/open", {"about": "x"}),
    ("measures.review", "GET"): get(f"/measures/{ABSENT}"),
    ("measures.tick", "POST"): post(f"/measures/{ABSENT}/inputs/a", {"records": ABSENT}),
    ("measures.end", "POST"): post(f"/measures/{ABSENT}/end", {"why": "x"}),
    ("measures.do", "POST"): post(f"/measures/{ABSENT}/done", {"said": "x", "record": ABSENT}),
    ("forms.every", "GET"): get("/forms"),
    ("forms.table", "GET"): get("/forms/table"),
    ("forms.take", "POST"): post("/forms/import", {"reason": "x"}),
    ("forms.serials", "POST"): post("/forms/serials", {"class": "HT02", "site": "JF01", "count": "1"}),
    ("forms.blanks", "GET"): get("/forms/blanks.pdf?serial={form}"),
    ("forms.show", "GET"): get("/forms/F01"),
    ("forms.change", "POST"): post("/forms/F01", {"field": "x", "reason": ""}),
    ("forms.give_out", "POST"): post("/forms/F01/blanks", {"site": "x"}),
    ("forms.fill", "GET"): get("/forms/F01/fill"),
    ("forms.filled_in", "POST"): post("/forms/F01/fill", {"site": "JF01"}),
    ("forms.sheet", "GET"): get("/forms/sheets/{form}"),
    ("forms.take_off", "POST"): post("/forms/sheets/{form}/take-off", {"why": "x"}),
    ("forms.complete", "POST"): post("/forms/sheets/{form}", {"f-经验与不足": "x"}),
    ("laws.every", "GET"): get("/laws", "/laws?status=repealed"),
    ("laws.table", "GET"): get("/laws/table"),
    ("laws.take", "POST"): post("/laws/import", {}),
    ("laws.add", "POST"): post("/laws", {"code": "x"}),
    ("laws.show", "GET"): get("/laws/MFD", "/laws/WQF"),
    ("laws.do", "POST"): post("/laws/WQF/state", {"name": "x"}),
    ("api.get_laws", "GET"): get("/api/v1/laws", "/api/v1/laws?status=repealed"),
    ("api.get_law", "GET"): get("/api/v1/laws/MFD"),
    ("api.import_laws", "POST"): send("POST", "/api/v1/laws/import", {"lines": [{"code": "x"}], "reason": "x"}),
    ("api.ask_to_read", "POST"): send("POST", "/api/v1/laws/MFD/readers", {"people": ["nobody-here"]}),
    ("api.acknowledge_law", "POST"): send("POST", "/api/v1/laws/MFD/acknowledgement", {"version": 0}),
    ("documents.every", "GET"): get(
        "/documents", "/documents?standing=making", "/documents?on=2026-03-02&kind=procedure"
    ),
    ("documents.mine", "GET"): get("/documents/mine"),
    ("documents.new", "GET"): get("/documents/new?record={id}"),
    ("documents.new", "POST"): lambda planted, visitor, id_: [
        visitor.post("/documents/new", {"record": id_, "number": "x", "label": "A/0", "title": "x"})
    ],
    ("documents.show", "GET"): get("/documents/{document}"),
    ("documents.do", "POST"): lambda planted, visitor, _id: [
        visitor.post(f"/documents/{planted.document}/{deed}", {"edition": ABSENT, "said": "x"})
        for deed in ("submit", "review", "send-back", "check", "hand-out", "ask", "acknowledge")
    ],
    ("api.get_documents", "GET"): get("/api/v1/documents", "/api/v1/documents?standing=making"),
    ("api.get_document", "GET"): get("/api/v1/documents/{document}"),
    ("api.draft_document", "POST"): send(
        "POST", "/api/v1/documents", {"record": "{id}", "number": "y", "label": "A/0", "title": "y"}
    ),
    ("api.change_document", "POST"): send(
        "POST", "/api/v1/documents/{document}/deeds", {"deed": "submit", "edition": ABSENT}
    ),
    ("climate.every", "GET"): get("/climate"),
    ("climate.take", "POST"): post("/climate/readings", {}),
    ("climate.rules", "GET"): get("/climate/rules"),
    ("climate.set_rule", "POST"): post("/climate/rules", {"source": "x"}),
    ("climate.rules_table", "GET"): get("/climate/rules/table"),
    ("climate.take_rules", "POST"): post("/climate/rules/table", {}),
    ("climate.room", "GET"): get("/climate/{place}", "/climate/{place}?month=2026-02"),
    ("climate.do", "POST"): lambda planted, visitor, _id: [
        visitor.post(f"/climate/{planted.place}/{deed}", {"number": "1", "placed_on": "2036-01-01"})
        for deed in ("read", "strike", "place", "retire", "calibrate", "close-action", "x")
    ],
    ("climate.inspected", "GET"): get("/climate/{place}/inspections"),
    ("climate.inspect", "POST"): post("/climate/{place}/inspections", {}),
    ("api.get_climate", "GET"): get("/api/v1/climate"),
    ("api.send_readings", "POST"): send("POST", "/api/v1/climate/readings", {"instrument": "x", "readings": []}),
    ("properties.every", "GET"): get("/properties", "/properties?occasion=capture"),
    ("properties.items", "GET"): get("/properties/items"),
    ("properties.set_item", "POST"): post("/properties/items", {"code": "digest", "source": "x"}),
    ("properties.table", "GET"): get("/properties/items/table"),
    ("properties.take", "POST"): post("/properties/items/table", {}),
    ("properties.show", "GET"): lambda planted, visitor, _id: [visitor.get(f"/properties/{planted.tested}")],
    ("properties.test", "POST"): post("/properties/records/{id}", {}),
    ("api.get_property_tests", "GET"): get("/api/v1/property-tests"),
    ("api.get_property_test", "GET"): lambda planted, visitor, _id: [
        visitor.get(f"/api/v1/property-tests/{planted.tested}")
    ],
    ("stocktakes.every", "GET"): get("/stocktakes", "/stocktakes?place={place}"),
    ("stocktakes.begin", "POST"): post("/stocktakes", {"place": "{place}", "second": "nobody"}),
    ("stocktakes.show", "GET"): lambda planted, visitor, id_: [
        visitor.get(f"/stocktakes/{planted.stocktake}?last={id_}&at={planted.place}")
    ],
    ("stocktakes.do", "POST"): lambda planted, visitor, id_: [
        visitor.post(f"/stocktakes/{planted.stocktake}/{deed}", {"record": id_, "label": id_, "condition": "good"})
        for deed in ("scan", "count", "explain", "settle", "x")
    ],
    ("api.get_stocktakes", "GET"): get("/api/v1/stocktakes"),
    ("api.begin_stocktake", "POST"): send("POST", "/api/v1/stocktakes", {"place": ABSENT, "second": "nobody"}),
    ("api.get_stocktake", "GET"): lambda planted, visitor, _id: [
        visitor.get(f"/api/v1/stocktakes/{planted.stocktake}")
    ],
    ("api.scan_in_stocktake", "POST"): lambda planted, visitor, id_: send(
        "POST", f"/api/v1/stocktakes/{planted.stocktake}/scans", {"label": "{id}"}
    )(planted, visitor, id_),
    ("repairs.every", "GET"): get("/repairs", "/repairs?state=in_treatment"),
    ("repairs.new", "GET"): lambda planted, visitor, id_: [
        visitor.get(f"/repairs/new?record={id_}&{origin}")
        for origin in ("", f"stocktake={planted.stocktake}", f"loan={planted.loan}")
    ],
    ("repairs.begin", "POST"): lambda planted, visitor, id_: [
        visitor.post("/repairs", {"record": id_, "kind": "mould", "said": "x", "loan": loan})
        for loan in ("", planted.loan)
    ],
    ("repairs.show", "GET"): lambda planted, visitor, _id: [visitor.get(f"/repairs/{planted.repair}")],
    ("repairs.do", "POST"): lambda planted, visitor, _id: [
        visitor.post(f"/repairs/{planted.repair}/{deed}", {"work": "x", "company": "x", "due_on": "2026-12-31"})
        for deed in ("treat", "mend", "give-up", "put-back", "drop", "x")
    ],
    ("rooms.tree", "GET"): get("/rooms", "/rooms?site=JF01"),
    ("rooms.add", "POST"): post("/rooms", {"site": "JF01", "kind": "box", "code": "x"}),
    ("rooms.table", "GET"): get("/rooms/table"),
    ("rooms.take", "POST"): post("/rooms/import", {}),
    ("rooms.scan", "GET"): get("/rooms/scan?label={id}", "/rooms/scan?label={id}&to={place}"),
    ("rooms.move", "POST"): lambda planted, visitor, id_: [
        visitor.post("/rooms/scan", {"label": id_, "to": planted.place})
    ],
    ("rooms.show", "GET"): get("/rooms/{place}"),
    ("rooms.do", "POST"): lambda planted, visitor, _id: [
        visitor.post(f"/rooms/{planted.place}/{deed}", {"code": "x-x", "capacity": "-1"})
        for deed in ("change", "rename", "close")
    ],
    ("api.get_selections", "GET"): get("/api/v1/selections"),
    ("api.choose_records", "POST"): lambda _planted, visitor, record: [
        visitor.client.post("/api/v1/selections", json=asked, headers={"X-CSRFToken": visitor.form_token()})
        for asked in ({"ids": [record]}, {"question": {"q": HALF}})
    ],
    ("api.get_selection", "GET"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/api/v1/selections/{}", None
    ),
    ("api.get_selected", "GET"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/api/v1/selections/{}/records", None
    ),
    ("api.ask_deed", "POST"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/api/v1/selections/{}/deed", {"deed": "describe", "said": {"issuer": "x"}}
    ),
    ("api.step_selection", "POST"): lambda planted, visitor, _id: own_selection(
        planted, visitor, "/api/v1/selections/{}/stop", {}
    ),
    ("api.get_contracts", "GET"): get("/api/v1/contracts", f"/api/v1/contracts?q={HALF}"),
    ("api.draft_contract", "POST"): send("POST", "/api/v1/contracts", {"record": "{id}"}),
    ("api.get_contract", "GET"): get("/api/v1/contracts/{contract}"),
    ("api.do_with_contract", "POST"): lambda planted, visitor, id_: [
        visitor.client.post(
            f"/api/v1/contracts/{planted.contract}/{deed}",
            json={"record": id_, "item": "authority", "revision": 1},
            headers={"X-CSRFToken": visitor.form_token()},
        )
        for deed in ("change", "confirm", "void", "renew", "prove", "locate", "end", "amend")
    ],
    ("dossiers.matrix", "GET"): get("/dossiers", "/dossiers?type=ZH&site=JF01", "/dossiers?type=ZH&closed=1"),
    ("dossiers.open_one", "POST"): post("/dossiers", {"type": "YZ", "site": "XX", "subject": "x", "title": "x"}),
    ("dossiers.missing", "GET"): get("/dossiers/missing", "/dossiers/missing?type=ZH&overdue=1"),
    ("dossiers.chase", "POST"): lambda planted, visitor, _id: [
        visitor.post("/dossiers/missing/chase?type=ZH", {"one": f"{planted.dossier}:02", "due_on": "2026-04-01"})
    ],
    ("dossiers.every_list", "GET"): get("/dossiers/checklists"),
    ("dossiers.table", "GET"): get("/dossiers/checklists/table"),
    ("dossiers.take", "POST"): post("/dossiers/checklists/import", {"reason": "x"}),
    ("dossiers.checklist", "GET"): get("/dossiers/checklists/ZH"),
    ("dossiers.change_list", "POST"): post("/dossiers/checklists/ZH", {"item": "x", "reason": ""}),
    ("dossiers.show", "GET"): get("/dossiers/{dossier}"),
    ("dossiers.do", "POST"): lambda planted, visitor, id_: [
        visitor.post(f"/dossiers/{planted.dossier}/{deed}", {"record": id_, "item": "02", "said": "x"})
        for deed in ("state", "put", "take", "owe", "chase", "ask-waiver", "grant", "refuse", "keys", "close")
    ],
    ("api.get_dossiers", "GET"): get("/api/v1/dossiers?type=ZH"),
    ("api.open_dossier", "POST"): send(
        "POST", "/api/v1/dossiers", {"type": "YZ", "site": "XX", "subject": "x", "title": "x"}
    ),
    ("api.get_dossier", "GET"): get("/api/v1/dossiers/{dossier}"),
    ("api.do_with_dossier", "POST"): lambda planted, visitor, id_: [
        visitor.client.post(
            f"/api/v1/dossiers/{planted.dossier}/{deed}",
            json={"record": id_, "item": "02", "said": "x"},
            headers={"X-CSRFToken": visitor.form_token()},
        )
        for deed in ("put", "owe", "ask-waiver", "close")
    ],
    ("api.get_repairs", "GET"): get("/api/v1/repairs", "/api/v1/repairs?state=in_treatment"),
    ("api.open_repair", "POST"): lambda planted, visitor, id_: [
        *send("POST", "/api/v1/repairs", {"record": "{id}", "kind": "mould", "said": "x"})(planted, visitor, id_),
        *send("POST", "/api/v1/repairs", {"record": "{id}", "kind": "mould", "said": "x", "loan": planted.loan})(
            planted, visitor, id_
        ),
    ],
    ("api.get_repair", "GET"): lambda planted, visitor, _id: [visitor.get(f"/api/v1/repairs/{planted.repair}")],
    ("api.do_with_repair", "POST"): lambda planted, visitor, id_: [
        answer
        for deed in ("treat", "mend", "give-up", "put-back", "drop")
        for answer in send(
            "POST", f"/api/v1/repairs/{planted.repair}/{deed}", {"work": "x", "company": "x", "due_on": "2026-12-31"}
        )(planted, visitor, id_)
    ],
    ("api.get_measures", "GET"): get("/api/v1/measures"),
    ("api.open_measure", "POST"): send("POST", "/api/v1/measures", {"about": "x"}),
    ("api.plan_review", "POST"): send("POST", "/api/v1/reviews", {"kind": "x"}),
    ("api.do_with_measure", "POST"): send("POST", f"/api/v1/measures/{ABSENT}/done", {"said": "x", "record": "{id}"}),
    ("api.get_review", "GET"): get(f"/api/v1/reviews/{ABSENT}"),
    ("api.tick_input", "POST"): send("POST", f"/api/v1/reviews/{ABSENT}/inputs/a", {"records": ["{id}"]}),
    ("api.close_review", "POST"): send("POST", f"/api/v1/reviews/{ABSENT}/close", {"why": "x"}),
    ("api.get_forms", "GET"): get("/api/v1/forms"),
    ("api.get_form", "GET"): get("/api/v1/forms/F01"),
    ("api.fill_form", "POST"): send("POST", "/api/v1/forms/F01/copies", {"site": "JF01", "fields": {}}),
    ("api.get_copies", "GET"): get("/api/v1/forms/F01/copies"),
    ("api.give_out_blanks", "POST"): send("POST", "/api/v1/forms/F01/blanks", {"site": "x"}),
    ("api.get_copy", "GET"): get("/api/v1/form-copies/{form}"),
    ("api.complete_form", "POST"): send("POST", "/api/v1/form-copies/{form}", {"fields": {}}),
    ("api.take_off", "POST"): send("POST", "/api/v1/form-copies/{form}/take-off", {"why": "x"}),
    ("api.get_checklists", "GET"): get("/api/v1/checklists"),
    ("contracts.register", "GET"): get("/contracts", f"/contracts?q={HALF}", "/contracts?kind=service&site=JF01"),
    ("contracts.new", "GET"): get("/contracts/new", "/contracts/new?record={id}", "/contracts/new?after={contract}"),
    ("contracts.new", "POST"): lambda planted, visitor, id_: [
        visitor.post("/contracts/new", {"record": id_, "title": "x", "kind": "service", "after": after})
        for after in ("", planted.contract)
    ],
    ("sheets.every", "GET"): get("/sheets"),
    ("sheets.show", "GET"): get("/sheets/deadlines"),
    ("sheets.table", "GET"): get("/sheets/deadlines/table"),
    ("sheets.change", "POST"): post("/sheets/deadlines/line", {"code": "x", "reason": "x"}),
    ("evidence.index", "GET"): get("/evidence"),
    ("errands.begin", "POST"): post("/errands", {"kind": "evidence"}),
    ("errands.show", "GET"): lambda planted, visitor, _id: own_errand(planted, visitor, "/errands/{}", None),
    ("errands.state", "GET"): lambda planted, visitor, _id: own_errand(planted, visitor, "/errands/{}/state", None),
    ("errands.stop", "POST"): lambda planted, visitor, _id: own_errand(planted, visitor, "/errands/{}/stop", {}),
    ("errands.result", "GET"): lambda planted, visitor, _id: own_errand(planted, visitor, "/errands/{}/result", None),
    ("api.get_evidence", "GET"): get("/api/v1/evidence"),
    ("api.get_sheet", "GET"): get("/api/v1/sheets/deadlines"),
    ("api.put_sheet", "PUT"): send("PUT", "/api/v1/sheets/deadlines", {"lines": [], "version": 0, "reason": "x"}),
    ("contracts.show", "GET"): get("/contracts/{contract}"),
    ("contracts.do", "POST"): lambda planted, visitor, id_: [
        visitor.post(
            f"/contracts/{planted.contract}/{deed}",
            {"record": id_, "item": "authority", "says": "x", "successor": planted.contract},
        )
        for deed in (
            "change",
            "confirm",
            "send-back",
            "void",
            "prove",
            "disprove",
            "locate",
            "go-on",
            "end",
            "follow",
            "amend",
            "confirm-amendment",
            "void-amendment",
            "project",
        )
    ],
    ("api.get_locations", "GET"): get("/api/v1/locations"),
    ("api.add_location", "POST"): send("POST", "/api/v1/locations", {"kind": "box", "code": "x"}),
    ("api.get_location", "GET"): get("/api/v1/locations/{place}"),
    ("api.move_things", "POST"): lambda planted, visitor, id_: [
        visitor.client.post(
            "/api/v1/moves", json={"what": id_, "to": planted.place}, headers={"X-CSRFToken": visitor.form_token()}
        )
    ],
    ("handovers.every", "GET"): get("/handovers/"),
    ("handovers.plan", "GET"): get("/handovers/plan"),
    ("handovers.plan", "POST"): post("/handovers/plan", {"kind": "custodian", "giver": "x", "supervisor": "y"}),
    ("handovers.show", "GET"): get("/handovers/{handover}", "/handovers/{handover}?which=open&page=1"),
    ("handovers.do", "POST"): lambda planted, visitor, id_: [
        visitor.post(
            f"/handovers/{planted.handover}/{deed}", {"line": "1", "label": id_, "found": "present", "reason": "x"}
        )
        for deed in (
            "list",
            "unlist",
            "take-in",
            "scan",
            "count",
            "surplus",
            "explain",
            "confirm",
            "password",
            "complete",
        )
    ],
    ("handovers.package", "GET"): get("/handovers/{handover}/package"),
    ("handovers.keeping", "GET"): get("/handovers/custody"),
    ("handovers.keeping", "POST"): None,  # takes up what is open to whoever asks; nothing else
    ("handovers.leaving", "GET"): get("/handovers/leaving/insider"),
    ("scans.read", "POST"): post("/scans/", {}),
    ("status.stop_rebuild", "POST"): post("/status/index/stop", {}),
    ("status.rebuild_index", "POST"): post("/status/index", {}),
    ("status.retry_jobs", "POST"): post("/status/jobs", {"job": "1"}),
    ("api.retry_jobs", "POST"): send("POST", "/api/v1/jobs/retry", {"job": 1}),
    ("account.enter_code", "GET"): get("/sign-in/code"),
    ("account.enter_code", "POST"): post("/sign-in/code", {"code": "000000"}),
    ("account.go_to_provider", "POST"): post("/sign-in/provider", {"next": "/"}),
    ("account.come_from_provider", "GET"): get("/sign-in/vouched?code=x&state=y"),
    ("account.sessions", "POST"): post("/account/sessions", {"end": "x"}),
    ("account.tokens", "POST"): post("/account/tokens", {"scope": "read", "days": "0"}),
    ("account.telephone", "GET"): get("/account/telephone"),
    ("account.telephone", "POST"): post("/account/telephone", {"code": "000000"}),
    ("help.index", "GET"): get(f"/help?q={HALF}"),
    ("help.chapter", "GET"): get("/help/1"),
    ("help.of", "GET"): get("/help/of/loans"),
    ("help.glossary", "GET"): get("/help/glossary"),
    ("setup.show", "GET"): get("/setup"),
    ("setup.do", "POST"): post("/setup/confirm", {"step": "none"}),
    ("setup.roster", "GET"): get("/setup/people"),
    ("setup.roster", "POST"): post("/setup/people", {"text": "login\nx y"}),
    ("setup.template", "GET"): None,  # the same empty workbook for everybody
    ("setup.share", "GET"): get("/setup/share"),
    ("setup.share", "POST"): post("/setup/share", {}),
    ("people.everybody", "GET"): get("/people"),
    ("people.new", "GET"): get("/people/new"),
    ("people.new", "POST"): post("/people/new", {"login": "a b"}),
    ("people.one", "GET"): get("/people/insider"),
    ("people.one", "POST"): post("/people/security_officer", {"role": "king"}),
    ("people.do", "POST"): post("/people/reader-of-2/confirm-reset", {}),
    ("grants.board", "GET"): get("/grants"),
    ("grants.give", "POST"): post("/grants", {"login": "nobody", "first": "x"}),
    ("grants.ask", "POST"): post("/grants/emergency", {"level": "3", "hours": "1", "purpose": ""}),
    ("grants.do", "POST"): post("/grants/0123456789abcdef/confirm", {}),
    ("declassifications.board", "GET"): get("/declassifications"),
    ("declassifications.propose", "GET"): get("/declassifications/of/{id}"),
    ("declassifications.propose", "POST"): post("/declassifications/of/{id}", {"level": "0", "reason": "x"}),
    ("declassifications.do", "POST"): lambda planted, visitor, _id: [
        visitor.post(f"/declassifications/{planted.proposal}/{deed}", {"said": "x"})
        for deed in ("agree", "refuse", "happened")
    ],
    ("ledger.lines", "GET"): get("/ledger", "/ledger?action=loans", "/ledger?what={id}", "/ledger?what={loan}"),
    ("ledger.export", "GET"): get("/ledger/export.csv"),
    ("ledger.readings", "GET"): get("/ledger/readings?record={id}", "/ledger/readings?login=insider"),
    ("ledger.proof", "GET"): get("/ledger/proof"),
    ("ledger.proof", "POST"): post("/ledger/proof", {"slip": "x"}),
    ("ledger.anchor", "POST"): post("/ledger/anchors", {}),
    ("ledger.slip", "GET"): get("/ledger/anchors/0123456789abcdef.pdf"),
    ("alerts.every", "GET"): get("/alerts"),
    ("tasks.every", "GET"): get("/tasks?of=all", "/tasks"),
    ("tasks.month", "GET"): get("/tasks/calendar?of=all", "/tasks/calendar?of=all&month=2026-04"),
    ("tasks.make_feed", "POST"): None,  # a secret of the visitor's own; what it opens is asked by the feed's own test
    ("tasks.feed", "GET"): get(f"/tasks/feed/{ABSENT}.ics", "/tasks/feed/{id}.ics"),
    ("faults.every", "GET"): get("/faults", "/faults?kind=serial_gap"),
    ("api.get_tasks", "GET"): get("/api/v1/tasks?of=all&until=2036-01-01"),
    ("api.get_faults", "GET"): get("/api/v1/faults"),
    ("alerts.close", "POST"): post("/alerts/0123456789abcdef", {"said": "x"}),
    ("policy.show", "GET"): get("/policy"),
    ("policy.access", "GET"): get("/access?record={id}", "/access?login=insider"),
    ("status.show", "GET"): get("/status"),
    ("probes.alive", "GET"): get("/healthz"),
    ("probes.ready", "GET"): get("/readyz"),
    ("probes.metrics", "GET"): get("/metrics"),
    ("api.description", "GET"): get("/api/openapi.json"),
    ("api.find_records", "GET"): get(*(f"/api/v1/search?{search}" for search in SEARCHES)),
    ("api.find_earlier", "GET"): get("/api/v1/search/earlier?q=甘露"),
    ("api.suggest_titles", "GET"): get(*(f"/api/v1/suggest?q={q}" for q in (HALF, "绛", "绛珠", "合", "草"))),
    ("api.get_searches", "GET"): get("/api/v1/searches"),
    ("api.save_search", "POST"): send("POST", "/api/v1/searches", {"name": "y", "q": HALF, "alert": "at-once"}),
    ("api.get_search", "GET"): lambda planted, visitor, _id: own_search(planted, visitor, "/api/v1/searches/{}", 200),
    ("api.change_search", "PATCH"): send("PATCH", f"/api/v1/searches/{ABSENT}", {"alert": "daily"}),
    ("api.delete_search", "DELETE"): send("DELETE", f"/api/v1/searches/{ABSENT}"),
    ("api.run_search", "GET"): lambda planted, visitor, _id: own_search(
        planted, visitor, "/api/v1/searches/{}/hits", 200
    ),
    ("api.get_news", "GET"): lambda planted, visitor, _id: own_search(planted, visitor, "/api/v1/searches/{}/new", 200),
    ("api.get_drills", "GET"): get("/api/v1/evidence/drills"),
    ("api.begin_drill", "POST"): send("POST", "/api/v1/evidence/drills", {"person": "nobody"}),
    ("api.get_drill", "GET"): lambda planted, visitor, _id: own_drill(planted, visitor, "/api/v1/evidence/drills/{}"),
    ("api.start_task", "POST"): send("POST", f"/api/v1/evidence/drills/{ABSENT}/start"),
    ("api.give_up_task", "POST"): send("POST", f"/api/v1/evidence/drills/{ABSENT}/give-up"),
    ("api.close_drill", "POST"): send("POST", f"/api/v1/evidence/drills/{ABSENT}/close"),
    ("api.get_recent", "GET"): get("/api/v1/recent"),
    ("api.forget_recent", "DELETE"): None,  # would end what the other addresses are asked with
    ("api.get_similar", "GET"): get("/api/v1/records/{id}/similar"),
    ("api.hand_in_records", "POST"): send("POST", "/api/v1/records"),
    ("api.get_record", "GET"): get("/api/v1/records/{id}"),
    ("api.change_record", "PATCH"): send("PATCH", "/api/v1/records/{id}", {"title": "改", "revision": 1}),
    ("api.get_content", "GET"): get("/api/v1/records/{id}/content"),
    ("api.get_page", "GET"): get("/api/v1/records/{id}/pages/1"),
    ("api.unlock_record", "POST"): send("POST", "/api/v1/records/{id}/unlock", {"password": "x"}),
    ("api.get_thumbnail", "GET"): get("/api/v1/records/{id}/thumbnail"),
    ("api.get_versions", "GET"): get("/api/v1/records/{id}/versions"),
    ("api.get_proposals", "GET"): get("/api/v1/records/{id}/proposals"),
    ("api.merge_record", "POST"): send("POST", "/api/v1/records/{id}/merge", {"into": "{id}"}),
    ("api.add_version", "POST"): send("POST", "/api/v1/records/{id}/versions"),
    ("api.get_text", "GET"): get("/api/v1/records/{id}/text"),
    ("api.get_backups", "GET"): get("/api/v1/backups"),
    ("api.get_loans", "GET"): get(*(f"/api/v1/loans?of={which}" for which in ("mine", "to-approve", "out", "overdue"))),
    ("api.request_loan", "POST"): send("POST", "/api/v1/loans", WISH),
    ("api.preview_loan", "POST"): send("POST", "/api/v1/loans/preview", WISH),
    ("api.get_loan", "GET"): get("/api/v1/loans/{loan}"),
    ("api.do_with_loan", "POST"): send("POST", "/api/v1/loans/{loan}/approve", {"reason": "x"}),
    ("api.do_at_counter", "POST"): send("POST", "/api/v1/counter/issue", {"record": "{id}", "pages": 1}),
    ("api.get_handovers", "GET"): get("/api/v1/handovers"),
    ("api.plan_handover", "POST"): send("POST", "/api/v1/handovers", {"kind": "custodian", "giver": "x"}),
    ("api.get_handover", "GET"): get("/api/v1/handovers/{handover}", "/api/v1/handovers/{handover}?which=open"),
    ("api.do_with_handover", "POST"): send("POST", "/api/v1/handovers/{handover}/scan", {"label": "{id}"}),
    ("api.get_intake", "GET"): get("/api/v1/intake"),
    ("api.retry_arrival", "POST"): send("POST", "/api/v1/intake/{arrival}/retry"),
    ("api.get_filing_queue", "GET"): get("/api/v1/filing"),
    ("api.get_classes", "GET"): get("/api/v1/classes"),
    ("api.get_reports", "GET"): get("/api/v1/reports"),
    ("api.print_report", "GET"): get(*(f"/api/v1/reports/{name}?format=csv" for name in reports.names())),
    ("api.get_matrix", "GET"): get("/api/v1/approval-matrix"),
    ("api.propose_matrix", "POST"): send("POST", "/api/v1/approval-matrix", {"rows": [], "reason": "x"}),
    ("api.decide_matrix", "POST"): send("POST", "/api/v1/approval-matrix/9/drop"),
    ("api.get_delegations", "GET"): get("/api/v1/delegations"),
    ("api.give_delegation", "POST"): send("POST", "/api/v1/delegations", {"deputy": "x"}),
    ("api.end_delegation", "DELETE"): send("DELETE", f"/api/v1/delegations/{ABSENT}"),
    ("api.get_people", "GET"): get("/api/v1/people"),
    ("api.open_account", "POST"): send("POST", "/api/v1/people", {"login": "", "name": ""}),
    ("api.get_person", "GET"): get("/api/v1/people/insider"),
    ("api.change_rights", "PATCH"): send("PATCH", "/api/v1/people/nobody", {"clearance": 3}),
    ("api.close_account", "DELETE"): send("DELETE", "/api/v1/people/nobody"),
    ("api.get_grants", "GET"): get("/api/v1/grants"),
    ("api.give_grant", "POST"): send("POST", "/api/v1/grants", {"person": "nobody"}),
    ("api.ask_emergency", "POST"): send("POST", "/api/v1/grants/emergency", {"purpose": "", "hours": 1}),
    ("api.do_with_grant", "POST"): send("POST", f"/api/v1/grants/{ABSENT}/confirm", {}),
    ("api.get_declassifications", "GET"): get("/api/v1/declassifications"),
    ("api.propose_declassification", "POST"): send(
        "POST", "/api/v1/declassifications", {"record": "{id}", "reason": "x", "level": 0, "event": "x"}
    ),
    ("api.do_with_declassification", "POST"): send("POST", f"/api/v1/declassifications/{ABSENT}/agree", {}),
    ("api.get_ledger", "GET"): get("/api/v1/ledger", "/api/v1/ledger?subject={id}", "/api/v1/ledger?action=loan"),
    ("api.get_readings", "GET"): get("/api/v1/ledger/readings?record={id}", "/api/v1/ledger/readings?login=insider"),
    ("api.get_seers", "GET"): get("/api/v1/ledger/seers/{id}"),
    ("api.get_proof", "GET"): get("/api/v1/ledger/proof"),
    ("api.get_status", "GET"): get("/api/v1/status"),
    ("api.get_me", "GET"): get("/api/v1/people/me"),
}
"""How every address is asked. One that is not here fails the first test below."""

# Whose third word is _id does not look at it.
ALIKE.update(ask for ask in ASKED.values() if ask and "_id" in signature(ask).parameters)


def test_every_address_there_is_is_asked(planted: Planted):
    assert {(rule.endpoint, method) for rule, method in rules(planted.app)} == set(ASKED)


def words_of(content: bytes) -> str:
    """What an answer says: of a workbook or a package, what every part of it says."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


@pytest.mark.parametrize("where", ["level 2", "level 3", "unfiled", "quarantined"])
def test_nothing_of_a_hidden_record_is_in_any_answer_to_anybody(planted: Planted, where: str):
    record_id = planted.ids[where]
    for login, visitor in planted.outsiders.items():
        for (endpoint, _), ask in ASKED.items():
            if ask is None or (ask in ALIKE and where != "level 2"):
                continue
            for answer in ask(planted, visitor, record_id):
                asked_for = answer.request.full_path
                text = words_of(answer.get_data())
                for secret in planted.secrets:
                    assert secret not in text, f"{login} learns {secret} from {endpoint}: {asked_for}"


def test_addresses_of_a_hidden_record_answer_exactly_like_those_of_none(planted: Planted):
    by_id = [
        ask
        for (endpoint, _), ask in ASKED.items()
        if ask and endpoint.startswith(("records.", "filing.one", "api.get_"))
    ]
    for login, visitor in planted.outsiders.items():
        visitor.form_token()  # the first answer of all sets a cookie
        for record_id in planted.ids.values():
            for ask in by_id:
                for hidden, absent in zip(ask(planted, visitor, record_id), ask(planted, visitor, ABSENT), strict=True):
                    if hidden.request.path == absent.request.path:
                        continue
                    place = f"{login} {hidden.request.path}"
                    assert hidden.status_code == absent.status_code, place
                    assert without_tokens(hidden.text) == without_tokens(absent.text), place
                    assert sorted(hidden.headers.keys()) == sorted(absent.headers.keys()), place


def test_a_hidden_record_is_not_found_by_its_address(planted: Planted):
    for login, visitor in planted.outsiders.items():
        for record_id in planted.ids.values():
            for part in ("", "/content", "/pages/1", "/thumbnail", "/text"):
                assert visitor.get(f"/api/v1/records/{record_id}{part}").status_code == 404, (login, part)


def test_hidden_records_are_in_no_count_and_no_facet(planted: Planted):
    for login, headers in planted.programs.items():
        client = planted.app.test_client()
        for question in (HALF, "甘露", "灌愁海"):
            answer = client.get("/api/v1/search", query_string={"q": question}, headers=headers).json
            assert (answer["total"], answer["hits"]) == (0, []), login
            assert not any(answer["facets"].values()), login
        everything = client.get("/api/v1/search", headers=headers).json
        allowed = 0 if login == Role.SYSADMIN else 1
        assert everything["total"] == allowed, login
        assert sum(everything["facets"].get("level", {}).values()) == allowed, login
        for typed in ("绛珠", "jzxc", "jiangzhu", "xcht", "绛zhu"):
            assert client.get("/api/v1/suggest", query_string={"q": typed}, headers=headers).json["suggestions"] == []
        assert client.get("/api/v1/recent", headers=headers).json.get("opened", []) == []
        kept = client.get("/api/v1/searches", headers=headers).json.get("searches", [])
        assert [one["news"] for one in kept if one["name"] == FOUND_BEFORE] == ([] if login == Role.SYSADMIN else [0])


def test_what_was_mistyped_is_not_put_right_from_a_text_that_nobody_here_may_read(planted: Planted):
    """甘路 sounds like 甘露, which stands in hidden texts only."""
    for login, visitor in planted.outsiders.items():
        for address in ("/?q=甘路", "/results?q=甘路"):
            assert "甘露" not in visitor.get(address).text, login
    assert "甘露" in planted.insider.get("/results?q=甘路").text


def test_handing_in_the_same_bytes_again_says_nothing_of_the_hidden_twin(planted: Planted):
    """Whoever holds a copy of a restricted file learns nothing: known and unknown bytes are answered alike."""
    for login in (Role.RECORDS_LIAISON, Role.DOCUMENT_CONTROLLER, "elsewhere"):
        for content in ((BODY + "乙").encode(), f"从来没有人交过的内容 {login}".encode()):
            answer = planted.app.test_client().post(
                "/api/v1/records",
                data={"file": (io.BytesIO(content), "copy.txt"), "site": "JF01"},
                headers=planted.programs[login],
            )
            assert answer.status_code == 201
            assert answer.json == {"name": "copy.txt", "outcome": "captured", "arrival": answer.json["arrival"]}
    wrong = {"location": "没有这个位置", "date": "昨天", "class": "NOPE", "site": "NOPE"}
    for field, said in wrong.items():
        told = [
            planted.app.test_client().post(
                "/api/v1/records",
                data={"file": (io.BytesIO(content), "copy.txt"), "site": "JF01", field: said},
                headers=planted.programs[Role.RECORDS_LIAISON],
            )
            for content in ((BODY + "乙").encode(), f"从来没有人交过的内容 {field}".encode())
        ]
        assert [one.status_code for one in told] == [422, 422], field
        assert told[0].json == told[1].json


def test_who_may_see_them_finds_all_of_them(planted: Planted):
    """Without this the tests above could pass on an empty archive."""
    found = planted.insider.get("/api/v1/search", query_string={"q": HALF}).json
    assert {hit["id"] for hit in found["hits"]} == set(planted.ids.values()) - {planted.ids["quarantined"]}
    assert SECRET in planted.insider.get("/intake").text
    for record_id in planted.ids.values():
        assert SECRET in planted.insider.get(f"/records/{record_id}").text
    for typed in ("绛珠", "jzxc", "jiangzhu", "xcht", "绛zhu"):
        assert planted.insider.get(f"/api/v1/suggest?q={typed}").json["suggestions"], typed
    assert "绛珠仙草" in planted.insider.get("/?q=降住仙草").text, "what was meant is said"
    assert planted.ids["level 3"] in planted.insider.get(f"/searches/{planted.their_search}/new").text
    assert planted.insider.get("/api/v1/recent").json["opened"]
    assert SECRET in planted.insider.get(f"/evidence/drill/{planted.their_drill}").text
    assert SECRET in planted.insider.get("/reports/retrieval_drill.csv").text
    alike = planted.insider.get(f"/api/v1/records/{planted.ids['level 2']}/similar").json["similar"]
    assert {one["id"] for one in alike} <= set(planted.ids.values())
    assert alike
    assert planted.loan in planted.insider.get("/loans/register").text
    assert SECRET in planted.insider.get(f"/loans/{planted.loan}").text
    assert SECRET in planted.insider.get(f"/loans/apply?record={planted.ids['level 2']}").text
