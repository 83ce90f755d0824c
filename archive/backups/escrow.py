"""The keys survive the machine: ways back to them are added, proved, taken away, and the keys themselves changed.

Each is written into the ledger by the id of its slot; no passphrase, share or key file ever is.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.backups import keys, slots
from archive.backups.slots import Slot, Unlocking
from archive.errors import Invalid, Misconfigured


def add_passphrase(archive: Archive, actor: Actor, passphrase: str) -> Slot:
    """A passphrase that opens the keys in every repository, from the next run on."""
    rules.require(actor, Action.RUN)
    keys.load_or_create(archive.settings.keys)
    slot = slots.add_passphrase(archive.settings.keys, passphrase, archive.now())
    return _written(archive, actor, "backup-key.added", slot)


def add_key_file(archive: Archive, actor: Actor, path: Path) -> Slot:
    """A key file at `path`, which must be neither in the home nor where backups are. It is not kept here."""
    rules.require(actor, Action.RUN)
    path = apart(archive, path)
    keys.load_or_create(archive.settings.keys)
    slot, text = slots.add_key_file(archive.settings.keys, archive.now())
    keys.replace(path, text)
    return _written(archive, actor, "backup-key.added", slot)


def add_shares(archive: Archive, actor: Actor) -> tuple[Slot, Sequence[str]]:
    """Three shares, any two of which open the keys. They are handed back once and kept nowhere."""
    rules.require(actor, Action.RUN)
    keys.load_or_create(archive.settings.keys)
    slot, shares = slots.add_shares(archive.settings.keys, archive.now())
    return _written(archive, actor, "backup-key.added", slot), shares


def revoke(archive: Archive, actor: Actor, slot_id: str) -> Slot:
    """Take a way back away. What was copied before still opens with it: change the keys too if it was lost."""
    rules.require(actor, Action.RUN)
    return _written(archive, actor, "backup-key.revoked", slots.revoke(archive.settings.keys, slot_id))


def rotate(archive: Archive, actor: Actor) -> int:
    """New keys for everything written from now on, sealed into every slot; the generation they are."""
    rules.require(actor, Action.RUN)
    generation = len(keys.add_generation(archive.settings.keys).generations)
    sealed = slots.reseal(archive.settings.keys)
    with archive.write() as tx:
        tx.ledger.add(archive.now(), actor.id, "backup-key.changed", "backup", "", generation=generation, slots=sealed)
    return generation


def prove(archive: Archive, actor: Actor, unlocking: Unlocking) -> Slot:
    """Does this open a slot, and are the keys behind it today's? Raises Invalid if not."""
    rules.require(actor, Action.RUN)
    slot, files = slots.unlock(slots.every(archive.settings.keys), unlocking)
    held = keys.load(archive.settings.keys)
    if keys.parsed(files[keys.FILE_NAME], f"in slot {slot.id}").generations != held.generations:
        raise Invalid(f"Slot {slot.id} holds older keys; run: muniment backup key rotate", "slot-old")
    return _written(archive, actor, "backup-key.proved", slot)


def reader_keys(archive: Archive, actor: Actor, folder: Path) -> Path:
    """A key folder that verifies repositories, and can neither write them nor open an object."""
    rules.require(actor, Action.RUN)
    folder = apart(archive, folder)
    held = keys.load_or_create(archive.settings.keys)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys.replace(folder / keys.FILE_NAME, keys.text_of(held.generations, None))
    with archive.write() as tx:
        tx.ledger.add(archive.now(), actor.id, "backup-key.lent", "backup", "")
    return folder


def apart(archive: Archive, path: Path) -> Path:
    """A path with nothing there yet. Raises Invalid unless it outlives what befalls archive and backups."""
    path = path.expanduser().absolute().resolve()
    for place in (archive.settings.home, *_folders(archive)):
        if path.is_relative_to(place.resolve()):
            raise Invalid(
                f"{path} lies in {place}: who loses or steals one gets both. Choose another disk or a USB stick.",
                "key-with-data",
            )
    if not path.parent.exists():
        raise Misconfigured(f"{path.parent} is not there; connect the disk or make the folder.")
    if path.exists():
        raise Invalid(f"{path} exists already and is not replaced.", "exists")
    return path


def _folders(archive: Archive) -> Iterable[Path]:
    return [Path(place.location) for place in archive.settings.backup_targets if place.location.startswith("/")]


def _written(archive: Archive, actor: Actor, action: str, slot: Slot) -> Slot:
    with archive.write() as tx:
        tx.ledger.add(archive.now(), actor.id, action, "backup", slot.id, slot=slot.kind)
    return slot
