"""`python -m archive.cli`: the same as `muniment`."""

import sys

from archive.cli import main

sys.exit(main())
