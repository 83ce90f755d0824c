"""ARCHITECTURE.md is true: imports keep their direction, the map shows every module, every invariant is kept."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files, name_of, parsed

MAP = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
KEEPER = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_imports_keep_the_contracts() -> None:
    lint = Path(sys.executable).with_name("lint-imports")

    ran = subprocess.run([lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout


def test_the_map_shows_every_module_and_nothing_else() -> None:
    shown = list(on_the_map())
    folders = {name for name, plugins in shown if plugins}
    modules = {name for name in map(name_of, files()) if not any(name.startswith(f"{folder}.") for folder in folders)}

    assert len(shown) == len(set(shown)), "a line appears twice"
    assert {name for name, _ in shown} - modules == set(), "on the map, but not in the house"
    assert modules - {name for name, _ in shown} == set(), "in the house, but not on the map"


def on_the_map() -> Iterator[tuple[str, bool]]:
    """Each module of the code map, and whether it is a ◆ folder, whose files are not listed one by one."""
    picture = MAP.partition("## 2. ")[2].partition("```\n")[2].partition("```")[0]
    inside: list[str] = []
    for line in filter(str.strip, picture.splitlines()):
        depth, entry = (len(line) - len(line.lstrip())) // 2, line.split()[0]
        del inside[depth:]
        inside.append(entry.removesuffix("/"))
        yield ".".join(inside), "◆" in line


def test_every_invariant_names_a_keeper_that_exists() -> None:
    lines = [line for line in MAP.splitlines() if line.startswith(("| INV-", "| — "))]

    assert lines
    for line in lines:
        keepers = KEEPER.findall(line)
        assert keepers, f"no keeper: {line}"
        for path, test in keepers:
            tests = {node.name for node in ast.walk(parsed(ROOT / path)) if isinstance(node, ast.FunctionDef)}
            assert test in tests, f"{path} has no {test}"


def test_every_threat_names_a_test_that_tries_it() -> None:
    lines = [line for line in (ROOT / "docs/threats.md").read_text("utf-8").splitlines() if line.startswith("| T")]

    assert len(lines) >= 12
    for line in lines:
        named = KEEPER.findall(line)
        assert named, f"nobody tries it: {line}"
        for path, test in named:
            tests = {node.name for node in ast.walk(parsed(ROOT / path)) if isinstance(node, ast.FunctionDef)}
            assert test in tests, f"{path} has no {test}"


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_each_file_begins_with_the_sentence_it_makes_true(path: Path) -> None:
    tree = parsed(path)
    sentence = (ast.get_docstring(tree) or "").partition("\n\n")[0]

    assert sentence, "a file begins with a docstring"
    assert sentence.rstrip().endswith((".", "?", "!", ":", ")")), sentence
