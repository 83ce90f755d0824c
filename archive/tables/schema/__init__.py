"""Every table, with what it refuses: one file per noun, found by itself. The migrations add up to exactly this; a test
compares them."""

from importlib import import_module
from pkgutil import iter_modules

from archive.tables.schema.columns import metadata

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["metadata"]
