"""muniment.toml is changed by the archive itself: a name, an inbox or a backup place, read whole before it is kept."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import cast

from archive import config
from archive.config import Settings
from archive.errors import Conflict, Misconfigured

RENEWED = "settings-renewed"
"""A file of this name in the home is touched by every change: the processes beside the web server start again."""


def put(settings: Settings, name: str, value: str) -> Settings:
    """Write one setting, in place of what was said of it; the settings as they are now.

    Raises Misconfigured, and keeps the file as it was, when they could not be read any more.
    """
    file = settings.home / config.FILE_NAME
    head, rest = _divided(file)
    line = f"{name} = {_text(value)}\n"
    said = re.compile(rf"^{name}\s*=.*\n?", re.MULTILINE)
    head = said.sub(lambda _: line, head, count=1) if said.search(head) else f"{head.rstrip()}\n{line}\n".lstrip("\n")
    return _keep(settings, head + rest)


def add(settings: Settings, table: str, values: Mapping[str, str | int | bool]) -> Settings:
    """Write one more [[inbox]] or [[backup_target]] at the end; the settings as they are now. Raises as `put` does."""
    text = "".join(_divided(settings.home / config.FILE_NAME)).rstrip()
    lines = "\n".join(f"{name} = {_text(value)}" for name, value in values.items())
    return _keep(settings, f"{text}\n\n[[{table}]]\n{lines}\n")


def remove(settings: Settings, table: str, key: str, value: str) -> Settings:
    """Take out the [[inbox]] or [[backup_target]] that says this of itself; the settings as they are now.

    Raises Conflict when there is none, or not one alone, and as `put` does.
    """
    text = "".join(_divided(settings.home / config.FILE_NAME))
    begins = [found.start() for found in re.finditer(r"^\[", text, re.MULTILINE)]
    parts = [text[at:end] for at, end in pairwise((*begins, len(text)))]
    named = [part for part in parts if _entry(part, table).get(key) == value]
    if len(named) != 1:
        raise Conflict(f"{config.FILE_NAME} does not name it by itself; take it out there.", "not-in-settings")
    return _keep(settings, text[: begins[0]] + "".join(part for part in parts if part is not named[0]))


def current(settings: Settings) -> Settings:
    """The settings as the file says now."""
    return config.load(settings.home)


def _divided(file: Path) -> tuple[str, str]:
    """What stands before the first table, and the rest."""
    text = file.read_text("utf-8") if file.exists() else ""
    begins = re.search(r"^\[", text, re.MULTILINE)
    at = begins.start() if begins else len(text)
    return text[:at], text[at:]


def _entry(part: str, table: str) -> Mapping[str, object]:
    """What one table of the file says, where it is one of these."""
    try:
        said = cast("Sequence[Mapping[str, object]]", tomllib.loads(part).get(table, ()))
    except tomllib.TOMLDecodeError:
        return {}
    return said[0] if part.startswith("[[") and len(said) == 1 else {}


def _keep(settings: Settings, text: str) -> Settings:
    file = settings.home / config.FILE_NAME
    aside = file.with_name(f".{file.name}.new")
    try:
        fresh = config.read(settings.home, text)
        aside.write_text(text, "utf-8")
        aside.replace(file)
        (settings.home / RENEWED).touch()
    except OSError as error:
        raise Conflict(f"{file} cannot be written ({error.strerror}).", "settings-kept") from None
    except Misconfigured as error:
        raise Conflict(str(error), "settings-refused") from None
    finally:
        aside.unlink(missing_ok=True)
    return fresh


def _text(value: str | int | bool) -> str:
    # JSON strings, numbers and truth values are TOML's too.
    return json.dumps(value, ensure_ascii=False)
