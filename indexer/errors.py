"""What can go wrong between a file and its text, or a question and its answer."""


class IndexerError(Exception):
    """Base of all errors of this package. `code` is stable and translated by the doors."""

    code = "indexer-error"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class Unreadable(IndexerError):
    """The file is damaged, hostile or of no known kind: it belongs in quarantine, with this reason."""

    code = "unreadable"


class Exhausted(Unreadable):
    """Reading cost more time or memory than one file may have."""

    code = "exhausted"


class BadQuery(IndexerError):
    """The question cannot be understood: what is wrong, at which letter (from 1), and what to write instead."""

    code = "bad-query"

    def __init__(self, message: str, *, kind: str, at: int = 0, found: str = "", instead: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        """Which fault it is; stable, translated by the doors."""
        self.at = at
        self.found = found
        self.instead = instead


class IndexBroken(IndexerError):
    """The index on disk cannot be used. It is disposable: rebuild it."""

    code = "index-broken"


class IndexAway(IndexerError):
    """The index is on a server that cannot be asked now. It need not be rebuilt: it comes back."""

    code = "index-away"
