"""Old snapshots are forgotten by a rule; nothing that is kept suffers, whatever is cut off."""

import random
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from access.actors import OPERATOR
from access.rules import Denied
from archive.app import Archive
from archive.backups import check, create, forget, keys, repository, restore
from archive.backups.forget import Keep
from archive.backups.repository import Snapshot
from archive.backups.targets.local import LocalTarget
from archive.errors import Corrupt
from archive.intake import Claims, hand_in
from tests.builders import a_person
from tests.conftest import Clock

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def target(tmp_path: Path) -> LocalTarget:
    return LocalTarget(tmp_path / "repository")


def a_file(archive: Archive, content: bytes, name: str = "a.bin") -> None:
    hand_in(archive, OPERATOR, BytesIO(content), name, Claims(title=name))


def a_snapshot(number: int, at: datetime) -> Snapshot:
    values: dict[str, Any] = dict.fromkeys(Snapshot.__dataclass_fields__, "")
    return Snapshot(**{**values, "number": number, "id": str(number), "taken_at": at.isoformat(), "format": 1})


def names(target: LocalTarget, kind: str) -> Sequence[str]:
    return repository.of(dict(target.sizes()), kind)


@given(
    st.lists(st.integers(0, 24 * 400), min_size=1, max_size=60, unique=True),
    st.integers(1, 20),
    st.integers(0, 10),
    st.integers(0, 12),
    st.integers(1, 100),
)
def test_whatever_the_rule_what_is_young_and_what_was_promised_is_kept(
    ages_h: list[int], daily: int, weekly: int, monthly: int, rpo_h: int
) -> None:
    snapshots = [a_snapshot(n, NOW - timedelta(hours=age)) for n, age in enumerate(sorted(ages_h, reverse=True), 1)]
    keep = Keep(daily, weekly, monthly, timedelta(hours=rpo_h))
    going = {one.id for one in forget.chosen(snapshots, keep)}
    kept = [one for one in snapshots if one.id not in going]

    assert snapshots[-1] in kept
    for one in snapshots:
        if NOW - datetime.fromisoformat(one.taken_at) <= keep.promise:
            assert one in kept
    days = {datetime.fromisoformat(one.taken_at).astimezone().date() for one in snapshots}
    kept_days = {datetime.fromisoformat(one.taken_at).astimezone().date() for one in kept}
    assert set(sorted(days, reverse=True)[:daily]) <= kept_days
    months = {f"{datetime.fromisoformat(one.taken_at).astimezone():%Y-%m}" for one in snapshots}
    kept_months = {f"{datetime.fromisoformat(one.taken_at).astimezone():%Y-%m}" for one in kept}
    assert set(sorted(months, reverse=True)[:monthly]) <= kept_months
    assert len(kept) <= daily + weekly + monthly + 1 + sum(age - min(ages_h) <= rpo_h for age in ages_h)
    # Once forgotten, forgetting again forgets nothing more.
    assert forget.chosen(kept, keep) == []


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=60),
    st.integers(0, 60),
    st.sampled_from([-400, -2, 3, 24 * 3000]),
    st.integers(1, 20),
    st.integers(1, 60),
)
@example(gaps_h=[1, 19], which=1, wrong_h=-2, daily=1, rpo_h=1)  # two runs that cannot be told from two of one day
def test_a_clock_that_was_wrong_once_costs_no_day_that_was_promised(
    gaps_h: list[int], which: int, wrong_h: int, daily: int, rpo_h: int
) -> None:
    true = [NOW + timedelta(hours=sum(gaps_h[: n + 1])) for n in range(len(gaps_h))]
    said = [at + timedelta(hours=wrong_h if n == which else 0) for n, at in enumerate(true)]
    snapshots = [a_snapshot(number, at) for number, at in enumerate(said)]
    keep = Keep(daily, 0, 0, timedelta(hours=rpo_h))
    going = {one.number for one in forget.chosen(snapshots, keep)}
    kept = [number for number in range(len(snapshots)) if number not in going]

    assert len(snapshots) - 1 in kept
    if which != len(snapshots) - 1:
        young = [n for n, at in enumerate(true) if true[-1] - at <= keep.promise and n != which]
        assert set(young) <= set(kept)
    # The promise counts every day there was a run. A day that only the wrong one could show may go: it says another.
    day = [at.astimezone().date() for at in true]
    promised = set(sorted(set(day), reverse=True)[:daily]) & {one for n, one in enumerate(day) if n != which}
    assert promised <= {day[number] for number in kept}


def test_what_was_made_while_the_clock_was_ahead_does_not_stay_for_ever() -> None:
    ahead = a_snapshot(2, NOW + timedelta(days=4000))
    snapshots = [a_snapshot(1, NOW), ahead, *(a_snapshot(n, NOW + timedelta(days=n)) for n in range(3, 30))]
    keep = Keep(7, 0, 0, timedelta(hours=24))
    assert ahead in forget.chosen(snapshots, keep)
    assert ahead not in forget.chosen(snapshots[:3], keep)


