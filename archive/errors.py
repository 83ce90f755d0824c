"""What a use case may raise. Each message is one sentence for a person: what happened, what to do."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class ArchiveError(Exception):
    """Base of the house's own errors. `code` is stable, for programs and translations."""

    code = "error"
    field = ""
    """The name of what was entered that it is about, where a use case can tell."""
    also: "Sequence[ArchiveError]" = ()
    """What else is wrong with what was entered, where all of it was looked at before anything was said."""

    def __init__(self, message: str, code: str | None = None, *, field: str = "") -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        if field:
            self.field = field


class NotFound(ArchiveError):
    """There is no such thing, or none that this actor may find: the two are told apart nowhere."""

    code = "not-found"


class Conflict(ArchiveError):
    """Somebody else was first, or the thing is not in a state that allows this."""

    code = "conflict"


class Stopped(Conflict):
    """A person wanted no more of what was under way: nothing is wrong, and nobody is alarmed."""

    code = "stopped"


class Invalid(ArchiveError):
    """What was entered cannot be right."""

    code = "invalid"


class Corrupt(ArchiveError):
    """Something kept is not what it was. Nothing of it is shown as if it were whole."""

    code = "corrupt"


class Misconfigured(ArchiveError):
    """A setting, a key or a folder is missing or wrong; the message says which and what to write."""

    code = "misconfigured"


class OutOfSpace(ArchiveError):
    """The disk is full. Nothing was lost: what was not kept is still where it was."""

    code = "out-of-space"


class NotSignedIn(ArchiveError):
    """Nobody is signed in, or not any more."""

    code = "not-signed-in"


class Checking:
    """What was entered is looked at as a whole: every check notes what is wrong, and the end says all of it at once.

    Raised is what was noted first, as if nothing else were wrong; the others are its `also`. What a check handed back
    counts only behind `end`.
    """

    def __init__(self) -> None:
        self._found: list[ArchiveError] = []

    def read(self, field: str, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What `check` makes of what was entered; None where it refuses. That is about `field`, unless it says more."""
        try:
            return check(*args, **kwargs)
        except (Invalid, Conflict) as error:
            error.field = error.field or field
            self.wrong(error, *error.also)
            return None

    def wrong(self, *errors: ArchiveError) -> None:
        self._found += errors

    def end(self, also: "Sequence[ArchiveError]" = ()) -> None:
        """Raises what was noted, if anything was; `also` is worth saying only then."""
        if self._found:
            first, *others = (*self._found, *also)
            first.also = tuple(others)
            raise first
