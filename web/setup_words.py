"""The steps of setting up as something a person reads."""

from collections.abc import Mapping

from flask_babel import LazyString

from archive.doctoring import Symptom
from archive.setting_up import Step
from web.language import gettext, ngettext
from web.language import lazy_gettext as _l

STEPS: Mapping[str, LazyString] = {
    "company": _l("Name of the company"),
    "sites": _l("Sites and departments"),
    "plan": _l("File plan"),
    "inboxes": _l("Inboxes"),
    "administrators": _l("Three administrators"),
    "people": _l("People"),
    "place": _l("A place for backups outside the house"),
    "keys": _l("Key ceremony"),
    "backup": _l("First backup"),
    "rehearsal": _l("First rehearsal of a restore"),
    "machine": _l("The machine"),
}

WHY: Mapping[str, LazyString] = {
    "company": _l("It stands at the top of every page and printout."),
    "sites": _l(
        "Every record belongs to a site. A site's fonds code begins the reference code of all that is filed there. "
        "Departments say whose a record is, and whom somebody belongs to."
    ),
    "plan": _l("It says how what is filed is called, who may see it and how long it is kept."),
    "inboxes": _l("What is put into these folders comes in by itself: scanners and colleagues need nothing else."),
    "administrators": _l(
        "System administrator, security officer and auditor are three people. Each chooses a password of their own."
    ),
    "people": _l("Accounts are opened by the system administrator and given rights by the security officer."),
    "place": _l("It has to survive the fire that takes the house: a share or disk in another building."),
    "keys": _l(
        "Without the keys nobody can open a backup. Three people keep a share each; any two bring the keys back."
    ),
    "backup": _l("Until a backup was made and found whole, a broken disk loses everything."),
    "rehearsal": _l("Only a backup that was restored once is one."),
    "machine": _l("What muniment doctor says of this installation, worst first."),
}

DEEDS: Mapping[str, LazyString] = {
    "open": _l("An account is opened"),
    "rights": _l("Rights are given"),
    "both": _l("An account is opened and given rights"),
    "": _l("Nothing to do"),
}
DONE: Mapping[str, LazyString] = {
    "open": _l("Account opened"),
    "rights": _l("Rights given"),
    "both": _l("Account opened, rights given"),
    "": _l("Nothing to do"),
}

SYMPTOMS: Mapping[str, LazyString] = {
    "open-folder": _l("Other accounts of this machine can look into the home or its keys."),
    "as-root": _l("It runs as root, which nothing in it needs: run it as an account of its own."),
    "first-password": _l("One-time passwords still lie beside the keys: hand them over, then delete the files."),
    "no-room": _l("The disk of the archive is nearly full: make room, or move the objects to a larger store."),
    "inbox-closed": _l("Files cannot be taken out of an inbox: the service has to read and to write there."),
    "share-unpolled": _l("An inbox is a network share, which tells nobody of new files: set polling for it."),
    "catalogue-on-share": _l("The catalogue lies on a network share, where it may be damaged: move it to a disk here."),
    "no-tls": _l("Pages and passwords travel readable for everybody on the network: put a proxy with TLS in front."),
    "no-channel": _l("Notices are seen in the browser only: no e-mail and no webhook is set up."),
    "clock-back": _l("The clock is behind the ledger: set it right."),
    "utc": _l("This machine counts days in UTC: until eight in the morning it is yesterday. Set its time zone."),
    "behind": _l("Files or records have waited for long: is the service running?"),
    "dead-jobs": _l("Jobs were given up; the page Status shows which, and tries them again."),
    "index-given-up": _l("Building the index anew ended the program every time: the page Status says what to do."),
    "index-short": _l("Records are missing in the index, so that searches do not find them: build it anew."),
    "not-ready": _l("Searching is not ready: build the index anew."),
    "thin-walls": _l("Files from outside are read without the strongest walls, which need Linux."),
}


COMMANDS: Mapping[str, str] = {
    "no-room": "muniment move-objects",
    "share-unpolled": "polling = true",
    "no-tls": "tls_proxy = true",
    "clock-back": "muniment ledger clock",
    "utc": "timedatectl set-timezone Asia/Shanghai",
    "behind": "muniment serve",
    "dead-jobs": "muniment jobs list",
    "index-short": "muniment index rebuild",
    "index-given-up": "muniment index rebuild",
    "not-ready": "muniment index rebuild",
}
"""What is typed or written down where the sentence above says what to do."""


def command(symptom: Symptom) -> str:
    """What is typed to mend it, or empty where the sentence says all there is; what is unknown here says itself how."""
    if symptom.code == "open-folder" or symptom.code not in SYMPTOMS:
        return symptom.mend
    return COMMANDS.get(symptom.code, "")


def standing(step: Step) -> str:
    """How far a step is, in a few words."""
    first, second = (*step.figures, 0, 0)[:2]
    match step.code:
        case "sites":
            return ngettext("%(num)s site", "%(num)s sites", first)
        case "plan":
            return ngettext("%(num)s class", "%(num)s classes", first)
        case "inboxes":
            return ngettext("%(num)s folder", "%(num)s folders", first)
        case "administrators" if first:
            return gettext("%(count)s have yet to choose their password", count=first)
        case "people":
            said = ngettext("%(num)s account", "%(num)s accounts", first)
            return said + (gettext(", %(count)s without rights", count=second) if second else "")
        case "keys":
            return ngettext("%(num)s way back", "%(num)s ways back", first)
        case "machine" if first:
            return ngettext("%(num)s thing to mend", "%(num)s things to mend", first)
        case "machine" if second:
            return gettext("nothing serious; %(count)s to improve", count=second)
        case _:
            return ""
