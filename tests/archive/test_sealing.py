"""Sealed bytes open with their key and context, and with nothing else."""

import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import sealing
from archive.errors import Corrupt

KEY = bytes(range(32))
SIZES = (0, 1, 100, sealing.CHUNK - 1, sealing.CHUNK, sealing.CHUNK + 1, 2 * sealing.CHUNK)


def sealed(content: bytes, context: str = "here") -> bytes:
    target = io.BytesIO()
    pieces = (content[n : n + 300_000] for n in range(0, len(content), 300_000))
    assert sealing.seal(pieces, target, KEY, context) == len(target.getvalue())
    return target.getvalue()


def opened(raw: bytes, key: bytes = KEY, context: str = "here") -> bytes:
    return b"".join(sealing.unseal(io.BytesIO(raw), key, context))


def noise(size: int) -> bytes:
    """Bytes that do not compress."""
    import hashlib

    blocks = (hashlib.sha256(n.to_bytes(8, "big")).digest() for n in itertools.count())
    return b"".join(itertools.islice(blocks, size // 32 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("make", [noise, lambda size: b"a" * size], ids=["noise", "repetition"])
def test_what_is_sealed_comes_back(size: int, make: "object") -> None:
    content = make(size)  # type: ignore[operator]

    assert opened(sealed(content)) == content


def test_text_is_stored_smaller_and_noise_hardly_larger() -> None:
    assert len(sealed("物业服务合同".encode() * 10_000)) < 2_000
    assert len(sealed(noise(1 << 20))) < (1 << 20) + 100


def test_another_key_or_context_opens_nothing() -> None:
    raw = sealed(b"content")

    with pytest.raises(Corrupt):
        opened(raw, key=bytes(32))
    with pytest.raises(Corrupt):
        opened(raw, context="elsewhere")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_byte_is_always_noticed(data: st.DataObject) -> None:
    raw = bytearray(sealed(noise(3000)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Corrupt):
        opened(bytes(raw))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2 * sealing.CHUNK + 100))
def test_a_cut_off_end_is_always_noticed(length: int) -> None:
    with pytest.raises(Corrupt):
        opened(WHOLE[:length])


WHOLE = sealed(noise(2 * sealing.CHUNK + 500))


def test_chunks_cannot_be_dropped_or_swapped() -> None:
    header, size = 17, sealing.CHUNK + 16
    chunks = [WHOLE[n : n + size] for n in range(header, len(WHOLE), size)]
    assert len(chunks) == 3

    for order in ([0, 2], [1, 0, 2], [0, 1, 1, 2], [0, 1]):
        with pytest.raises(Corrupt):
            opened(WHOLE[:header] + b"".join(chunks[n] for n in order))


def test_opening_a_gigabyte_of_zeros_takes_little_memory() -> None:
    raw = sealed(bytes(64 << 20))
    assert len(raw) < 20_000

    pieces = list(map(len, sealing.unseal(io.BytesIO(raw), KEY, "here")))

    assert sum(pieces) == 64 << 20
    assert max(pieces) <= sealing.CHUNK


def test_wrapped_keys_open_only_where_they_belong() -> None:
    wrapped = sealing.wrap(KEY, b"secret", "address")

    assert sealing.unwrap(KEY, wrapped, "address") == b"secret"
    for key, raw, context in (
        (bytes(32), wrapped, "address"),
        (KEY, wrapped, "other"),
        (KEY, wrapped[:-1], "address"),
        (KEY, b"", "address"),
        (KEY, b"\xff" + wrapped[1:], "address"),
    ):
        with pytest.raises(Corrupt):
            sealing.unwrap(key, raw, context)


def test_the_ciphers_give_the_published_answers() -> None:
    sealing.self_test()


@pytest.mark.parametrize("wrapped", [b"", b"\x01", b"\x01short", b"\x02" + bytes(60), b"\x01" + bytes(60)])
def test_whatever_stands_in_place_of_a_wrapped_key_is_refused_as_corrupt(wrapped: bytes) -> None:
    with pytest.raises(Corrupt):
        sealing.unwrap(bytes(32), wrapped, "address")
