"""PDF: text page by page, what is attached, and pictures of the pages.

pdfium reads; pypdf, which is slower but more patient with damage, is asked only when pdfium finds nothing.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pypdfium2's generated bindings are untyped.

import contextlib
import ctypes
import io
import re
import signal
from collections.abc import Callable, Generator, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from indexer import legible, limits
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.text import Caution, Child, Text
from indexer.writing import Pages, metadata

if TYPE_CHECKING:
    from PIL import Image
    from pypdfium2 import PdfAttachment, PdfDocument, PdfPage

MEDIA_TYPES = ("application/pdf",)
EXTENSIONS = ("pdf",)
SAMPLE_PHRASE = "前期物业服务合同"


def sample() -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    from indexer.rendering import FONT

    pdfmetrics.registerFont(TTFont("muniment", str(FONT)))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setTitle("合同")
    for line in (SAMPLE_PHRASE, "第二页：服务期限"):
        canvas.setFont("muniment", 14)
        canvas.drawString(72, 720, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def claims(seen: Seen) -> Claim | None:
    # Readers look for the mark in the first kilobyte; scanners and mail gateways put things before it.
    return Claim("application/pdf", 0.95) if b"%PDF" in seen.head[:1024] else None


_SIDE_MAX_PT = 1_000_000
"""Some 350 metres: more than any plotter, less than what makes libraries stumble."""

_PASSWORD_ERROR = 4
_SECURITY_ERROR = 5
_SECOND_OPINION_S = 8
_SECOND_OPINION_PAGES = 200


def read(path: Path) -> Text:
    """One page of text per page. The empty password is tried; any other is nobody's business here."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(path)
    except PdfiumError as error:
        if error.err_code in (_PASSWORD_ERROR, _SECURITY_ERROR):
            return Text((), cautions=(Caution("encrypted"),))
        return _rescued(path)
    with contextlib.closing(document):
        count = len(document)
        pages = Pages()
        broken = 0
        attached: list[Child] = []
        unread: list[int] = []
        mended, drawn_only = 0, True
        for number in range(count):
            if pages.full or limits.almost_over():
                pages.full = True
                break
            try:
                with contextlib.closing(document[number]) as page:
                    if max(page.get_size()) > _SIDE_MAX_PT:
                        raise PdfiumError("no sheet of paper")
                    found_text = _page_text(page)
                    text = legible.mended(found_text)
                    mended += text != found_text
                    pages.add(text)
                    marks = _Marks(page, text)
                    drawn_only &= not marks.letters
                    if marks.picture_says_more or legible.doubtful(text):
                        unread.append(number + 1)
                    attached += _attached_to(page)
            except PdfiumError:
                pages.add("")
                broken += 1
        if broken == count:
            return _rescued(path)
        found = _cautions(document, path)
        if broken:
            found.append(Caution("partly-unreadable", str(broken)))
        children, lost = _children(document, attached)
        if children and _attachments_locked(document, path):
            found.append(Caution("encrypted", "attachments"))
            children, lost = (), lost + len(children)
        if children or lost:
            found.append(Caution("has-children", str(len(children) + lost)))
        if mended:
            found.append(Caution("text-layer-mended", str(mended)))
        facts = _metadata(document, count)
        if not drawn_only and not any(page.strip() for page in pages.done()):
            second = _second_opinion(path)
            if any(page.strip() for page in second):
                pages = Pages()
                for page_text in (*second, *("" for _ in range(count - len(second)))):
                    pages.add(page_text)
        kept = tuple(page for page in unread if page <= len(pages.done()))
        return Text(pages.done(), (), facts, children, (*found, *pages.cautions()), kept)


def draw(path: Path, page: int, *, width_px: int) -> bytes:
    """The page as it looks, forms and annotations included."""
    buffer = io.BytesIO()
    _rendered(path, page, lambda width, _height: width_px / max(width, 1)).save(buffer, "PNG", compress_level=2)
    return buffer.getvalue()


def picture(path: Path, page: int) -> "Image.Image":
    """The page in the size in which a machine reads it best."""
    return _rendered(path, page, lambda width, height: min(_READ_SIDE_PX / max(width, height, 1), _READ_SCALE_MAX))


