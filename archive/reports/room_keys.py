"""钥匙领退登记表: which keys tenants received, gave back, paid for, and still have; with room for their signatures."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import room_keys
from archive.app import Archive
from archive.model.room_keys import What, balances
from archive.printing import Block, Column, Printout, Signatures, Table, Words, shown
from archive.reports import Asked, Say

TITLE = {"zh": "钥匙领退登记表", "en": "Keys of tenants"}
GROUP = "arrange"
DUTY = Action.SEE_DOSSIERS
ASKED: tuple[Asked, ...] = (
    Asked("dossier", "卷宗号", "Number of the dossier", "dossier"),
    Asked("site", "项目", "Site", "site"),
)
WHAT: Mapping[What, tuple[str, str]] = {
    What.ISSUED: ("领用", "received"),
    What.RETURNED: ("收回", "given back"),
    What.COMPENSATED: ("赔偿", "paid for"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    found = room_keys.lists(archive, actor, site=asked["site"], dossier=asked["dossier"])
    summary = Table(
        (
            Column(say("卷宗号", "Dossier"), 1.3),
            Column(say("房号", "Unit"), 1),
            Column(say("客户", "Tenant"), 2.4),
            Column(say("钥匙种类", "Key"), 1.4),
            *(Column(say(*WHAT[what]), 0.7, number=True) for what in What),
            Column(say("未还", "still out"), 0.7, number=True),
        ),
        tuple(
            (
                dossier.number,
                dossier.subject,
                dossier.title,
                balance.key,
                balance.issued,
                balance.returned,
                balance.compensated,
                balance.outstanding,
            )
            for dossier, moves in found
            for balance in balances(moves)
        ),
    )
    blocks: list[Block] = [summary]
    if asked["dossier"] and found:
        ((_, moves),) = found
        columns = (
            Column(say("序号", "No."), 0.5, number=True),
            Column(say("时间", "When"), 1.3),
            Column(say("事项", "What"), 0.8),
            Column(say("钥匙种类", "Key"), 1.5),
            Column(say("把数", "Number"), 0.6, number=True),
            Column(say("领退人", "Tenant"), 1.2),
            Column(say("备注", "Remark"), 1.8),
            Column(say("签字", "Signature"), 1.4),
        )
        rows = tuple(
            (at, shown(one.at), say(*WHAT[one.what]), one.key, one.number, one.holder, one.note, "")
            for at, one in enumerate(moves, 1)
        )
        blocks += [Words(say("领退明细", "Line by line"), heading=True), Table(columns, rows)]
    blocks.append(Signatures((say("客户", "Tenant"), say("经办人", "Handled by"), say("复核人", "Checked by"))))
    return Printout(say(TITLE["zh"], TITLE["en"]), tuple(blocks), landscape=True)
