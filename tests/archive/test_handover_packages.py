"""What goes to others is a package they can check; what somebody brings is taken in whole or not at all."""
# bagit has no type information:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

import csv
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import bagit
import pytest
from pypdfium2 import PdfDocument

from access.handovers import Handover, Kind, Outside, Part, State
from access.rules import Denied
from archive import custody, handover, handover_counting, handover_packages, handover_signing, reports
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.handover import Plan
from indexer.reading import Reader
from tests.archive.test_documents import Company, company, red
from tests.archive.test_handover import House, counted, digest, house, lines, sign, state
from tests.builders import Office, now, settle

__all__ = ["company", "house"]

COMMITTEE = Outside("业委会李主任", "云麓花园业主委员会", "决议 2026-3")
PAPERS = {"竣工图/总平面.txt": "总平面图", "验收意见书.txt": "消防验收合格"}


def leaving(archive: Archive, house: House) -> Handover:
    """An exit that everybody has signed."""
    wanted = Plan(Kind.EXIT, giver="keeper", supervisor="boss", site="JF01", outside=COMMITTEE)
    going = handover.freeze(archive, house.old, handover.plan(archive, house.old, wanted).id)
    counted(archive, replace(house, new=house.old), going.id)
    sign(archive, house.old, going.id, Part.GIVER)
    sign(archive, house.boss, going.id, Part.RECEIVER, code=digest(archive, going.id)[:8])
    return sign(archive, house.boss, going.id, Part.SUPERVISOR)


def arriving(archive: Archive, house: House) -> Handover:
    wanted = Plan(Kind.TAKEOVER, receiver="second", supervisor="boss", outside=COMMITTEE, site="YL02")
    return handover.plan(archive, house.new, wanted)


def a_bag(payload: Mapping[str, str] = PAPERS, **more: Any) -> dict[str, str]:
    """The files of a package; `more` replaces one of them, or takes it away."""
    data = {f"data/{name}": text for name, text in payload.items()}
    manifest = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in data.items())
    made: dict[str, Any] = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "manifest-sha256.txt": manifest,
        **data,
        **{name.replace("__", "/").replace("_txt", ".txt"): text for name, text in more.items()},
    }
    return {name: text for name, text in made.items() if text is not None}


def zipped(files: Mapping[str, str]) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name, text)
    return made


def tarred(files: Mapping[str, str], *links: str) -> io.BytesIO:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as package:
        for name, text in files.items():
            head = tarfile.TarInfo(name)
            head.size = len(text.encode())
            package.addfile(head, io.BytesIO(text.encode()))
        for name in links:
            head = tarfile.TarInfo(name)
            head.type, head.linkname = tarfile.SYMTYPE, "/etc/passwd"
            package.addfile(head)
    return made


# ---- Out ----


@pytest.mark.parametrize("completed", [False, True])
def test_what_goes_to_others_is_a_package_that_the_library_of_its_authors_finds_valid(
    archive: Archive, house: House, tmp_path: Path, completed: bool
) -> None:
    going = leaving(archive, house)
    if completed:
        handover_signing.complete(archive, house.boss, going.id)

    made = handover_packages.give(archive, now(archive, house.old), going.id)

    with zipfile.ZipFile(io.BytesIO(b"".join(made.pieces))) as package:
        package.extractall(tmp_path / "bag")
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert made.file_name == f"{going.number}.zip"
    assert bag.info["External-Identifier"] == going.number
    rows = list(csv.DictReader(io.StringIO((tmp_path / "bag/data/list.csv").read_text("utf-8-sig"))))
    assert len(rows) == 6
    sent = {row["title"]: (tmp_path / "bag/data" / row["file"]).read_text() for row in rows if row["file"]}
    assert sent == {f"合同{n}": f"合同正文{n}" for n in (1, 2, 3)}
    assert json.loads((tmp_path / "bag/data/list.json").read_text())["number"] == going.number
    assert not list(archive.settings.work.rglob("*")), "nothing of it ever lies open on our disk"
    with archive.read() as tx:
        assert "handover.package-given" in [line.action for line in tx.ledger.until("handover", going.id, None)]


def test_nobody_gets_the_package_of_what_they_may_not_download_nor_before_all_have_signed(
    archive: Archive, house: House
) -> None:
    wanted = Plan(Kind.EXIT, giver="keeper", supervisor="boss", site="JF01", outside=COMMITTEE)
    early = handover.plan(archive, house.old, wanted)
    with pytest.raises(Conflict):
        handover_packages.give(archive, house.old, early.id)
    going = leaving(archive, house)
    with pytest.raises(Denied):
        handover_packages.give(archive, house.boss, going.id)
    with pytest.raises(NotFound):
        handover_packages.give(archive, house.new, going.id)


