"""Hidden and absent are the same work: the same statements to the tables, the same functions, as often.

Who cannot tell two answers apart must not be able to tell them apart by how long they take either. No clock is looked
at here: what is done is written down, statement by statement and call by call, and has to be alike. Left out is only
the innermost part, in which arrays of places are compared for everybody alike and kept for whoever asks next.
"""

import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from archive import completing
from archive.app import Archive, open_archive
from indexer.reading import Reader
from tests import homes
from tests.archive.test_a_page_of_results import statements
from tests.builders import a_person, a_record, an_unfiled_record, settle
from tests.conftest import Clock
from tests.web.conftest import Visitor, browser_of
from web.create_app import create_app

ROOT = Path(__file__).parents[2]
HOUSE = tuple(f"{ROOT / package}/" for package in ("access", "archive", "indexer", "web"))
INNERMOST = f"{ROOT / 'indexer' / 'places.py'}"
ENGINES = [name for name in ("whoosh", "tantivy") if name == "whoosh" or find_spec(name)]
ABSENT = "0123456789abcdef"

# The words of a pair are alike in length and kind; those on the left stand in title, number, text and name of what is
# hidden. Each is asked of an index that was just opened, so that nothing remembered makes the second easier.
QUESTIONS = [
    ("绛珠", "绿萝"),
    ("绛珠仙草", "绿萝吊兰"),
    ('"珠仙"', '"萝吊"'),
    ("title:仙草", "title:吊兰"),
    ("number:jz7788", "number:jz5566"),
    ("jz7788", "jz5566"),
    ("草", "兰"),
    ("甘露 合同", "雨露 合同"),
    ("公告 -甘露", "公告 -雨露"),
    ("灌愁 OR 甘露", "离骚 OR 雨露"),
    ("仙草甘露滋养怎么办", "灵芝雨露浇灌怎么办"),
]
MEANT = {question: (meant,) for pair in QUESTIONS for question, meant in zip(pair, ("仙草", "吊兰"), strict=True)}
TYPED = [("绛", "绿"), ("绛珠", "绿萝"), ("jzxc", "jzqt"), ("JZ7788", "JZ5566")]
ADDRESSES = [
    "/records/{}",
    "/records/{}?q=甘露&page=1&view=text",
    "/records/{}/viewer",
    "/records/{}/pages/1",
    "/records/{}/thumbnail",
    "/records/{}/content",
    "/records/{}/similar",
    "/api/v1/records/{}",
    "/api/v1/records/{}/text",
    "/api/v1/records/{}/content",
    "/api/v1/records/{}/similar",
    "/api/v1/records/{}/versions",
]


@dataclass(frozen=True)
class Place:
    archive: Archive
    outsider: Visitor
    insider: Visitor
    hidden: tuple[str, ...]


@pytest.fixture(scope="module", params=ENGINES)
def place(
    request: pytest.FixtureRequest, founded: Path, tmp_path_factory: pytest.TempPathFactory, reader: Reader
) -> Iterator[Place]:
    home = homes.copy(founded, tmp_path_factory.mktemp("same-work") / "home")
    archive = open_archive(home, now=Clock())
    archive.settings = replace(archive.settings, engine=request.param)
    body = "离恨天外灌愁海边的绛珠仙草一株,得甘露滋养。"
    hidden = (
        a_record(archive, body, title="绛珠仙草合同", level=2, name="绛珠仙草.txt", doc_number="JZ7788"),
        a_record(archive, body + "乙", title="绛珠仙草名册", level=3, name="绛珠.txt", class_code="KH01"),
        an_unfiled_record(archive, body + "丙", name="仙草.txt", site="JF01"),
    )
    for number in range(3):
        a_record(archive, f"人人可读的公告{number}", title=f"公告{number}", level=0, name=f"{number}.txt")
    settle(archive, reader)
    a_person(archive, "outsider", "borrower", clearance=1, sites=("JF01",))
    a_person(archive, "insider", "document_controller", clearance=3)
    app = create_app(archive)
    outsider, insider = browser_of(app, archive, "outsider"), browser_of(app, archive, "insider")
    for visitor in (outsider, insider):
        for address in ("/", "/results?q=公告", "/api/v1/search?q=公告", "/api/v1/suggest?q=公", *ADDRESSES):
            visitor.get(address.format("fedcba9876543210"))  # templates, statements and names are there from now on
    yield Place(archive, outsider, insider, hidden)
    archive.close()


