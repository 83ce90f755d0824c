"""What is written in one way is found when it is asked for in another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines import EVERYTHING, Engine, Entry, open_engine
from indexer.forms import FORMS_MAX, other_forms
from indexer.query import parse
from indexer.words import fold
from tests.engines import ENGINES

ALIKE = [
    ("三号楼", "3号楼", "３號樓"),
    ("第十二条", "第12条"),
    ("第一百零三次", "第103次"),
    ("2026年3月1日", "2026-03-01", "2026/3/1", "2026.3.1", "二〇二六年三月一日", "二零二六年三月一日", "20260301",
     "2026年03月01日"),
    ("2026年3月", "2026-03", "二〇二六年三月"),
    ("3-1202", "3栋1202", "3号楼1202", "三栋1202", "3#1202", "3幢1202"),
    ("3-1-1202", "3号楼1单元1202", "3栋1单元1202"),
    ("A座1203", "a栋1203", "A-1203", "Ａ座１２０３", "A1203"),
    ("3号楼B座1707", "三号楼B座1707", "3栋B座1707", "3幢b座1707", "3-B-1707", "3#B座1707", "3栋B1707"),
    ("1,200.00元", "1200元", "￥1,200.00", "¥1200", "壹仟贰佰元"),
    ("120万元", "1,200,000.00元", "1200000元"),
    ("13800138000", "138-0013-8000", "138 0013 8000"),
    ("010-88886666", "01088886666", "(010)88886666", "010-8888-6666"),
    ("京建发〔2026〕12号", "京建发(2026)12号", "京建发[2026]12号", "京建发【2026】12号", "京建发（2026）１２号"),
    ("合 同", "合同", "合　同", "合\n同"),
    ("zhang.san@example.com", "ZHANG.SAN@EXAMPLE.COM"),
]  # fmt: skip


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    opened = open_engine(request.param, tmp_path_factory.mktemp("forms") / "index", writable=True)
    opened.put(
        [
            Entry(f"{group}-{way}", "题名", pages=(f"兹有{text}，特此说明。",))
            for group, ways in enumerate(ALIKE)
            for way, text in enumerate(ways)
        ]
    )
    opened.put([Entry("other", "题名", pages=("第13号楼，13-1202，11,200.00元，2026年3月11日，213800138000",))])
    return opened


@pytest.mark.parametrize("group", range(len(ALIKE)))
def test_every_way_to_write_it_finds_every_other(engine: Engine, group: int) -> None:
    for asked in ALIKE[group]:
        query = parse(f'"{asked}"')
        found = {hit.id for hit in engine.search(query, find=EVERYTHING, read=EVERYTHING, limit=100).hits}

        assert {f"{group}-{way}" for way in range(len(ALIKE[group]))} <= found, asked


def test_a_whole_number_is_found_only_where_it_is_whole(engine: Engine) -> None:
    def found(asked: str) -> set[str]:
        return {hit.id for hit in engine.search(parse(asked), find=EVERYTHING, read=EVERYTHING, limit=100).hits}

    assert "other" in found("3号楼")
    assert "other" not in found("三号楼"), "another form is looked for as a whole number"
    assert "other" not in found("=3号楼")
    assert "0-1" in found("=3号楼")


@given(st.text("一二三十百〇0123年月日号楼元万,.-栋a ()", max_size=14))
def test_other_forms_are_few_and_folded(text: str) -> None:
    forms = other_forms(fold(text))

    assert len(forms) <= FORMS_MAX
    assert all(fold(form) == form for form in forms)
