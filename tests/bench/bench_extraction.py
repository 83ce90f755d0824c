"""What reading costs: pages and characters per second on one core, beside the libraries one would otherwise call.

    .venv/bin/python -m tests.bench.bench_extraction [CORPUS]

Reads real files where a corpus lies beside the project, and made ones in any case; prints a table.
"""

import logging
import os
import platform
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from indexer.errors import Unreadable
from indexer.formats import docx, pdf, xlsx
from indexer.reading import Reader
from indexer.text import Text
from tests.samples import make

HOUSE = Path(__file__).resolve().parents[2]

Counted = tuple[int, int]
"""Pages (or cells) and characters."""


def main() -> None:
    corpus = Path(
        sys.argv[1] if len(sys.argv) > 1 else os.environ.get("MUNIMENT_CORPUS") or HOUSE.parent / "shared" / "corpus"
    )
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    print(f"{platform.platform()}, Python {platform.python_version()}, one core; CPU seconds unless said otherwise")
    print(
        ", ".join(
            f"{name} {version(name)}"
            for name in ("pypdfium2", "pypdf", "lxml", "python-docx", "openpyxl", "python-calamine")
        )
    )
    row("what", "files", "failed", "seconds", "pages", "chars", "pages/s", "Mchars/s")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for label, path in (("pdf", long_pdf(made)), ("docx", long_docx(made)), ("xlsx", long_xlsx(made))):
            for name, read in READERS[label]:
                measure(f"made {label}: {name}", [path], read)
        real = {kind: sorted(path for path in corpus.rglob(f"*.{kind}") if "zh" in str(path)) for kind in READERS}
        for kind, paths in real.items():
            for name, read in READERS[kind] if paths else ():
                measure(f"real Chinese {kind}: {name}", paths, read)
        doors(made, [path for paths in real.values() for path in paths])


def doors(made: Path, real: Sequence[Path]) -> None:
    """Through the sandbox, as the worker reads: time of day, one file after the other."""
    with Reader() as reader:
        started = time.perf_counter()
        reader.start()
        print(f"sandbox: start {1000 * (time.perf_counter() - started):.0f} ms, once")
        small = made / "small"
        small.write_bytes(make.docx("一段文字"))
        times = sorted(timed(lambda: reader.read(small, "a.docx")) for _ in range(200))
        print(f"sandbox: a small docx p50 {1000 * times[100]:.1f} ms, p99 {1000 * times[198]:.1f} ms")
        started = time.perf_counter()
        for path in real:
            try:
                reader.read(path, path.name)
            except Unreadable:
                continue
        if real:
            spent = time.perf_counter() - started
            print(
                f"sandbox: {len(real)} real files in {spent:.1f} s = {60 * len(real) / spent:.0f} files/min, one reader"
            )
        pages = sorted(
            timed(lambda: reader.page_image(made / "long.pdf", "a.pdf", 7, width_px=1000)) for _ in range(20)
        )
        print(f"sandbox: page image of a pdf, 1000 px: p50 {1000 * pages[10]:.0f} ms, p95 {1000 * pages[18]:.0f} ms")
        sheets = sorted(timed(lambda: reader.page_image(small, "a.docx", 1, width_px=1000)) for _ in range(20))
        print(f"sandbox: page image of a docx's text, 1000 px: p50 {1000 * sheets[10]:.0f} ms")


def measure(label: str, paths: Sequence[Path], read: Callable[[Path], Counted]) -> None:
    failed = pages = chars = 0
    before = cpu()
    for path in paths:
        try:
            more_pages, more_chars = read(path)
        except Exception:  # noqa: BLE001  the libraries compared raise anything
            failed += 1
            continue
        pages += more_pages
        chars += more_chars
    spent = cpu() - before
    row(label, len(paths), failed, f"{spent:.2f}", pages, chars, f"{pages / spent:.0f}", f"{chars / spent / 1e6:.2f}")


def row(*cells: object) -> None:
    print(f"{cells[0]!s:<42}" + "".join(f"{cell!s:>10}" for cell in cells[1:]))


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


# ---- Ours and theirs ----


def ours(read: Callable[[Path], Text]) -> Callable[[Path], Counted]:
    def count(path: Path) -> Counted:
        text = read(path)
        return len(text.pages), sum(map(len, text.pages))

    return count


def with_pypdf(path: Path) -> Counted:
    from pypdf import PdfReader

    pages = [page.extract_text() for page in PdfReader(path).pages]
    return len(pages), sum(map(len, pages))


def with_python_docx(path: Path) -> Counted:
    from docx import Document

    document = Document(str(path))
    cells = (cell.text for table in document.tables for line in table.rows for cell in line.cells)
    return 1, sum(len(paragraph.text) for paragraph in document.paragraphs) + sum(map(len, cells))


def with_openpyxl(path: Path) -> Counted:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    chars = sum(
        len(str(value))
        for sheet in book.worksheets
        for line in sheet.iter_rows(values_only=True)
        for value in line
        if value is not None
    )
    return len(book.worksheets), chars


def with_calamine(path: Path) -> Counted:
    from python_calamine import load_workbook

    book = load_workbook(str(path))
    chars = sum(
        len(str(value))
        for name in book.sheet_names
        for line in book.get_sheet_by_name(name).to_python()
        for value in line
    )
    return len(book.sheet_names), chars


READERS: dict[str, tuple[tuple[str, Callable[[Path], Counted]], ...]] = {
    "pdf": (("muniment", ours(pdf.read)), ("pypdf", with_pypdf)),
    "docx": (("muniment", ours(docx.read)), ("python-docx", with_python_docx)),
    "xlsx": (("muniment", ours(xlsx.read)), ("python-calamine", with_calamine), ("openpyxl, read-only", with_openpyxl)),
}

SENTENCE = "业主大会会议由业主委员会按照业主大会议事规则的规定召集，3号楼A座1203室的维修费用从专项资金中列支。"


def long_pdf(folder: Path) -> Path:
    page = "\n".join(f"{number} {SENTENCE[:38]}" for number in range(35))
    return written(folder / "long.pdf", make.pdf(*[page] * 100))


def long_docx(folder: Path) -> Path:
    return written(folder / "long.docx", make.docx(*[SENTENCE] * 5000))


def long_xlsx(folder: Path) -> Path:
    rows = [
        [number, SENTENCE[:8], 3.5 * number, "已缴", number % 7, "张三", 12.25, "一期", number, "微信"]
        for number in range(20_000)
    ]
    return written(folder / "long.xlsx", make.xlsx({"台账": rows}))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


if __name__ == "__main__":
    main()
