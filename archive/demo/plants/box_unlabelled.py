"""A box was moved to another shelf and still bears the label of the old one."""

from collections.abc import Iterable, Sequence

from archive import location_sheets, locations, people, sheets
from archive.app import Archive
from archive.demo import store_rooms
from archive.demo.plants import Paper
from archive.intake import Claims

ADDRESS = "二号库房-09柜-1层-09盒"
PAPERS = (
    Paper(
        "云麓花园门岗岗亭搬迁会议纪要.txt",
        "会议纪要\n议题:云麓花园东门岗亭搬迁\n会议议定:岗亭北移六米,由安防部报批后实施。\n记录:安防部",
        Claims(
            "东门岗亭搬迁会议纪要", "GL08", 1, "YL02", "AFB", issuer="安防部", document_date="2025-11-06",
        ),
    ),
)  # fmt: skip


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    keeper = people.named(archive, store_rooms.KEEPER)
    location_sheets.load(
        archive, keeper, sheets.as_csv(location_sheets.COLUMNS, [("YL02", ADDRESS, "box", "", "", 40)])
    )
    locations.move(archive, keeper, ids[0], ADDRESS)
    return (store_rooms.named(archive, ADDRESS).id,)
