"""An inbox is emptied, so it must not be where anything else lies."""

from pathlib import Path

import pytest

from archive import config
from archive.errors import Misconfigured


@pytest.mark.parametrize("place", [".", "..", "keys", "objects", "objects/ab", "inbox/../index", "/"])
def test_an_inbox_over_the_archives_own_folders_is_refused(home: Path, place: str) -> None:
    (home / config.FILE_NAME).write_text(f'[[inbox]]\npath = "{place}"\n')

    with pytest.raises(Misconfigured, match="folder of its own"):
        config.load(home, {})


@pytest.mark.parametrize("second", ["inbox", "inbox/hr", "inbox/done", "link"])
def test_no_inbox_lies_in_another(home: Path, second: str) -> None:
    """Its files would come in by whichever is quicker, with the level of that one."""
    (home / "link").symlink_to(home / "inbox")
    (home / config.FILE_NAME).write_text(f'[[inbox]]\npath = "inbox"\n[[inbox]]\npath = "{second}"\nlevel = 3\n')

    with pytest.raises(Misconfigured, match="overlap"):
        config.load(home, {})
