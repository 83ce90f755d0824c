"""One file per format; the file name is the registration.

`indexer.claims.Format` says what a module offers. Heavy libraries are imported inside `read`, so that listing
the formats stays cheap and a missing library breaks one format, not the house.
"""

import importlib
import pkgutil
from functools import cache
from typing import cast

from indexer.claims import Format


@cache
def names() -> tuple[str, ...]:
    """The names of all formats, in alphabetical order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


def get(name: str) -> Format:
    """The format of this name."""
    return cast(Format, importlib.import_module(f"{__name__}.{name}"))
