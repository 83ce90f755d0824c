"""What a use case may raise. Each message is one sentence for a person: what happened, what to do."""


class ArchiveError(Exception):
    """Base of the house's own errors. `code` is stable, for programs and translations."""

    code = "error"
    field = ""
    """The name of what was entered that it is about, where a use case can tell."""

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