@pytest.fixture(autouse=True)
def meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a question may have been meant as, and how much of it there is, comes from its words and a public
    dictionary alone, and differs between any two words. Here each has one thing that it may have been, as hidden."""
    monkeypatch.setattr(completing.mistypings, "alternatives", lambda text: MEANT.get(text, ()))


@pytest.mark.parametrize(("hidden", "absent"), QUESTIONS)
@pytest.mark.parametrize("address", ["/api/v1/search?q={}", "/results?q={}", "/results?q={}&class=HT02&sort=newest"])
def test_a_search_for_what_is_hidden_is_the_same_work(place: Place, address: str, hidden: str, absent: str) -> None:
    one, other = (work(place, address.format(asked)) for asked in (hidden, absent))

    assert differences(one, other) == []


@pytest.mark.parametrize(("hidden", "absent"), TYPED)
def test_a_suggestion_of_what_is_hidden_is_the_same_work(place: Place, hidden: str, absent: str) -> None:
    one, other = (work(place, f"/api/v1/suggest?q={typed}") for typed in (hidden, absent))

    assert differences(one, other) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_what_is_hidden_is_the_same_work(place: Place, address: str) -> None:
    nothing = work(place, address.format(ABSENT))

    for record_id in place.hidden:
        assert differences(work(place, address.format(record_id)), nothing) == []


def test_who_may_find_it_makes_other_work_of_it(place: Place) -> None:
    """Without this the tests above could pass on a recorder that records nothing."""
    for address, absent in (("/api/v1/search?q={}", "绿萝"), ("/results?q={}", "绿萝"), ("/api/v1/suggest?q={}", "绿")):
        seen = work(place, address.format("绛珠"), place.insider)
        assert differences(seen, work(place, address.format(absent), place.insider))
    assert any("first_answered" in name for name in work(place, "/results?q=绛珠")[1])
    told, called = work(place, "/api/v1/search?q=甘露滋养")
    assert any(statement.startswith("SELECT") for statement in told)
    assert any("search.py:find" in name for name in called)


def work(place: Place, address: str, visitor: Visitor | None = None) -> tuple[list[str], Counter[str]]:
    """What the tables are told, and which functions of the house are called how often."""
    visitor = visitor or place.outsider
    visitor.get(address)  # what belongs to the words alone, how they sound or are divided, is known from now on
    place.archive.forget_engine()
    with statements() as told, calls() as called:
        visitor.get(address)
    return told, called


def differences(one: tuple[list[str], Counter[str]], other: tuple[list[str], Counter[str]]) -> list[str]:
    """What is told to the tables or called for one and not, or otherwise, for the other."""
    told = [f"{a} / {b}" for a, b in zip_longest(one[0], other[0]) if a != b]
    called = sorted(name for name in one[1] | other[1] if one[1][name] != other[1][name])
    return told + [f"{one[1][name]} / {other[1][name]} {name.removeprefix(str(ROOT))}" for name in called]


@contextmanager
def calls() -> Generator[Counter[str]]:
    called: Counter[str] = Counter()
    names: dict[CodeType, str] = {}

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call":
            return
        code = frame.f_code
        if code not in names:
            ours = code.co_filename.startswith(HOUSE) and code.co_filename != INNERMOST
            names[code] = f"{code.co_filename}:{code.co_qualname}" if ours else ""
        if names[code]:
            called[names[code]] += 1

    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(before)
