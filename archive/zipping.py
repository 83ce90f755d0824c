"""A ZIP is handed on while it is made: nothing of it ever lies open on a disk."""


class Pipe:
    """Where a package that is being written lies until somebody takes it on."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, piece: bytes, /) -> int:
        self._waiting += piece
        return len(piece)

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def taken(self) -> bytes:
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken
