"""What somebody typed is not lost when their sign-in or their form ran out: it is shown, to be sent once more.

Kept is what a form of ours sent, and in the page alone: nothing of it is stored. A form of another site is not kept, or
it could have itself sent by whoever signs in; nor is one with a password in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

SECRETS = frozenset({"password", "old", "new", "again", "code", "share"})
"""Names of fields that hold what is typed anew each time."""
BYTES_MAX = 256 * 1024


@dataclass(frozen=True, slots=True)
class Again:
    address: str
    fields: Sequence[tuple[str, str]]
    files: bool
    """Were files chosen? A browser does not choose them again by itself."""

    @property
    def typed(self) -> Sequence[str]:
        """What a person may have written, rather than chosen."""
        return [value for _, value in self.fields if len(value) > 20 or "\n" in value]


def kept() -> Again | None:
    """What this request would have entered; None where nothing can or may be kept."""
    if request.method != "POST" or not _ours() or (request.content_length or 0) > BYTES_MAX:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    if not fields or any(name in SECRETS for name, _ in fields):
        return None
    address = request.full_path.rstrip("?")
    return Again(address, fields, any(file.filename for file in request.files.values()))


def _ours() -> bool:
    """Was it sent by a form of one of our pages, as a person sends it?"""
    origin = urlsplit(request.headers.get("Origin", ""))
    return origin.netloc == request.host and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
