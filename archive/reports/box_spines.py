"""盒脊标签: what stands on the back of a box – fonds, year, period, department, first and last item, number of the box
(DA/T 22) – with the code of the box."""

from collections.abc import Iterable, Mapping, Sequence

from access.actors import Actor
from access.rules import Action
from archive import location_sheets, organisation
from archive.app import Archive
from archive.printing import Code, Facts, NewPage, Printout, Words
from archive.reports import Asked, Say

TITLE = {"zh": "盒脊标签", "en": "Box spines"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
ASKED: tuple[Asked, ...] = (
    Asked("place", "位置（地址或标签，默认全部盒）", "Place (address or label; default: every box)", "place"),
)
PER_SHEET = 3


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    blocks: list[Words | Facts | Code | NewPage] = []
    with archive.read() as tx:
        places = organisation.places(tx)
    for number, (box, records) in enumerate(location_sheets.boxes(archive, actor, asked["place"])):
        if number and not number % PER_SHEET:
            blocks.append(NewPage())
        numbers = [one.archival_code or one.doc_number for one in records if one.archival_code or one.doc_number]
        departments = [one.department for one in records]
        parts = [one.archival_code.split("-") for one in records if one.archival_code]
        blocks += [
            Words(box.address, heading=True),
            Facts(
                (
                    (say("全宗号", "Fonds"), _each(part[0] for part in parts) or box.site),
                    (say("年度", "Year"), _each(str(one.document_date.year) for one in records if one.document_date)),
                    (say("保管期限", "Period"), _each(_period(part) for part in parts)),
                    (
                        say("机构（问题）", "Department"),
                        _each(say(*places.get(one, (one, one))) for one in departments),
                    ),
                    (
                        say("起止件号", "First and last"),
                        " ～ ".join(dict.fromkeys((numbers[0], numbers[-1]))) if numbers else "",
                    ),
                    (say("盒号", "Box"), box.code),
                    (say("件数", "Items"), str(len(records))),
                    (say("盒名", "Name"), box.name),
                ),
                abreast=2,
            ),
            Code(box.id, say("扫描盒签以移动或盘点", "Scan to move the box or to take stock")),
        ]
    return Printout(say(TITLE["zh"], TITLE["en"]), tuple(blocks))


def _each(values: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(one for one in values if one))


def _period(parts: Sequence[str]) -> str:
    return next((one for one in parts[1:] if one == "Y" or (one[:1] == "D" and one[1:].isdigit())), "")
