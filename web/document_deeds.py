"""What can be done to a controlled document, by its word: the same for pages and programs. Each asks its own rule."""

from collections.abc import Callable, Mapping

from werkzeug.datastructures import MultiDict

from access.actors import Actor
from archive import distributing, documents
from archive.app import Archive
from archive.errors import NotFound
from web import forms

Form = MultiDict[str, str]
Deed = Callable[[Archive, Actor, str, Form], object]


def do(archive: Archive, actor: Actor, document_id: str, deed: str, form: Form) -> None:
    """Raises NotFound for a deed there is none of, and as `documents.show` does."""
    if deed not in DEEDS:
        raise NotFound("There is no such page.")
    # Asked first: what is wrong with the request is no business of whoever may not find the document.
    documents.show(archive, actor, document_id)
    DEEDS[deed](archive, actor, document_id, form)


def _edition(form: Form) -> str:
    return form.get("edition", "")


def _revision(form: Form) -> int:
    return form.get("revision", 0, int)


DEEDS: Mapping[str, Deed] = {
    "submit": lambda a, who, _, f: documents.submit(a, who, _edition(f), revision=_revision(f)),
    "review": lambda a, who, _, f: documents.review(a, who, _edition(f), revision=_revision(f)),
    "approve": lambda a, who, _, f: documents.approve(a, who, _edition(f), revision=_revision(f)),
    "send-back": lambda a, who, _, f: documents.send_back(
        a, who, _edition(f), f.get("said", ""), revision=_revision(f)
    ),
    "take-back": lambda a, who, _, f: documents.take_back(a, who, _edition(f), revision=_revision(f)),
    "drop": lambda a, who, _, f: documents.drop(a, who, _edition(f), revision=_revision(f)),
    "issue": lambda a, who, _, f: documents.issue(
        a, who, _edition(f), f.get("day", ""), revision=_revision(f), carry=bool(f.get("carry"))
    ),
    "withdraw": lambda a, who, _, f: documents.withdraw(
        a, who, _edition(f), f.get("day", ""), f.get("said", ""), revision=_revision(f)
    ),
    "retain": lambda a, who, _, f: documents.retain(a, who, _edition(f), f.get("said", ""), revision=_revision(f)),
    "release": lambda a, who, _, f: documents.release(a, who, _edition(f), revision=_revision(f)),
    "check": lambda a, who, document, f: documents.check(
        a, who, document, f.get("outcome", ""), f.get("said", ""), next_on=f.get("day", "")
    ),
    "hand-out": lambda a, who, _, f: distributing.hand_out(
        a, who, _edition(f), f.get("holder", ""), f.get("place", "")
    ),
    "hand-over": lambda a, who, _, f: distributing.hand_over(a, who, f.get("copy", "")),
    "call-back": lambda a, who, _, f: distributing.call_back(
        a, who, f.get("copy", ""), f.get("outcome", ""), witness=f.get("witness", ""), note=f.get("said", "")
    ),
    "receive": lambda a, who, _, f: distributing.receive(a, who, f.get("copy", "")),
    "ask": lambda a, who, _, f: distributing.ask_to_read(
        a, who, _edition(f), forms.people_named(f, "people"), f.get("day", "")
    ),
    "acknowledge": lambda a, who, _, f: distributing.acknowledge(a, who, _edition(f)),
}
