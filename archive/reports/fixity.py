"""固定性校验历史: which nights how much was read and held against its digest, and how it ended."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import printing, properties
from archive.app import Archive
from archive.printing import Column, Facts, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "固定性校验历史", "en": "Fixity history"}
GROUP = "preserve"
DUTY = Action.SEE_STATUS
ASKED: tuple[Asked, ...] = ()


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:  # noqa: ARG001 — nothing can be asked
    board = properties.board(archive, actor, "scheduled")
    facts = Facts(
        (
            (say("在库件数", "Records"), str(board.records)),
            (say("已逐字节校验", "Read so far"), str(board.read)),
            (say("校验周期", "Everything within"), say(f"{board.days} 天", f"{board.days} nights")),
            (say("最早一次校验", "Read longest ago"), printing.shown(board.oldest) if board.oldest else ""),
        ),
        abreast=2,
    )
    columns = (
        Column(say("检测编号", "Number"), 1.4),
        Column(say("开始", "Begun"), 1.6),
        Column(say("结束", "Ended"), 1.6),
        Column(say("件数", "Records"), 0.8, number=True),
        Column(say("读取字节数", "Bytes read"), 1.2, number=True),
        Column(say("未通过", "Failed"), 0.8, number=True),
        Column(say("结论", "Result"), 1),
    )
    rows = tuple(
        (
            run.number,
            printing.shown(run.begun_at),
            printing.shown(run.ended_at),
            run.records,
            run.bytes_read,
            run.failed,
            say("通过", "passed") if run.passed else say("未通过", "not passed"),
        )
        for run in board.runs
    )
    signatures = Signatures((say("信息管理员", "Administrator"), say("档案管理员", "Document controller")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (facts, Table(columns, rows), signatures))
