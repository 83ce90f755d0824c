"""Says in one sentence what is missing before anything is installed."""

import importlib.util
import sys

if sys.version_info < (3, 11):  # noqa: UP036 — this file is what an older Python runs first
    sys.exit("muniment needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.11 …" % sys.version_info[:2])  # noqa: UP031 — so does it
if importlib.util.find_spec("ensurepip") is None:
    sys.exit("muniment needs Python's venv module; on Debian: apt-get install python3-venv")
