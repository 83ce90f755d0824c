"""The typeface the house prints and draws with: it covers everyday and traditional Chinese, and carries its licence."""

from pathlib import Path

REGULAR: Path = Path(__file__).with_name("MunimentSans-Regular.ttf")
