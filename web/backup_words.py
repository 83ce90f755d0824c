"""What backups are told with: alarms, kinds, outcomes as something a person reads, and a chart of the last weeks."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import LazyString
from markupsafe import Markup, escape

from archive.backups.places import STOPS
from archive.backups.questions import Assertion
from archive.backups.state import HISTORY, URGENT, Alarm, BackupRun
from web.language import gettext, language
from web.language import lazy_gettext as _l

KINDS: Mapping[str, LazyString] = {
    "run": _l("Backup"),
    "verify": _l("Check"),
    "repair": _l("Repair"),
    "forget": _l("Thinning out"),
    "drill": _l("Rehearsal"),
}
OUTCOMES: Mapping[str, LazyString] = {
    "running": _l("under way"),
    "done": _l("done"),
    "failed": _l("failed"),
    "stopped": _l("stopped"),
}
SLOTS: Mapping[str, LazyString] = {
    "passphrase": _l("Passphrase"),
    "key-file": _l("Key file"),
    "shares": _l("Two of three shares"),
}
QUESTIONS: Mapping[str, LazyString] = {
    "counts": _l("Everything is there"),
    "digests": _l("A random sample has its digests"),
    "ledger": _l("The ledger is whole and this archive's"),
    "search": _l("Known phrases are found"),
    "loans": _l("Loans and secrets are kept to"),
    "keys": _l("The keys open"),
    "silence": _l("The copy keeps silent"),
}
PROBLEMS: Mapping[str, LazyString] = {
    "missing": _l("missing"),
    "damaged": _l("is damaged"),
    "foreign": _l("does not belong there"),
    "incomplete": _l("incomplete"),
}
ALARMS: Mapping[str, LazyString] = {
    "never": _l("There is no backup yet that was found whole."),
    "clock": _l("The clock of the server is earlier than the last backup: set it right."),
    "overdue": _l("The last backup that was found whole is older than promised."),
    "failed": _l("The last backup to %(place)s failed."),
    "damaged": _l("The repository in %(place)s is damaged."),
    "not-all-copied": _l("Objects that are damaged or gone could not be backed up to %(place)s."),
    "uncovered": _l("There are vital records that are in no backup found whole."),
    "behind": _l("%(place)s is behind: what was found whole there is older than promised."),
    "no-way-back": _l("There is no way to the keys but the key folder of this machine: print recovery sheets."),
    "no-off-site": _l("No place is off-site: a fire would take the archive and its backups."),
    "drill-stale": _l("Restoring has not been rehearsed with success for too long."),
}

__all__ = ["STOPS", "URGENT"]

DAYS = HISTORY.days
WIDTH, HEIGHT, FOOT = 720, 96, 16


def alarm(one: Alarm) -> str:
    return str(ALARMS[one.code]) % {"place": one.place}


def answer(one: Mapping[str, Any]) -> str:
    """How a restored copy answered a question, as the report in the tables has it."""
    return Assertion(**one).said(language())


def eta(run: BackupRun, now: datetime) -> str:
    """How long it will still take, as people say it; empty while nobody knows."""
    spent = (now - run.began_at).total_seconds()
    if not run.done_bytes or run.total_bytes <= run.done_bytes:
        return ""
    left = spent * (run.total_bytes - run.done_bytes) / run.done_bytes
    if left < 90:
        return gettext("about %(seconds)d s left", seconds=round(left))
    return gettext("about %(minutes)d min left", minutes=round(left / 60))


def chart(history: Sequence[BackupRun], now: datetime) -> Markup:
    """A column per day of the last weeks: as high as what was written, red where something failed or was damaged."""
    first = now.astimezone().date() - timedelta(days=DAYS - 1)
    days: dict[int, list[BackupRun]] = {}
    for run in history:
        day = (run.began_at.astimezone().date() - first).days
        if day >= 0 and run.outcome != "running":
            days.setdefault(day, []).append(run)
    most = max((_written(runs) for runs in days.values()), default=0) or 1
    step = WIDTH / DAYS
    bars: list[str] = []
    for day in range(DAYS):
        runs = days.get(day, [])
        bad = any(run.outcome == "failed" or run.problems for run in runs)
        good = any(run.outcome == "done" for run in runs)
        kind = "chart-bad" if bad else "chart-good" if good else "chart-none"
        height = max(3.0, (HEIGHT - FOOT - 4) * (_written(runs) / most) ** 0.5) if runs else 3.0
        if any(run.kind == "drill" and run.outcome == "done" for run in runs):
            kind += " chart-drill"
        said = f"{first + timedelta(days=day):%Y-%m-%d}: " + (
            ", ".join(f"{KINDS[run.kind]} {OUTCOMES[run.outcome]}" for run in runs) or gettext("nothing")
        )
        bars.append(
            f'<rect class="{kind}" x="{day * step + 1:.1f}" y="{HEIGHT - FOOT - height:.1f}" width="{step - 2:.1f}" '
            f'height="{height:.1f}"><title>{escape(said)}</title></rect>'
        )
    ends = (
        f'<text x="0" y="{HEIGHT - 3}">{first:%m-%d}</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 3}" text-anchor="end">{now.astimezone():%m-%d}</text>'
    )
    label = escape(gettext("Backups of the last six weeks, a column per day"))
    return Markup(  # noqa: S704 — numbers, dates and words of ours, escaped above
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(bars)}{ends}</svg>'
    )


def _written(runs: Sequence[BackupRun]) -> int:
    return sum(run.bytes for run in runs if run.kind == "run")
