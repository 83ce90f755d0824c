"""The repository key: 32 random bytes beside the master key, from which every key of a repository comes.

`keys/backup.key` is made at the first run and never written again. Its first line is the version of its form.
"""

import os
from pathlib import Path

from archive import sealing
from archive.errors import Misconfigured
from archive.store.local import sync_folder

FILE_NAME = "backup.key"
_HEADING = "muniment backup key 1"


def load_or_create(folder: Path) -> bytes:
    """The key of this archive's backups, made if there is none yet. Raises Misconfigured as `load` does."""
    path = folder / FILE_NAME
    if not path.exists():
        key = sealing.new_key()
        # Written aside and linked: a kill leaves no half key, and the first of two runs wins.
        aside = folder / f".{FILE_NAME}-{os.getpid()}"
        try:
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(f"{_HEADING}\n{key.hex()}\n{_check(key)}\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(aside, path)
            sync_folder(folder)
        except FileExistsError:
            pass  # another run made it meanwhile: that one counts
        except OSError as error:
            raise Misconfigured(f"The backup key {path} cannot be written ({error.strerror}).") from None
        finally:
            aside.unlink(missing_ok=True)
    return load(folder)


def load(folder: Path) -> bytes:
    """Read the key. Raises Misconfigured when it is missing, damaged or of a form not known here."""
    path = folder / FILE_NAME
    try:
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        raise Misconfigured(
            f"The backup key {path} is missing: no backup was made yet, or it has to be put back from its escrow copy."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The backup key {path} cannot be read ({error}); check its permissions.") from None
    if lines and lines[0].startswith("muniment backup key ") and lines[0] != _HEADING:
        raise Misconfigured(f"The backup key {path} is of a form that this version does not know ({lines[0]}).")
    try:
        heading, text, check = lines
        key = bytes.fromhex(text)
    except ValueError:
        heading, key, check = "", b"", ""
    if heading != _HEADING or len(key) != sealing.KEY_BYTES or check != _check(key):
        raise Misconfigured(f"The backup key {path} is damaged: put it back from its escrow copy.")
    return key


def _check(key: bytes) -> str:
    return sealing.derive(key, "check", length=8).hex()
