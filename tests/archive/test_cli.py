"""The command line: exit status, one sentence for people, JSON for programs."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(home: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command on a home of its own; exit status, standard output, standard error."""

    def call(*arguments: str, home: Path = home) -> tuple[int, str, str]:
        status = main([*arguments, "--home", str(home)])
        captured = capfd.readouterr()
        return status, captured.out, captured.err

    return call


def one_sentence(err: str) -> bool:
    """What people see: one line that begins with the program's name, and no traceback."""
    return err.startswith("muniment: ") and err.count("\n") == 1 and "Traceback" not in err


def test_capture_search_show_and_fetch_without_a_service_running(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "合同.txt"
    source.write_text("电梯维保合同,服务期三年", "utf-8")
    said = ("--title", "电梯维保合同", "--class", "HT03", "--site", "JF01")
    status, out, _ = run("add", str(source), *said, "--json")
    (added,) = json.loads(out)
    assert (status, added["outcome"]) == (0, "captured")

    status, out, _ = run("find", "服务期三年", "--json")
    found = json.loads(out)
    assert (status, found["total"], found["hits"][0]["id"]) == (0, 1, added["id"])
    assert set(found) >= {"total", "took_ms", "hits"}

    status, out, _ = run("show", added["id"], "--text")
    assert (status, "电梯维保合同" in out, "服务期三年" in out) == (0, True, True)

    status, _, _ = run("get", added["id"], "--to", str(tmp_path / "back.txt"))
    assert status == 0
    assert (tmp_path / "back.txt").read_bytes() == source.read_bytes()
    status, _, err = run("get", added["id"], "--to", str(tmp_path / "back.txt"))
    assert (status, one_sentence(err)) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fnd", "x"], "no command 'fnd'"),
        (["find"], "Missing argument"),
        (["find", "x", "--colour", "red"], "No such option"),
        (["find", "x", "--level", "7"], "7"),
        (["people", "add", "li"], "--role"),
        (["people", "add", "li", "--role", "king"], "king"),
        (["find", "-合同"], ""),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_two(run: Run, arguments: list[str], said: str) -> None:
    status, out, err = run(*arguments)

    assert status == 2
    assert out == ""
    assert one_sentence(err), err
    assert said in err


def test_without_an_archive_the_command_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    status, _, err = run("status", home=tmp_path / "nowhere")

    assert status == 1
    assert one_sentence(err)
    assert "init" in err


BROKEN_SETTINGS = {
    "port = 'eighty'": "port must be of type int",
    "port = 70000": "between",
    "colour = 'red'": "no setting 'colour'",
    "settle_sec = 1.0": "did you mean 'settle_s'",
    "port = ": "not valid TOML",
    "language = 'fr'": "zh or en",
    "engine = 'lucene'": "no engine 'lucene'",
    "store = 'tape'": "no store 'tape'",
    "database = 'mongodb://x'": "database",
    "[[inbox]]\nsite = 'JF01'": "needs a path",
    "[[inbox]]\npath = 'inbox'\ncolour = 1": "no setting 'colour'",
    "[[inbox]]\npath = 'inbox'\nlevel = 9": "0, 1, 2 or 3",
    "inbox = 3": "[[inbox]]",
    "[[inbox]]\npath = 'objects'": "folder of its own",
    "[[inbox]]\npath = '.'": "folder of its own",
    "[[inbox]]\npath = '..'": "folder of its own",
    "[[inbox]]\npath = 'keys/in'": "folder of its own",
    "[[inbox]]\npath = 'a'\n[[inbox]]\npath = 'a/done'": "folder of its own",
    "[[inbox]]\npath = 'inbox'\nsite = 'NOPE'": "names the site 'NOPE'",
    "[[inbox]]\npath = 'inbox'\nclass = 'ZZ99'": "not in the file plan",
}


@pytest.mark.parametrize("text", BROKEN_SETTINGS)
def test_a_wrong_setting_is_named_with_what_to_write(run: Run, home: Path, text: str) -> None:
    (home / "muniment.toml").write_text(text + "\n")

    status, _, err = run("find", "x") if "engine" in text else run("status")

    # An engine is looked for when it is needed first: to make an index.
    if "engine" in text:
        status, _, err = run("index", "rebuild")
    assert status == 1
    assert one_sentence(err), err
    assert BROKEN_SETTINGS[text] in err


def test_settings_in_the_environment_are_checked_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_PORT", "many")

    status, _, err = run("status")

    assert status == 1
    assert "MUNIMENT_PORT must be of type int" in err


def test_a_missing_or_damaged_key_is_one_sentence(run: Run, home: Path) -> None:
    key = home / "keys" / "master.key"
    text = key.read_text()
    key.write_text(text.replace(text[40], "0" if text[40] != "0" else "1", 1))
    status, _, err = run("status")
    assert (status, one_sentence(err)) == (1, True)
    assert "damaged" in err

    key.unlink()
    status, _, err = run("status")
    assert (status, one_sentence(err)) == (1, True)
    assert "missing" in err
    assert "escrow" in err


def test_init_never_makes_a_new_key_for_an_archive_that_has_lost_its_own(run: Run, home: Path) -> None:
    """A new key would open nothing of what is there; the loss would be noticed much later."""
    (home / "keys" / "master.key").unlink()

    status, _, err = run("init")

    assert status == 1
    assert "missing" in err
    assert not (home / "keys" / "master.key").exists()


def test_a_damaged_catalogue_is_one_sentence(run: Run, home: Path) -> None:
    (home / "catalogue.db").write_bytes(b"this is no database at all" * 1000)

    status, _, err = run("status")

    assert status == 1
    assert one_sentence(err), err
    assert "restore it from a backup" in err


def test_a_file_that_is_not_there_or_is_a_folder_is_refused_and_the_rest_taken_in(run: Run, tmp_path: Path) -> None:
    good, empty = tmp_path / "good.txt", tmp_path / "empty.txt"
    good.write_text("content")
    empty.touch()

    status, out, err = run("add", str(tmp_path / "absent.txt"), str(tmp_path), str(empty), str(good), "--json")

    assert status == 1
    assert [one["outcome"] for one in json.loads(out)] == ["refused", "refused", "refused", "captured"]
    assert one_sentence(err)


def test_init_can_be_repeated_and_refuses_a_folder_with_other_things(run: Run, home: Path, tmp_path: Path) -> None:
    status, out, _ = run("init")
    assert (status, "up to date" in out) == (0, True)

    other = tmp_path / "other"
    other.mkdir()
    (other / "photo.jpg").touch()
    status, _, err = run("init", home=other)
    assert (status, one_sentence(err)) == (1, True)
    assert "not empty" in err

    status, _, err = run("init", home=other / "photo.jpg")
    assert (status, one_sentence(err)) == (1, True)


def test_init_says_where_the_first_password_is_and_keeps_it_from_others(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("init", "--json", home=tmp_path / "new")

    assert status == 0
    file = Path(json.loads(out)["password_file"])
    assert file.stat().st_mode & 0o077 == 0
    assert (file.parent / "master.key").stat().st_mode & 0o077 == 0
    assert file.read_text().strip() not in out


def test_a_broken_ledger_is_status_one(run: Run, home: Path) -> None:
    assert run("ledger", "verify")[0] == 0
    with sqlite3.connect(home / "catalogue.db") as raw:
        raw.executescript("DROP TRIGGER ledger_no_update; UPDATE ledger SET actor = 'nobody' WHERE seq = 2")
    raw.close()

    status, out, _ = run("ledger", "verify")

    assert status == 1
    assert "edited: line 2" in out


def test_an_unforeseen_error_ends_in_one_sentence_and_leaves_its_details_for_us(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(*_: object) -> None:
        raise ZeroDivisionError("a surprise")

    monkeypatch.setattr("archive.status.of", surprise)

    status, _, err = run("status")

    assert status == 1
    assert one_sentence(err)
    (file,) = (home / "logs").glob("error-*.txt")
    assert "a surprise" in file.read_text()


def test_a_home_that_may_not_be_read_is_one_sentence(run: Run, home: Path) -> None:
    if os.geteuid() == 0:
        shutil.rmtree(home / "keys")
        (home / "keys").write_text("a file where the folder should be")
    else:
        (home / "keys").chmod(0)

    status, _, err = run("status")

    assert (status, one_sentence(err)) == (1, True)


def test_the_file_plan_goes_out_and_comes_back_the_same(run: Run, tmp_path: Path) -> None:
    _, exported, _ = run("class", "export")
    table = tmp_path / "plan.csv"
    table.write_text(exported, "utf-8")

    assert run("class", "import", str(table))[0] == 0
    assert run("class", "export")[1] == exported
    assert exported.count("\n") == 46


def test_a_printout_is_written_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"

    status, out, _ = run("report", "people", "--format", "csv", "--output", str(file))

    assert (status, out.strip()) == (0, str(file))
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    status, out, _ = run("report", "--language", "en")
    assert (status, "Who holds which rights" in out) == (0, True)
    status, _, err = run("report", "people", "--set", "broken")
    assert (status, one_sentence(err)) == (1, True)
