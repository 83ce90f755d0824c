"""Ids of blobs are kept on disk as a set would keep them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.tables.blob_ids import BlobIds

IDS = st.integers(0, 20).map(lambda n: bytes([n]) * 16)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["add", "discard", "get"]), IDS), max_size=60), st.lists(IDS))
def test_ids_on_disk_answer_as_a_dictionary_would(steps: list[tuple[str, bytes]], first: list[bytes]) -> None:
    held, model = BlobIds(first), dict.fromkeys(first, b"")
    for n, (deed, one) in enumerate(steps):
        if deed == "add":
            said = str(n).encode()
            assert held.add(one, said) == (one not in model)
            model.setdefault(one, said)
        elif deed == "discard":
            held.discard(one)
            model.pop(one, None)
        assert held.get(one) == model.get(one)
        assert (one in held) == (one in model)
    assert list(held) == sorted(model)
    assert (len(held), held.any()) == (len(model), bool(model))
