"""Dossiers, for programs: the matrix, one dossier with what is missing, opening, filling and closing."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import checklists, dossiers, room_keys
from archive.dossiers import Folder, Opening
from archive.model.room_keys import balances
from archive.room_keys import Counted
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said
from web.api.schemas import TEXT, ref

DOSSIER_ID = Parameter("id", TEXT, "Id of the dossier.", "path")
DEEDS = ("put", "take", "owe", "hand-on", "chase", "ask-waiver", "grant", "refuse", "keys", "close")


def get_dossiers(given: Given) -> Response:
    found = dossiers.matrix(
        current.archive(),
        current.actor(),
        given.get("type", ""),
        given.get("site", ""),
        closed=given.get("state", "open") == "closed",
    )
    return said({"dossiers": [_shape(folder, found.people) for folder in found.folders]})


def open_dossier(_given: Given) -> Response:
    values = body(("type", "site", "subject", "title"))
    facts = entered.texts(values, "facts")
    type_, site, subject, title, owner = (
        entered.text(values, one) for one in ("type", "site", "subject", "title", "owner")
    )
    opening = Opening(type_, site, subject, title, owner=owner, facts=facts)
    made = dossiers.open_dossier(current.archive(), current.actor(), opening)
    return _one(made.id, 201)


def get_dossier(given: Given) -> Response:
    return _one(given["id"])


def do_with_dossier(given: Given) -> Response:
    """Every step of a dossier: what it needs stands in the body under the names of its form."""
    archive, actor, id_, deed = current.archive(), current.actor(), given["id"], given["deed"]
    values = body()
    item, why = entered.text(values, "item"), entered.text(values, "said")
    if deed == "put":
        dossiers.put(archive, actor, id_, item, entered.text(values, "record"))
    elif deed == "take":
        dossiers.take(archive, actor, id_, entered.text(values, "placed"), why)
    elif deed == "owe":
        owner, due_on, promised = (entered.text(values, name) for name in ("owner", "due_on", "promised_by"))
        dossiers.owe(archive, actor, id_, item, owner=owner, due_on=due_on, promised_by=promised)
    elif deed == "chase":
        dossiers.chase(archive, actor, id_, [item], entered.text(values, "due_on"))
    elif deed == "hand-on":
        dossiers.hand_on(archive, actor, id_, entered.text(values, "owner"))
    elif deed == "ask-waiver":
        dossiers.ask_waiver(archive, actor, id_, item, why)
    elif deed in ("grant", "refuse"):
        dossiers.decide_waiver(archive, actor, id_, entered.text(values, "waiver"), yes=deed == "grant", answer=why)
    elif deed == "keys":
        what, key, holder, note = (entered.text(values, name) for name in ("what", "key", "holder", "note"))
        room_keys.count(archive, actor, id_, Counted(what, key, entered.number(values, "number", 0), holder, note))
    else:
        dossiers.close(archive, actor, id_)
    return _one(id_)


def get_checklists(_given: Given) -> Response:
    found = checklists.every(current.archive(), current.actor())
    return said(
        {
            "checklists": [
                {
                    "code": one.checklist.code,
                    "name": one.checklist.name_zh,
                    "class": one.checklist.class_code,
                    "version": one.version,
                    "items": [
                        {"item": need.item, "name": need.name_zh, "condition": need.condition, "source": need.source}
                        for need in one.checklist.requirements
                    ],
                }
                for one in found
            ]
        }
    )


def _one(dossier_id: str, status: int = 200) -> Response:
    shown = dossiers.show(current.archive(), current.actor(), dossier_id)
    keys = [
        {
            "key": one.key,
            "issued": one.issued,
            "returned": one.returned,
            "compensated": one.compensated,
            "outstanding": one.outstanding,
        }
        for one in balances(shown.keys)
    ]
    return said({**_shape(shown.folder, shown.people), "may": sorted(shown.may), "keys": keys}, status)


def _shape(folder: Folder, people: Mapping[str, str]) -> Mapping[str, Any]:
    one = folder.dossier
    return {
        "id": one.id,
        "number": one.number,
        "type": one.type,
        "site": one.site,
        "subject": one.subject,
        "title": one.title,
        "level": one.level,
        "percent": folder.percent,
        "complete": folder.complete,
        "closed_at": one.closed_at.isoformat() if one.closed_at else None,
        "items": [
            {
                "item": each.requirement.item,
                "name": each.requirement.name_zh,
                "state": each.state,
                "owner": people.get(each.owner_id, each.owner_id) if each.state == "missing" else None,
                "due_on": each.due_on.isoformat() if each.due_on else None,
                "records": [
                    {"record": record.id, "placed": placed.id}
                    for placed, record in folder.records.get(each.requirement.item, ())
                ],
                "waiver": each.waiver.id if each.waiver and each.waiver.decided_at is None else None,
            }
            for each in folder.standings
        ],
    }


OPERATIONS = (
    Operation(
        "GET",
        "/dossiers",
        "Dossiers of a type that you may find (the first there are any of), with every document and how it stands.",
        get_dossiers,
        {200: Answer("Dossiers.", ref("Dossiers"))},
        (
            Parameter("type", TEXT, "Code of the type, as YZ."),
            Parameter("site", TEXT, "Only of this site."),
            Parameter("state", {"type": "string", "enum": ["open", "closed"], "default": "open"}, "Open or closed."),
        ),
    ),
    Operation(
        "POST",
        "/dossiers",
        "Open a dossier for a unit, a machine, a project or a person.",
        open_dossier,
        {201: Answer("The dossier.", ref("DossierShown"))},
        body={"application/json": ref("DossierToOpen")},
    ),
    Operation(
        "GET",
        "/dossiers/{id}",
        "One dossier with every document that belongs into it.",
        get_dossier,
        {200: Answer("The dossier.", ref("DossierShown"))},
        (DOSSIER_ID,),
    ),
    Operation(
        "POST",
        "/dossiers/{id}/{deed}",
        "A step of a dossier; `item` names the line of its checklist.",
        do_with_dossier,
        {200: Answer("The dossier.", ref("DossierShown"))},
        (DOSSIER_ID, Parameter("deed", {"type": "string", "enum": list(DEEDS)}, "What is done.", "path")),
        body={"application/json": ref("DossierStep")},
    ),
    Operation(
        "GET",
        "/checklists",
        "Which documents belong into a dossier of each type.",
        get_checklists,
        {200: Answer("Checklists.", ref("Checklists"))},
    ),
)
