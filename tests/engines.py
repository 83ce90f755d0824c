"""The engines that can be asked here, and why others cannot."""

import os
from importlib.util import find_spec

import pytest

from indexer.engines import names

LIBRARIES = {"opensearch": "opensearchpy"}


def _missing(name: str) -> str:
    if find_spec(LIBRARIES.get(name, name)) is None:
        return f"{name} is not installed"
    if name == "opensearch" and not os.environ.get("MUNIMENT_ENGINE_ADDRESS"):
        return "no OpenSearch server is running (make test-cluster starts one)"
    return ""


ENGINES = [
    pytest.param(name, marks=pytest.mark.skipif(bool(_missing(name)), reason=_missing(name) or "there"))
    for name in names()
]
