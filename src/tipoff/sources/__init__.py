"""The outside world's facts, turned into canonical rows."""

from tipoff.sources.folder import import_folder
from tipoff.sources.layout import read_folder

__all__ = ["import_folder", "read_folder"]
