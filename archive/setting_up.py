"""A company moves in: what has to be settled before work begins, how far it is, and the deeds that have no other page.

Nothing here is a wizard's state. Every step is asked of the archive itself, so that it can be left at any point, done
at the shell instead, or come undone, and the list stays true.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from access import rules
from access.actors import ADMINISTRATORS, Actor, Role
from access.rules import Action
from archive import config, doctoring, naming, settings_file
from archive.app import Archive
from archive.backups import ceremony, state
from archive.backups.ceremony import Ceremony
from archive.config import BackupTarget, Inbox
from archive.doctoring import Symptom
from archive.errors import Conflict, Invalid
from archive.model import Department, Person, Site
from archive.organisation import add_site, change_site
from archive.tables.backups import RUN

__all__ = ["add_site", "change_site"]

CONFIRMED = "set-up-confirmed"
"""Under this name the tables keep which steps somebody said are right as they are."""
CONFIRMABLE = ("sites", "plan", "inboxes")
"""An archive is born with something in these places; whether it is this company's only people can say."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list; `figures` are what its sentence is made of."""

    code: str
    done: bool
    figures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SetUp:
    """How far it is, with what the steps are about."""

    steps: Sequence[Step]
    sites: Sequence[Site]
    departments: Sequence[Department]
    inboxes: Sequence[tuple[Inbox, bool]]
    """Each with whether files can be taken out of it."""
    places: Sequence[BackupTarget]
    administrators: Sequence[Person]
    ceremony: Ceremony | None
    holders: Sequence[tuple[Person, bool]]
    """Who holds a share of the last ceremony, and whether they have taken it."""
    symptoms: Sequence[Symptom]
    classes: int
    allowed: Sequence[Path]
    """Below which folders of the machine a folder may be watched; those in the home always."""
    records: bool
    """Has anything come in yet?"""

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def next(self) -> str:
        """The first step that is not done; empty when all are."""
        return next((step.code for step in self.steps if not step.done), "")


def of(archive: Archive, actor: Actor) -> SetUp:
    """What the three administrators see of it."""
    rules.require(actor, Action.SEE_PEOPLE)
    with archive.read() as tx:
        people, sites = [one for one in tx.people.every() if one.active], tx.organisation.sites()
        departments = tx.organisation.departments()
        confirmed, classes = _confirmed(tx.meta.get(CONFIRMED)), len(tx.file_plan.every())
        records = any(tx.records.by_lifecycle().values())
    backups = state.of(archive, actor)
    machine = doctoring.symptoms(archive, actor) if rules.may(actor, Action.RUN) else ()
    # What backups lack is said by the steps about them.
    grave = [one for one in machine if one.serious and not one.code.startswith("backup-")]
    light = [one for one in machine if not one.serious and not one.code.startswith("backup-")]
    administrators = [one for one in people if one.roles & {role.value for role in ADMINISTRATORS}]
    posts = {role.value: sum(role.value in one.roles for one in people) for role in Role}
    inboxes = [(one, os.access(one.path, os.R_OK | os.W_OK | os.X_OK)) for one in archive.settings.inboxes]
    begun = ceremony.standing(archive, actor)
    steps = (
        Step("company", bool(archive.settings.company)),
        Step("sites", "sites" in confirmed and bool(sites), (len(sites),)),
        Step("plan", "plan" in confirmed or records, (classes,)),
        Step("inboxes", "inboxes" in confirmed and all(open_ for _, open_ in inboxes), (len(inboxes),)),
        Step(
            "administrators",
            len(administrators) >= len(ADMINISTRATORS) and not any(one.must_change_password for one in administrators),
            (sum(one.must_change_password for one in administrators),),
        ),
        Step(
            "people",
            bool(posts[Role.DOCUMENT_CONTROLLER] and posts[Role.FINAL_APPROVER]) and all(one.roles for one in people),
            (len(people), sum(not one.roles for one in people)),
        ),
        Step("place", any(one.off_site for one in archive.settings.backup_targets)),
        Step("keys", bool(backups.proved) and (begun is None or begun.complete), (len(backups.slots),)),
        Step("backup", backups.safe_until is not None),
        Step("rehearsal", backups.last_drill is not None),
        Step("machine", not grave, (len(grave), len(light))),
    )  # fmt: skip
    known = {one.id: one for one in people}
    return SetUp(
        steps if rules.may(actor, Action.RUN) else steps[:-1],
        sites,
        departments,
        inboxes,
        archive.settings.backup_targets,
        administrators,
        begun,
        [(known[person], taken) for person, taken in begun.holders.items() if person in known] if begun else (),
        machine,
        classes,
        config.folders(archive.settings.inbox_folders),
        records,
    )


