"""A company moves in: every step of setting up, at its page, by the hands that may do it."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from openpyxl import load_workbook

from access.actors import OPERATOR
from access.rules import Denied
from archive import config, rosters, setting_up, settings_file, sheets, signing_in
from archive.app import Archive
from archive.backups import ceremony, escrow, slots
from archive.errors import Invalid, NotFound
from archive.model import new_id
from archive.people import Rights, named
from archive.tables.backups import BackupRun
from archive.tables.ledger import Ledger
from tests.builders import a_person, a_record
from tests.conftest import Clock
from tests.web.conftest import Visitor

SignedIn = Callable[[str], Visitor]


@pytest.fixture
def three(archive: Archive) -> None:
    for login, role in (("xitong", "sysadmin"), ("baomi", "security_officer"), ("shenji", "auditor")):
        a_person(archive, login, role)


def steps(archive: Archive, login: str = "xitong") -> dict[str, bool]:
    return {one.code: one.done for one in setting_up.of(archive, named(archive, login)).steps}


def table(*lines: tuple[str, ...]) -> bytes:
    return sheets.as_xlsx(["用户名", "姓名", "部门", "项目", "角色", "密级"], lines)


@pytest.fixture
def shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may lie in /dev/shm, and their folders count as any other."""
    monkeypatch.setattr(config, "SYSTEM_FOLDERS", tuple(one for one in config.SYSTEM_FOLDERS if one != "/dev"))


@pytest.mark.usefixtures("three", "shared_memory")
def test_company_sites_plan_and_inboxes_are_settled_on_the_page_and_taken_up_at_once(
    archive: Archive, signed_in: SignedIn, tmp_path: Path
):
    page = signed_in("xitong")
    assert not any(steps(archive)[one] for one in ("sites", "plan", "inboxes"))

    assert page.post("/setup/company", {"company": "紫藤物业"}).status_code == 303
    page.post("/setup/site", {"code": "ZT01", "name": "紫藤苑", "name_en": "Wisteria", "fonds": "QZ09"})
    page.post("/setup/site", {"known": "1", "code": "ZT01", "name": "紫藤苑一期", "fonds": "QZ08"})
    (tmp_path / "scanner").mkdir()
    archive.settings = settings_file.put(archive.settings, "inbox_folders", str(tmp_path))
    page.post("/setup/inbox", {"folder": str(tmp_path / "scanner"), "site": "ZT01", "level": "1", "separators": "on"})
    for step in ("sites", "plan", "inboxes"):
        page.post("/setup/confirm", {"step": step})

    said = page.get("/setup").text
    assert "紫藤物业" in said
    assert "紫藤苑一期" in said
    assert all(steps(archive)[one] for one in ("company", "sites", "plan", "inboxes"))
    fresh = config.load(archive.settings.home)
    assert (fresh.company, fresh.inboxes) == ("紫藤物业", archive.settings.inboxes)
    assert (fresh.inboxes[-1].site, fresh.inboxes[-1].level, fresh.inboxes[-1].separators) == ("ZT01", 1, True)
    assert fresh.inboxes[-1].quarantine.is_dir()


@pytest.mark.usefixtures("three")
def test_what_cannot_be_used_is_said_and_the_settings_stay_as_they_were(archive: Archive, signed_in: SignedIn):
    page, file = signed_in("xitong"), archive.settings.home / config.FILE_NAME
    before = file.read_bytes()
    home = str(archive.settings.home)
    for deed, form in (
        ("company", {"company": " "}),
        ("inbox", {"folder": "keys"}),
        ("inbox", {"folder": "/nowhere/at/all"}),
        ("inbox", {"folder": "../x"}),
        ("inbox", {"folder": home}),
        ("place", {"name": "nas", "location": home, "off_site": "on"}),
        ("place", {"name": "nas", "location": "relative"}),
        ("site", {"code": "JF01", "name": "再来", "fonds": "QZ77"}),
        ("confirm", {"step": "machine"}),
    ):
        answer = page.post(f"/setup/{deed}", form)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), (deed, form)

    assert file.read_bytes() == before
    assert not any(steps(archive)[one] for one in ("sites", "inboxes"))


