"""The lake: append-only tables, one write path, consistent reads, time travel."""

from tipoff.lake.asof import as_of_sql
from tipoff.lake.connection import Lake
from tipoff.lake.foreign import translate_error, translating_errors
from tipoff.lake.reader import Reader, bound
from tipoff.lake.tables import KEYS
from tipoff.lake.writer import Writer

__all__ = [
    "KEYS",
    "Lake",
    "Reader",
    "Writer",
    "as_of_sql",
    "bound",
    "translate_error",
    "translating_errors",
]