def may_see(actor: Actor) -> None:
    """Pass silently, or raise Denied: for pages beside the list."""
    rules.require(actor, Action.SEE_PEOPLE)


def confirm(archive: Archive, actor: Actor, step: str) -> None:
    """Say that what stands there is this company's. Raises Invalid for a step that nobody need confirm."""
    rules.require(actor, Action.SET_UP)
    if step not in CONFIRMABLE:
        raise Invalid(f"There is no such step; there are: {', '.join(CONFIRMABLE)}.", "no-step")
    with archive.write() as tx:
        confirmed = _confirmed(tx.meta.get(CONFIRMED))
        if step not in confirmed:
            tx.meta.put(CONFIRMED, " ".join(sorted(confirmed | {step})))
            tx.ledger.add(archive.now(), actor.id, "set-up.confirmed", "archive", step)


def name_company(archive: Archive, actor: Actor, name: str) -> None:
    """The name at the top of every page and printout."""
    rules.require(actor, Action.SET_UP)
    name = naming.clean(name).strip()
    if not name:
        raise Invalid("Say what the company is called.", "no-company")
    _changed(archive, actor, "company", lambda: settings_file.put(archive.settings, "company", name[:200]))


def add_inbox(archive: Archive, actor: Actor, folder: str, *, site: str, level: int, separators: bool) -> None:
    """One more folder that is watched: by a plain name it is made in the home; by a whole path it must be there, below
    a folder that whoever owns the machine has allowed (inbox_folders). What lies in it is taken out of it.

    Raises Invalid for a folder that cannot be used, and Conflict for one that overlaps what the archive lives on.
    """
    rules.require(actor, Action.SET_UP)
    folder = folder.strip()
    with archive.read() as tx:
        if site and site not in {one.code for one in tx.organisation.sites()}:
            raise Invalid(f"There is no site {site!r}.", "no-such-site")
    if level not in (0, 1, 2, 3):
        raise Invalid("A level is 0, 1, 2 or 3.", "bad-level")
    plain = bool(folder) and naming.clean(folder) == folder and folder not in (".", "..") and "/" not in folder
    if not (plain or (Path(folder).is_absolute() and os.access(folder, os.R_OK | os.W_OK | os.X_OK))):
        raise Invalid("Give a plain name, or the path of a folder that is there and can be written.", "bad-folder")
    path = archive.settings.home / folder
    _may_be_emptied(archive, path, plain=plain)
    polling = doctoring.file_system(path if path.exists() else path.parent) in doctoring.OVER_THE_NETWORK
    values = {"path": folder, "site": site, "level": level, "polling": polling, "separators": separators}
    said = {name: value for name, value in values.items() if value not in ("", False)}

    def write() -> object:
        fresh = settings_file.add(archive.settings, "inbox", said)
        for one in (path, path / "done", path / "quarantine"):
            one.mkdir(parents=True, exist_ok=True)
        return fresh

    _changed(archive, actor, "inbox", write)


def _may_be_emptied(archive: Archive, path: Path, *, plain: bool) -> None:
    """Whoever sets up the archive does not thereby reach every folder of the machine."""
    if path.exists() and path.resolve() != path.parent.resolve() / path.name:
        raise Invalid("This is a link to another folder: name the folder itself.", "inbox-is-link")
    if plain:
        return
    real = path.resolve()
    allowed = [one.resolve() for one in config.folders(archive.settings.inbox_folders)]
    if config.of_the_system(real) or not any(real != one and real.is_relative_to(one) for one in allowed):
        raise Invalid(
            "Folders there are not watched: whoever owns the machine names in the settings (inbox_folders) below which "
            "folders they may be.",
            "inbox-not-allowed",
        )
    if real == Path.home().resolve() or archive.settings.home.resolve().is_relative_to(real):
        raise Invalid("This folder holds the archive or a home: choose one of its own.", "inbox-not-allowed")


