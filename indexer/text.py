"""What a format hands back: pages of text, metadata, child files and warnings."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a person should know about how a file was read.

    `code` is one of the keys of CAUTIONS; `detail` is a short fact (a count, a part name), never text
    of the document.
    """

    code: str
    detail: str = ""


# Every caution a format may raise. The doors translate the code; this is the English sentence.
CAUTIONS: dict[str, str] = {
    "encrypted": "The file is protected by a password; it is kept, but its text could not be read.",
    "unlocked": "The file is protected by a password; it was read from an unlocked copy that is kept beside it.",
    "no-text": "No text was found in the file; it can be found by its title and number only.",
    "no-reader": "The file is kept, but this kind of file cannot be read yet; it can be found by its title only.",
    "truncated": "The file is longer than the reading limit; the end of its text is not searchable.",
    "partly-unreadable": "Some pages or parts could not be read.",
    "misnamed": "The content is of another kind than the file name says.",
    "signed": "The file carries a digital signature; it is kept exactly as it came.",
    "active-content": "The file contains macros or other active content; it is never executed.",
    "external-links": "The file refers to content outside itself; it is never fetched.",
    "has-children": "The file contains other files.",
    "unreadable": "The file could not be read; it is kept exactly as it came, and can be found by its name.",
    "guessed-encoding": "The character set was guessed.",
    "being-recognised": "Words are still being read off pictures of pages; they become searchable page by page.",
    "reading-stopped": "Somebody stopped the reading of its pictures; the pages read until then are searchable.",
    "recognised": "Pages that are pictures; their words were read off by machine.",
    "low-confidence": "Pages whose words the machine is unsure of; compare them with the picture.",
    "seals": "Pages with seals.",
    "text-layer-mended": "Pages with letters that were encoded wrongly in the file; they were put right.",
    "text-layer-replaced": "Pages whose text in the file is garbled; their words were read off the picture instead.",
    "text-layer-doubtful": "Pages whose text looks garbled, and whose picture gives no better words.",
    "repaired": "The file was damaged and was read after repair in memory; the original is unchanged.",
}


@dataclass(frozen=True, slots=True)
class Child:
    """A file inside a file (an attachment, a zip member). The name is as found, never trusted as a path."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one file.

    `pages` are what a person would call pages (PDF), sheets (xlsx) or the whole text (plain): each a
    string with newlines between paragraphs, Unicode as found (not folded), without NUL or lone surrogates.
    `page_names` is empty, or as long as `pages` (sheet names). `metadata` keys are in lower case:
    title, author, created, modified, producer, language, page_count; values are strings as found.
    `unread` are the numbers (from 1) of pages whose words, or better ones, have to be read off their picture.
    """

    pages: tuple[str, ...]
    page_names: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    children: tuple[Child, ...] = ()
    cautions: tuple[Caution, ...] = ()
    unread: tuple[int, ...] = ()
