"""移交清册: a handover line by line, in three numbered copies, with the digest everybody signs and boxes to sign in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from access.actors import Actor
from access.handovers import Carrier, Found, Kind, Line, Part, State
from access.rules import Action
from archive import fileplan, handover_desk
from archive.app import Archive
from archive.handover_desk import Sheet
from archive.loan_sheets import LEVELS
from archive.printing import Block, Code, Column, Facts, NewPage, Printout, Signatures, Table, Words, shown
from archive.reports import Asked, Say

TITLE = {"zh": "移交清册", "en": "Handover list"}
GROUP = "preserve"
DUTY = Action.TAKE_PART
ASKED: tuple[Asked, ...] = (Asked("handover", "交接单号", "Number of the handover", "handover", needed=True),)

COPIES = 3
KINDS = {
    Kind.CUSTODIAN: ("保管人变动", "change of custodian"),
    Kind.ACCESSION: ("送档", "a department hands in"),
    Kind.TAKEOVER: ("接管", "taken over from outside"),
    Kind.EXIT: ("撤场移交", "handed over to outside"),
}
PARTS = {
    Part.GIVER: ("移交人", "Giver"),
    Part.RECEIVER: ("接收人", "Receiver"),
    Part.SUPERVISOR: ("监交人", "Supervisor"),
    Part.WITNESS: ("见证人", "Second witness"),
    Part.APPROVER: ("终审人", "Final approver"),
}
CARRIERS = {Carrier.PAPER: ("纸质", "paper"), Carrier.DIGITAL: ("电子", "files"), Carrier.THING: ("物品", "thing")}
FOUND = {
    Found.PRESENT: ("在库", "present"),
    Found.MISSING: ("缺失", "missing"),
    Found.DAMAGED: ("破损", "damaged"),
    Found.ON_LOAN: ("借出或在修", "on loan or at repair"),
    Found.MISFILED: ("错位", "in another place"),
    Found.SURPLUS: ("多出", "not on the list"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    sheet, lines = handover_desk.manifest(archive, actor, asked["handover"])
    going = sheet.handover
    english = fileplan.english(archive)
    lines = [replace(line, retention=say(line.retention, fileplan.spelt(line.retention, english))) for line in lines]
    blocks: list[Block] = []
    for copy in range(1, COPIES + 1):
        if copy > 1:
            # Each goes to somebody else: each says what it is.
            blocks += [NewPage(), Words(say(TITLE["zh"], TITLE["en"]), heading=True)]
        blocks += _copy(sheet, lines, say, copy)
    return Printout(
        say(TITLE["zh"], TITLE["en"]),
        tuple(blocks),
        about=(going.number, say(*KINDS[going.kind])),
        landscape=True,
        counted=len(lines),
        stamp=say("未办结", "not completed") if going.state is not State.COMPLETED else "",
    )


def _copy(sheet: Sheet, lines: Sequence[Line], say: Say, copy: int) -> list[Block]:
    going = sheet.handover
    counts = sheet.counts
    facts = [
        (say("清册编号", "Number"), going.number),
        (say("份号", "Copy"), say(f"第 {copy} 份，共 {COPIES} 份", f"{copy} of {COPIES}")),
        *((say(*PARTS[party.part]), sheet.name(party.part)) for party in going.parties),
        (say("冻结时间", "Frozen at"), shown(going.frozen_at) if going.frozen_at else ""),
        (say("办结时间", "Completed at"), shown(going.completed_at) if going.completed_at else ""),
        (say("应交", "Should be"), str(counts["all"] - counts["surplus"])),
        (say("实交", "Handed over"), str(counts["present"] + counts["damaged"] + counts["misfiled"])),
        (say("借出或在修", "On loan or at repair"), str(counts["on_loan"])),
        (say("缺失", "Missing"), str(counts["missing"])),
        (say("破损", "Damaged"), str(counts["damaged"])),
        (say("未清点", "Not counted"), str(sum(line.found is None for line in lines))),
    ]
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("档号/文号", "Number"), 1.3),
        Column(say("题名", "Title"), 2.4),
        Column(say("日期", "Date"), 0.9),
        Column(say("载体", "Carrier"), 0.6),
        Column(say("密级", "Level"), 0.9),
        Column(say("保管期限", "Retention"), 1.2),
        Column(say("位置", "Shelf"), 1.2),
        Column(say("应交", "Should be"), 0.5, number=True),
        Column(say("实交", "Found"), 0.5, number=True),
        Column(say("状态", "State"), 1),
        Column(say("差异说明", "Difference"), 1.8),
        Column(say("责任人/期限", "Who, by when"), 1.1),
    )
    rows = tuple(_row(sheet, line, say) for line in lines if line.carrier is not Carrier.THING)
    things = tuple(_row(sheet, line, say) for line in lines if line.carrier is Carrier.THING)
    blocks: list[Block] = [Facts(tuple(facts), abreast=3), Table(columns, rows)]
    loans = [line for line in lines if line.loan]
    if loans:
        blocks.append(
            Table(
                (
                    Column(say("序号", "No."), 0.5, number=True),
                    Column(say("借阅单号 / 修复编号", "Loan or repair"), 1.5),
                    Column(say("题名", "Title"), 4),
                    Column(say("持有人确认", "Confirmed by who has it"), 1.5),
                ),
                tuple(
                    (line.position, line.loan, _title(sheet, line, say), say("已确认", "yes") if line.confirmed else "")
                    for line in loans
                ),
                caption=say("附：借出或在修", "Annex: on loan or at repair"),
            )
        )
    if things:
        caption = say("附：钥匙、密码、印章、设备", "Annex: keys, passwords, seals, equipment")
        blocks.append(Table(columns, things, caption=caption))
    if sheet.digest:
        blocks.append(Words(say("清册摘要 SHA-256：", "Digest of the list, SHA-256: ") + sheet.digest))
        blocks.append(Code(f"{going.number} {sheet.digest}", say("清册摘要", "Digest of the list")))
    for party in going.signers:
        signature = sheet.signed(party.part)
        if signature is not None:
            blocks.append(
                Words(
                    f"{say(*PARTS[party.part])} {sheet.name(party.part)}："
                    + say("已电子签字 ", "signed at ")
                    + shown(signature.signed_at)
                )
            )
    blocks.append(Signatures(tuple(say(*PARTS[party.part]) for party in going.signers)))
    return blocks


def _row(sheet: Sheet, line: Line, say: Say) -> tuple[str | int | None, ...]:
    owner = sheet.people.get(line.owner_id)
    pieces = line.found_pieces or None
    return (
        line.position,
        "" if line.position in sheet.hidden else line.number,
        _title(sheet, line, say),
        line.document_date.strftime("%Y%m%d") if line.document_date else "",
        say(*CARRIERS[line.carrier]),
        say(*LEVELS[line.level]),
        "永久" if line.retention == "Y" else line.retention,
        "" if line.position in sheet.hidden else line.location,
        line.pieces or None,
        pieces,
        say(*FOUND[line.found]) + (f" {line.loan}" if line.loan else "")
        if line.found
        else say("未清点", "not counted"),
        line.explanation or ("" if line.carrier is Carrier.DIGITAL else line.note),
        f"{owner.name} {line.settle_by:%Y-%m-%d}" if owner and line.settle_by else "",
    )


def _title(sheet: Sheet, line: Line, say: Say) -> str:
    if line.position in sheet.hidden:
        return say("（无权知悉）", "(not visible to you)")
    return line.title + say("（作废）", " (obsolete)") if line.record_id in sheet.obsolete else line.title
