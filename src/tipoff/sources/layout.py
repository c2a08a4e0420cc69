"""The layout of an importable folder: seven Parquet files, their columns, types and domains."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from tipoff.errors import SourceError

Kind = Literal["text", "date", "moment", "whole", "number", "bool"]
LABEL = "league.json"


@dataclass(frozen=True)
class Column:
    """One column of a file: `needed` values may not be null, numbers not be below `least`."""

    name: str
    kind: Kind
    needed: bool = False
    least: float | None = None


@dataclass(frozen=True)
class SourceFile:
    """One file of a folder, read once: what is hashed is what is stored and what is parsed."""

    name: str
    path: Path
    sha256: str
    body: bytes
    types: dict[str, str]


KINDS: dict[str, Kind] = {
    "text": "text",
    "date": "date",
    "moment": "moment",
    "whole": "whole",
    "number": "number",
    "bool": "bool",
}


def _columns(spec: str) -> tuple[Column, ...]:
    """`name:kind`, `!` marks needed, `+` marks no negative values."""
    found = []
    for word in spec.split():
        name, _, rest = word.partition(":")
        kind = KINDS[rest.rstrip("!+")]
        found.append(Column(name, kind, "!" in rest, 0.0 if "+" in rest else None))
    return tuple(found)


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
        "nba_game_id:text! game_date:date! season:text! season_type:text! player_id:whole"
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
        " line:number!+ over_price:number under_price:number is_main_line:bool event_id:text"
        " source_repo:text source_path:text"
    ),
    "game_lines": _columns(
        "game_date:date! home:text! away:text! home_spread:number total:number+ home_ml:number"
        " away_ml:number bookmaker:text! source_repo:text source_path:text"
        " home_spread_price:number away_spread_price:number over_price:number"
        " under_price:number commence_time:moment"
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


def read_folder(folder: Path) -> list[SourceFile]:
    """Every file of the layout. Raises SourceError naming the file, or file and column."""
    if not folder.is_dir():
        raise SourceError(f"no folder at {folder}", "name a folder laid out as in docs/import.md")
    missing = [f"{name}.parquet" for name in FILES if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise SourceError(
            f"{folder} lacks {', '.join(missing)}", "a folder needs all seven files: docs/import.md"
        )
    return [_read(name, folder / f"{name}.parquet") for name in FILES]


def is_simulated(folder: Path) -> bool:
    """Whether the folder says it is a simulated league. Raises SourceError on a broken label."""
    path = folder / LABEL
    if not path.exists():
        return False
    try:
        label = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
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
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path} is not a Parquet file: {error}", "copy it again") from error
    lacks = [c.name for c in FILES[name] if c.name not in schema.names]
    if lacks:
        raise SourceError(
            f"{path.name} lacks the column{'s' * (len(lacks) > 1)} {', '.join(lacks)}",
            "docs/import.md lists the columns of every file",
        )
    types = {field.name: str(field.type) for field in schema}
    return SourceFile(name, path, hashlib.sha256(body).hexdigest(), body, types)
