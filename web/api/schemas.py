"""The shapes of what programs send and get, as JSON Schema (2020-12), by name."""

from collections.abc import Mapping
from typing import Any

from access.approvals import Post
from access.documents import State as DocumentState
from access.handovers import Carrier, Found, Kind, Part
from access.handovers import State as HandoverState
from access.loans import CONDITIONS, Form, State
from access.repairs import State as RepairState
from archive import deeds
from archive.approval_matrix import COLUMNS as MATRIX_COLUMNS
from archive.contract_desk import FINDINGS as CONTRACT_FINDINGS
from archive.contract_desk import KINDS as CONTRACT_KINDS
from archive.contract_desk import STANDINGS
from archive.faults import SEVERITIES
from archive.model import LIFECYCLES
from archive.model.climate import KINDS as FINDINGS
from archive.model.documents import CHECKS, OUTCOMES
from archive.model.documents import KINDS as DOCUMENT_KINDS
from archive.model.forms import KINDS as FIELD_KINDS
from archive.model.laws import RANKS, STATUSES
from archive.model.measures import KINDS as REVIEW_KINDS
from archive.model.measures import STATES as MEASURE_STATES
from archive.model.properties import OCCASIONS, PROPERTIES, WEIGHTS
from archive.model.repairs import SOURCES as REPAIR_SOURCES
from archive.model.repairs import URGENCIES
from archive.model.rooms import KINDS
from archive.model.stocktakes import CONDITIONS as PAPER_CONDITIONS
from archive.model.stocktakes import DIFFERENCES
from web import document_deeds

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
LEVEL: Schema = {
    "type": "integer",
    "minimum": 0,
    "maximum": 3,
    "description": "0 public 公开, 1 internal 内部, 2 confidential 普通商密, 3 core secret 核心商密",
}
DATE: Schema = {"type": ["string", "null"], "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MAYBE: Schema = {"type": ["string", "null"], "format": "date-time"}
FORM: Schema = {"type": "string", "enum": [form.value for form in Form]}
COUNTS: Schema = {"type": "object", "additionalProperties": COUNT}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def every(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def thing(properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """An object in which everything is always there, except what is named optional."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


SELECTED = ("chosen", "waiting", "ready", "unchanged", "refused", "done", "undone")
"""What may have become of a record of a selection."""
QUESTION: Mapping[str, Schema] = {
    "q": TEXT,
    "class": every(TEXT),
    "level": every(LEVEL),
    "site": every(TEXT),
    "department": every(TEXT),
    "format": every(TEXT),
    "carrier": every(TEXT),
    "from": {"type": ["integer", "null"]},
    "to": {"type": ["integer", "null"]},
    "sort": TEXT,
}
_TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}
_LAW: Mapping[str, Schema] = {
    **dict.fromkeys(("code", "name", "number", "issuer", "departments"), TEXT),
    "rank": {"type": "string", "enum": list(RANKS)},
    "status": {"type": "string", "enum": list(STATUSES)},
    "successor": {"type": ["string", "null"]},
    **dict.fromkeys(("published_on", "effective_on", "ended_on", "verified_on", "review_on"), DATE),
    "version": COUNT,
    "named_by": every(TEXT),
}
_FORM: Mapping[str, Schema] = {
    **dict.fromkeys(("code", "name", "class", "occasion"), TEXT),
    "aliases": every(TEXT),
    "level": LEVEL,
    "version": COUNT,
    "fields": every(
        thing(
            {
                "name": TEXT,
                "kind": {"type": "string", "enum": list(FIELD_KINDS)},
                "choices": every(TEXT),
                "needed": FLAG,
                "afterwards": FLAG,
            }
        )
    ),
}
_COPY: Mapping[str, Schema] = {
    **dict.fromkeys(("serial", "form", "site"), TEXT),
    "version": COUNT,
    "state": {"type": "string", "enum": ["blank", "void", "open", "screen", "scan"]},
    "record": {"type": ["string", "null"]},
    "filled_at": MAYBE,
}
_MEASURE: Mapping[str, Schema] = {
    **dict.fromkeys(("id", "number", "site", "about", "plan", "owner", "evidence"), TEXT),
    "due_on": DATE,
    "state": {"type": "string", "enum": list(MEASURE_STATES)},
}
_REVIEW: Mapping[str, Schema] = {
    **dict.fromkeys(("id", "number", "site", "title"), TEXT),
    "kind": {"type": "string", "enum": list(REVIEW_KINDS)},
    "planned_on": DATE,
    "held_on": DATE,
}

_PROPERTY_TEST: Mapping[str, Schema] = {
    "id": TEXT,
    "number": TEXT,
    "occasion": {"type": "string", "enum": list(OCCASIONS)},
    "begun_at": MOMENT,
    "ended_at": MOMENT,
    "passed": {"type": "boolean"},
    "records": COUNT,
    "bytes_read": COUNT,
}

_DESCRIBED: Mapping[str, Schema] = {
    "title": TEXT,
    "class": TEXT,
    "level": LEVEL,
    "site": TEXT,
    "department": TEXT,
    "number": TEXT,
    "issuer": TEXT,
    "parties": every(TEXT),
    "date": DATE,
    "location": TEXT,
}

_ACCOUNT: Mapping[str, Schema] = {
    "id": TEXT,
    "login": TEXT,
    "name": TEXT,
    "department": TEXT,
    "clearance": LEVEL,
    "roles": every(TEXT),
    "sites": every(TEXT),
    "active": FLAG,
}

_OPENED: Mapping[str, Schema] = {
    "level": LEVEL,
    "pii": COUNT,
    "classes": every(TEXT),
    "sites": every(TEXT),
    "departments": every(TEXT),
    "purpose": TEXT,
}

_LOWERED: Mapping[str, Schema] = {
    "id": TEXT,
    "record": TEXT,
    "level_from": LEVEL,
    "level_to": LEVEL,
    "pii_from": COUNT,
    "pii_to": COUNT,
    "reason": TEXT,
    "due_on": DATE,
    "event": TEXT,
    "proposed_at": MOMENT,
    "decision": TEXT,
    "done_at": MAYBE,
}

_OF_A_CONTRACT = (
    "record", "kind", "number", "title", "party_a", "party_b", "signed_on", "begins_on", "ends_on", "indefinite",
    "subject", "notice_days", "originals", "originals_at", "predecessor",
)  # fmt: skip
"""What can be said of a contract when it is drafted."""

_CONTRACT: Mapping[str, Schema] = {
    **dict.fromkeys(("id", "record", "number", "title", "site", "party_a", "party_b", "originals_at"), TEXT),
    "sent_back": {**TEXT, "description": "Why its draft was sent back; empty: it was not, or was corrected."},
    "confirmed_despite": {**TEXT, "description": "Why it was confirmed with lines of the checklist not proved."},
    **dict.fromkeys(("signed_on", "begins_on", "last_day", "notice_by"), DATE),
    "before": {"type": ["string", "null"]},
    "after": {"type": ["string", "null"]},
    "kind": {"type": "string", "enum": list(CONTRACT_KINDS)},
    "indefinite": FLAG,
    "standing": {"type": "string", "enum": list(STANDINGS)},
    "days_left": {"type": ["integer", "null"]},
    "originals": COUNT,
    "revision": COUNT,
}

_DOSSIER: Mapping[str, Schema] = {
    **dict.fromkeys(("id", "number", "type", "site", "subject", "title"), TEXT),
    "level": LEVEL,
    "percent": {"type": "integer", "minimum": 0, "maximum": 100},
    "complete": FLAG,
    "closed_at": MAYBE,
    "items": every(
        thing(
            {
                "item": TEXT,
                "name": TEXT,
                "state": {"type": "string", "enum": ["present", "waived", "missing", "not-applicable"]},
                "owner": MAYBE,
                "due_on": DATE,
                "records": every(thing({"record": TEXT, "placed": TEXT})),
                "waiver": {"type": ["string", "null"]},
            }
        )
    ),
}

_HANDOVER: Mapping[str, Schema] = {
    "id": TEXT,
    "number": TEXT,
    "kind": {"type": "string", "enum": [one.value for one in Kind]},
    "state": {"type": "string", "enum": [one.value for one in HandoverState]},
    "site": TEXT,
    "due_on": {"type": "string", "format": "date"},
    "counts": COUNTS,
}

_EDITION: Mapping[str, Schema] = {
    "id": TEXT,
    "label": TEXT,
    "record": TEXT,
    "state": {"type": "string", "enum": [one.value for one in DocumentState]},
    "revision": COUNT,
    "effective_from": DATE,
    "effective_until": DATE,
    "why": TEXT,
    "impact": TEXT,
}

_DOCUMENT: Mapping[str, Schema] = {
    "id": TEXT,
    "number": TEXT,
    "title": TEXT,
    "kind": {"type": "string", "enum": list(DOCUMENT_KINDS)},
    "department": TEXT,
    "review_on": DATE,
    "effective": {"anyOf": [ref("Edition"), {"type": "null"}]},
    "copies_out": COUNT,
    "to_recall": COUNT,
    "unread": COUNT,
}

_LOCATION: Mapping[str, Schema] = {
    "id": TEXT,
    "site": TEXT,
    "parent": {"type": ["string", "null"]},
    "kind": {"type": "string", "enum": list(KINDS)},
    "code": TEXT,
    "address": TEXT,
    "name": TEXT,
    "media": TEXT,
    "capacity": COUNT,
}

_DIFFERENCE: Schema = {"type": "string", "enum": ["", "on-loan", *DIFFERENCES]}
_STOCKTAKE: Mapping[str, Schema] = {
    "id": TEXT,
    "number": TEXT,
    "place": TEXT,
    "state": {"type": "string", "enum": ["counting", "counted", "closed"]},
    "seen": COUNT,
    "papers": COUNT,
    "record": {"type": ["string", "null"]},
}

_REPAIR: Mapping[str, Schema] = {
    **dict.fromkeys(
        ("id", "number", "record", "kind", "said", "seen_by", "company", "work", "materials", "loss"), TEXT
    ),
    "urgency": {"type": "string", "enum": list(URGENCIES)},
    "source": {"type": "string", "enum": list(REPAIR_SOURCES)},
    "state": {"type": "string", "enum": list(RepairState)},
    **{key: {"type": ["string", "null"]} for key in ("stocktake", "loan", "person", "done_by", "closed_by", "lost_by")},
    "seen_on": {"type": "string", "format": "date"},
    **dict.fromkeys(("out_on", "due_on", "done_on"), DATE),
    **{key: {"type": ["integer", "null"], "minimum": 0} for key in ("pages_before", "pages_after")},
}

SCHEMAS: Mapping[str, Schema] = {
    "Contracts": thing({"contracts": every(thing(_CONTRACT)), "standings": COUNTS, "kinds": COUNTS}),
    "ContractShown": thing(
        {
            **_CONTRACT,
            "findings": every(
                thing({"code": {"type": "string", "enum": list(CONTRACT_FINDINGS)}, "first": DATE, "last": DATE})
            ),
            "checklist": every(
                thing({"item": TEXT, "name": TEXT, "proved": FLAG, "record": {"type": ["string", "null"]}})
            ),
            "amendments": every(thing({"id": TEXT, "record": TEXT, "state": TEXT, "says": TEXT, "ends_on": DATE})),
            "may": every(TEXT),
        }
    ),
    "ContractToDraft": {
        "type": "object",
        "required": ["record"],
        "properties": dict.fromkeys(_OF_A_CONTRACT, TEXT),
        "additionalProperties": False,
    },
    "ContractStep": {
        "type": "object",
        "properties": {
            **dict.fromkeys(
                (
                    *_OF_A_CONTRACT,
                    "item",
                    "note",
                    "last_day",
                    "why",
                    "notice_on",
                    "successor",
                    "says",
                    "effective_on",
                    "amendment",
                ),
                TEXT,
            ),
            "revision": COUNT,
        },
        "additionalProperties": False,
    },
    "Dossiers": thing({"dossiers": every(thing(_DOSSIER))}),
    "DossierShown": thing(
        {
            **_DOSSIER,
            "may": every(TEXT),
            "keys": every(
                thing({"key": TEXT, **dict.fromkeys(("issued", "returned", "compensated", "outstanding"), COUNT)})
            ),
        }
    ),
    "DossierToOpen": {
        "type": "object",
        "required": ["type", "site", "subject", "title"],
        "properties": {
            **dict.fromkeys(("type", "site", "subject", "title", "owner"), TEXT),
            "facts": every(TEXT),
        },
        "additionalProperties": False,
    },
    "DossierStep": {
        "type": "object",
        "properties": {
            **dict.fromkeys(
                (
                    "item",
                    "record",
                    "placed",
                    "said",
                    "owner",
                    "due_on",
                    "promised_by",
                    "waiver",
                    "what",
                    "key",
                    "holder",
                    "note",
                ),
                TEXT,
            ),
            "number": COUNT,
        },
        "additionalProperties": False,
    },
    "Measure": thing(_MEASURE),
    "Review": thing(_REVIEW),
    "Measures": thing(
        {
            "measures": every(thing(_MEASURE)),
            "reviews": every(thing(_REVIEW)),
            "findings": every(thing(dict.fromkeys(("review", "site", "grade", "clause", "said"), TEXT))),
            "next_management_review": DATE,
            "external_findings": {"type": "object", "additionalProperties": COUNTS},
        }
    ),
    "MeasureToOpen": {
        "type": "object",
        "required": ["about", "plan", "owner", "due_on"],
        "properties": dict.fromkeys(("about", "plan", "owner", "due_on", "site", "cause", "review"), TEXT),
        "additionalProperties": False,
    },
    "ReviewToPlan": {
        "type": "object",
        "required": ["kind", "title", "on", "lead"],
        "properties": {
            "kind": {"type": "string", "enum": list(REVIEW_KINDS)},
            **dict.fromkeys(("title", "on", "lead", "site", "department"), TEXT),
        },
        "additionalProperties": False,
    },
    "ReviewShown": thing(
        {
            **dict.fromkeys(("id", "number", "title", "closed_why"), TEXT),
            "held_on": DATE,
            "closed_at": MAYBE,
            "inputs": every(thing({"code": TEXT, "name": TEXT, "ticked_at": MAYBE, "records": every(TEXT)})),
        }
    ),
    "InputToTick": {
        "type": "object",
        "required": ["records"],
        "properties": {"records": {"type": "array", "items": TEXT}, "note": TEXT},
        "additionalProperties": False,
    },
    "ReviewToClose": {"type": "object", "properties": {"why": TEXT}, "additionalProperties": False},
    "MeasureStep": {
        "type": "object",
        "properties": dict.fromkeys(("said", "record", "on", "grade", "clause", "site"), TEXT),
        "additionalProperties": False,
    },
    "Form": thing(_FORM),
    "Forms": thing({"forms": every(thing(_FORM))}),
    "FormCopy": thing(_COPY),
    "FormCopies": thing({"copies": every(thing(_COPY))}),
    "FormBlanks": thing({"serials": every(TEXT)}),
    "FormToFill": {
        "type": "object",
        "required": ["site", "fields"],
        "properties": {"site": TEXT, "fields": _TEXTS, "once": TEXT, "version": COUNT},
        "additionalProperties": False,
    },
    "FormToComplete": {
        "type": "object",
        "required": ["fields"],
        "properties": {"fields": _TEXTS},
        "additionalProperties": False,
    },
    "SerialToTakeOff": {
        "type": "object",
        "required": ["why"],
        "properties": {"why": TEXT},
        "additionalProperties": False,
    },
    "BlanksToGive": {
        "type": "object",
        "required": ["site"],
        "properties": {"site": TEXT, "count": {"type": "integer", "minimum": 1, "maximum": 50}, "to": TEXT},
        "additionalProperties": False,
    },
    "Checklists": thing(
        {
            "checklists": every(
                thing(
                    {
                        **dict.fromkeys(("code", "name", "class"), TEXT),
                        "version": COUNT,
                        "items": every(thing(dict.fromkeys(("item", "name", "condition", "source"), TEXT))),
                    }
                )
            )
        }
    ),
    "Location": thing(_LOCATION),
    "Locations": thing({"locations": every(thing({**_LOCATION, "records": COUNT}))}),
    "LocationWithRecords": thing({**_LOCATION, "records": every(TEXT)}),
    "LocationToAdd": {
        "type": "object",
        "required": ["kind", "code"],
        "properties": {
            **dict.fromkeys(("site", "parent", "code", "name", "media"), TEXT),
            "kind": {"type": "string", "enum": list(KINDS)},
            "capacity": COUNT,
        },
        "additionalProperties": False,
    },
    "Climate": thing(
        {
            "rooms": every(
                thing(
                    {
                        "location": TEXT,
                        "address": TEXT,
                        "at": MAYBE,
                        "temperature": {"type": ["number", "null"]},
                        "humidity": {"type": ["number", "null"]},
                        "findings": every(
                            thing({"kind": {"type": "string", "enum": list(FINDINGS)}, "since": MOMENT, "count": COUNT})
                        ),
                    }
                )
            )
        }
    ),
    "HouseSheet": thing({"code": TEXT, "version": COUNT, "columns": every(TEXT), "lines": every(_TEXTS)}),
    "HouseSheetChange": thing({"lines": every(_TEXTS), "version": COUNT, "reason": TEXT}),
    "Evidence": thing(
        {
            "year": COUNT,
            "lines": every(
                thing(
                    {
                        **dict.fromkeys(("code", "name", "source"), TEXT),
                        **dict.fromkeys(("records", "of_the_year"), COUNT),
                        "classes": COUNTS,
                        "latest": DATE,
                        **dict.fromkeys(("pages", "printouts"), every(TEXT)),
                    }
                )
            ),
        }
    ),
    "PropertyTests": thing({"tests": every(thing(_PROPERTY_TEST, optional=("records", "bytes_read")))}),
    "PropertyTest": thing(
        {
            **_PROPERTY_TEST,
            "tests": every(
                thing(
                    {
                        "code": TEXT,
                        "property": {"type": "string", "enum": list(PROPERTIES)},
                        "name": TEXT,
                        "asked": {"type": "string", "enum": list(WEIGHTS)},
                        "passed": COUNT,
                        "failed": COUNT,
                        "not_tested": COUNT,
                    },
                    optional=("passed", "failed", "not_tested"),
                )
            ),
            "failures": every(thing({"record": TEXT, "code": TEXT, "detail": TEXT})),
        },
        optional=("records", "bytes_read"),
    ),
    "Repair": thing(_REPAIR),
    "Repairs": thing({"repairs": every(thing(_REPAIR))}),
    "RepairToOpen": {
        "type": "object",
        "required": ["record", "kind", "said"],
        "properties": {
            **dict.fromkeys(("record", "said", "seen_on", "stocktake", "loan"), TEXT),
            "kind": {**TEXT, "description": "A code of the house sheet `damage`."},
            "urgency": _REPAIR["urgency"],
        },
        "additionalProperties": False,
    },
    "RepairStep": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("person", "company", "out_on", "due_on", "work", "materials", "done_on"), TEXT),
            "pages": COUNT,
        },
        "additionalProperties": False,
    },
    "Stocktakes": thing({"stocktakes": every(thing(_STOCKTAKE))}),
    "StocktakeWithLines": thing(
        {
            **_STOCKTAKE,
            "lines": every(
                thing(
                    {
                        "record": TEXT,
                        "expected": {"type": ["string", "null"]},
                        "seen": {"type": ["string", "null"]},
                        "pages": {"type": ["integer", "null"]},
                        "condition": {"type": ["string", "null"]},
                        "difference": _DIFFERENCE,
                    }
                )
            ),
        }
    ),
    "StocktakeToBegin": {
        "type": "object",
        "required": ["place", "second"],
        "properties": {"place": TEXT, "second": {"type": "string", "description": "Login of the second person."}},
        "additionalProperties": False,
    },
    "ScanToMake": {
        "type": "object",
        "required": ["label"],
        "properties": {
            "label": TEXT,
            "at": {"type": "string", "description": "Id of the place scanned last."},
            "pages": {"type": ["integer", "null"], "minimum": 0},
            "condition": {"type": "string", "enum": list(PAPER_CONDITIONS)},
        },
        "additionalProperties": False,
    },
    "ScanInStocktake": thing(
        {
            "place": TEXT,
            "record": {"type": ["string", "null"]},
            "difference": {"type": ["string", "null"]},
        }
    ),
    "Laws": thing({"laws": every(ref("Law"))}),
    "Law": thing(_LAW),
    "LawWithReaders": thing(
        {
            **_LAW,
            "readers": every(
                thing(
                    {
                        **dict.fromkeys(("person", "department"), TEXT),
                        "version": COUNT,
                        "due_on": DATE,
                        "read_at": MAYBE,
                    }
                )
            ),
        }
    ),
    "LawsToImport": {
        "type": "object",
        "required": ["lines", "reason"],
        "properties": {"lines": every(_TEXTS), "reason": TEXT},
        "additionalProperties": False,
    },
    "LawsChanged": thing({"changed": every(TEXT)}),
    "LawReadersToAsk": {
        "type": "object",
        "properties": {"people": every(TEXT), "department": TEXT, "again": FLAG, "due_on": DATE},
        "additionalProperties": False,
    },
    "LawRead": {
        "type": "object",
        "required": ["version"],
        "properties": {"version": COUNT},
        "additionalProperties": False,
    },
    "ReadingsToSend": {
        "type": "object",
        "required": ["instrument", "readings"],
        "properties": {
            "instrument": {"type": "string", "description": "Number of the instrument."},
            "readings": every(
                {
                    "type": "object",
                    "required": ["at", "temperature", "humidity"],
                    "properties": {"at": MOMENT, "temperature": {"type": "number"}, "humidity": {"type": "number"}},
                    "additionalProperties": False,
                }
            ),
        },
        "additionalProperties": False,
    },
    "ReadingLines": thing(
        {
            "lines": every(
                thing(
                    {
                        "line": COUNT,
                        "outcome": {"type": "string", "enum": ["taken", "known", "refused"]},
                        "code": {"type": ["string", "null"]},
                        "detail": {"type": ["string", "null"]},
                    }
                )
            )
        }
    ),
    "Move": thing(
        {
            "record": {"type": ["string", "null"]},
            "location": {"type": ["string", "null"]},
            "to": TEXT,
            "address": TEXT,
        }
    ),
    "Documents": thing({"documents": every(ref("Document"))}),
    "Document": thing(_DOCUMENT),
    "Edition": thing(_EDITION),
    "DocumentWithEditions": thing(
        {
            **_DOCUMENT,
            "editions": every(thing({**_EDITION, "standing": TEXT})),
            "copies": every(
                thing(
                    {
                        **dict.fromkeys(("id", "edition", "number", "holder", "place"), TEXT),
                        **dict.fromkeys(("handed_at", "received_at", "recalled_at"), MAYBE),
                        "outcome": {"type": ["string", "null"], "enum": [*OUTCOMES, None]},
                    }
                )
            ),
            "readers": every(thing({"edition": TEXT, "person": TEXT, "due": DATE, "read_at": MAYBE})),
            "may": every(TEXT),
        }
    ),
    "DocumentToDraft": {
        "type": "object",
        "required": ["record", "number", "label"],
        "properties": {
            **dict.fromkeys(
                ("record", "number", "label", "title", "department", "owner", "why", "impact", "elsewhere"), TEXT
            ),
            "kind": {"type": "string", "enum": list(DOCUMENT_KINDS)},
        },
        "additionalProperties": False,
    },
    "DocumentDeed": {
        "type": "object",
        "required": ["deed"],
        "properties": {
            "deed": {"type": "string", "enum": list(document_deeds.DEEDS)},
            "revision": COUNT,
            **dict.fromkeys(("edition", "day", "said", "carry", "copy", "holder", "place", "people", "witness"), TEXT),
            "outcome": {"type": "string", "enum": [*OUTCOMES, *CHECKS]},
        },
        "additionalProperties": False,
    },
    "MoveToMake": {
        "type": "object",
        "required": ["what", "to"],
        "properties": {"what": TEXT, "to": TEXT},
        "additionalProperties": False,
    },
    "Reports": thing(
        {
            "reports": every(
                thing(
                    {
                        "name": TEXT,
                        "title": TEXT,
                        "asked": every(thing({"name": TEXT, "kind": TEXT, "needed": FLAG})),
                    }
                )
            )
        }
    ),
    "Tasks": thing(
        {
            "tasks": every(
                thing(
                    {
                        "kind": TEXT,
                        "title": TEXT,
                        "subject": TEXT,
                        "sentence": TEXT,
                        "due": {"type": "string", "format": "date"},
                        "days": {"type": "integer"},
                        "mine": FLAG,
                        "link": TEXT,
                    }
                )
            )
        }
    ),
    "Faults": thing(
        {
            "faults": every(
                thing(
                    {
                        "kind": TEXT,
                        "title": TEXT,
                        "severity": {"type": "string", "enum": list(SEVERITIES)},
                        "subject": TEXT,
                        "sentence": TEXT,
                        "link": TEXT,
                    }
                )
            )
        }
    ),
    "Problem": thing(
        {
            "type": TEXT,
            "title": TEXT,
            "status": COUNT,
            "detail": TEXT,
            "code": TEXT,
            "field": {**TEXT, "description": "What was entered that it is about, where that can be said."},
            "also": {
                **every(thing({"code": TEXT, "detail": TEXT, "field": TEXT})),
                "description": "What else is wrong with what was entered.",
            },
            "reference": TEXT,
        },
        optional=("field", "also", "reference"),
    ),
    "Component": thing(
        {
            "id": TEXT,
            "file_name": TEXT,
            "media_type": TEXT,
            "size_bytes": COUNT,
            "sha256": TEXT,
            "pages": COUNT,
            "image_pages": COUNT,
            "cautions": every(thing({"code": TEXT, "detail": TEXT})),
            "part": {**COUNT, "description": "Which of the files of its record it is."},
            "version": COUNT,
            "parent": {"type": ["string", "null"], "description": "The component it was found in."},
            "place": {**TEXT, "description": "Where it lies in its parent."},
        }
    ),
    "Version": thing(
        {
            "component": TEXT,
            "part": COUNT,
            "version": COUNT,
            "current": FLAG,
            "file_name": TEXT,
            "size_bytes": COUNT,
            "sha256": TEXT,
            "added_at": MOMENT,
            "added_by": TEXT,
            "why": TEXT,
        }
    ),
    "Books": thing(
        {
            "balanced": FLAG,
            "unexplained": COUNT,
            "last_hour": COUNT,
            "to_read": COUNT,
            "sums": every(
                thing(
                    {
                        "day": TEXT,
                        "source": TEXT,
                        "seen": COUNT,
                        "filed": COUNT,
                        "duplicate": COUNT,
                        "quarantined": COUNT,
                        "waiting": COUNT,
                    }
                )
            ),
            "left": every(thing({"inbox": TEXT, "count": COUNT, "oldest": MOMENT, "minutes": COUNT})),
        }
    ),
    "RetryJobs": {
        "type": "object",
        "properties": {"job": {"type": "integer", "description": "Its number; absent for all."}},
        "additionalProperties": False,
    },
    "Retried": thing({"retried": COUNT}),
    "Proposals": thing({"proposals": every(thing({"id": TEXT, "title": TEXT, "share": {"type": "number"}}))}),
    "Unlock": {
        "type": "object",
        "required": ["password"],
        "properties": {
            "password": {**TEXT, "maxLength": 255, "description": "Used once, kept nowhere."},
            "component": {**TEXT, "description": "Id of a file; the first that is locked if it is not said."},
        },
        "additionalProperties": False,
    },
    "Merge": {
        "type": "object",
        "required": ["into"],
        "properties": {
            "into": {**TEXT, "description": "Id of the other record."},
            "level": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3,
                "description": "Of the record from now on; needed where the file waits at a stricter level than it.",
            },
            "why": TEXT,
        },
        "additionalProperties": False,
    },
    "Versions": thing({"versions": every(ref("Version"))}),
    "NewVersion": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            "why": {**TEXT, "description": "Why there is a new version."},
            "part": {"type": "integer", "minimum": 0, "default": 1, "description": "0 adds a file to the record."},
        },
        "required": ["file"],
    },
    "Suggestion": thing({"field": TEXT, "value": TEXT, "confidence": {"type": "number"}, "page": COUNT, "quote": TEXT}),
    "Record": thing(
        {
            "id": TEXT,
            **_DESCRIBED,
            "lifecycle": {"type": "string", "enum": list(LIFECYCLES)},
            "code": {"type": "string", "description": "The reference code 档号; empty before accession."},
            "pii": {"type": "integer", "minimum": 0, "maximum": 2},
            "captured_at": MOMENT,
            "captured_by": TEXT,
            "revision": COUNT,
            "may_read": FLAG,
            "may_download": FLAG,
            "may_describe": FLAG,
            "refusal": TEXT,
            "components": every(ref("Component")),
            "versions": {**every(ref("Version")), "description": "Empty while each file has one version only."},
            "suggestions": every(ref("Suggestion")),
        }
    ),
    "Description": {
        "type": "object",
        "properties": {
            **_DESCRIBED,
            "revision": {**COUNT, "description": "The revision you saw; may be given as If-Match instead."},
            "file": {"type": "boolean", "default": False, "description": "True files the record."},
        },
        "description": "What is not in it stays as it is.",
    },
    "Handed": thing(
        {
            "name": TEXT,
            "outcome": {"type": "string", "enum": ["captured", "duplicate", "quarantined", "refused"]},
            "id": {"type": "string", "description": "Absent for what you may not find."},
            "arrival": TEXT,
            "lifecycle": TEXT,
            "sha256": TEXT,
            "code": TEXT,
            "detail": TEXT,
        },
        optional=("id", "arrival", "lifecycle", "sha256", "code", "detail"),
    ),
    "HandedFiles": thing({"files": every(ref("Handed"))}),
    "Upload": {
        "type": "object",
        "properties": {
            "file": {
                "description": "One file, or several parts of this name.",
                "type": "array",
                "items": {"type": "string", "contentMediaType": "application/octet-stream"},
            },
            "title": {**TEXT, "description": "For a single file only."},
            "class": TEXT,
            "level": {**LEVEL, "description": "If absent: that of the class, or 2 without a class."},
            "site": TEXT,
            "department": TEXT,
            "number": TEXT,
            "issuer": TEXT,
            "parties": {**TEXT, "description": "Separated by semicolons."},
            "date": {**TEXT, "description": "2026-03-01"},
            "location": TEXT,
        },
        "required": ["file"],
    },
    "EarlierAnswer": thing(
        {
            "hits": every(
                thing(
                    {
                        "id": TEXT,
                        "title": TEXT,
                        "component": TEXT,
                        "version": COUNT,
                        "file_name": TEXT,
                        "snippets": every(ref("Snippet")),
                    }
                )
            ),
            "looked_at": {**COUNT, "description": "Versions that were looked through."},
            "whole": {**FLAG, "description": "False when only the newest were looked through."},
        }
    ),
    "Snippet": thing({"page": COUNT, "text": TEXT, "parts": every(thing({"text": TEXT, "match": FLAG}))}),
    "Hit": thing(
        {
            "id": TEXT,
            "title": TEXT,
            "number": TEXT,
            "class": TEXT,
            "level": LEVEL,
            "site": TEXT,
            "department": TEXT,
            "issuer": TEXT,
            "parties": every(TEXT),
            "date": DATE,
            "location": TEXT,
            "lifecycle": TEXT,
            "code": {"type": "string", "description": "The reference code 档号; empty before accession."},
            "page": {"type": ["integer", "null"], "description": "Page of the first snippet, counted from 1."},
            "component": {"type": ["string", "null"], "description": "The file in which the snippets stand."},
            "snippets": every(ref("Snippet")),
            "nearest": {"type": "boolean", "description": "Not a literal answer, and not counted, but near one."},
            "may_read": FLAG,
            "may_apply": {"type": "boolean", "description": "Whether you may ask to borrow it."},
            "obsolete_since": {
                "type": ["string", "null"],
                "format": "date",
                "description": "Since when it is an edition that does not hold any more.",
            },
            "format": {"type": "string", "description": "Kind of file; empty while it is unknown."},
            "lending": thing(
                {
                    "lent": {"type": "boolean", "description": "The paper is out, or spoken for."},
                    "back": {"type": ["string", "null"], "format": "date-time"},
                    "own_loan": {"type": "string", "description": "A loan of yours that covers it; else empty."},
                    "own_state": TEXT,
                    "own_due": {"type": ["string", "null"], "format": "date-time"},
                }
            ),
        }
    ),
    "SearchAnswer": thing(
        {
            "total": COUNT,
            "hits": every(ref("Hit")),
            "facets": {"type": "object", "additionalProperties": COUNTS},
            "took_ms": {"type": "number"},
            "problem": {"type": "string", "description": "Why the question was not understood; empty if it was."},
            "problem_at": {**COUNT, "description": "At which character of the question, from 1; 0 if nowhere."},
            "instead": {"type": "string", "description": "What to write instead, if anything can be offered."},
            "remarks": {**every(TEXT), "description": "How what was only half said was understood."},
            "relaxed": {
                "type": "boolean",
                "description": "Nothing answers literally; these have enough of what was asked for, best first.",
            },
            "incomplete": {
                "type": "boolean",
                "description": "Records are missing in the index, which is being rebuilt.",
            },
            "alone": {**COUNTS, "description": "When nothing was found: what each word would find alone."},
            "unfiltered": {**COUNT, "description": "When nothing was found: how many without the filters."},
        }
    ),
    "Suggestions": thing(
        {
            "suggestions": every(TEXT),
            "proposals": every(
                thing({"text": TEXT, "kind": {"type": "string", "enum": ["question", "title", "number", "party"]}})
            ),
        }
    ),
    "DrillToBegin": {
        "type": "object",
        "properties": {
            "person": {"type": "string", "description": "Login name of who is timed; you, if nobody is named."},
            "site": TEXT,
            "each": {"type": "integer", "minimum": 1, "maximum": 20},
            "seed": {"type": "string", "description": "Random start value; drawn and kept if there is none."},
            "limit_s": {"type": "integer", "minimum": 1, "maximum": 3600},
        },
        "additionalProperties": False,
    },
    "Drill": thing(
        {
            "id": TEXT,
            "number": TEXT,
            "person": TEXT,
            "conductor": TEXT,
            "site": TEXT,
            "seed": TEXT,
            "population": COUNT,
            "population_sha256": TEXT,
            "limit_s": COUNT,
            "created_at": MOMENT,
            "closed_at": {"type": ["string", "null"], "format": "date-time"},
            "record": {"type": "string", "description": "The record its report is filed as, if you may find it."},
            "passed": COUNT,
            "tasks": every(
                thing(
                    {
                        "position": COUNT,
                        "way": {"type": "string", "enum": ["catalogue", "shelf"]},
                        "question": {"type": "string", "description": "Empty until it is asked."},
                        "started_at": {"type": ["string", "null"], "format": "date-time"},
                        "seconds": {"type": ["number", "null"]},
                        "outcome": TEXT,
                    }
                )
            ),
        }
    ),
    "Drills": thing({"drills": every(ref("Drill"))}),
    "SearchToSave": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": TEXT,
            "alert": {"type": "string", "enum": ["none", "at-once", "daily"]},
            **QUESTION,
        },
        "additionalProperties": False,
    },
    "AlertToSet": {
        "type": "object",
        "required": ["alert"],
        "properties": {"alert": {"type": "string", "enum": ["none", "at-once", "daily"]}},
        "additionalProperties": False,
    },
    "SavedSearch": thing(
        {
            "id": TEXT,
            "name": TEXT,
            "alert": {"type": "string", "enum": ["none", "at-once", "daily"]},
            "created_at": MOMENT,
            "news": {**COUNT, "description": "How many records are new for it since you last looked."},
            "question": thing(QUESTION),
        }
    ),
    "SavedSearches": thing({"searches": every(ref("SavedSearch"))}),
    "RecordsToChoose": {
        "type": "object",
        "properties": {
            "ids": {**every(TEXT), "description": "Those of them that you may find; either these or a question."},
            "question": {
                "type": "object",
                "description": "All that answer it, at most ten thousand.",
                "properties": QUESTION,
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    },
    "DeedToAsk": {
        "type": "object",
        "required": ["deed"],
        "properties": {
            "deed": {"type": "string", "enum": list(deeds.names())},
            "said": {
                **_TEXTS,
                "description": "What it needs, under the names of its form; parties one per line.",
            },
        },
        "additionalProperties": False,
    },
    "Selection": thing(
        {
            "id": TEXT,
            "chosen_at": MOMENT,
            "phase": {"type": "string", "enum": ["chosen", "trying", "doing", "undoing"]},
            "deed": TEXT,
            "said": _TEXTS,
            "total": COUNT,
            "counts": {**COUNTS, "description": "How many records are in each state."},
            "under_way": FLAG,
            "may_undo": FLAG,
        }
    ),
    "Selections": thing({"selections": every(ref("Selection"))}),
    "Selected": thing(
        {
            "records": every(
                thing(
                    {
                        "id": TEXT,
                        "title": TEXT,
                        "no": COUNT,
                        "state": {"type": "string", "enum": list(SELECTED)},
                        "code": TEXT,
                        "reason": TEXT,
                        "changes": {"type": "object", "additionalProperties": thing({"was": {}, "is": {}})},
                    }
                )
            )
        }
    ),
    "Recent": thing({"opened": every(thing({"id": TEXT, "title": TEXT, "at": MOMENT})), "asked": every(TEXT)}),
    "Similar": thing(
        {
            "similar": every(
                thing(
                    {
                        "id": TEXT,
                        "title": TEXT,
                        "number": TEXT,
                        "class": TEXT,
                        "level": LEVEL,
                        "site": TEXT,
                        "department": TEXT,
                        "issuer": TEXT,
                        "parties": every(TEXT),
                        "date": DATE,
                        "location": TEXT,
                        "alike": {"type": "number"},
                    }
                )
            )
        }
    ),
    "RecordText": thing({"components": every(thing({"id": TEXT, "file_name": TEXT, "pages": every(TEXT)}))}),
    "Arrival": thing(
        {
            "id": TEXT,
            "source": TEXT,
            "name": TEXT,
            "size_bytes": COUNT,
            "state": TEXT,
            "outcome": TEXT,
            "seen_at": MOMENT,
            "record": TEXT,
            "reason_code": TEXT,
            "reason": TEXT,
        }
    ),
    "Intake": thing(
        {
            "seen_today": COUNT,
            "today": COUNTS,
            "total": COUNTS,
            "books": ref("Books"),
            "oldest_waiting": {"type": ["string", "null"], "format": "date-time"},
            "waiting": every(ref("Arrival")),
            "quarantined": every(ref("Arrival")),
            "recent": every(ref("Arrival")),
        }
    ),
    "FilingQueue": thing(
        {
            "total": COUNT,
            "records": every(
                thing(
                    {
                        "id": TEXT,
                        **_DESCRIBED,
                        "revision": COUNT,
                        "captured_at": MOMENT,
                        "file_names": every(TEXT),
                        "suggestions": every(ref("Suggestion")),
                    }
                )
            ),
        }
    ),
    "Classes": thing(
        {
            "classes": every(
                thing(
                    {
                        "code": TEXT,
                        "name_zh": TEXT,
                        "name_en": TEXT,
                        "retention": TEXT,
                        "level": LEVEL,
                        "pii": COUNT,
                        "responsible_post": TEXT,
                        "required_documents": every(TEXT),
                    }
                )
            )
        }
    ),
    "HandoverLine": thing(
        {
            "line": COUNT,
            "carrier": {"type": "string", "enum": [one.value for one in Carrier]},
            "record": {"type": ["string", "null"], "description": "null for what is no record, or may not be known"},
            "title": {"type": ["string", "null"], "description": "null where it may not be known"},
            "number": {"type": ["string", "null"]},
            "location": {"type": ["string", "null"]},
            "level": LEVEL,
            "pieces": COUNT,
            "loan": TEXT,
            "found": {"type": ["string", "null"], "enum": [None, *(one.value for one in Found)]},
            "found_pieces": COUNT,
            "confirmed": FLAG,
            "explanation": TEXT,
            "owner": TEXT,
            "settle_by": DATE,
        }
    ),
    "HandoverParty": thing(
        {"part": {"type": "string", "enum": [one.value for one in Part]}, "name": TEXT, "signed_at": MAYBE}
    ),
    "HandoverSummary": thing(_HANDOVER),
    "Handovers": thing({"handovers": every(ref("HandoverSummary"))}),
    "Handover": thing(
        {
            **_HANDOVER,
            "reason": TEXT,
            "parties": every(ref("HandoverParty")),
            "sha256": {"type": "string", "description": "What is signed: the digest of the whole list; empty before."},
            "may": every(TEXT),
            "signs_as": {"type": ["string", "null"], "description": "The part for which you sign next."},
            "total": COUNT,
            "lines": every(ref("HandoverLine")),
        }
    ),
    "HandoverPlan": {
        "type": "object",
        "description": "People are named by login name.",
        "required": ["kind"],
        "properties": {
            "kind": {"type": "string", "enum": [one.value for one in Kind]},
            **dict.fromkeys(("giver", "receiver", "supervisor", "witness", "approver"), TEXT),
            **dict.fromkeys(("site", "class_code", "department", "location", "reason"), TEXT),
            "outside": thing({"name": TEXT, "organisation": TEXT, "letter": TEXT}),
            "giver_absent": FLAG,
            "rights_end": FLAG,
            "due_on": {"type": "string", "format": "date"},
        },
        "additionalProperties": False,
    },
    "HandoverDeed": {
        "type": "object",
        "description": "What the deed takes. scan: label, pages, location; count: line, found, pieces, note; "
        "explain: line, explanation, owner, settle_by; sign: part, password, seen, factor, code; cancel: reason.",
        "properties": {
            **dict.fromkeys(("label", "location", "found", "note", "explanation", "owner", "settle_by"), TEXT),
            **dict.fromkeys(("part", "password", "seen", "factor", "code", "reason"), TEXT),
            **dict.fromkeys(("pages", "pieces", "line"), COUNT),
        },
        "additionalProperties": False,
    },
    "LoanItem": thing(
        {
            "record": {"type": ["string", "null"], "description": "null where it may not be found any more"},
            "form": FORM,
            "state": {"type": "string", "enum": [state.value for state in State]},
            "started_at": MAYBE,
            "due_at": MAYBE,
            "ended_at": MAYBE,
            "overdue": FLAG,
            "pages_out": COUNT,
            "condition_out": TEXT,
            "pages_in": COUNT,
            "condition_in": TEXT,
        }
    ),
    "LoanApproval": thing(
        {
            "post": {"type": "string", "enum": [post.value for post in Post]},
            "department": TEXT,
            "site": TEXT,
            "renewal": FLAG,
            "decision": {"type": "string", "enum": ["", "approved", "rejected", "void"]},
            "decided_by": TEXT,
            "decided_at": MAYBE,
            "reason": TEXT,
        }
    ),
    "Loan": thing(
        {
            "id": TEXT,
            "number": TEXT,
            "borrower": TEXT,
            "purpose": TEXT,
            "level": LEVEL,
            "pii": {"type": "integer", "minimum": 0, "maximum": 2},
            "term_days": COUNT,
            "renewals": COUNT,
            "renewals_max": COUNT,
            "requested_at": MOMENT,
            "items": every(ref("LoanItem")),
            "approvals": every(ref("LoanApproval")),
            "may": every(TEXT),
            "effect": TEXT,
        }
    ),
    "Loans": thing({"loans": every(ref("Loan"))}),
    "LoanWish": {
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": every(
                {"type": "object", "required": ["record", "form"], "properties": {"record": TEXT, "form": FORM}}
            ),
            "purpose": TEXT,
            "days": {"type": "integer", "minimum": 1},
            "borrower": {"type": "string", "description": "Login name of somebody else; by document controllers."},
            "external": thing({"name": TEXT, "organisation": TEXT, "letter": TEXT}),
        },
        "additionalProperties": False,
    },
    "LoanProspect": thing(
        {
            "days_max": COUNT,
            "renewals_max": COUNT,
            "purpose_needed": FLAG,
            "conditions": every(TEXT),
            "approvals": every(thing({"post": TEXT, "department": TEXT, "site": TEXT, "people": every(TEXT)})),
            "refusal": {"type": ["string", "null"], "description": "code of why it would be refused as it stands"},
        }
    ),
    "ApprovalMatrix": thing(
        {
            "version": COUNT,
            "rows": every(ref("MatrixRow")),
            "waiting": {"anyOf": [ref("MatrixVersion"), {"type": "null"}]},
            "versions": every(ref("MatrixVersion")),
            "may": every(TEXT),
        }
    ),
    "MatrixRow": {
        "type": "object",
        "description": "As the CSV has it: level empty for what makes stricter, posts and conditions divided by ；.",
        "properties": {name: {"type": ["string", "integer", "null"]} for name in MATRIX_COLUMNS},
        "required": ["level", "form", "posts", "days", "renewals"],
        "additionalProperties": False,
    },
    "MatrixVersion": thing(
        {
            "version": COUNT,
            "state": {"type": "string", "enum": ["proposed", "in_force", "dropped"]},
            "reason": TEXT,
            "proposed_at": MOMENT,
            "proposed_by": TEXT,
            "decided_at": MAYBE,
            "decided_by": TEXT,
            "rows": every(ref("MatrixRow")),
        }
    ),
    "MatrixToPropose": {
        "type": "object",
        "required": ["rows", "reason"],
        "properties": {"rows": every(ref("MatrixRow")), "reason": TEXT},
        "additionalProperties": False,
    },
    "Delegations": thing(
        {
            "delegations": every(
                thing({"id": TEXT, "deputy": TEXT, "starts_at": MOMENT, "ends_at": MOMENT, "ended_at": MAYBE})
            )
        }
    ),
    "DelegationToGive": {
        "type": "object",
        "required": ["deputy", "starts_at", "ends_at"],
        "properties": {"deputy": {**TEXT, "description": "Login name."}, "starts_at": MOMENT, "ends_at": MOMENT},
        "additionalProperties": False,
    },
    "Account": thing(_ACCOUNT),
    "Accounts": thing({"people": every(ref("Account"))}),
    "OpenedAccount": thing({**_ACCOUNT, "password": {**TEXT, "description": "One-time; said once, kept nowhere."}}),
    "AccountToOpen": {
        "type": "object",
        "required": ["login", "name"],
        "properties": {
            **dict.fromkeys(("login", "name", "department", "employee_no", "email"), TEXT),
            "sites": every(TEXT),
        },
        "additionalProperties": False,
    },
    "RightsToGive": {
        "type": "object",
        "description": "What is not said stays as it is.",
        "properties": {"roles": every(TEXT), "clearance": LEVEL, "department": TEXT, "sites": every(TEXT)},
        "additionalProperties": False,
    },
    "Grant": thing(
        {
            "id": TEXT,
            "kind": {"type": "string", "enum": ["grant", "emergency"]},
            "person": TEXT,
            "level": LEVEL,
            "pii": COUNT,
            **dict.fromkeys(("classes", "sites", "departments"), every(TEXT)),
            "purpose": TEXT,
            "starts_at": MOMENT,
            "ends_at": MOMENT,
            "given_by": TEXT,
            "confirmed_by": TEXT,
            "ended_at": MAYBE,
            "reviewed_by": TEXT,
            "review": TEXT,
        }
    ),
    "Grants": thing(dict.fromkeys(("waiting", "to_review", "grants"), every(ref("Grant")))),
    "GrantToGive": {
        "type": "object",
        "required": ["person", "purpose", "starts_at", "ends_at"],
        "properties": {"person": TEXT, **_OPENED, "starts_at": MOMENT, "ends_at": MOMENT},
        "additionalProperties": False,
    },
    "EmergencyToAsk": {
        "type": "object",
        "required": ["purpose", "hours"],
        "properties": {**_OPENED, "hours": {"type": "integer", "minimum": 1, "maximum": 4}},
        "additionalProperties": False,
    },
    "Declassification": thing(_LOWERED),
    "Declassifications": thing({"proposals": every(thing({**_LOWERED, "may_decide": FLAG, "may_report": FLAG}))}),
    "Lowering": {
        "type": "object",
        "required": ["record", "reason"],
        "properties": {"record": TEXT, "reason": TEXT, "level": LEVEL, "pii": COUNT, "due_on": TEXT, "event": TEXT},
        "additionalProperties": False,
    },
    "LedgerLines": thing(
        {
            "lines": every(
                thing(
                    {
                        "seq": COUNT,
                        "at": MOMENT,
                        **dict.fromkeys(("actor", "action", "subject_kind", "subject", "site", "digest"), TEXT),
                        "payload": {"type": "object"},
                    }
                )
            ),
            "more": FLAG,
        }
    ),
    "Readings": thing(
        {
            "readings": every(
                thing(
                    {
                        **dict.fromkeys(("day", "person", "record"), TEXT),
                        **dict.fromkeys(("times", "pages"), COUNT),
                        **dict.fromkeys(("first", "last"), MOMENT),
                        "rights": every(TEXT),
                    }
                )
            ),
            "truncated": FLAG,
        }
    ),
    "Seers": thing(
        {
            "record": TEXT,
            "at": MOMENT,
            "people": every(thing({"login": TEXT, "find": every(TEXT), "read": every(TEXT)})),
        }
    ),
    "Proof": thing(
        {
            "whole": FLAG,
            "lines": COUNT,
            "head": TEXT,
            "says": TEXT,
            "faults": every(thing({"seq": COUNT, "what": TEXT, "detail": TEXT})),
        }
    ),
    "Words": {
        "type": "object",
        "properties": {"reason": {"type": "string", "description": "A reason, or what came of it."}},
        "additionalProperties": False,
    },
    "OverTheCounter": {
        "type": "object",
        "required": ["record"],
        "properties": {
            "record": TEXT,
            "pages": COUNT,
            "condition": {"type": "string", "enum": list(CONDITIONS)},
            "note": TEXT,
        },
        "additionalProperties": False,
    },
    "Status": thing(
        {
            "records": COUNTS,
            "files_seen": COUNTS,
            "files_seen_today": COUNTS,
            "oldest_waiting": {"type": ["string", "null"], "format": "date-time"},
            "jobs": COUNTS,
            "dead_jobs": every(thing({"id": COUNT, "kind": TEXT, "error": TEXT})),
            "index": TEXT,
            "index_backlog": COUNT,
            "index_lag_s": {"type": "number"},
            "index_trouble": {"enum": ["", "gone", "away", "short"]},
            "index_missing": COUNT,
            "index_progress": TEXT,
            "objects": COUNT,
            "bytes_kept": COUNT,
            "bytes_stored": COUNT,
            "disk_free": COUNT,
            "searches": thing({"count": COUNT, "p50_ms": COUNT, "p95_ms": COUNT, "p99_ms": COUNT}),
            "ledger_lines": COUNT,
            "ledger_head": TEXT,
            "books": ref("Books"),
            "last_backup": {"type": ["string", "null"], "format": "date-time"},
        }
    ),
    "Person": thing(
        {
            "id": TEXT,
            "login": TEXT,
            "name": TEXT,
            "department": TEXT,
            "clearance": LEVEL,
            "roles": every(TEXT),
            "sites": every(TEXT),
        }
    ),
}