def _rendered(path: Path, page: int, scaled: Callable[[float, float], float]) -> "Image.Image":
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(path)
    except PdfiumError as error:
        raise Unreadable("The pages of this file cannot be drawn.", "no-such-page") from error
    with contextlib.closing(document):
        if not 1 <= page <= len(document):
            raise Unreadable("There is no such page to draw.", "no-such-page")
        if document.get_formtype():
            document.init_forms()
        try:
            sheet = document[page - 1]
            width, height = sheet.get_size()
            # A page as long as a banner is made to fit; one without a size is given that of a point.
            scale = min(scaled(width, height), limits.PICTURE_SIDE_MAX_PX / max(height, 1))
            image = cast(Any, sheet).render(scale=scale).to_pil()
        except PdfiumError as error:
            raise Unreadable("This page is damaged and cannot be drawn.", "no-such-page") from error
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


_READ_SIDE_PX, _READ_SCALE_MAX = 2400, 6
_LETTERS_FEW = 100
_COVERING = 0.5
"""A picture that takes this part of a page is the page, and a few letters over it are a stamp of some program."""
_OBJECTS_MAX = 20_000


class _Marks:
    """What is on a page besides the text that it says it has."""

    def __init__(self, page: "PdfPage", text: str) -> None:
        import pypdfium2.raw as raw

        said = sum(map(str.isalnum, text))
        self.letters = said > 0
        self.picture_says_more = False
        if said >= _LETTERS_FEW:
            return
        width, height = page.get_size()
        area, shapes = 0.0, 0
        for item in islice(cast(Iterator[Any], page.get_objects(max_depth=5)), _OBJECTS_MAX):
            shapes += 1
            if item.type == raw.FPDF_PAGEOBJ_TEXT:
                self.letters = True
            elif item.type == raw.FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = item.get_bounds()
                area += max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(top, height) - max(bottom, 0))
        self.picture_says_more = (not said and shapes > 0) or area >= _COVERING * max(width * height, 1)


# pdfium marks a hyphen that only divides a word at the end of a line.
_DIVIDED = re.compile("[\x02\ufffe]\r?\n?")
_NO_SIGN = re.compile("[\x01\x03-\x08\x0b\x0e-\x1f\uffff]")


def _page_text(page: "PdfPage") -> str:
    with contextlib.closing(page.get_textpage()) as words:
        text = words.get_text_bounded()
        # What lies outside the visible box was drawn all the same; and some boxes are simply wrong.
        if len(text) < 0.9 * words.count_chars():
            text = max(text, words.get_text_range(), key=len)
    return _NO_SIGN.sub("", _DIVIDED.sub("", text)) + "".join(_notes(page))


def _notes(page: "PdfPage") -> Iterator[str]:
    """What was filled into forms and written into comments on the page."""
    import pypdfium2.raw as raw

    said: set[str] = set()
    for annotation in _annotations(page):
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP):
            continue
        value = _annotation_string(raw, annotation, b"V" if kind == raw.FPDF_ANNOT_WIDGET else b"Contents").strip()
        if value and value not in said:
            said.add(value)
            yield f"\n{value}"


def _annotation_string(raw: Any, annotation: Any, key: bytes) -> str:
    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= 1 << 20:
        return ""
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "ignore")


def _metadata(document: "PdfDocument", count: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in ("Title", "Author", "CreationDate", "ModDate", "Producer"):
        with contextlib.suppress(UnicodeDecodeError):
            found[key] = document.get_metadata_value(key)
    return metadata(
        title=found.get("Title"),
        author=found.get("Author"),
        created=found.get("CreationDate"),
        modified=found.get("ModDate"),
        producer=found.get("Producer"),
        page_count=str(count),
    )


_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia|XFA)\b")


def _cautions(document: "PdfDocument", path: Path) -> list[Caution]:
    import pypdfium2.raw as raw

    found: list[Caution] = []
    if raw.FPDF_GetSignatureCount(document) > 0:
        found.append(Caution("signed", str(raw.FPDF_GetSignatureCount(document))))
    if _ACTIVE.search(_raw(path)) or raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        found.append(Caution("active-content", "script"))
    return found


_LOCKED_ATTACHMENTS = re.compile(rb"/EFF\s*/(?!Identity\b)")