@pytest.mark.usefixtures("three")
def test_a_fonds_that_stands_in_reference_codes_is_not_changed(archive: Archive, signed_in: SignedIn):
    a_record(archive)

    refused = signed_in("xitong").post("/setup/site", {"known": "1", "code": "JF01", "name": "锦枫", "fonds": "QZ99"})

    assert refused.status_code == 422
    assert "全宗号" in refused.text


@pytest.mark.usefixtures("three")
def test_a_table_of_people_is_looked_at_then_opened_by_one_and_given_rights_by_another(
    archive: Archive, signed_in: SignedIn
):
    machine, officer = signed_in("xitong"), signed_in("baomi")
    people = table(
        ("wang", "王五", "", "JF01", "档案管理员、借阅人", "2"),
        ("zhao", "赵六", "", "全部", "终审人", "3"),
        ("zhao", "赵六", "", "全部", "终审人", "3"),
        ("qian", "钱七", "", "", "系统管理员", "0"),
        ("sun", "孙八", "", "NOWHERE", "borrower", "1"),
    )

    def hand_in(visitor: Visitor, **form: str) -> str:
        return visitor.post("/setup/people", {"table": (io.BytesIO(people), "people.xlsx"), **form}).text

    looked = hand_in(machine)
    assert looked.count('class="problem"') == 3
    assert named_or_none(archive, "wang") is None
    text = re.search(r'<textarea name="text" hidden>(.*?)</textarea>', looked, re.DOTALL)
    assert text is not None
    opened = machine.post("/setup/people", {"text": text[1], "sure": "1"}).text
    password = re.search(r"<td>wang</td>.*?<code>([^<]+)</code>", opened, re.DOTALL)
    assert password is not None
    assert signing_in.sign_in(archive, "wang", password[1]).person.roles == frozenset()
    assert not steps(archive)["people"]

    hand_in(officer, sure="1")

    wang = named(archive, "wang")
    assert ({str(role) for role in wang.roles}, wang.clearance, wang.sites) == (
        {"document_controller", "borrower"}, 2, frozenset({"JF01"})
    )  # fmt: skip
    assert steps(archive)["people"]
    again = rosters.compare(archive, named(archive, "baomi"), people)
    assert [line.deed for line in again if line.problem is None] == ["", ""]


@pytest.mark.usefixtures("three")
def test_nobody_gets_or_loses_a_right_because_a_table_says_nothing_of_it(archive: Archive, signed_in: SignedIn):
    a_person(archive, "fu", "borrower", clearance=1, sites=("JF01",))
    officer = named(archive, "baomi")

    def lines(heads: list[str], *cells: str) -> rosters.Line:
        return rosters.compare(archive, officer, sheets.as_csv(heads, [cells]))[0]

    assert lines(["用户名", "姓名"], "fu", "符某").deed == ""
    assert lines(["用户名", "项目", "涉密权限", "角色", "部门"], "fu", "", "", "", "").deed == ""
    other = lines(["用户名", "角色"], "fu", "档案管理员")
    assert other.wanted is not None
    assert other.wanted.rights == Rights(frozenset({"document_controller"}), 1, "KFB", frozenset({"JF01"}))
    everywhere = lines(["用户名", "项目"], "fu", "全部")
    assert everywhere.wanted is not None
    assert everywhere.wanted.rights.sites == {"JF01", "YL02"}
    new = lines(["用户名", "姓名", "角色"], "xin", "新人", "借阅人").problem
    assert isinstance(new, Invalid)
    assert new.code == "no-sites-said"

    file = io.BytesIO(sheets.as_csv(["用户名", "项目", "涉密权限"], [("fu", "全部", "2 普通商密")]))
    page = signed_in("baomi").post("/setup/people", {"table": (file, "people.csv")}).text
    assert re.search(r"内部 → <b>普通商密</b>.*JF大厦 → <b>JF大厦、云麓花园</b>", page, re.DOTALL)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("heads", "cells", "said"),
    [
        (["用户名", "保密等级"], ("fu", "3"), "无法识别栏目“保密等级”"),
        (["用户名", "密级", "涉密权限"], ("fu", "3", "1"), "栏目“涉密权限”与另一栏含义相同"),
        (["用户名", "项目", "角色"], ("fu", "全部", "经理"), "没有“经理”这个角色，可填：档案管理员"),
        (["用户名", "项目", "角色", "部门"], ("fu", "全部", "借阅人", "KF"), "没有“KF”这个部门，现有："),
        (["用户名", "项目", "角色"], ("fu", "远方", "借阅人"), "没有“远方”这个项目，现有：JF01"),
    ],
)
def test_what_a_table_of_people_has_wrong_is_named(
    signed_in: SignedIn, heads: list[str], cells: tuple[str, ...], said: str
):
    file = io.BytesIO(sheets.as_csv(heads, [cells]))

    assert said in signed_in("xitong").post("/setup/people", {"table": (file, "people.csv")}).text


