"""Content hashes: one canonical form for values, so equal things have equal ids."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import polars as pl

DECIMALS = 6
"""Feature values are rounded to this many decimals before they are stored, hashed or scored:
float sums differ in their last bits between plans, and a hash must not."""

ID_LENGTH = 24

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_AS_IS = (str, int, bool)
_LISTS = (list, tuple)
Canonical = None | bool | int | str | list["Canonical"] | dict[str, "Canonical"]


def canonical(value: object) -> Canonical:
    """A JSON-ready form in which equal values are spelled alike.

    Floats become their shortest repr (-0.0 as 0.0, NaN as null), moments UTC ISO text.
    Raises TypeError for a type that has no canonical form.
    """
    kind = type(value)
    if kind is float:
        number = cast(float, value)
        return None if number != number else repr(number + 0.0)
    if value is None or kind in _AS_IS:
        return cast(Canonical, value)
    if kind in _LISTS:
        return [canonical(v) for v in cast(list[object], value)]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): canonical(v) for k, v in value.items()}
    if isinstance(value, Iterable):
        return [canonical(v) for v in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def content_id(prefix: str, value: object) -> str:
    """`prefix_` and the first 24 hex digits of the SHA-256 of the canonical form."""
    return text_id(prefix, spell(value))


def spell(value: object) -> str:
    """The canonical form as JSON text without white space, keys in order."""
    if type(value) is float:
        return f'"{value + 0.0!r}"' if value == value else "null"
    return _JSON.encode(canonical(value))


def spelled(column: pl.Series) -> list[str]:
    """Every value of a column as `spell` spells it; most columns hold few distinct ones."""
    values = column.to_list()
    if column.dtype.is_nested():
        return [spell(value) for value in values]
    known = {value: spell(value) for value in set(values)}
    return [known[value] for value in values]


def text_id(prefix: str, text: str) -> str:
    """The id of what is spelled so."""
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]}"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


_LOOSE = re.compile(r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?:--[^\n]*|\s)+""")


@cache
def normal_sql(sql: str) -> str:
    """SQL without comments and with white space folded, but for what stands in quotes."""
    return re.sub(_LOOSE, lambda match: match["quoted"] or " ", sql).strip()
