"""The outside world's facts, turned into canonical rows."""

from tipoff.sources.folder import import_folder
from tipoff.sources.layout import read_folder
from tipoff.sources.plugins import Source, add_source, import_files, remove_source

__all__ = [
    "Source",
    "add_source",
    "import_files",
    "import_folder",
    "read_folder",
    "remove_source",
]