@pytest.mark.usefixtures("three")
def test_the_empty_table_names_nobody_and_says_what_may_be_written(archive: Archive, signed_in: SignedIn):
    book = load_workbook(io.BytesIO(signed_in("xitong").get("/setup/people.xlsx").data))

    assert [list(row) for row in book.worksheets[0].values] == [[names[0] for names in rosters.HEADS.values()]]
    written = {str(cell) for _, cell in book.worksheets[1].values}
    with archive.read() as tx:
        assert written >= {one.name for one in (*tx.organisation.departments(), *tx.organisation.sites())}
    assert written >= {"档案管理员", "2 普通商密", "全部"}


@pytest.mark.usefixtures("three")
def test_departments_begin_and_are_renamed_on_the_page(archive: Archive, signed_in: SignedIn):
    page = signed_in("xitong")

    assert page.post("/setup/department", {"code": "SJB", "name": "审计部", "name_en": "Audit"}).status_code == 303
    taken = page.post("/setup/department", {"code": "SJB", "name": "另一个部门"})
    assert taken.status_code == 422
    assert "另一个部门" in taken.text
    again = {"known": "1", "code": "SJB", "name": "审计监察部"}
    assert page.post("/setup/department", again).status_code == 303
    assert page.post("/setup/department", {**again, "code": "NIX"}).status_code == 422
    assert signed_in("baomi").post("/setup/department", {"code": "A1", "name": "甲"}).status_code == 422

    with archive.read() as tx:
        assert {one.name for one in tx.organisation.departments() if one.code == "SJB"} == {"审计监察部"}


def named_or_none(archive: Archive, login: str) -> str | None:
    try:
        return named(archive, login).id
    except NotFound:
        return None


@pytest.mark.usefixtures("three")
def test_three_people_each_take_one_share_once_and_two_of_them_open_the_keys(archive: Archive, signed_in: SignedIn):
    machine = signed_in("xitong")
    holders = {"holder": ["xitong", "baomi", "shenji"]}
    assert machine.post("/setup/ceremony", {"holder": ["xitong", "baomi", "baomi"]}).status_code == 422
    assert machine.post("/setup/ceremony", holders).status_code == 303

    words = []
    for login in ("xitong", "baomi", "shenji"):
        visitor = signed_in(login)
        assert "领取我的份额" in visitor.get("/setup/share").text
        answer = visitor.post("/setup/share")
        text = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
        words.append(" ".join(re.findall(r"^\s*\d+\s+([a-z]+)$", text, re.MULTILINE)))
        assert visitor.post("/setup/share").status_code == 404
    assert len(set(words)) == 3
    assert not any(share in (archive.settings.keys / ceremony.FILE_NAME).read_text() for share in words)
    assert not steps(archive)["keys"]
    assert machine.post("/setup/prove", {"share": [words[0], words[0]]}).status_code == 422
    assert machine.post("/setup/prove", {"share": words[1:]}).status_code == 303

    assert steps(archive)["keys"]


