"""Office files are looked at as LibreOffice lays them out, where it is; elsewhere as their text."""

import io
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from access.actors import OPERATOR
from archive import intake, layouts, renditions, worker
from archive.app import Archive
from archive.intake import Claims
from archive.model import Component
from indexer.reading import Reader
from indexer.typesetting import ProgramMissing, Typesetter, TypesetterBroken, WallsMissing
from tests.builders import a_person, settle
from tests.conftest import Clock
from tests.samples import make

needs_office = pytest.mark.skipif(Typesetter("soffice").binary is None, reason="LibreOffice is not installed here")
TWO_PAGES = '<w:p><w:r><w:t>第一页</w:t><w:br w:type="page"/><w:t>第二页</w:t></w:r></w:p>'


@pytest.fixture
def dying(archive: Archive, tmp_path: Path) -> Archive:
    """An archive whose LibreOffice ends at once, whatever it is given."""
    for name in ("soffice", "soffice.bin"):
        shutil.copy(shutil.which("false") or "", tmp_path / name)
    archive.settings = replace(archive.settings, office_program=str(tmp_path / "soffice"))
    return archive


def a_letter(archive: Archive, reader: Reader) -> Component:
    content = make.docx(parts={"word/document.xml": make.word_body(TWO_PAGES)})
    claims = Claims("通知", "HT02", 1, "JF01", "SWB")
    record_id = intake.hand_in(archive, OPERATOR, io.BytesIO(content), "通知.docx", claims).record_id
    settle(archive, reader)
    return component_of(archive, record_id)


def component_of(archive: Archive, record_id: str) -> Component:
    with archive.read() as tx:
        (component,) = tx.records.components_of([record_id])[record_id]
    return component


def lay_out(archive: Archive, reader: Reader) -> None:
    while worker.lay_out_some(archive, reader, "test/0") or worker.run_one(archive, reader, "test/0"):
        pass


def drawn(archive: Archive, component: Component) -> set[tuple[int, int]]:
    with archive.read() as tx:
        return set(tx.records.renditions_of(component.id))


@needs_office
def test_an_office_file_has_the_pages_of_its_layout(archive: Archive, reader: Reader) -> None:
    clerk = a_person(archive, "clerk", "document_controller", clearance=3)
    letter = a_letter(archive, reader)
    text = renditions.page_image(archive, clerk, letter.record_id, 1, width_px=960)
    assert letter.image_pages == 1

    lay_out(archive, reader)

    assert component_of(archive, letter.record_id).image_pages == 2
    assert drawn(archive, letter) == {(1, 240), (1, 960), (2, 960)}
    layout = renditions.page_image(archive, clerk, letter.record_id, 1, width_px=960)
    assert _differ(text, layout)
    with archive.read() as tx:
        found = tx.layouts.get(letter.id)
        assert found is not None
        # Whoever takes the file away takes its layout away.
        assert found.digest in tx.derived.digests(letter.id)


@needs_office
def test_reading_a_file_again_changes_nothing_of_its_pages(archive: Archive, reader: Reader) -> None:
    letter = a_letter(archive, reader)
    lay_out(archive, reader)
    with archive.write() as tx:
        tx.jobs.add(archive.now(), "read", component=letter.id)
    settle(archive, reader)

    assert component_of(archive, letter.record_id).image_pages == 2
    assert not worker.lay_out_some(archive, reader, "test/0")


def test_without_libreoffice_the_text_is_shown_at_once(archive: Archive, reader: Reader) -> None:
    archive.settings = replace(archive.settings, office_program="")
    letter = a_letter(archive, reader)

    assert not worker.lay_out_some(archive, reader, "test/0")
    lay_out(archive, reader)

    assert drawn(archive, letter) == {(1, 240), (1, 960)}


def test_a_libreoffice_that_does_not_work_is_at_fault_and_no_file(dying: Archive, reader: Reader, clock: Clock) -> None:
    clerk = a_person(dying, "clerk", "document_controller", clearance=3)
    letter = a_letter(dying, reader)

    assert worker.lay_out_some(dying, reader, "test/0")
    lay_out(dying, reader)

    # While it waits to be laid out, its text is shown, and not kept as what it looks like.
    assert renditions.page_image(dying, clerk, letter.record_id, 1, width_px=960)
    assert drawn(dying, letter) == set()
    clock.advance(minutes=1)
    assert worker.lay_out_some(dying, reader, "test/0")


