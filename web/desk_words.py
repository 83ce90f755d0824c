"""The kinds of work on a desk as something a person reads, and the page on which each is done."""

from collections.abc import Mapping

from flask import url_for

from archive.desk import Work
from web.language import gettext, ngettext

PAGES: Mapping[str, str] = {
    "share": "setup.share",
    "own-late": "loans.mine",
    "decide": "loans.to_decide",
    "settle": "loans.to_settle",
    "quarantine": "intake.show",
    "late": "loans.overdue",
    "alerts": "alerts.every",
    "reviews": "grants.board",
    "grants": "grants.board",
    "resets": "people.everybody",
    "backups": "backups.show",
    "dead-jobs": "status.show",
    "without-rights": "people.everybody",
    "counter": "loans.at_counter",
    "repairs": "repairs.every",
    "to-file": "filing.queue",
    "accession": "accession.queue",
    "stocktakes": "stocktakes.every",
    "disposals": "disposals.every",
    "reading": "documents.mine",
    "own": "loans.mine",
    "anchor": "ledger.proof",
    "set-up": "setup.show",
}


ASKED: Mapping[str, str] = {"repairs": "?state=to-close"}
"""What of such a page is asked for, where it is not all of it."""


def address(work: Work) -> str:
    return url_for(PAGES[work.code]) + ASKED.get(work.code, "")


def sentence(work: Work) -> str:
    """What is to be done, with how much of it."""
    count = f"{work.count:,}"
    match work.code:
        case "share":
            return gettext("Take your share of the backup keys")
        case "own-late":
            return ngettext("Return what is overdue: %(num)s loan", "Return what is overdue: %(num)s loans", work.count)
        case "decide":
            return gettext("Answer requests to borrow: %(count)s", count=count)
        case "quarantine":
            return gettext("Look at what lies in quarantine: %(count)s", count=count)
        case "late":
            return gettext("Chase overdue loans: %(count)s", count=count)
        case "alerts":
            return gettext("Look into what was unusual: %(count)s", count=count)
        case "reviews":
            return gettext("Review emergencies: %(count)s", count=count)
        case "grants":
            return gettext("Confirm or refuse grants: %(count)s", count=count)
        case "resets":
            return gettext("Confirm new passwords: %(count)s", count=count)
        case "backups":
            return gettext("Mend the backups: %(count)s alarms", count=count)
        case "dead-jobs":
            return gettext("Look at jobs that were given up: %(count)s", count=count)
        case "without-rights":
            return gettext("Give rights to new accounts: %(count)s", count=count)
        case "counter":
            return gettext("Hand out at the counter: %(count)s", count=count)
        case "settle":
            return gettext("Decide about damaged and lost papers: %(count)s", count=count)
        case "repairs":
            return gettext("Close repairs: %(count)s", count=count)
        case "to-file":
            return gettext("File what came in: %(count)s", count=count)
        case "accession":
            return gettext("Give reference codes: %(count)s", count=count)
        case "stocktakes":
            return gettext("Go on with stocktakes: %(count)s", count=count)
        case "disposals":
            return gettext("Take the next step of disposals: %(count)s", count=count)
        case "reading":
            return gettext("Read and acknowledge documents: %(count)s", count=count)
        case "own":
            return gettext("What you have borrowed: %(count)s", count=count)
        case "anchor":
            return gettext("Write the head of the ledger down elsewhere: %(count)s lines since", count=count)
        case _:
            return gettext("Finish setting up: %(count)s steps", count=count)
