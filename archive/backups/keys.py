"""The repository keys: beside the master key, from which every key of a repository comes.

`keys/backup.key` is made at the first run. It holds a key per generation (`rotate` adds one, none is ever taken
away) and the key that signs snapshots. A copy without the signing key reads and verifies, and cannot write.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import sealing
from archive.errors import Misconfigured
from archive.store.local import sync_folder

FILE_NAME = "backup.key"
GENERATIONS_MAX = 65535
_HEADING = "muniment backup key 1"


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens repositories, and, if `signing` is there, writes them."""

    generations: tuple[bytes, ...] = field(repr=False)
    """The keys, oldest first; the last one seals what is new."""
    signing: Ed25519PrivateKey | None = field(default=None, repr=False)
    checks: str = ""
    """Tells one set of keys from another without telling anything of them; printed on recovery sheets."""

    @property
    def signer(self) -> str:
        """The public half of the signing key; empty for keys that only read."""
        return "" if self.signing is None else self.signing.public_key().public_bytes_raw().hex()


def new() -> Keys:
    return parsed(text_of((sealing.new_key(),), Ed25519PrivateKey.generate()), "the new key")


def load_or_create(folder: Path) -> Keys:
    """The keys of this archive's backups, made if there are none yet. Raises Misconfigured as `load` does."""
    path = folder / FILE_NAME
    if not path.exists():
        aside = folder / f".{FILE_NAME}-{os.getpid()}"
        made = new()
        try:
            # Written aside and linked: a kill leaves no half key, and the first of two runs wins.
            _write(aside, text_of(made.generations, made.signing))
            os.link(aside, path)
            sync_folder(folder)
        except FileExistsError:
            pass  # another run made it meanwhile: that one counts
        except OSError as error:
            raise Misconfigured(f"The backup key {path} cannot be written ({error.strerror}).") from None
        finally:
            aside.unlink(missing_ok=True)
    return load(folder)


def load(folder: Path) -> Keys:
    """Read the keys. Raises Misconfigured when they are missing, damaged or of a form not known here."""
    path = folder / FILE_NAME
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise Misconfigured(
            f"The backup key {path} is missing: no backup was made yet, or it has to be put back from its escrow copy."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The backup key {path} cannot be read ({error}); check its permissions.") from None
    return parsed(text, str(path))


@dataclass(frozen=True, slots=True)
class Described:
    """What may be shown of keys to anybody who sees backups."""

    checks: str
    generation: int


def described(folder: Path) -> Described | None:
    """None while there are none."""
    if not (folder / FILE_NAME).exists():
        return None
    held = load(folder)
    return Described(held.checks, len(held.generations))


def parsed(text: str, where: str) -> Keys:
    """The keys in the text of such a file."""
    lines = text.splitlines()
    if lines and lines[0].startswith("muniment backup key ") and lines[0] != _HEADING:
        raise Misconfigured(f"The backup key {where} is of a form that this version does not know ({lines[0]}).")
    try:
        heading, *values, check = lines
        named = [line.split(" ") for line in values]
        generations = tuple(bytes.fromhex(value) for name, value in named if name == "generation")
        signing = [Ed25519PrivateKey.from_private_bytes(bytes.fromhex(v)) for name, v in named if name == "signing"]
        sound = (
            heading == _HEADING
            and 0 < len(generations) <= GENERATIONS_MAX
            and all(len(key) == sealing.KEY_BYTES for key in generations)
            and len(signing) <= 1
            and len(generations) + len(signing) == len(values)
            and check == f"check {_check(generations, lines[:-1])}"
        )
    except (ValueError, IndexError):
        sound, generations, signing = False, (), []
    if not sound:
        raise Misconfigured(f"The backup key {where} is damaged: put it back from its escrow copy.")
    newest = list(generations)[-1]
    return Keys(generations, signing[0] if signing else None, sealing.derive(newest, "shown", length=4).hex())


def text_of(generations: Sequence[bytes], signing: Ed25519PrivateKey | None) -> str:
    lines = [_HEADING, *(f"generation {key.hex()}" for key in generations)]
    if signing is not None:
        lines.append(f"signing {signing.private_bytes_raw().hex()}")
    return "\n".join([*lines, f"check {_check(generations, lines)}", ""])


def add_generation(folder: Path) -> Keys:
    """From now on new files are sealed under a new key; what is there stays readable."""
    old = load(folder)
    if old.signing is None:
        raise Misconfigured("These keys can read and verify backups but not write them.", "keys-only-read")
    replace(folder / FILE_NAME, text_of((*old.generations, sealing.new_key()), old.signing))
    return load(folder)


def replace(path: Path, text: str | bytes) -> None:
    """Write a secret file whole or not at all; it survives a power cut when this returns."""
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        _write(aside, text)
        os.rename(aside, path)
        sync_folder(path.parent)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written ({error.strerror}).") from None
    finally:
        aside.unlink(missing_ok=True)


def _write(path: Path, text: str | bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
        file.flush()
        os.fsync(file.fileno())


def _check(generations: Sequence[bytes], lines: Sequence[str]) -> str:
    covered = sha256("\n".join(lines).encode()).hexdigest()
    return sealing.derive(generations[0], f"check/{covered}", length=8).hex()
