"""What is wrong with what was entered: all of it on top of the form, and each beside its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from web import sentences
from web.language import gettext


@dataclass(frozen=True, slots=True)
class Wrong:
    """Sentences, each with the name of the field it is about, or none. False where nothing is wrong."""

    each: Sequence[tuple[str, str]] = ()

    def __bool__(self) -> bool:
        return bool(self.each)

    def of(self, field: str) -> Sequence[str]:
        return [sentence for name, sentence in self.each if name == field]


NOTHING = Wrong()


def told(error: Exception) -> Wrong:
    """All that an error says, in the reader's language."""
    return Wrong([(getattr(one, "field", ""), sentences.sentence(one)) for one in _every(error)])


def codes(error: Exception) -> Sequence[str]:
    """The codes of all that it says."""
    return [sentences.code_of(one) for one in _every(error)]


FASTER = frozenset({"changed", "revision"})
"""What a refusal is called because somebody else has saved meanwhile."""


def meanwhile(error: Exception, said: Mapping[str, str], kept: Mapping[str, str]) -> tuple[Wrong, Mapping[str, str]]:
    """For a form in which somebody else has saved since it was opened: what is wrong, and what is kept now of each
    field that says something else. Whoever saves next has seen what they replace, whatever else they were refused
    for."""
    theirs = {name: value for name, value in kept.items() if _plain(said.get(name, "")) != _plain(value)}
    if theirs:
        first = gettext(
            "Somebody else has saved this meanwhile. What is kept now stands below each field that differs; "
            "what you save replaces it."
        )
    else:
        first = gettext("Somebody else has saved this meanwhile. What is kept now is what you entered.")
    others = [one for one in _every(error) if sentences.code_of(one) not in FASTER]
    return Wrong([("", first), *((getattr(one, "field", ""), sentences.sentence(one)) for one in others)]), theirs


def _plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _every(error: Exception) -> Sequence[Exception]:
    return (error, *getattr(error, "also", ()))