def test_what_is_forgotten_is_gone_and_what_is_kept_comes_back(
    archive: Archive, clock: Clock, target: LocalTarget, tmp_path: Path
) -> None:
    for n in range(12):
        a_file(archive, random.Random(n).randbytes(20_000), f"{n}.bin")
        create.run(archive, OPERATOR, target)
        clock.advance(days=1)
    before = len(names(target, "packs")), sum(size for _, size in target.sizes())

    said = forget.forget(archive, OPERATOR, target, Keep(3, 0, 0, timedelta(hours=1)), only_say=True)
    assert len(names(target, "snapshots")) == 12
    done = forget.forget(archive, OPERATOR, target, Keep(3, 0, 0, timedelta(hours=1)))

    assert done.snapshots == said.snapshots
    assert len(done.snapshots) == 9
    assert len(names(target, "snapshots")) == done.kept == 3
    # The small packs of a dozen nights are one or two now.
    assert len(names(target, "packs")) < before[0] / 3
    assert sum(size for _, size in target.sizes()) < before[1]
    found = check.check(target, keys.load(archive.settings.keys))
    assert (found.problems, found.leftovers, found.snapshots) == ((), 0, 3)
    for number, objects in (("10", 10), ("11", 11), ("12", 12)):
        back = restore.restore(target, archive.settings.keys, tmp_path / number, snapshot=number, index=False)
        assert back.objects == objects
    assert create.run(archive, OPERATOR, target).objects_new == 0
    found = check.check(target, keys.load(archive.settings.keys))
    assert (found.problems, found.leftovers, found.snapshots) == ((), 0, 4)
    with archive.read() as tx:
        (line,) = [line for line in tx.ledger.lines() if line.action == "backup.forgotten"]
    assert line.payload["snapshots"] == list(done.snapshots)


def test_a_snapshot_removed_by_somebody_is_told_from_one_that_was_forgotten(
    archive: Archive, clock: Clock, target: LocalTarget, tmp_path: Path
) -> None:
    for _ in range(5):
        create.run(archive, OPERATOR, target)
        clock.advance(days=1)
    forget.forget(archive, OPERATOR, target, Keep(3, 0, 0, timedelta(hours=1)))
    (tmp_path / "repository" / sorted(names(target, "snapshots"))[1]).unlink()

    problems = check.check(target, keys.load(archive.settings.keys)).problems
    assert [(problem.kind, "a snapshot before it is missing" in problem.detail) for problem in problems] == [
        ("missing", True)
    ]


def test_a_writer_that_may_only_add_takes_nothing_away(archive: Archive, target: LocalTarget) -> None:
    class AddOnly(LocalTarget):
        def remove(self, name: str) -> None:
            raise AssertionError(f"{name} was to be removed")

    adding = AddOnly(Path(target.location))
    for n in range(4):
        a_file(archive, f"content {n}".encode(), f"{n}.bin")
        create.run(archive, OPERATOR, adding, append_only=True)
    assert len(names(target, "keystores")) == 4
    assert check.check(target, keys.load(archive.settings.keys)).problems == ()

    forget.forget(archive, OPERATOR, target, Keep(30, 0, 0, timedelta(days=30)))
    assert len(names(target, "keystores")) == 1
    found = check.check(target, keys.load(archive.settings.keys))
    assert (found.problems, found.leftovers, found.snapshots) == ((), 0, 4)


def test_forgetting_cut_off_anywhere_leaves_a_whole_repository(
    archive: Archive, clock: Clock, target: LocalTarget, tmp_path: Path
) -> None:
    """Every put and every removal is once the last that succeeds."""
    for n in range(12):
        a_file(archive, random.Random(n).randbytes(2000), f"{n}.bin")
        create.run(archive, OPERATOR, target)
        clock.advance(days=1)
    pristine = shutil.copytree(target.location, tmp_path / "pristine")
    key, keep = keys.load(archive.settings.keys), Keep(2, 0, 0, timedelta(hours=1))

    class Cut(Exception):
        pass

    class Fused(LocalTarget):
        steps = 0
        at = 0

        def step(self) -> None:
            self.steps += 1
            if self.steps == self.at:
                raise Cut

        def put(self, name: str, pieces: Any) -> None:
            self.step()
            super().put(name, pieces)

        def remove(self, name: str) -> None:
            self.step()
            super().remove(name)

    whole = Fused(Path(target.location))
    forget.forget(archive, OPERATOR, whole, keep)
    assert whole.steps > 20
    for at in range(1, whole.steps + 1):
        shutil.rmtree(target.location)
        shutil.copytree(pristine, target.location)
        fused = Fused(Path(target.location))
        fused.at = at
        with pytest.raises(Cut):
            forget.forget(archive, OPERATOR, fused, keep)
        assert check.check(target, key).problems == (), at
        if at % 5 == 0:
            back = restore.restore(target, archive.settings.keys, tmp_path / "back", index=False)
            assert back.objects == 12
            shutil.rmtree(tmp_path / "back")
        forget.forget(archive, OPERATOR, target, keep)
        create.run(archive, OPERATOR, target, anew=True)
        found = check.check(target, key)
        assert (found.problems, found.leftovers) == ((), 0), at


def test_nothing_is_forgotten_in_a_damaged_repository(
    archive: Archive, clock: Clock, target: LocalTarget, tmp_path: Path
) -> None:
    for n in range(4):
        a_file(archive, f"content {n}".encode(), f"{n}.bin")
        create.run(archive, OPERATOR, target)
        clock.advance(days=1)
    before = dict(target.sizes())
    pack = tmp_path / "repository" / names(target, "packs")[0]
    whole = pack.read_bytes()
    pack.write_bytes(whole[:-1])
    with pytest.raises(Corrupt, match="nothing is forgotten before that is clear"):
        forget.forget(archive, OPERATOR, target, Keep(1, 0, 0, timedelta(hours=1)))
    pack.write_bytes(whole)
    assert dict(target.sizes()) == before


def test_only_who_runs_the_archive_forgets(archive: Archive, target: LocalTarget) -> None:
    create.run(archive, OPERATOR, target)
    with pytest.raises(Denied):
        forget.forget(archive, a_person(archive, "shen", "auditor"), target, Keep(1, 0, 0, timedelta(0)))
