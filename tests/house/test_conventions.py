"""Small promises kept everywhere: what logs never say, where printing happens, what is never committed."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT, calls, dotted, files, name_of, parsed

LOGGING = {"debug", "info", "warning", "error", "exception", "critical", "log"}
TELLING = re.compile(r"title|(?<!host)(?<!class_)name|text|query|password|token|secret|path|quote|body|party|parties")
"""Words in the names of values that do not belong into a log: titles, names and text of people's papers."""

PROJECT = ("access", "archive", "indexer", "web", "tools", "tests")

EXEMPTION = re.compile(r"# (?:noqa\b:?|type: ignore|pyright:)(?P<rest>.*)")
_CODES = re.compile(r"\[[\w, -]*\]|\b(?:[A-Z]+\d+|report\w+|basic|ignore|true|false)\b")


def logged(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each value that a log call writes, with its line."""
    for call in calls(tree):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in LOGGING
            and "log" in dotted(call.func.value).lower()
        ):
            for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                for node in ast.walk(argument):
                    # type(error).__name__ is the name of a kind of error, not of a paper.
                    if isinstance(node, ast.Name | ast.Attribute) and not dotted(node).endswith("__name__"):
                        yield call.lineno, dotted(node)


def reasoned(rest: str) -> bool:
    """Are there words besides the codes? That a library ships no types needs none."""
    return "reportMissingTypeStubs" in rest or len(re.findall(r"[A-Za-z]{2,}", _CODES.sub("", rest))) >= 2


def explained(lines: list[str], number: int) -> bool:
    """Is there a comment next to it, or, for types, one at the top of the file that says why they are missing?"""
    near = [reversed(lines[: number - 1])]
    if lines[number - 1].startswith("#"):
        near.append(iter(lines[number:]))
    elif "noqa" not in lines[number - 1]:
        near.append(iter(after_header(lines)))
    return any(next((line.strip() for line in some if not EXEMPTION.search(line)), "").startswith("#") for some in near)


def after_header(lines: list[str]) -> list[str]:
    """What follows the exemptions of the whole file, if it has any."""
    header = [number for number, line in enumerate(lines, 1) if line.startswith("# pyright:")]
    return lines[header[-1] :] if header else []


def tracked() -> list[Path]:
    """Every file that is in the project; with what is about to be added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a checkout: the list of the project's files comes from git")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def readable(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", "replace")


def test_logs_carry_ids_and_kinds_never_what_papers_say() -> None:
    told = {
        f"{path.relative_to(ROOT)}:{line} logs {value}"
        for path in files()
        for line, value in logged(parsed(path))
        if TELLING.search(value.lower())
    }

    assert told == set()


def test_a_log_that_tells_would_be_found() -> None:
    careless = ast.parse('log.info("captured %s (%s)", record.id, record.title)\nlog.warning(f"no {file_name}")')

    assert [value for _, value in logged(careless) if TELLING.search(value)] == ["record.title", "file_name"]


def test_only_commands_print() -> None:
    commands = ("archive.cli", "web.__main__")
    printing = {
        name_of(path)
        for path in files()
        if not name_of(path).startswith(commands) and any(dotted(call.func) == "print" for call in calls(parsed(path)))
    }

    assert printing == set()


def test_modules_are_named_after_what_they_do() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "managers"}

    assert {name_of(path) for path in files() if path.stem in nameless} == set()


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")

    assert {str(path) for path in files(*PROJECT) if later.search(path.read_text("utf-8"))} == set()


@pytest.mark.parametrize("path", files("access", "archive", "indexer", "web", "tools"), ids=name_of)
def test_each_exemption_has_its_reason_beside_it(path: Path) -> None:
    """On the line itself after the code, or in a comment next to it; for types also at the top of the file."""
    lines = path.read_text("utf-8").splitlines()
    bare = [
        number
        for number, line in enumerate(lines, 1)
        if (found := EXEMPTION.search(line)) and not (reasoned(found["rest"]) or explained(lines, number))
    ]

    assert bare == []


def test_no_host_no_private_path_no_person_is_committed() -> None:
    """Package indexes, folders of one machine and identity numbers of people have no place in the project."""
    forbidden = {
        "a package index": re.compile(r"--(extra-)?index-url|--trusted[-]host|\b(py" + r"pi|npm" + r"js)\.(org|com)\b"),
        "a private path": re.compile(r"(?<![\w.~}$])/(work|root|Users/\w+|home/\w+)/"),
        "an identity number": re.compile(
            r"(?<![0-9A-Za-z])[1-9]\d{5}(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
        ),
        "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]"),
    }
    found = {
        f"{path.relative_to(ROOT)}: {what}: {match[0]}"
        for path in tracked()
        for what, pattern in forbidden.items()
        for match in pattern.finditer(readable(path))
    }

    assert found == set()
