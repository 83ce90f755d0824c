"""What targets of backups and stores of objects are tried on alike."""

from collections.abc import Iterator

import pytest

from tests import s3


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.Server]:
    """A real S3-compatible server."""
    pytest.importorskip("obstore", reason="the extra s3 is not installed")
    if s3.binary() is None:
        pytest.skip("no S3 server here; build one with: make s3-server")
    with s3.serving(tmp_path_factory.mktemp("s3")) as server:
        yield server
