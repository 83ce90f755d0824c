"""A photo of a label becomes what the label says; what is no photo of a label is refused in a sentence."""

import io

import pytest
import segno
from PIL import Image

from access.rules import Denied
from archive import scanning
from archive.app import Archive
from archive.errors import Invalid
from tests.builders import a_person

ID = "0123456789abcdef"


def photo(content: str, *, turned: int = 0, kind: str = "JPEG") -> bytes:
    """A label on a desk, not quite straight."""
    label = io.BytesIO()
    segno.make(content, error="m", micro=False).save(label, kind="png", scale=9, border=4)
    desk = Image.new("RGB", (1600, 1200), (182, 160, 130))
    with Image.open(label) as code:
        desk.paste(code.convert("RGB").rotate(turned, expand=True, fillcolor=(255, 255, 255)), (500, 300))
    out = io.BytesIO()
    desk.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("turned", [0, 17, 90])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_label_is_read_from_a_photo(archive: Archive, turned: int, kind: str) -> None:
    keeper = a_person(archive, "keeper", "document_controller")

    assert scanning.label_in(keeper, photo(ID, turned=turned, kind=kind)) == ID


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\xff\xd8\xff", b"<svg/>", b"x" * (scanning.BYTES_MAX + 1)], ids=len
)
def test_what_is_no_photo_is_refused(archive: Archive, content: bytes) -> None:
    keeper = a_person(archive, "keeper", "document_controller")
    with pytest.raises(Invalid):
        scanning.label_in(keeper, content)


def test_a_picture_that_unpacks_to_too_much_is_refused(archive: Archive) -> None:
    keeper, out = a_person(archive, "keeper", "document_controller"), io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")

    with pytest.raises(Invalid, match="larger"):
        scanning.label_in(keeper, out.getvalue())


def test_who_runs_the_archive_reads_no_labels(archive: Archive) -> None:
    root = a_person(archive, "root", "sysadmin")
    with pytest.raises(Denied):
        scanning.label_in(root, photo(ID))
