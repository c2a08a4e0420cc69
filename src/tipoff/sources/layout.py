"""The layout of an importable folder: seven Parquet files, their columns, types and domains."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from tipoff.errors import SourceError

Kind = Literal["text", "date", "moment", "whole", "number", "bool"]
LABEL = "league.json"
ORDINARY = 9_999.0
"""No count, minute, line or spread is larger; the tables' types hold this much."""
EXACT = 2.0**53
"""Ids and prices have no such bound, but beyond this a double no longer tells two numbers apart."""
_OWN = "file_row_number"
_READ = ("string", "large_string", "string_view", "dictionary", "int", "uint", "halffloat", "float",
         "double", "decimal", "bool", "date", "timestamp", "null")  # fmt: skip
"""Physical types that can be read as a column's kind; bytes, lists and the like cannot."""


@dataclass(frozen=True)
class Column:
    """One column of a file: `needed` values may not be null, numbers lie in `least`..`most`."""

    name: str
    kind: Kind
    needed: bool = False
    least: float = -ORDINARY
    most: float = ORDINARY


@dataclass(frozen=True)
class SourceFile:
    """One file of a folder, read once: what is hashed is what is stored and what is parsed.

    `label`: what its rows that are set aside are stored under, by default the file's name.
    """

    name: str
    path: Path
    sha256: str
    body: bytes
    types: dict[str, str]
    label: str = ""

    @property
    def pattern(self) -> str:
        """The path as DuckDB must be told it: to it `*`, `?`, `[` and `~` are patterns."""
        return re.sub(r"([*?\[])", r"[\1]", str(self.path.absolute()))


KINDS: dict[str, Kind] = {
    "text": "text",
    "date": "date",
    "moment": "moment",
    "whole": "whole",
    "number": "number",
    "bool": "bool",
}


def _columns(spec: str) -> tuple[Column, ...]:
    """`name:kind`, `!` marks needed, `+` no negative values, `*` ids and prices of any size."""
    columns = []
    for word in spec.split():
        name, _, rest = word.partition(":")
        most = EXACT if "*" in rest else ORDINARY
        least = 0.0 if "+" in rest else -most
        columns.append(Column(name, KINDS[rest.rstrip("!+*")], "!" in rest, least, most))
    return tuple(columns)


_COUNTS = (
    "pts:whole!+ reb:whole!+ oreb:whole!+ dreb:whole!+ ast:whole!+ stl:whole!+ blk:whole!+"
    " tov:whole!+ pf:whole!+ fgm:whole!+ fga:whole!+ fg3m:whole!+ fg3a:whole!+ ftm:whole!+"
    " fta:whole!+"
)
FILES: dict[str, tuple[Column, ...]] = {
    "schedule": _columns(
        "nba_game_id:text! game_date:date! season:text! game_type:text! home_team:text!"
        " away_team:text! home_pts:whole+ away_pts:whole+ status:text! tipoff_utc:moment"
    ),
    "player_game": _columns(
        "nba_game_id:text! game_date:date! season:text! season_type:text! player_id:whole*"
        " player_name:text! player_key:text! team:text! opponent:text home:bool starter:bool"
        f" minutes:number!+ {_COUNTS} plus_minus:number usg_pct:number did_not_play:bool"
    ),
    "team_game": _columns(
        "nba_game_id:text! game_date:date! season:text! game_type:text! team:text! opponent:text"
        f" home:bool {_COUNTS} opp_pts:whole!+ possessions:number+"
    ),
    "prop_lines": _columns(
        "snapshot_time:moment game_date:date! commence_time:moment player_name:text"
        " player_key:text event_home:text event_away:text market:text! bookmaker:text!"
        " line:number!+ over_price:number* under_price:number* is_main_line:bool event_id:text"
        " source_repo:text source_path:text"
    ),
    "game_lines": _columns(
        "game_date:date! home:text! away:text! home_spread:number total:number+ home_ml:number*"
        " away_ml:number* bookmaker:text! source_repo:text source_path:text"
        " home_spread_price:number* away_spread_price:number* over_price:number*"
        " under_price:number* commence_time:moment"
    ),
    "injuries": _columns(
        "date:date! team:text player_name:text player_key:text status:text! detail:text"
        " kind:text! snapshot_time:moment"
    ),
    "officials": _columns(
        "nba_game_id:text! game_date:date home:text away:text official:text! official_id:text"
        " slot:whole"
    ),
}
"""File (without .parquet) -> the columns tipoff reads. Other columns are harmless."""
OPTIONAL: dict[str, tuple[Column, ...]] = {
    "external": _columns(
        "name:text! player_key:text team:text game_date:date value:number!* known_at:moment!"
    ),
}
"""The same of files a folder need not have: values of one's own, by player or team."""
COLUMNS = FILES | OPTIONAL


def read_folder(folder: Path) -> list[SourceFile]:
    """Every file of the layout. Raises SourceError naming the file, or file and column."""
    if not _is_folder(folder):
        raise SourceError(f"no folder at {folder}", "name a folder laid out as in docs/import.md")
    missing = [f"{name}.parquet" for name in FILES if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise SourceError(
            f"{folder} lacks {', '.join(missing)}", "a folder needs all seven files: docs/import.md"
        )
    names = [*FILES, *(name for name in OPTIONAL if (folder / f"{name}.parquet").exists())]
    return [_read(name, folder / f"{name}.parquet") for name in names]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise SourceError(f"{str(path)[:100]!r} names no folder: {error.strerror}") from error


def is_simulated(folder: Path) -> bool:
    """Whether the folder says it is a simulated league. Raises SourceError on a broken label."""
    path = folder / LABEL
    if not path.exists():
        return False
    try:
        label = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path} is not JSON: {error}", f"mend or remove {LABEL}") from error
    return isinstance(label, dict) and label.get("simulated") is True


def _read(name: str, path: Path) -> SourceFile:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error}") from error
    if not body:
        raise SourceError(f"{path} is empty (0 bytes)", "copy the file again")
    try:
        schema = pq.read_schema(pa.BufferReader(body))
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{path} is not a Parquet file: {error}", "copy it again") from error
    lacks = [c.name for c in COLUMNS[name] if c.name not in schema.names]
    if lacks:
        raise SourceError(
            f"{path.name} lacks the column{'s' * (len(lacks) > 1)} {', '.join(lacks)}",
            "docs/import.md lists the columns of every file",
        )
    types = {field.name: str(field.type) for field in schema}
    _check_types(path, types, schema.names)
    return SourceFile(name, path, hashlib.sha256(body).hexdigest(), body, types)


def _check_types(path: Path, types: dict[str, str], names: list[str]) -> None:
    """Refuse columns that cannot mean what their name says, and names the engine cannot tell."""
    spelled = [name.lower() for name in names]
    for column in COLUMNS[path.stem]:
        kind = types[column.name]
        if not kind.startswith(_READ) or "binary" in kind:
            raise SourceError(
                f"{path.name}: column {column.name} holds {kind}, not {column.kind}",
                "write it as plain text or a number",
            )
        if spelled.count(column.name) > 1:
            raise SourceError(f"{path.name} has the column {column.name} twice", "remove one")
    if _OWN in spelled:
        raise SourceError(f"{path.name} has a column {_OWN}, which stays free", "rename it")
