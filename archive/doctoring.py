"""What is usually wrong with an installation is found, and said together with how to mend it."""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import founding, indexing, readiness
from archive.app import Archive
from archive.backups import state

ROOM_LEAST = 2 << 30
"""Below this, in bytes, the disk is full before anybody notices."""
ROOM_NONE = 200 << 20
BEHIND = timedelta(minutes=5)
"""A service at work has taken up what is older than this."""
MOUNTS = Path("/proc/mounts")
OVER_THE_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "glusterfs", "fuse.glusterfs")


@dataclass(frozen=True, slots=True)
class Symptom:
    """Something that is not as it should be. `code` is stable; `serious` is what loses or shows something."""

    code: str
    what: str
    mend: str
    serious: bool = True


def symptoms(archive: Archive, actor: Actor) -> Sequence[Symptom]:
    """What is wrong now, serious ones first. Says nothing of what is kept."""
    rules.require(actor, Action.RUN)
    found = [symptom for look in _LOOKS for symptom in look(archive, actor)]
    return sorted(found, key=lambda symptom: not symptom.serious)


def _folders(archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    """Keys and objects are nobody's business but the service's."""
    for folder in (archive.settings.keys, archive.settings.home):
        if folder.exists() and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Symptom(
                "open-folder", f"Other accounts of this machine can look into {folder}.", f"chmod 700 {folder}",
                serious=folder == archive.settings.keys,
            )  # fmt: skip
    if os.geteuid() == 0:
        yield Symptom(
            "as-root", "It runs as root, which nothing in it needs.", "Run it as an account of its own.", serious=False
        )


def _first_passwords(archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    names = [name for _, _, name in founding.ADMINISTRATORS.values()]
    left = [name for name in names if (archive.settings.keys / name).exists()]
    if left:
        yield Symptom(
            "first-password", f"One-time passwords still lie in {archive.settings.keys} ({', '.join(left)}).",
            "Hand each to its administrator, let them choose their own, then delete the files.", serious=False,
        )  # fmt: skip


def _room(archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    free = shutil.disk_usage(archive.settings.home).free
    if free < ROOM_LEAST:
        yield Symptom(
            "no-room", f"{free >> 20} MB are free on the disk of the archive.", "Make room, or move the objects to a "
            "larger store: muniment move-objects.", serious=free < ROOM_NONE,
        )  # fmt: skip


def _shares(archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    """A share tells nobody of new files, and SQLite cannot lock on most of them."""
    for inbox in archive.settings.inboxes:
        if not os.access(inbox.path, os.R_OK | os.W_OK | os.X_OK):
            yield Symptom(
                "inbox-closed", f"Files cannot be taken out of the inbox {inbox.path}.",
                "Give the account of the service the right to read and to write there.",
            )  # fmt: skip
        elif not inbox.polling and (kind := file_system(inbox.path)) in OVER_THE_NETWORK:
            yield Symptom(
                "share-unpolled", f"The inbox {inbox.path} is a network share ({kind}), which tells nobody of new "
                "files.", "Write polling = true into its [[inbox]].",
            )  # fmt: skip
    if not archive.settings.database and (kind := file_system(archive.settings.home)) in OVER_THE_NETWORK:
        yield Symptom(
            "catalogue-on-share", f"The catalogue lies on a network share ({kind}), where SQLite may be damaged.",
            "Move the home to a disk of this machine, or set `database` to PostgreSQL.",
        )  # fmt: skip


def file_system(path: Path) -> str:
    """The kind of file system this path is on, empty where nobody says."""
    try:
        lines = [line.split(" ") for line in MOUNTS.read_text("utf-8").splitlines()]
    except OSError:
        return ""
    where = path.resolve()
    over = [(len(at), kind) for _, at, kind, *_ in lines if where.is_relative_to(at.encode().decode("unicode_escape"))]
    # Of several mounts at one place the last one counts.
    return max(enumerate(over), key=lambda one: (one[1][0], one[0]))[1][1] if over else ""


def _doors(archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    settings = archive.settings
    if settings.host not in ("127.0.0.1", "::1", "localhost") and not settings.tls_proxy:
        yield Symptom(
            "no-tls", f"Pages and passwords travel readable for everybody on the network ({settings.host}).",
            'Let a proxy end TLS in front of it: host = "127.0.0.1", tls_proxy = true.',
        )  # fmt: skip
    if not settings.channels and settings.notify:
        yield Symptom(
            "no-channel", "Notices are seen in the browser only: no e-mail and no webhook is set up.",
            "See [channels] in docs/configuration.md.", serious=False,
        )  # fmt: skip


def _clock(archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    now = archive.now()
    with archive.read() as tx:
        last = next(iter(tx.ledger.lines(limit=1)), None)
    if last is not None and last.at > now + timedelta(seconds=5):
        yield Symptom(
            "clock-back", f"The clock says {now:%Y-%m-%d %H:%M}, the ledger is at {last.at:%Y-%m-%d %H:%M} already.",
            "Set the clock; if it had been ahead, see: muniment ledger clock.",
        )  # fmt: skip
    if archive.settings.language == "zh" and now.astimezone().utcoffset() == timedelta(0):
        yield Symptom(
            "utc", "This machine counts days in UTC: until eight in the morning it is yesterday.",
            "timedatectl set-timezone Asia/Shanghai, or TZ=Asia/Shanghai for the service.", serious=False,
        )  # fmt: skip


def _work(archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    with archive.read() as tx:
        since = (tx.intake.oldest_waiting(), tx.index_queue.backlog()[1])
        dead = len(tx.jobs.dead())
    lag = max((archive.now() - one for one in since if one is not None), default=timedelta(0))
    if lag > BEHIND:
        yield Symptom(
            "behind", f"Files or records have waited for {lag.total_seconds() / 60:.0f} minutes.",
            "Is the service running? muniment serve; or, on its own machine, muniment worker and muniment watch.",
        )  # fmt: skip
    if dead:
        yield Symptom(
            "dead-jobs", f"{dead} jobs were given up.", "muniment jobs list, then muniment jobs retry.",
            serious=False,
        )  # fmt: skip
    index = readiness.index_state(archive)
    if index.trouble == "short":
        yield Symptom(
            "index-short", f"{index.missing} records are missing in the index: searches do not find them.",
            "muniment index rebuild",
        )  # fmt: skip
    with archive.read() as tx:
        given_up = indexing.given_up(tx)
    if given_up:
        yield Symptom(
            "index-given-up", f"Building the index anew ended the program {given_up} times; it is not begun again.",
            "See whether its memory suffices and what its log says; then: muniment index rebuild",
        )  # fmt: skip
    for sentence in readiness.lacking(archive):
        yield Symptom("not-ready", sentence, "muniment index rebuild")


def _backups(archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    for alarm in state.alarms(archive):
        yield Symptom(
            f"backup-{alarm.code}", f"Backups: {alarm.code} {alarm.place}".rstrip() + ".", "muniment backup status",
            serious=alarm.code in state.URGENT,
        )  # fmt: skip


def _walls(_archive: Archive, _actor: Actor) -> Iterator[Symptom]:
    if sys.platform != "linux":
        yield Symptom(
            "thin-walls", "Files from outside are read without the strongest walls, which need Linux.",
            "Run it on Linux.", serious=False,
        )  # fmt: skip


_LOOKS: Sequence[Callable[[Archive, Actor], Iterator[Symptom]]] = (
    _folders, _first_passwords, _room, _shares, _doors, _clock, _work, _backups, _walls
)  # fmt: skip