def test_beside_the_file_of_an_obsolete_edition_goes_its_copy_with_the_mark_and_the_list_says_so(
    archive: Archive, company: Company, reader: Reader
) -> None:
    house = House(Office(*[company.clerk] * 8), company.keeper, company.keeper, company.boss, ())
    shown, bare = company.record("第一条 文件由专人保管。\n" * 20), company.record("没有页面")
    company.issued(day="2024-05-01", record=shown)
    settle(archive, reader)
    company.issued(day="2024-05-01", number="QP-02", record=bare)
    holds = company.record("现行")
    company.issued("A/1", record=holds)
    company.issued("A/1", number="QP-02")
    custody.take_charge(archive, company.keeper, "JF01")
    going = leaving(archive, house)

    made = handover_packages.give(archive, now(archive, house.old), going.id)

    asked = {"handover": going.number}
    printed = reports.print_out(archive, now(archive, house.old), "handover", asked, form="csv", language="zh")
    printed_titles = printed.content.decode("utf-8-sig")
    for record_id, marked in ((shown, True), (bare, True), (holds, False)):
        with archive.read() as tx:
            assert (f"{tx.records.get(record_id).title}（作废）" in printed_titles) == marked
    with zipfile.ZipFile(io.BytesIO(b"".join(made.pieces))) as package:
        names = {name for name in package.namelist() if name.startswith("data/files/")}
        table = package.read("data/list.csv").decode("utf-8-sig")
        rows = {row["title"]: row for row in csv.DictReader(io.StringIO(table))}
        with archive.read() as tx:
            title = {record_id: tx.records.get(record_id).title for record_id in (shown, bare, holds)}
        for record_id, number in ((shown, "QP-01"), (bare, "QP-02")):
            row = rows[title[record_id]]
            assert row["obsolete"].startswith(f"作废：{number} A/0 自 2026-03-02 起失效，现行版次 A/1")
            assert hashlib.sha256(package.read(f"data/{row['file']}")).hexdigest() == row["sha256"], "as it was"
            assert Path(row["marked_copy"]).name == f"{Path(row['file']).name[:9]}作废-{Path(row['file']).stem[9:]}.pdf"
            with PdfDocument(package.read(f"data/{row['marked_copy']}")) as pdf:
                assert red(pdf[0].render(scale=1).to_pil().convert("RGB")) > 5_000
        assert rows[title[holds]]["obsolete"] == rows[title[holds]]["marked_copy"] == ""
        assert len(names) == len([row for row in rows.values() if row["file"]]) + 2


# ---- In ----


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_a_whole_package_is_captured_file_by_file_and_stands_on_the_list(
    archive: Archive, house: House, packed: Callable[[Mapping[str, str]], io.BytesIO]
) -> None:
    going = arriving(archive, house)
    made = zipped(a_bag()) if packed is zipped else tarred({f"移交/{name}": text for name, text in a_bag().items()})

    came = handover_packages.take_in(archive, house.new, going.id, made)

    assert [line.title for line in came] == sorted(PAPERS)
    with archive.read() as tx:
        for line in came:
            record = tx.records.get(line.record_id)
            assert (record.lifecycle, record.site) == ("captured", "YL02")
            (file,) = tx.records.components_of([record.id])[record.id]
            assert archive.objects.read(file.digest).decode() == PAPERS[line.title]
    assert not list(archive.settings.work.rglob("*"))
    assert handover_packages.take_in(archive, house.new, going.id, made) == [], "twice is once"
    assert len(lines(archive, going.id)) == len(PAPERS)


def test_what_came_in_a_package_is_compared_and_signed_like_everything_else(archive: Archive, house: House) -> None:
    going = arriving(archive, house)
    handover_packages.take_in(archive, house.new, going.id, zipped(a_bag()))
    handover.freeze(archive, house.new, going.id)

    handover_counting.check_files(archive, going.id)

    assert state(archive, going.id) is State.RECONCILED


REFUSED = {
    "incomplete": zipped(a_bag(data__验收意见书_txt=None)),
    "altered": zipped(a_bag(data__验收意见书_txt="消防验收不合格")),
    "more than is said": zipped(a_bag(data__more_txt="x")),
    "out of the folder": zipped(a_bag(PAPERS, **{"data__..__..__..__evil_txt": "x"})),
    "absolute": tarred(a_bag(__tmp__evil_txt="x")),
    "another system's path": zipped(a_bag(PAPERS, **{"data__..\\evil_txt": "x"})),
    "a link": tarred(a_bag(), "data/link"),
    "fetched": zipped(a_bag(fetch_txt="http://127.0.0.1/x - data/x\n")),
    "the same name twice": zipped(a_bag({"a.txt": "1", "A.TXT": "2"})),
    "an empty file": zipped(a_bag({"a.txt": ""})),
    "no manifest": zipped(a_bag(PAPERS, **{"manifest-sha256_txt": None})),
    "no package": zipped({"data/a.txt": "x"}),
    "no archive": io.BytesIO(b"nothing of the kind"),
    "cut off": io.BytesIO(zipped(a_bag()).getvalue()[:-40]),
    "damaged": io.BytesIO(zipped(a_bag()).getvalue().replace("总".encode(), b"???")),
    "an encoding nobody knows": zipped(a_bag(bagit_txt="BagIt-Version: 1.0\nTag-File-Character-Encoding: x\n")),
}


def test_of_a_package_that_is_not_whole_or_leads_elsewhere_nothing_is_taken_in(archive: Archive, house: House) -> None:
    going = arriving(archive, house)
    with archive.read() as tx:
        before = list(tx.records.ids())

    for wrong, package in REFUSED.items():
        with pytest.raises(Invalid) as refused:
            handover_packages.take_in(archive, house.new, going.id, package)
        assert refused.value.code in ("bad-package", "empty-file"), wrong

    with archive.read() as tx:
        assert list(tx.records.ids()) == before
    assert lines(archive, going.id) == []
    assert not list(archive.settings.work.rglob("*"))


def test_only_the_receiver_takes_in_and_only_before_the_list_is_frozen(archive: Archive, house: House) -> None:
    going = arriving(archive, house)
    with pytest.raises(Denied):
        handover_packages.take_in(archive, house.boss, going.id, zipped(a_bag()))
    with pytest.raises(NotFound):
        handover_packages.take_in(archive, house.old, going.id, zipped(a_bag()))
    handover_packages.take_in(archive, house.new, going.id, zipped(a_bag()))
    handover.freeze(archive, house.new, going.id)
    with pytest.raises(Conflict):
        handover_packages.take_in(archive, house.new, going.id, zipped(a_bag({"b.txt": "b"})))
