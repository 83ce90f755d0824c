"""The documents are true: printed pages are fresh, every code is explained, and what is promised exists."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

import click
import pytest

from archive import config, handover_steps, loan_steps, worker
from archive.cli import group
from indexer.sniff import REFUSED
from indexer.text import CAUTIONS
from tests.house.sources import ROOT, calls, dotted, files, parsed, texts
from tools import make_docs

READMES = ("README.md", "README.zh-CN.md")
GUIDES = (*READMES, "docs/handbook.zh.md", "docs/handbook.en.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


# ---- Pages that the code prints ----


@pytest.mark.parametrize("name", make_docs.PAGES)
def test_a_printed_page_is_fresh(name: str) -> None:
    assert make_docs.PAGES[name]() == text_of(f"docs/{name}"), "stale: run `make docs`"


def test_every_setting_has_its_meaning() -> None:
    page = text_of("docs/configuration.md")

    assert all(config.HELP[name] and f"MUNIMENT_{name.upper()}`" in page for name in config.NAMES)
    tables = {name for name in config.Settings.__dataclass_fields__ if name not in config.NAMES} - {"home"}
    assert {name for name in tables if f"\n## {name.capitalize()}\n" not in page} == set()


# ---- docs/codes.md ----


def documented(section: str) -> set[str]:
    """The codes in the first column of a section of docs/codes.md."""
    body = text_of("docs/codes.md").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", body, re.MULTILINE))


def test_every_error_code_is_explained() -> None:
    assert documented("Errors") == error_codes()


def test_every_ledger_action_is_explained() -> None:
    assert documented("Ledger actions") == ledger_actions()


def test_every_kind_of_job_is_explained() -> None:
    assert documented("Jobs") == job_kinds() == set(worker.KINDS)


def test_every_caution_is_explained() -> None:
    raised = {code for call in named_calls("Caution") for code in texts(argument(call, 0, "code"))}

    assert raised <= set(CAUTIONS)
    assert documented("Cautions") == set(CAUTIONS)


def error_codes() -> set[str]:
    """Every code an error of the house may carry: that of its class, or one said where it is raised."""
    errors = {name: code for path in files() for name, code in error_classes(parsed(path))}
    said = {
        code for name in (*errors, "Denied") for call in named_calls(name) for code in texts(argument(call, 1, "code"))
    }
    refusals = {code for call in named_calls("Refusal") for code in texts(argument(call, 0, "code"))}
    return {*errors.values(), *said, *refusals, *(code for _, code, _ in REFUSED)}


def error_classes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.bases:
            for line in node.body:
                if isinstance(line, ast.Assign) and dotted(line.targets[0]) == "code":
                    yield from ((node.name, code) for code in texts(line.value))


def ledger_actions() -> set[str]:
    """What is written into the ledger as action; where it is a parameter, what the function is called with."""
    said = {action for path in files("archive", "web") for action in said_to(parsed(path), ".ledger.add", 2)}
    return said | set(loan_steps.DONE.values()) | set(handover_steps.DONE.values())


def job_kinds() -> set[str]:
    return {kind for path in files("archive", "web") for kind in said_to(parsed(path), ".jobs.add", 1)}


def said_to(tree: ast.Module, method: str, place: int) -> Iterator[str]:
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)):
        for call in calls(function):
            if f".{dotted(call.func)}".endswith(method) and len(call.args) > place:
                said = call.args[place]
                yield from texts(said)
                if isinstance(said, ast.Name) and isinstance(function, ast.FunctionDef):
                    names = [argument.arg for argument in function.args.args]
                    for caller in calls(tree):
                        if dotted(caller.func) == function.name:
                            yield from texts(argument(caller, names.index(said.id), said.id))


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    by_name = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return by_name or (call.args[place] if len(call.args) > place else None)


def named_calls(name: str) -> list[ast.Call]:
    return calls_by_name().get(name, [])


@cache
def calls_by_name() -> Mapping[str, list[ast.Call]]:
    found: dict[str, list[ast.Call]] = {}
    for path in files():
        for call in calls(parsed(path)):
            found.setdefault(dotted(call.func).rpartition(".")[2], []).append(call)
    return found


# ---- Guides for people ----


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_names_only_commands_that_exist(name: str) -> None:
    """`muniment backup run --to X` in a code span or block: each word up to the first option or argument is one."""
    named = re.findall(r"(?:^|[`\s/(])muniment ((?:[a-z][a-z-]*(?: |$|`|\n))+)", text_of(name), re.MULTILINE)

    assert named
    for words in named:
        command: click.Command = group
        for word in words.replace("`", " ").split():
            if not isinstance(command, click.Group):
                break
            inner = command.get_command(click.Context(command), word)
            assert inner is not None, f"{name} speaks of: muniment {words}"
            command = inner


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_names_only_make_targets_that_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", text_of("Makefile"), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)make ([a-z-]+)\b", text_of(name), re.MULTILINE)) <= targets


@pytest.mark.parametrize("name", [*GUIDES, "ARCHITECTURE.md", "CHANGELOG.md"])
def test_a_link_between_documents_leads_somewhere(name: str) -> None:
    folder = (ROOT / name).parent

    broken = {link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(name)) if not (folder / link).exists()}

    assert broken == set()


@pytest.mark.parametrize("name", READMES)
def test_the_readme_and_the_build_run_the_same_tests(name: str) -> None:
    run = [line for line in text_of(".ci/run").splitlines() if line and not line.startswith(("#", "set ", "cd "))]
    commands = [line.split("#")[0].strip() for block in code_blocks(text_of(name)) for line in block.splitlines()]

    assert run
    assert set(run) <= set(commands)
    assert "make demo" in commands


@pytest.mark.parametrize("name", READMES)
def test_the_readme_lists_every_command(name: str) -> None:
    missing = {command for command in group.list_commands(click.Context(group)) if f"`{command}" not in text_of(name)}

    assert missing == set()


def code_blocks(text: str) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extras = [name for group_ in project["optional-dependencies"].values() for name in group_]
    wanted = {re.split(r"[\[<>=]", name)[0] for name in (*project["dependencies"], *extras)}

    explained = set(re.findall(r"`([\w-]+)`", text_of("docs/decisions/0002-dependencies.md")))

    assert wanted <= explained


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs/decisions"

    listed = set(re.findall(r"\]\(([^)]+\.md)\)", text_of("docs/decisions/README.md")))

    assert listed == {path.name for path in folder.glob("*.md")} - {"README.md"}