def remove_inbox(archive: Archive, actor: Actor, folder: str) -> None:
    """Watch a folder no longer; the folder itself stays, with what is in done/ and quarantine/.

    Raises Conflict for the last one, and while files lie in it that have not come in.
    """
    rules.require(actor, Action.SET_UP)
    known = {str(one.path): one for one in archive.settings.inboxes}
    inbox = known.get(folder)
    if inbox is None:
        raise Conflict("This folder is not watched.", "not-in-settings")
    if len(known) == 1:
        raise Conflict("This is the only inbox: add another one first.", "last-inbox")
    if inbox.path.is_dir() and any(one.is_file() for one in inbox.path.iterdir() if not one.name.startswith(".")):
        raise Conflict("Files lie in it that have not come in: wait for them, or take them out.", "inbox-not-empty")
    home = archive.settings.home
    said = str(inbox.path.relative_to(home)) if inbox.path.is_relative_to(home) else folder
    _changed(archive, actor, "inbox", lambda: settings_file.remove(archive.settings, "inbox", "path", said))


def remove_place(archive: Archive, actor: Actor, name: str) -> None:
    """Serve a place for backups no longer, as long as none lies there.

    Raises Conflict for the last one, and for one that holds backups: what is destroyed has to be destroyed there too.
    """
    rules.require(actor, Action.SET_UP)
    if name not in {one.name for one in archive.settings.places}:
        raise Conflict("There is no such place.", "not-in-settings")
    if len(archive.settings.places) == 1:
        raise Conflict("This is the only place for backups: add another one first.", "last-place")
    with archive.read() as tx:
        used = bool(tx.backups.of(RUN, place=name, limit=1))
    if used:
        raise Conflict(
            "Backups lie there, and what is destroyed has to be destroyed in them too: the place stays.", "place-in-use"
        )
    _changed(
        archive, actor, "backup-place", lambda: settings_file.remove(archive.settings, "backup_target", "name", name)
    )


def add_place(archive: Archive, actor: Actor, name: str, location: str, *, off_site: bool) -> None:
    """One more place for backups: a folder on another disk, a share or machine; it must be there and take files.

    Raises Invalid for one that does not, and for a folder in the home: who loses one loses both.
    """
    rules.require(actor, Action.SET_UP)
    name, location = name.strip(), location.strip()
    path = Path(location)
    if not path.is_absolute() or not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise Invalid("Give the path of a folder that is there and can be written.", "bad-folder")
    if path.resolve().is_relative_to(archive.settings.home.resolve()):
        raise Invalid("This folder lies in the archive itself: who loses one loses both.", "place-in-home")
    if not name or naming.clean(name) != name or "/" in name:
        raise Invalid("Give the place a short name.", "bad-place-name")
    if any(location == one.location for one in archive.settings.places):
        raise Conflict("Backups go there already.", "place-taken")

    def write() -> object:
        settings = archive.settings
        if not settings.places:
            # The place that stood for itself until now is named, or it would be served no longer.
            settings = settings_file.add(
                settings, "backup_target", {"name": "local", "location": str(settings.backups)}
            )
        said = {"name": name, "location": location, "off_site": off_site}
        return settings_file.add(settings, "backup_target", said)

    _changed(archive, actor, "backup-place", write)


def _changed(archive: Archive, actor: Actor, what: str, write: Callable[[], object]) -> None:
    """Write the settings, take them up at once in this process, and say in the ledger that it was done."""
    before = archive.settings
    write()
    fresh = settings_file.current(before)
    archive.settings = replace(fresh, notify=before.notify, rounds=before.rounds, channels=before.channels)
    with archive.write() as tx:
        tx.ledger.add(archive.now(), actor.id, "set-up.changed", "archive", what)


def _confirmed(text: str | None) -> frozenset[str]:
    return frozenset((text or "").split())


def unfinished(archive: Archive, actor: Actor) -> bool:
    """Is there something left for this person to settle? For the door, which leads there after signing in."""
    if not rules.may(actor, Action.SET_UP):
        return False
    return bool(of(archive, actor).next)
