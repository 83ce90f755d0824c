"""Looking into compound files, whole and broken."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.ole import Compound, embedded
from tests.samples import make


def test_the_streams_at_the_top_are_named_and_read() -> None:
    compound = Compound(make.compound({"WordDocument": b"abc" * 2000, "1Table": b"xyz"}))

    assert compound.names() == {"WordDocument", "1Table"}
    assert compound.read("WordDocument", 6000) == b"abc" * 2000
    assert compound.read("1Table", 3) == b"xyz"
    assert compound.read("none") == b""


def test_a_dropped_file_comes_out_as_it_went_in() -> None:
    inner = embedded(make.packed_object("合同.pdf", "C:\\合同.pdf", b"%PDF-1.7 ..."), "oleObject1.bin")

    assert inner is not None
    assert (inner.name, inner.origin, inner.content) == ("合同.pdf", "C:\\合同.pdf", b"%PDF-1.7 ...")


def test_a_package_stream_is_the_file_itself() -> None:
    inner = embedded(make.compound({"Package": b"PK" * 4000}), "oleObject2.bin")

    assert inner is not None
    assert inner.content == b"PK" * 4000


@given(st.integers(0, 10_000))
def test_a_broken_compound_file_raises_nothing(seed: int) -> None:
    broken = make.damaged(make.packed_object("a.txt", "C:\\a.txt", b"text" * 500), seed)

    for name in Compound(broken).names():
        Compound(broken).read(name)
    embedded(broken, "x")


def test_a_storage_packed_by_itself_is_a_compound_file_with_the_same_streams() -> None:
    streams = {"WordDocument": bytes(range(256)) * 40, "1Table": b"klein", "leer": b"", "\x01CompObj": b"x" * 4096}
    outer = Compound(make.compound(streams))

    again = Compound(outer.packed())

    assert again.names() == set(streams)
    # The sample maker pads; what is compared is what the first file says.
    assert all(again.read(name) == outer.read(name) for name in streams)


@given(st.dictionaries(st.text("abcDEF", min_size=1, max_size=8), st.binary(max_size=9000), max_size=12))
def test_packing_twice_changes_nothing(streams: dict[str, bytes]) -> None:
    once = Compound(Compound(make.compound(streams)).packed())

    assert Compound(once.packed()).packed() == once.packed()
