"""Contracts, for programs: the register, one contract with what is wrong, and every step of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response

from archive import amendments, contract_desk, contracts
from archive.contract_desk import Row
from archive.errors import Invalid
from archive.model.contracts import KINDS
from web import current
from web.api import Answer, Given, Operation, Parameter, body, said
from web.api.schemas import TEXT, ref

CONTRACT_ID = Parameter("id", TEXT, "Id of the contract.", "path")
DEEDS = (
    "change",
    "confirm",
    "send-back",
    "void",
    "renew",
    "prove",
    "disprove",
    "locate",
    "go-on",
    "end",
    "follow",
    "amend",
    "confirm-amendment",
    "void-amendment",
)


def get_contracts(given: Given) -> Response:
    found = contract_desk.desk(
        current.archive(),
        current.actor(),
        kind=given.get("kind", ""),
        site=given.get("site", ""),
        state=given.get("state", ""),
        text=given.get("q", ""),
    )
    return said(
        {
            "contracts": [_shape(row) for row in found.rows],
            "standings": dict(found.standings),
            "kinds": dict(found.kinds),
        }
    )


def draft_contract(_given: Given) -> Response:
    values = _texts(body(("record",)))
    made = contracts.draft(current.archive(), current.actor(), values["record"], values)
    return _one(made.id, 201)


def get_contract(given: Given) -> Response:
    return _one(given["id"])


def do_with_contract(given: Given) -> Response:
    """Every step of a contract: what it needs stands in the body under the names of its form."""
    archive, actor, id_, deed = current.archive(), current.actor(), given["id"], given["deed"]
    entered = body()
    values, revision = _texts(entered), _revision(entered)
    if deed == "change":
        contracts.change(archive, actor, id_, values, revision=revision)
    elif deed == "confirm":
        contracts.confirm(archive, actor, id_, revision=revision, despite=values.get("why", ""))
    elif deed == "send-back":
        contracts.send_back(archive, actor, id_, values.get("why", ""), revision=revision)
    elif deed == "void":
        contracts.void(archive, actor, id_)
    elif deed == "renew":
        return _one(contracts.renew(archive, actor, id_, values.get("record", ""), values).id, 201)
    elif deed == "prove":
        item, record, note = (values.get(name, "") for name in ("item", "record", "note"))
        contracts.prove(archive, actor, id_, item, record=record, note=note)
    elif deed == "disprove":
        contracts.disprove(archive, actor, id_, values.get("item", ""))
    elif deed == "locate":
        copies, place = values.get("originals", ""), values.get("originals_at", "")
        contracts.locate(archive, actor, id_, originals=copies, originals_at=place, revision=revision)
    elif deed == "go-on":
        contracts.go_on(archive, actor, id_, revision=revision)
    elif deed == "follow":
        contracts.follow(archive, actor, id_, values.get("successor", ""), revision=revision)
    elif deed == "end":
        last, why, notice = (values.get(name, "") for name in ("last_day", "why", "notice_on"))
        contracts.end(archive, actor, id_, last, revision=revision, why=why, notice_on=notice)
    elif deed == "amend":
        amendments.draft(archive, actor, id_, values.get("record", ""), values)
    elif deed == "confirm-amendment":
        amendments.confirm(archive, actor, id_, values.get("amendment", ""))
    else:
        amendments.void(archive, actor, id_, values.get("amendment", ""))
    return _one(id_)


def _one(contract_id: str, status: int = 200) -> Response:
    shown = contract_desk.show(current.archive(), current.actor(), contract_id)
    return said(
        {
            **_shape(shown.row),
            "findings": [
                {
                    "code": one.code,
                    "first": one.first.isoformat() if one.first else None,
                    "last": one.last.isoformat() if one.last else None,
                }
                for one in shown.findings
                if one.contract_id == contract_id
            ],
            "checklist": [
                {
                    "item": line.item.code,
                    "name": line.item.zh,
                    "proved": line.evidence is not None,
                    "record": line.record.id if line.record else None,
                }
                for line in shown.checklist
            ],
            "amendments": [
                {
                    "id": paper.id,
                    "record": record.id,
                    "state": paper.state,
                    "says": paper.says,
                    "ends_on": paper.ends_on.isoformat() if paper.ends_on else None,
                }
                for paper, record in shown.amendments
            ],
            "may": sorted(shown.may),
        },
        status,
    )


def _shape(row: Row) -> Mapping[str, Any]:
    one = row.contract
    last = None if one.until is None else one.until - timedelta(days=1)
    return {
        "id": one.id,
        "record": one.record_id,
        "number": one.number,
        "title": one.title,
        "kind": one.kind,
        "site": one.site,
        "party_a": one.party_a,
        "party_b": one.party_b,
        "signed_on": one.signed_on.isoformat() if one.signed_on else None,
        "begins_on": one.begins_on.isoformat() if one.begins_on else None,
        "last_day": last.isoformat() if last else None,
        "indefinite": one.indefinite,
        "standing": row.standing,
        "days_left": row.days_left,
        "notice_by": row.notice_by.isoformat() if row.notice_by else None,
        "originals": one.originals,
        "originals_at": one.originals_at,
        "before": row.before.id if row.before else None,
        "after": row.after.id if row.after else None,
        "sent_back": one.sent_back_why,
        "confirmed_despite": one.confirmed_despite,
        "revision": one.revision,
    }


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in values.items():
        if name == "revision":
            continue
        if not isinstance(value, str):
            raise Invalid(f"{name} is not of the right type.", "bad-body")
        found[name] = value
    return found


def _revision(values: Mapping[str, Any]) -> int:
    value = values.get("revision", 0)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid("revision is not of the right type.", "bad-body")
    return value


OPERATIONS = (
    Operation(
        "GET",
        "/contracts",
        "The register of contracts, those that end first come first, with totals of all that you may find.",
        get_contracts,
        {200: Answer("Contracts.", ref("Contracts"))},
        (
            Parameter("kind", {"type": "string", "enum": list(KINDS)}, "Only of this kind."),
            Parameter("site", TEXT, "Only of this site."),
            Parameter("state", {"type": "string", "enum": list(contract_desk.STANDINGS)}, "Only that stand like this."),
            Parameter("q", TEXT, "Stands in a number, a title or the name of a party."),
        ),
    ),
    Operation(
        "POST",
        "/contracts",
        "Draft a contract whose paper is a record; somebody else confirms it.",
        draft_contract,
        {201: Answer("The contract.", ref("ContractShown"))},
        body={"application/json": ref("ContractToDraft")},
    ),
    Operation(
        "GET",
        "/contracts/{id}",
        "One contract, what is wrong with it, and what proves that it is valid.",
        get_contract,
        {200: Answer("The contract.", ref("ContractShown"))},
        (CONTRACT_ID,),
    ),
    Operation(
        "POST",
        "/contracts/{id}/{deed}",
        "A step of a contract. Where it is changed, `revision` is the one that was seen; dates are as 2026-03-01.",
        do_with_contract,
        {
            200: Answer("The contract.", ref("ContractShown")),
            201: Answer("The contract that follows it.", ref("ContractShown")),
        },
        (CONTRACT_ID, Parameter("deed", {"type": "string", "enum": list(DEEDS)}, "What is done.", "path")),
        body={"application/json": ref("ContractStep")},
    ),
)
