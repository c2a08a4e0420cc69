"""The outside world's facts, turned into canonical rows."""

from tipoff.sources.folder import import_folder
from tipoff.sources.report import ImportReport

__all__ = ["ImportReport", "import_folder"]
