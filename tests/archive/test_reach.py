"""Destruction reaches the backups, and it can be shown since when."""

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from access.actors import OPERATOR, SERVICE
from access.rules import Denied
from archive.app import Archive, open_archive
from archive.backups import places, reach
from archive.intake import Claims, hand_in
from archive.threads import silent
from tests.builders import a_person
from tests.conftest import Clock

CONTENT = b"to be destroyed"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def set_up(home: Path, clock: Clock, tmp_path: Path) -> Iterator[Archive]:
    (home / "muniment.toml").write_text(
        f'company = "甲"\n[[backup_target]]\nname = "disk"\nlocation = "{tmp_path}/disk"\n'
        f'[[backup_target]]\nname = "away"\nlocation = "{tmp_path}/away"\nappend_only = true\n'
    )
    archive = open_archive(home, now=clock)
    yield archive
    archive.close()


def test_each_place_is_clean_from_the_moment_no_keystore_has_a_key_of_it(
    set_up: Archive, home: Path, clock: Clock
) -> None:
    record_id = hand_in(set_up, OPERATOR, BytesIO(CONTENT), "a.bin", Claims(title="a")).record_id
    hand_in(set_up, OPERATOR, BytesIO(b"kept"), "b.bin", Claims(title="b"))
    both = set_up.settings.backup_targets

    def run() -> None:
        for place in both:
            places.run(set_up, OPERATOR, place, progress=silent)

    assert [one.clean for one in reach.objects(set_up, SERVICE, [DIGEST])] == [False, False]
    run()
    assert [one.clean for one in reach.record(set_up, SERVICE, record_id)] == [False, False]
    with sqlite3.connect(home / "catalogue.db") as db:
        db.execute("DELETE FROM objects WHERE digest = ?", (DIGEST,))
    db.close()
    clock.advance(days=1)
    run()
    disk, away = reach.record(set_up, SERVICE, record_id)
    assert (disk.clean, disk.since) == (True, clock.at)
    # Where files are only added, the old keystore is still there.
    assert (away.clean, "still holds 1" in away.why) == (False, True)
    assert reach.since([disk, away]) is None
    places.thin(set_up, OPERATOR, both[1])
    clock.advance(hours=1)
    found = reach.objects(set_up, SERVICE, [DIGEST])
    assert [one.clean for one in found] == [True, True]
    assert reach.since(found) == clock.at - timedelta(hours=1)


def test_a_place_that_cannot_be_asked_is_not_clean(set_up: Archive, tmp_path: Path) -> None:
    for place in set_up.settings.backup_targets:
        places.run(set_up, OPERATOR, place, progress=silent)
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    disk, away = reach.objects(set_up, SERVICE, ["00" * 32])
    assert (disk.clean, away.clean) == (False, True)
    assert "no backup repository" in disk.why or "is not there" in disk.why
    with pytest.raises(Denied):
        reach.objects(set_up, a_person(set_up, "li"), [DIGEST])
