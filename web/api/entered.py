"""What stands in the body of a request, with its type checked: each raises Invalid with what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from archive.errors import Invalid
from web.api.schemas import Schema, ref

Body = Mapping[str, Any]


def only(values: Body, known: Sequence[str]) -> None:
    unknown = set(values) - set(known)
    if unknown:
        raise Invalid(f"The body has no {min(unknown)!r}.", "bad-body")


def text(values: Body, name: str, default: str = "") -> str:
    value = values.get(name, default)
    if not isinstance(value, str):
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


def number(values: Body, name: str, default: int) -> int:
    value = values.get(name, default)
    if type(value) is not int or abs(value) > 1_000_000:
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


def texts(values: Body, name: str) -> frozenset[str]:
    value = values.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):  # pyright: ignore[reportUnknownVariableType] — any JSON value
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return frozenset(value)  # pyright: ignore[reportUnknownArgumentType] — checked above


def sequence(values: Body, name: str) -> Sequence[str]:
    """As `texts`, in the order in which they were said."""
    texts(values, name)
    return list(values.get(name, []))


def by_name(values: Body, name: str) -> Mapping[str, str]:
    """An object whose values are all text."""
    value = values.get(name, {})
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] — any JSON value
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value  # pyright: ignore[reportUnknownVariableType] — checked above


def moment(values: Body, name: str) -> datetime:
    """An instant with its zone, as RFC 3339 writes it."""
    try:
        at = datetime.fromisoformat(text(values, name))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(f"{name} must be a moment with its zone, as 2026-03-01T09:00:00+08:00.", "not-a-date")
    return at


def day(values: Body, name: str) -> date | None:
    said = text(values, name)
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Invalid("This is not a date; write 2026-03-01.", "not-a-date") from None


def json(name: str) -> Mapping[str, Schema]:
    """The body of an operation: JSON of this shape."""
    return {"application/json": ref(name)}
