"""The page of the backups: how they are, what can be done now, the way back; for those whom it concerns."""

from collections.abc import Callable

import pytest

from access.actors import OPERATOR
from archive import rounds
from archive.app import Archive
from archive.backups import drill, escrow, keys, places, slots, state, wanted
from archive.backups.slots import Unlocking
from archive.errors import Conflict
from archive.threads import silent
from tests.builders import a_person, a_record
from tests.conftest import Clock
from tests.web.conftest import Visitor


@pytest.fixture
def people_(archive: Archive) -> None:
    for login, role in (("gu", "sysadmin"), ("bao", "security_officer"), ("zhao", "final_approver")):
        a_person(archive, login, role, clearance=0 if role == "sysadmin" else 3)
    a_person(archive, "li")


def test_who_runs_the_archive_sees_how_backups_are_and_no_title(
    archive: Archive, people_: None, signed_in: Callable[[str], Visitor], clock: Clock
) -> None:
    a_record(archive, "业主档案正文", title="绛珠仙草", class_code="KH01", name="绛珠.txt")
    admin = signed_in("gu")
    assert "尚无经过校验的备份" in admin.get("/backups").text
    place = places.named(archive, "")
    places.run(archive, OPERATOR, place, progress=silent)
    places.verify(archive, OPERATOR, place, all_bytes=False, progress=silent)
    drill.rehearse(archive, OPERATOR, place, progress=silent)

    page = admin.get("/backups").text
    assert "尚无经过校验的备份" not in page
    assert "<svg" in page
    assert "绛珠" not in page
    with archive.read() as tx:
        (row,) = tx.backups.of("drill")
    report = admin.get(f"/backups/drills/{row.id}").text
    assert "报告签名有效" in report
    assert "绛珠" not in report
    assert admin.get("/backups/drills/0123456789abcdef").status_code == 404
    assert signed_in("li").get("/backups").status_code == 403


def test_a_backup_is_asked_for_and_done_and_its_progress_shown(
    archive: Archive, people_: None, signed_in: Callable[[str], Visitor]
) -> None:
    admin = signed_in("gu")
    name = archive.settings.backup_targets[0].name
    assert admin.post("/backups/now", {"deed": "run", "place": name}).status_code == 303
    assert wanted.waiting(archive) == [f"run {name}"]
    assert "已请求" in admin.get("/backups").text
    rounds.run_due(archive)
    assert state.of(archive, OPERATOR).safe_until == archive.now()
    admin.post("/backups/now", {"deed": "burn", "place": name})
    assert "不支持该请求" in admin.get("/backups").text
    officer = signed_in("bao")
    assert "立即" in officer.get("/backups").text
    assert 'value="run"' not in officer.get("/backups").text


def test_putting_back_goes_over_two_desks(archive: Archive, people_: None, signed_in: Callable[[str], Visitor]) -> None:
    places.run(archive, OPERATOR, places.named(archive, ""), progress=silent)
    admin, officer, final = signed_in("gu"), signed_in("bao"), signed_in("zhao")
    for want in ("archive", "record", "look", "replace"):
        assert admin.get(f"/backups/restore?want={want}").status_code == 200
    form = admin.get("/backups/restore?want=replace").text
    snapshot = form.partition('<option value="')[2]
    with archive.read() as tx:
        (run,) = tx.backups.of("run")
    assert run.snapshot in form, snapshot
    admin.post("/backups/restore", {"place": run.place, "snapshot": run.snapshot, "reason": "勒索软件"})
    with archive.read() as tx:
        (wish,) = tx.backups.wishes()
    for visitor in (admin, officer, officer, final):
        assert "--replace" not in visitor.get("/backups/restore").text
        visitor.post(f"/backups/restore/{wish.id}", {"said": "agree"})
    page = admin.get("/backups/restore").text
    assert f"--replace {wish.id}" in page
    assert "勒索软件" in page


def test_what_is_urgent_stands_at_the_head_of_every_page_of_those_it_concerns(
    archive: Archive, people_: None, signed_in: Callable[[str], Visitor]
) -> None:
    state.watch(archive)
    assert "备份需要处理" in signed_in("gu").get("/account").text
    assert "备份需要处理" not in signed_in("li").get("/account").text


def test_programs_are_told_the_same(
    archive: Archive, people_: None, token_of: Callable[[str], dict[str, str]], visitor: Visitor
) -> None:
    told = visitor.get("/api/v1/backups", headers=token_of("gu")).json
    assert told["urgent"] is True
    assert told["safe_until"] is None
    assert told["alarms"][0] == {"code": "never", "place": ""}
    assert visitor.get("/api/v1/backups", headers=token_of("li")).status_code == 403


