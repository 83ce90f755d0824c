"""分隔页: sheets to lay between papers before they are scanned, and sheets for the records that papers belong to."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import batches, records
from archive.app import Archive
from archive.errors import Invalid
from archive.printing import Block, Code, NewPage, Printout, Words
from archive.reports import Asked, Say

TITLE = {"zh": "扫描分隔页", "en": "Separator sheets"}
GROUP = "receive"
DUTY = Action.CAPTURE
ASKED = (
    Asked("sheets", "张数", "How many sheets"),
    Asked(
        "records",
        "档号，以逗号分隔（每件一张，其后的页归入该件）",
        "Reference codes, separated by commas: a sheet each",
        "records",
    ),
)
SHEETS_MAX = 200


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    ids = [one.strip() for one in asked.get("records", "").replace("，", ",").split(",") if one.strip()]
    wanted = asked.get("sheets", "") or ("0" if ids else "1")
    if not wanted.isascii() or not wanted.isdigit() or int(wanted) + len(ids) > SHEETS_MAX:
        raise Invalid(f"At most {SHEETS_MAX} sheets are printed at once.", "bad-parameter")
    folders = [one.name for one in archive.settings.inboxes if one.separators]
    if not folders:
        raise Invalid("No inbox divides scans at such sheets; set separators = true for one.", "no-scanner-folder")
    named = ", ".join(folders)
    where = say(f"扫描件存入收件夹：{named}", f"Scan into the inbox: {named}")
    blocks: list[Block] = []
    for _ in range(int(wanted)):
        blocks += _sheet(
            batches.SPLIT,
            say("扫描分隔页", "Separator sheet"),
            say(
                f"此页之后是另一份文件。扫描时放在两份文件之间；本页不会入库。{where}",
                f"What follows is another paper. Not kept itself. {where}",
            ),
        )
    for record_id in ids:
        title = records.view(archive, actor, record_id).record.title
        blocks += _sheet(
            batches.RECORD + record_id,
            title,
            say(
                f"此页之后的扫描页归入这件档案。{where}",
                f"The pages scanned after this sheet are added to this record. {where}",
            ),
        )
    return Printout(say(TITLE["zh"], TITLE["en"]), tuple(blocks[:-1]))


def _sheet(code: str, heading: str, words: str) -> list[Block]:
    return [Words(heading, heading=True), Code(code, words), NewPage()]
