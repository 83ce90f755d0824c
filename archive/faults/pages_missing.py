"""A paper came back from a loan with fewer pages than went out, and nobody has settled it."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.loans import State
from access.rules import Action
from archive import loan_desk
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "缺页", "en": "Missing pages"}
SEVERITY = "high"
DUTY = Action.SEE_LOANS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:  # noqa: ARG001 — pages do not come back by waiting
    for slip in loan_desk.awaited(archive, actor):
        for item in slip.loan.items:
            record = slip.records.get(item.record_id)
            if record is not None and item.state is State.RETURNED_DAMAGED and item.pages_in < item.pages_out:
                number, lacking = slip.loan.number, item.pages_out - item.pages_in
                yield Fault(
                    record.id,
                    say(
                        f"《{record.title}》归还时缺 {lacking} 页（借阅单 {number}，借出 {item.pages_out} 页）",
                        f"{record.title} came back with {lacking} of {item.pages_out} pages missing (loan {number})",
                    ),
                    f"/loans/{slip.loan.id}",
                )