def _attachments_locked(document: "PdfDocument", path: Path) -> bool:
    """Some files lock only what is attached; then the attached bytes are cipher text."""
    import pypdfium2.raw as raw

    return raw.FPDF_GetSecurityHandlerRevision(document) >= 0 and _LOCKED_ATTACHMENTS.search(_raw(path)) is not None


def _raw(path: Path) -> bytes:
    """The bytes themselves, to look for words that stand there in the clear."""
    with path.open("rb") as stream:
        return stream.read(64 << 20)


def _children(document: "PdfDocument", attached: list[Child]) -> tuple[tuple[Child, ...], int]:
    """The attached files, the document's own and those pinned to pages, and how many could not be taken out."""
    from pypdfium2 import PdfiumError

    count = document.count_attachments()
    unread = max(0, count - limits.CHILDREN_MAX)
    found: list[Child] = []
    for number in range(min(count, limits.CHILDREN_MAX)):
        try:
            attachment = document.get_attachment(number)
            found.append(Child(_name(attachment), bytes(attachment.get_data())))
        except PdfiumError:
            unread += 1
    kept: list[Child] = []
    room = limits.CHILDREN_BYTES_MAX
    for child in (*found, *attached):
        room -= len(child.content)
        if room < 0 or len(kept) == limits.CHILDREN_MAX:
            unread += 1
        else:
            kept.append(child)
    return tuple(kept), unread


def _name(attachment: "PdfAttachment") -> str:
    try:
        name = attachment.get_name()[:1000]
    except UnicodeDecodeError:
        return ""
    # Some writers put UTF-16 where pdfium expects its own encoding.
    return name[2:].encode("latin-1", "ignore").decode("utf-16-be", "ignore") if name.startswith("þÿ") else name


def _attached_to(page: "PdfPage") -> Iterator[Child]:
    """The files pinned to a page with a paper clip."""
    import pypdfium2.raw as raw
    from pypdfium2 import PdfAttachment, PdfiumError

    for annotation in _annotations(page):
        if raw.FPDFAnnot_GetSubtype(annotation) != raw.FPDF_ANNOT_FILEATTACHMENT:
            continue
        handle = raw.FPDFAnnot_GetFileAttachment(annotation)
        if not handle:
            continue
        with contextlib.suppress(PdfiumError):
            attachment = PdfAttachment(handle, page.pdf)
            yield Child(_name(attachment), bytes(attachment.get_data()))


def _annotations(page: "PdfPage") -> Iterator[Any]:
    import pypdfium2.raw as raw

    for number in range(min(raw.FPDFPage_GetAnnotCount(page), 5000)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        if annotation:
            try:
                yield annotation
            finally:
                raw.FPDFPage_CloseAnnot(annotation)


def _rescued(path: Path) -> Text:
    """What pypdf makes of a file that pdfium gives up on."""
    pages = Pages()
    for page in _second_opinion(path):
        pages.add(page)
    if not any(page.strip() for page in pages.done()):
        raise Unreadable("The PDF is damaged; no page can be read.", "damaged")
    # No page count: pdfium cannot draw it.
    return Text(pages.done(), (), {}, (), (Caution("repaired"), *pages.cautions()))


class _TimeUp(BaseException):
    """Not an Exception: pypdf must not catch it."""


def _second_opinion(path: Path) -> list[str]:
    """The text as pypdf reads it, as far as it comes in a few seconds."""
    import logging

    from pypdf import PdfReader

    # It warns about every bent cross-reference, and quotes the document while it does.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages: list[str] = []
    with _at_most(min(_SECOND_OPINION_S, limits.remaining_s())):
        try:
            # Not a comprehension: what was read before it fails is kept.
            for page in PdfReader(path).pages[:_SECOND_OPINION_PAGES]:
                pages += (page.extract_text(),)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  on broken files it raises anything at all; then it has no opinion
            return pages
    return pages


@contextlib.contextmanager
def _at_most(seconds: float) -> Generator[None]:
    """Leave the block when the time is up. Only in a main thread, where the sandbox runs."""

    def ring(*_: object) -> None:
        raise _TimeUp

    if seconds <= 0:
        return
    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    except _TimeUp:
        return
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