def test_what_a_check_found_is_shown_and_repaired_with_a_button(
    archive: Archive, people_: None, signed_in: Callable[[str], Visitor], clock: Clock
) -> None:
    a_record(archive, "业主档案正文", title="绛珠仙草", class_code="KH01", name="绛珠.txt")
    escrow.add_shares(archive, OPERATOR)
    place = places.named(archive, "")
    places.run(archive, OPERATOR, place, progress=silent)
    pack = max((archive.settings.backups / "packs").iterdir())
    pack.write_bytes(pack.read_bytes()[:-1])
    places.verify(archive, OPERATOR, place, all_bytes=False, progress=silent)
    admin = signed_in("gu")
    page = admin.get("/backups").text
    assert 'value="repair"' in page
    assert "从未验证" in page
    with archive.read() as tx:
        (row,) = tx.backups.of("verify")
    found = admin.get(f"/backups/runs/{row.id}").text
    assert (pack.name in found, "已损坏" in found, "绛珠" in found) == (True, True, False)

    clock.advance(minutes=1)
    admin.post("/backups/now", {"deed": "repair", "place": place.name})
    rounds.run_due(archive)

    page = admin.get("/backups").text
    assert 'value="repair"' not in page
    with archive.read() as tx:
        (row,) = tx.backups.of("repair")
    assert "备份库完好" in admin.get(f"/backups/runs/{row.id}").text
    assert signed_in("li").get(f"/backups/runs/{row.id}").status_code == 403


def test_a_rehearsal_is_reported_in_the_language_of_the_reader(
    archive: Archive, people_: None, signed_in: Callable[[str], Visitor]
) -> None:
    place = places.named(archive, "")
    places.run(archive, OPERATOR, place, progress=silent)
    drill.rehearse(archive, OPERATOR, place, progress=silent)
    with archive.read() as tx:
        (row,) = tx.backups.of("drill")
    admin = signed_in("gu")
    told = {}
    for language in ("zh", "en"):
        admin.post("/preferences", {"language": language})
        told[language] = admin.get(f"/backups/drills/{row.id}").text
    assert ("个对象" in told["zh"], "restored" in told["zh"]) == (True, False)
    assert ("个对象" in told["en"], "restored" in told["en"]) == (False, True)


def test_vital_records_in_no_backup_are_listed_and_ways_to_the_keys_say_when_they_were_proved(
    archive: Archive, people_: None, signed_in: Callable[[str], Visitor], clock: Clock
) -> None:
    record = a_record(archive, "业主档案正文", title="绛珠仙草", class_code="KH01", name="绛珠.txt")
    keys.load_or_create(archive.settings.keys)
    slots.add_passphrase(archive.settings.keys, "correct horse battery staple", clock.at)
    escrow.prove(archive, OPERATOR, Unlocking(passphrase="correct horse battery staple"))
    assert f"/records/{record}" not in signed_in("gu").get("/backups").text, "an id is for those who may know of it"
    page = signed_in("zhao").get("/backups").text
    assert f"/records/{record}" in page
    assert "从未验证" not in page
    assert "验证" in page
    assert "绛珠" not in page


def test_what_is_under_way_is_stopped_on_the_pages(
    archive: Archive, clock: Clock, signed_in: Callable[[str], Visitor]
) -> None:
    a_person(archive, "runner", "sysadmin")
    visitor, place = signed_in("runner"), places.named(archive, "")
    a_record(archive)
    pressed: list[str] = []

    def press(_done: int, _total: int) -> None:
        with archive.read() as tx:
            (run,) = tx.backups.running()
        pressed.append(f"/backups/runs/{run.id}/stop")
        assert pressed[-1] in visitor.get("/backups").text
        assert visitor.post(pressed[-1], {}).status_code == 303
        page = visitor.get("/backups").text
        assert "数秒内停止" in page
        assert pressed[-1] not in page, "it is pressed once"
        clock.advance(seconds=10)

    with pytest.raises(Conflict):
        places.run(archive, OPERATOR, place, progress=press)
    assert visitor.post(pressed[-1], {}).status_code == 303
    page = visitor.get("/backups").text
    assert "已结束" in page
    assert "已停止；此前的快照完好" in page, "why it ended is said in the reader's language"
    assert "失败" not in page, "what a person stopped did not fail"
    assert "已停止" in visitor.get("/status").text
    assert 'muniment_backups{outcome="stopped"} 1' in visitor.get("/metrics").text
    places.run(archive, OPERATOR, place, progress=silent)
    with pytest.raises(Conflict):
        places.verify(archive, OPERATOR, place, all_bytes=True, progress=press)
    assert "校验已停止" in visitor.get("/backups").text

    assert visitor.post("/status/index/stop", {}).status_code == 303
    assert "停止请求来得太晚" in visitor.get("/status").text
    visitor.post("/status/index", {})
    page = visitor.get("/status").text
    assert "已请求重建" in page
    assert "data-going" in page, "it is looked again until it has begun and ended"
