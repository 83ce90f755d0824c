"""What is wrong with what was entered: all of it on top of the form, and each beside its field."""

from collections.abc import Sequence
from dataclasses import dataclass

from web import sentences


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


def _every(error: Exception) -> Sequence[Exception]:
    return (error, *getattr(error, "also", ()))