@pytest.mark.usefixtures("three")
def test_two_who_take_their_shares_at_the_same_moment_leave_neither_behind(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    one, other = named(archive, "xitong"), named(archive, "baomi")
    ceremony.begin(archive, one, ["xitong", "baomi", "shenji"])
    printed = ceremony.sheet.pdf

    def meanwhile(*told: object, **more: object) -> bytes:
        monkeypatch.setattr(ceremony.sheet, "pdf", printed)
        assert ceremony.take(archive, other)
        return printed(*told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ceremony.sheet, "pdf", meanwhile)
    assert ceremony.take(archive, one)

    standing = ceremony.standing(archive, one)
    assert standing is not None
    assert list(standing.holders.values()) == [True, True, False]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("cut", ["ledger", "file"])
def test_a_share_whose_taking_was_cut_off_is_taken_afterwards_and_written_down_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, cut: str
):
    holder = named(archive, "xitong")
    ceremony.begin(archive, holder, ["xitong", "baomi", "shenji"])

    def killed(*_told: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr(*((Ledger, "add") if cut == "ledger" else (ceremony.keys, "replace")), killed)
        with pytest.raises(KeyboardInterrupt):
            ceremony.take(archive, holder)

    assert ceremony.waits_for(archive, holder)
    assert ceremony.take(archive, holder)
    with pytest.raises(NotFound):
        ceremony.take(archive, holder)
    with archive.read() as tx:
        assert len(tx.ledger.sought(action="backup-key.share-taken")) == 1


@pytest.mark.usefixtures("three")
def test_a_share_that_nobody_took_in_three_days_is_void(archive: Archive, clock: Clock):
    machine, officer = named(archive, "xitong"), named(archive, "baomi")
    first = ceremony.begin(archive, machine, ["xitong", "baomi", "shenji"])
    ceremony.take(archive, machine)
    clock.advance(days=4)

    with pytest.raises(NotFound):
        ceremony.take(archive, officer)
    ceremony.begin(archive, machine, ["xitong", "baomi", "shenji"])

    assert first.slot not in {slot.id for slot in slots.every(archive.settings.keys)}
    with pytest.raises(Denied):
        ceremony.begin(archive, officer, ["xitong", "baomi", "shenji"])
    with pytest.raises(Invalid):
        escrow.prove(archive, machine, slots.Unlocking(shares=("a b", "c d")))


@pytest.mark.usefixtures("three")
def test_a_backup_place_beside_the_first_leaves_the_first_served(archive: Archive, signed_in: SignedIn, tmp_path: Path):
    (tmp_path / "nas").mkdir()
    location = str(tmp_path / "nas")

    signed_in("xitong").post("/setup/place", {"name": "nas", "location": location, "off_site": "on"})

    assert [one.name for one in config.load(archive.settings.home).backup_targets] == ["local", "nas"]
    assert steps(archive)["place"]


@pytest.mark.usefixtures("three")
def test_only_the_three_administrators_are_shown_it_and_only_one_may_change_it(archive: Archive, signed_in: SignedIn):
    a_person(archive, "keeper", "document_controller")
    assert [signed_in(login).get("/setup").status_code for login in ("baomi", "shenji", "keeper")] == [200, 200, 403]
    assert signed_in("baomi").post("/setup/company", {"company": "别家"}).status_code == 422
    assert signed_in("keeper").post("/setup/company", {"company": "别家"}).status_code == 403


def test_the_first_step_that_is_not_done_is_the_next(archive: Archive):
    found = setting_up.of(archive, OPERATOR)

    assert found.next == found.steps[next(n for n, one in enumerate(found.steps) if not one.done)].code
    assert found.done < len(found.steps)


@pytest.mark.usefixtures("three", "shared_memory")
def test_whoever_sets_up_the_archive_reaches_only_folders_that_the_owner_of_the_machine_allowed(
    archive: Archive, signed_in: SignedIn, tmp_path: Path
):
    page, home = signed_in("xitong"), archive.settings.home
    shared, other = tmp_path / "shared", tmp_path / "other"
    for folder in (shared / "scans", other):
        folder.mkdir(parents=True)
    (shared / "link").symlink_to(other)
    (home / "link").symlink_to(other)

    def refused(folder: str) -> bool:
        return page.post("/setup/inbox", {"folder": folder}).status_code == 422

    assert refused(str(shared / "scans"))
    archive.settings = settings_file.put(archive.settings, "inbox_folders", str(shared))
    for folder in (other, shared, shared / "link", shared / "scans" / ".." / ".." / "other", "/etc", "/usr/lib", "/"):
        assert refused(str(folder)), folder
    assert refused("link")
    assert refused(str(Path.home()))

    assert page.post("/setup/inbox", {"folder": str(shared / "scans")}).status_code == 303
    assert refused(str(shared / "scans"))


@pytest.mark.parametrize("said", ["/", "/etc", "/var", "/usr/local", "srv/scans", "/srv/../etc"])
def test_a_machine_is_not_given_away_in_its_settings(said: str):
    with pytest.raises(ValueError, match="must"):
        config.folders(said)


@pytest.mark.usefixtures("three")
def test_an_inbox_is_taken_away_again_when_nothing_lies_in_it(archive: Archive, signed_in: SignedIn):
    page, home = signed_in("xitong"), archive.settings.home
    page.post("/setup/inbox", {"folder": "second"})
    path = str(home / "second")
    (home / "second" / "late.pdf").write_bytes(b"x")
    assert "未收录" in page.post("/setup/no-inbox", {"gone": path}).text
    (home / "second" / "late.pdf").unlink()

    assert page.post("/setup/no-inbox", {"gone": path}).status_code == 303

    assert path not in {str(one.path) for one in config.load(home).inboxes}
    assert (home / "second" / "done").is_dir()
    assert "# A scanner" in (home / config.FILE_NAME).read_text()
    for one in archive.settings.inboxes[1:]:
        page.post("/setup/no-inbox", {"gone": str(one.path)})
    [last] = archive.settings.inboxes
    assert "唯一" in page.post("/setup/no-inbox", {"gone": str(last.path)}).text


@pytest.mark.usefixtures("three")
def test_a_place_is_taken_away_again_unless_backups_lie_there(archive: Archive, signed_in: SignedIn, tmp_path: Path):
    page = signed_in("xitong")
    (tmp_path / "nas").mkdir()
    page.post("/setup/place", {"name": "nas", "location": str(tmp_path / "nas"), "off_site": "on"})
    with archive.write() as tx:
        tx.backups.save(BackupRun(new_id(), "local", "run", archive.now(), outcome="failed"))

    assert "不能移除" in page.post("/setup/no-place", {"gone": "local"}).text
    assert page.post("/setup/no-place", {"gone": "nas"}).status_code == 303

    assert [one.name for one in config.load(archive.settings.home).places] == ["local"]
    assert "唯一" in page.post("/setup/no-place", {"gone": "local"}).text


@pytest.mark.usefixtures("three")
def test_the_page_names_things_as_things_and_says_in_chinese_what_is_to_be_mended(
    archive: Archive, signed_in: SignedIn
):
    """A project had a 姓名, a place for backups was a shelf, and the server was told of in English."""
    archive.settings.home.chmod(0o755)
    page = signed_in("xitong").get("/setup").text

    assert "姓名" not in page
    assert "库位" not in page
    for label in ("项目名称", "备份位置名称", "新增备份位置", "前往恢复演练"):
        assert label in page
    server = page[page.index('id="step-machine"') :]
    assert "可改进" in server
    for one in re.findall(r"<code[^>]*>([^<]*)</code>", server):
        assert not one.endswith("."), "a sentence, not a command"
