"""The ciphers that archives and documents are locked with, as far as reading them with their password needs."""

from collections.abc import Callable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BLOCK = 16


def spellings(password: str) -> Iterator[bytes]:
    """A password as the bytes it may have been typed as: new programs know one encoding, old ones that of their
    Windows."""
    for encoding in ("utf-8", "gb18030"):
        yield password.encode(encoding, "replace")
        if password.isascii():
            return


def aes_cbc(key: bytes, start: bytes) -> Callable[[bytes], bytes]:
    """What each next piece was before; what does not fill a block waits for the piece after it."""
    update = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor().update
    return lambda piece: bytes(update(piece))


def aes_counted(key: bytes) -> Callable[[bytes], bytes]:
    """The same as WinZip does it: its counter begins with one, lowest byte first, which no library's counter does.

    Every piece but the last fills its blocks.
    """
    update = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update  # noqa: S305 — a keystream, not a message
    number = 1

    def opened(piece: bytes) -> bytes:
        nonlocal number
        first, number = number, number + -(-len(piece) // BLOCK)
        stream = update(b"".join(at.to_bytes(BLOCK, "little") for at in range(first, number)))[: len(piece)]
        return (int.from_bytes(piece, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(piece), "big")

    return opened


def aes_gcm(key: bytes, start: bytes, content: bytes) -> bytes:
    """What was sealed as XML Encryption has it: `start` may stand before it once more, its tag behind.

    Raises ValueError when the key is another one, or a byte.
    """
    try:
        return AESGCM(key).decrypt(start, content.removeprefix(start), None)
    except InvalidTag as error:
        raise ValueError("sealed with another key") from error


def argon2id(secret: bytes, salt: bytes, *, rounds: int, memory_kib: int, lanes: int, key_bytes: int) -> bytes:
    """RFC 9106. Takes the memory it is asked to take: whoever asks for others sees to it that this is little."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(secret, salt, rounds, memory_kib, lanes, key_bytes, Type.ID)


def blowfish(key: bytes, start: bytes, content: bytes) -> bytes:
    """As OpenDocument had it before AES."""
    decryptor = Cipher(Blowfish(key), CFB(start)).decryptor()
    return bytes(decryptor.update(content) + decryptor.finalize())
