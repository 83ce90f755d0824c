"""A locked file is opened with its password: what comes out is the same file without the lock.

The password is used once and kept nowhere; whoever keeps the unlocked copy keeps it as safe as the locked one.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# pypdfium2's generated bindings and msoffcrypto are untyped.

import contextlib
import io
from pathlib import Path

from indexer import ole
from indexer.errors import Unreadable

PASSWORD_CHARS_MAX = 255


def unlocked(path: Path, password: str) -> bytes:
    """The file without its lock.

    Raises Unreadable: `wrong-file-password`, or `cannot-unlock` where it is not locked in a way that is known here.
    """
    with path.open("rb") as stream:
        head = stream.read(1024)
    if b"%PDF" in head:
        return _pdf(path, password)
    if head.startswith(ole.MAGIC):
        return _office(path, password)
    raise Unreadable("Files of this kind cannot be unlocked here.", "cannot-unlock")


def _pdf(path: Path, password: str) -> bytes:
    from pypdfium2 import PdfDocument, PdfiumError
    from pypdfium2.raw import FPDF_REMOVE_SECURITY

    last: PdfiumError | None = None
    # Some programs take the password in the older of two encodings.
    for spelled in dict.fromkeys((password, password.strip())):
        try:
            document = PdfDocument(path, password=spelled)
        except PdfiumError as error:
            last = error
            continue
        with contextlib.closing(document):
            out = io.BytesIO()
            document.save(out, flags=FPDF_REMOVE_SECURITY)
            return out.getvalue()
    raise _refused("The password does not open the file.") from last


def _office(path: Path, password: str) -> bytes:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    out = io.BytesIO()
    try:
        with path.open("rb") as stream:
            file = msoffcrypto.OfficeFile(stream)
            if not file.is_encrypted():
                raise Unreadable("The file is not locked.", "cannot-unlock")
            file.load_key(password=password)
            file.decrypt(out)
    except (InvalidKeyError, DecryptionError) as error:
        raise _refused("The password does not open the file.") from error
    except (FileFormatError, ParseError, NotImplementedError) as error:
        raise Unreadable("The file is locked in a way that cannot be opened here.", "cannot-unlock") from error
    return out.getvalue()


def _refused(message: str) -> Unreadable:
    return Unreadable(message, "wrong-file-password")
