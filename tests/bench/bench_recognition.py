"""How many characters are read wrongly off pictures, file by file, and how long a page takes on one processor.

Pages of real PDFs with a text layer are drawn at 200 dots per inch and read back, their layer being the truth; so are
sheets of our own, clean and spoilt. The pictures of the corpus with words known for them come too, where it is there.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from indexer.errors import Unreadable
from indexer.reading import Reader
from tests.corpus import CORPUS, SEEN_ON_PICTURES, expecting
from tests.samples import make
from tests.samples.errors import error_rate, orderless_rate

PAGE = (
    "云麓花园物业服务合同",
    "合同编号：HT-2026-0137",
    "甲方：云麓花园业主委员会  乙方：江南物业管理有限公司",
    "第一条 物业服务费按建筑面积每月每平方米2.80元收取。",
    "第二条 电梯运行费每户每月35元，与物业费一并缴纳。",
    "3号楼A座1203室 建筑面积128.6平方米",
    "2026年3月2日",
)
SPOILT = {
    "clean": {},
    "turned 90": {"turned": 90},
    "turned 180": {"turned": 180},
    "turned 270": {"turned": 270},
    "sealed": {"sealed": True},
    "noisy": {"noise": 40.0},
}
PAGES_OF_EACH = 2

Page = tuple[Path, int, str]
"""A file, one of its pages, and what is written on it."""
Measured = tuple[Path, int, str, Callable[[str, str], float]]


def main() -> int:
    rates: list[float] = []
    seconds: list[float] = []
    print("| file | page | characters | wrong % | sure | s |\n|---|---|---|---|---|---|", flush=True)
    with Reader(time_s=120) as reader, tempfile.TemporaryDirectory() as folder:
        for path, page, truth, rate_of in _measured(reader, Path(folder)):
            began = time.perf_counter()
            try:
                found = reader.recognise(path, path.name, page)
            except Unreadable as error:
                print(f"| {path.name} | {page} | {len(truth)} | {error.code} | | |", flush=True)
                continue
            took = time.perf_counter() - began
            rate = rate_of(found.text, truth)
            rates.append(rate)
            seconds.append(took)
            row = (path.name, page, len(truth), f"{100 * rate:.2f}", f"{found.confidence:.3f}", f"{took:.1f}")
            print(f"| {' | '.join(map(str, row))} |", flush=True)
    median = 100 * statistics.median(rates)
    print(f"\n{len(rates)} pages: median {median:.2f} % wrong, {statistics.median(seconds):.1f} s a page")
    return 0 if median <= 3 else 1


def _measured(reader: Reader, folder: Path) -> Iterator[Measured]:
    for path, page, truth in (*_ours(folder), *_pictures()):
        yield path, page, truth, error_rate
    # A picture does not show in which order a layer says what is on it, so there only the characters count.
    for path, page, truth in _layers(reader):
        yield path, page, truth, orderless_rate


def _ours(folder: Path) -> Iterator[Page]:
    for name, spoilt in SPOILT.items():
        path = folder / f"{name}.png"
        path.write_bytes(make.scanned(make.sheet(*PAGE, **spoilt), form="PNG"))
        yield path, 1, "\n".join(PAGE)


def _pictures() -> Iterator[Page]:
    if not (CORPUS / "MANIFEST.tsv").exists():
        return
    for row in expecting("INGEST via OCR"):
        for page, truth in enumerate(SEEN_ON_PICTURES.get(row.name, ()), 1):
            yield row.path, page, truth


def _layers(reader: Reader) -> Iterator[Page]:
    """Pages of the Chinese PDFs of the corpus whose own text is long enough to be measured by."""
    for path in sorted((CORPUS / "b_pdf_zh").rglob("*.pdf")):
        try:
            text = reader.read(path, path.name).text
        except Unreadable:
            continue
        long = [n for n, page in enumerate(text.pages, 1) if len("".join(page.split())) >= 150 and n not in text.unread]
        for page in long[:PAGES_OF_EACH]:
            yield path, page, text.pages[page - 1]


if __name__ == "__main__":
    sys.exit(main())
