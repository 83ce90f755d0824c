"""Ids of blobs are kept as a dictionary would keep them, in memory while they are few and on disk when they are not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.tables.blob_ids import BlobIds

IDS = st.integers(0, 20).map(lambda n: bytes([n]) * 16)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["add", "discard", "get"]), IDS), max_size=60),
    st.lists(IDS),
    st.sampled_from([0, 5, 1000]),
)
def test_ids_answer_as_a_dictionary_would_wherever_they_lie(
    steps: list[tuple[str, bytes]], first: list[bytes], held_max: int
) -> None:
    held, model = BlobIds(first, held_max=held_max), dict.fromkeys(first, b"")
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


def test_what_goes_to_disk_while_somebody_looks_through_it_is_seen_once() -> None:
    held = BlobIds((bytes([n]) * 16 for n in range(4)), held_max=4)

    seen = iter(held)
    first = next(seen)
    held.add(b"\xff" * 16)

    assert [first, *seen] == [*(bytes([n]) * 16 for n in range(4)), b"\xff" * 16]
