"""Whoever is handed an actor asks the rules about them, or hands them on to somebody who does.

Read from the source: a public function with a parameter `actor` must call `rules.require(actor, …)`,
`rules.scope(actor, …)` or `rules.may(actor, …)` itself, or pass its actor to a function of the house that does.
"""

import ast
from collections.abc import Iterable, Mapping

from tests.house.sources import ROOT, calls, dotted, name_of, parsed

DOORS = ("archive.cli", "archive.demo", "archive.tables")
"""Not use cases: doors pass on the actor whom they made, tables are told what they are asked for."""

ASKING = ("access.rules.require", "access.rules.scope", "access.rules.may")

OPEN = {
    "archive.alerting.refused": "writes down that the rules said no",
    "archive.choices.of": "each line of its table asks the rules about its own kind of thing",
    "archive.errands.rights_of": "a digest of what the rules let somebody find; it shows nothing",
    "archive.records.vocabulary": "the words of the house (classes, sites, departments), not its records",
    "archive.reports.offered": "names of printouts within one's duties; printing one asks the rules",
}
"""Use cases open to everybody who has signed in, each with its reason."""


def asking(modules: Mapping[str, ast.Module]) -> dict[str, bool]:
    """For each function with an actor, whether the rules are asked about them; names as archive.records.view."""
    functions = {
        f"{module}.{node.name}": node
        for module, tree in modules.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and "actor" in _parameters(node)
    }
    known = {module: _names(module, tree) for module, tree in modules.items()}
    asked = {name: _asks(node, known[name.rpartition(".")[0]]) for name, node in functions.items()}
    changed = True
    while changed:
        changed = False
        for name, node in functions.items():
            if not asked[name] and any(
                asked.get(callee, False) for callee in _handed_to(node, known[name.rpartition(".")[0]])
            ):
                asked[name] = changed = True
    return asked


def forgetful(modules: Mapping[str, ast.Module]) -> set[str]:
    """The public ones that forget to ask."""
    asked = asking(modules)
    return {name for name, does in asked.items() if not does and not name.rpartition(".")[2].startswith("_")}


def _parameters(node: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}


def _names(module: str, tree: ast.Module) -> dict[str, str]:
    """What a name of this module stands for elsewhere: `intake` → archive.intake, `_file` → archive.records._file."""
    names = {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _asks(node: ast.FunctionDef, names: Mapping[str, str]) -> bool:
    return any(_resolved(call, names) in ASKING for call in _with_actor(node))


def _handed_to(node: ast.FunctionDef, names: Mapping[str, str]) -> Iterable[str]:
    return (_resolved(call, names) for call in _with_actor(node))


def _with_actor(node: ast.FunctionDef) -> Iterable[ast.Call]:
    for call in calls(node):
        values = (*call.args, *(keyword.value for keyword in call.keywords))
        if any(isinstance(value, ast.Name) and value.id == "actor" for value in values):
            yield call


def _resolved(call: ast.Call, names: Mapping[str, str]) -> str:
    first, _, rest = dotted(call.func).partition(".")
    return ".".join(filter(None, (names.get(first, first), rest)))


def use_cases() -> dict[str, ast.Module]:
    found = {name_of(path): parsed(path) for path in sorted((ROOT / "archive").rglob("*.py"))}
    doors = tuple(f"{door}." for door in DOORS)
    return {name: tree for name, tree in found.items() if not f"{name}.".startswith(doors)}


def test_every_use_case_with_an_actor_asks_the_rules() -> None:
    modules = use_cases()

    assert len(asking(modules)) > 20
    assert forgetful(modules) == set(OPEN)


def test_a_use_case_that_forgets_is_found() -> None:
    """The test above can fail: in this made-up module one function asks, one hands on, three forget."""
    careless = ast.parse(
        """
from access import rules
from archive import records

def asks(archive, actor):
    rules.require(actor, "read")

def hands_on(archive, actor):
    return _inner(archive, actor)

def _inner(archive, actor):
    return asks(archive, actor)

def elsewhere(archive, *, actor):
    return records.view(archive, actor, "1")

def forgets(archive, actor):
    archive.ledger.add(actor.id)

def asks_about_somebody_else(archive, actor):
    rules.require(SERVICE, "read")

def hands_on_to_one_who_forgets(archive, actor):
    return forgets(archive, actor)
"""
    )

    assert forgetful({"archive.careless": careless, "archive.records": parsed(ROOT / "archive/records.py")}) == {
        "archive.careless.forgets",
        "archive.careless.asks_about_somebody_else",
        "archive.careless.hands_on_to_one_who_forgets",
        "archive.records.vocabulary",
    }
