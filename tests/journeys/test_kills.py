"""Random kills during a bulk intake lose nothing and double nothing. `make soak` does the same a thousand times."""

import shutil
from pathlib import Path

from tests.journeys import kills


def test_a_bulk_intake_that_is_killed_at_random_loses_and_doubles_nothing(founded: Path, tmp_path: Path) -> None:
    home = shutil.copytree(founded, tmp_path / "home")

    counted = kills.run(home, kills=12, seed=2026)

    assert counted["died"] > 6