def test_a_libreoffice_that_never_works_leaves_the_text_to_be_looked_at(
    dying: Archive, reader: Reader, clock: Clock
) -> None:
    letter = a_letter(dying, reader)
    while worker.lay_out_some(dying, reader, "test/0"):
        clock.advance(minutes=10)
    lay_out(dying, reader)

    assert drawn(dying, letter) == {(1, 240), (1, 960)}


@pytest.mark.parametrize("missing", [WallsMissing("no walls"), ProgramMissing("not there"), TypesetterBroken("dies")])
def test_what_could_not_be_laid_out_on_this_machine_is_laid_out_when_it_can_be(
    dying: Archive, reader: Reader, clock: Clock, monkeypatch: pytest.MonkeyPatch, missing: TypesetterBroken
) -> None:
    def refuse(_: Typesetter, files: Sequence[tuple[Path, str]]) -> list[bytes]:
        raise missing

    monkeypatch.setattr(Typesetter, "typeset", refuse)
    letter = a_letter(dying, reader)
    while worker.lay_out_some(dying, reader, "test/0"):
        clock.advance(minutes=10)
    lay_out(dying, reader)
    assert drawn(dying, letter) == {(1, 240), (1, 960)}, "its text, meanwhile"
    with pytest.raises(TypesetterBroken):
        layouts.catch_up(dying)

    _it_is_laid_out_now(dying, reader, monkeypatch, letter)


def test_a_libreoffice_that_is_installed_later_lays_out_what_came_before(
    dying: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = dying.settings
    dying.settings = replace(there, office_program="")
    letter = a_letter(dying, reader)
    lay_out(dying, reader)
    layouts.catch_up(dying)
    assert not worker.lay_out_some(dying, reader, "test/0")

    dying.settings = there
    _it_is_laid_out_now(dying, reader, monkeypatch, letter)


def _it_is_laid_out_now(archive: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch, letter: Component) -> None:
    def typeset(_: Typesetter, files: Sequence[tuple[Path, str]]) -> list[bytes]:
        return [make.pdf("one", "two")] * len(files)

    monkeypatch.setattr(Typesetter, "typeset", typeset)
    with archive.read() as tx:
        of_text = {tx.records.rendition(letter.id, 1, width) or "" for width in (240, 960)}

    layouts.catch_up(archive)
    layouts.catch_up(archive)
    lay_out(archive, reader)

    assert component_of(archive, letter.record_id).image_pages == 2
    assert drawn(archive, letter) == {(1, 240), (1, 960), (2, 960)}
    with archive.read() as tx:
        assert [tx.objects.get(digest) for digest in of_text] == [None, None], "whoever destroys it destroys all of it"
        assert not tx.layouts.owed([letter.media_type], limit=1)
        assert not tx.jobs.dead()


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.4 nonsense %%EOF"])
def test_what_cannot_be_laid_out_is_shown_as_text_and_not_tried_again(
    dying: Archive, reader: Reader, monkeypatch: pytest.MonkeyPatch, pdf: bytes
) -> None:
    def typeset(_: Typesetter, files: Sequence[tuple[Path, str]]) -> list[bytes]:
        return [pdf] * len(files)

    monkeypatch.setattr(Typesetter, "typeset", typeset)
    letter = a_letter(dying, reader)

    assert worker.lay_out_some(dying, reader, "test/0")
    lay_out(dying, reader)

    assert drawn(dying, letter) == {(1, 240), (1, 960)}
    with dying.write() as tx:
        tx.jobs.add(dying.now(), "read", component=letter.id)
    settle(dying, reader)
    assert not worker.lay_out_some(dying, reader, "test/0")


def test_nothing_is_laid_out_while_somebody_waits_for_something_to_be_found(dying: Archive, reader: Reader) -> None:
    letter = a_letter(dying, reader)
    with dying.write() as tx:
        tx.jobs.add(dying.now(), "read", component=letter.id)

    assert not worker.lay_out_some(dying, reader, "test/0")


def _differ(one: bytes, other: bytes) -> bool:
    pictures = [Image.open(io.BytesIO(png)).convert("L").resize((100, 140)) for png in (one, other)]
    return ImageChops.difference(*pictures).getbbox() is not None
