"""What a reader typed, as a value every engine understands.

Grammar: words side by side mean AND; "quotes" a phrase; `-word` excludes; OR or `|` and brackets group;
full-width forms of all signs are understood. `number:` / `档号:` and `title:` / `题名:` limit a word to a field.
"""

from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True, slots=True)
class Phrase:
    """Consecutive text as typed (folded). A single word is a phrase too: every Han substring must match."""

    text: str
    field: str | None = None
    """None: any field; else `title`, `number` or `party`."""


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Union[Phrase, All, Any, Not]


@dataclass(frozen=True, slots=True)
class Query:
    """`root` None is the empty question, which matches everything."""

    root: Node | None
    typed: str = ""
