"""What was done is said on the next page: in a sentence that says what follows, with a link to where it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass

import flask
from flask import url_for
from flask_babel import LazyString
from markupsafe import Markup

from web import navigation
from web.language import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said after a deed. `there` is one of the places of the navigation, offered to those who may go there."""

    said: LazyString
    there: str = ""


def flash(said: str, there: str, label: str) -> None:
    """A sentence, and behind it the way to what it is about or to what follows."""
    flask.flash(Markup('{} <a href="{}">{}</a>').format(said, there, label))


def done(deed: str) -> None:
    """Say what follows from a deed; its name is that of the area and its own, as `repairs.mend`."""
    answer = ANSWERS[deed]
    for place in (one for group in navigation.GROUPS for one in group.open if one.endpoint == answer.there):
        flash(str(answer.said), url_for(place.endpoint), str(place.label))
        return
    flask.flash(str(answer.said))


ANSWERS: Mapping[str, Answer] = {
    "declassifications.agree": Answer(
        _l("Agreed: the level is lowered when its day or event has come, at once if it has.")
    ),
    "declassifications.refuse": Answer(_l("Refused: the level stays as it is.")),
    "declassifications.happened": Answer(_l("The event is written down: the level is lowered.")),
    "climate.rule": Answer(_l("The rule is set: readings are judged by it from its first day."), "climate.every"),
    "climate.read": Answer(_l("The reading is written down and judged; what is out of range asks for a measure.")),
    "climate.strike": Answer(_l("The reading is struck; it stays to be seen with the reason.")),
    "climate.place": Answer(_l("The instrument is placed: readings are asked for from its first day.")),
    "climate.retire": Answer(_l("The instrument is retired: no readings of it are asked for any more.")),
    "climate.calibrate": Answer(_l("The calibration is written down with its certificate.")),
    "climate.close-action": Answer(_l("The measure is closed with what was done.")),
    "measures.plan": Answer(_l("Planned. When it was held, write down on which day and what was found.")),
    "measures.open": Answer(_l("The measure is opened and stands among the tasks of its owner."), "tasks.every"),
    "measures.hold": Answer(_l("Written down as held. Next: what was found.")),
    "measures.find": Answer(_l("The finding is written down. Next: a measure for it.")),
    "measures.done": Answer(_l("Written down as done. Next: somebody else looks whether it worked.")),
    "measures.close": Answer(_l("It worked: the measure is closed.")),
    "measures.send-back": Answer(_l("It did not work: the measure is open again for its owner.")),
    "stocktakes.count": Answer(_l("Written down. Go on with the next paper.")),
    "stocktakes.finish": Answer(_l("Counting is over. Next: explain every difference, then both sign.")),
    "stocktakes.resume": Answer(_l("Counting goes on; signatures that were given are void.")),
    "stocktakes.explain": Answer(_l("Explained. When it is put right, say so here.")),
    "stocktakes.settle": Answer(_l("Put right: it is not due any more.")),
    "account.lower": Answer(_l("This session reaches no higher any more; sign in again to lift that.")),
    "account.end": Answer(_l("The other session is ended; whoever uses it has to sign in again.")),
    "account.revoke": Answer(_l("The token is revoked: no program gets in with it any more.")),
    "rooms.change": Answer(_l("What is said of the place is changed.")),
    "rooms.rename": Answer(
        _l("Renamed: all addresses in it are written anew. Next: print its labels and put them on.")
    ),
    "rooms.label": Answer(_l("Written down: its labels are on.")),
    "rooms.unlabel": Answer(_l("Written down: the label is missing. Next: print it and put it on.")),
    "rooms.close": Answer(_l("Out of use: nothing is put there any more."), "rooms.tree"),
    "loans.settle": Answer(_l("Settled: the paper can be lent again. What is left is to close the loan.")),
    "loans.replace": Answer(_l("Replaced: the paper can be lent again. What is left is to close the loan.")),
    "loans.write_off": Answer(
        _l("Written off: there is no paper any more, and its shelf is empty. What is left is to close the loan.")
    ),
    "loans.delegate": Answer(_l("Appointed: in those days your deputy decides in your place.")),
    "loans.end-delegation": Answer(_l("Ended: your deputy decides for you no longer.")),
    "search.alert": Answer(_l("You are told of what is new as you have chosen.")),
    "laws.add": Answer(
        _l("The law stands in the register. Next: say whether it applies, and ask those to read it whom it is for.")
    ),
    "laws.state": Answer(_l("Written down as a new version; every earlier one stays.")),
    "laws.review": Answer(_l("The review is written down; the next one is due on its day."), "tasks.every"),
    "laws.ask": Answer(_l("They are told, and say here that they have read it.")),
    "laws.acknowledge": Answer(_l("You have said that you have read it.")),
    "contracts.change": Answer(_l("The draft is corrected. Next: somebody else reviews it.")),
    "contracts.confirm": Answer(_l("Confirmed: it counts from now on."), "contracts.register"),
    "contracts.send-back": Answer(_l("Sent back; whoever drafted it is told."), "contracts.register"),
    "contracts.void": Answer(_l("Void: it counts as none."), "contracts.register"),
    "contracts.prove": Answer(_l("The proof stands on the checklist.")),
    "contracts.disprove": Answer(_l("The proof is taken back: the line is not proved any more.")),
    "contracts.locate": Answer(_l("It is written down how many originals there are, and where.")),
    "contracts.go-on": Answer(_l("Written down: it goes on without a term.")),
    "contracts.follow": Answer(_l("Written down by which contract it was renewed.")),
    "contracts.end": Answer(_l("Its end is written down."), "contracts.register"),
    "contracts.amend": Answer(_l("The amendment is drafted. Next: somebody else reviews it.")),
    "contracts.confirm-amendment": Answer(_l("The amendment is confirmed and counts.")),
    "contracts.void-amendment": Answer(_l("The amendment is void and changes nothing.")),
    "contracts.project": Answer(_l("The days of the project are written down; the chain is held against them.")),
    "repairs.treat": Answer(
        _l("It is being treated. Next: when it is done, write down what was done."), "repairs.every"
    ),
    "repairs.mend": Answer(
        _l("Written down. Next: somebody who did not treat it sees it on its shelf."), "repairs.every"
    ),
    "repairs.give-up": Answer(
        _l("Written down as beyond repair. Next: somebody who did not treat it sees it on its shelf."), "repairs.every"
    ),
    "repairs.put-back": Answer(_l("It is on its shelf and can be lent again."), "repairs.every"),
    "repairs.drop": Answer(_l("Closed: nothing has to be done."), "repairs.every"),
    "repairs.lose": Answer(
        _l("Written down as lost; the final approver is told. When it is found, say so here."), "repairs.every"
    ),
    "repairs.find": Answer(_l("Written down as found: its treatment goes on."), "repairs.every"),
    "repairs.write-off": Answer(_l("Given up: there is no paper any more, and its shelf is empty."), "repairs.every"),
    "grants.give": Answer(_l("Given. Where a second person has to confirm it, it holds from then on.")),
    "grants.confirm": Answer(_l("Confirmed: it holds from its first day.")),
    "grants.end": Answer(_l("Ended: it opens nothing any more.")),
    "grants.review": Answer(_l("The review is written down.")),
    "properties.item": Answer(_l("The item is set, and holds from its first day."), "properties.every"),
    "setup.company": Answer(_l("The name of the company is saved.")),
    "setup.site": Answer(_l("The site is set up.")),
    "setup.department": Answer(_l("The department is saved.")),
    "setup.inbox": Answer(_l("The inbox is set up: what falls into it is taken in."), "intake.show"),
    "setup.no-inbox": Answer(_l("The inbox is taken away; what lies in the folder stays there.")),
    "setup.place": Answer(_l("The place for backups is set up: the next backup is written there too."), "backups.show"),
    "setup.no-place": Answer(_l("The place for backups is taken away."), "backups.show"),
    "setup.ceremony": Answer(_l("The holders are asked: each signs in and takes their share.")),
    "setup.prove": Answer(_l("The shares open the keys.")),
    "setup.confirm": Answer(_l("This step is confirmed.")),
    "disposals.decide": Answer(_l("What becomes of the record is written down.")),
    "disposals.propose": Answer(_l("Proposed. Next: the final approver approves it or sends it back.")),
    "disposals.approve": Answer(
        _l("Approved: what is kept longer has its new term. Next: both witnesses sign, and the cooling-off ends.")
    ),
    "disposals.send-back": Answer(_l("Sent back to the group.")),
    "disposals.sign": Answer(
        _l("Signed. When both witnesses have signed and the cooling-off is over, it can be carried out.")
    ),
    "disposals.execute": Answer(_l("Destroyed. The certificate follows when no backup holds them any more.")),
    "disposals.cancel": Answer(_l("Given up: nothing of it is destroyed."), "disposals.every"),
    "disposals.release": Answer(_l("The hold is released: terms run as before."), "disposals.due"),
    "disposals.terms": Answer(_l("Written down: the term of the record follows from it.")),
    "accession.void": Answer(_l("The number stays empty, with its reason.")),
    "people.rights": Answer(_l("The rights are changed, and hold at once.")),
    "people.close": Answer(_l("The account is closed: sessions, tokens and grants end with it."), "people.everybody"),
    "people.revoke": Answer(_l("The token is revoked: no program gets in with it any more.")),
    "dossiers.state": Answer(_l("Written down: which documents apply follows from it.")),
    "dossiers.put": Answer(_l("The record lies in the dossier.")),
    "dossiers.take": Answer(_l("Taken out of the dossier; that it lay there stays written.")),
    "dossiers.owe": Answer(_l("Written down and told: it stands among the tasks of who sees to it."), "tasks.every"),
    "dossiers.hand-on": Answer(_l("Somebody else answers for the dossier now; what was to be brought goes with it.")),
    "dossiers.chase": Answer(_l("Reminded; how often stays written.")),
    "dossiers.ask-waiver": Answer(_l("Asked. Next: somebody else decides."), "tasks.every"),
    "dossiers.grant": Answer(_l("Granted: the document need not be there.")),
    "dossiers.refuse": Answer(_l("Refused: the document is still missing.")),
    "dossiers.keys": Answer(_l("What was counted of the keys is written down.")),
    "dossiers.close": Answer(_l("The dossier is closed: its term can begin.")),
    "forms.complete": Answer(_l("Filled in to its end."), "forms.every"),
    "alerts.close": Answer(_l("The alert is closed with what was found.")),
}
