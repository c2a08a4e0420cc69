"""The old system in miniature, second part: stores, loaders, workers and files around the models.

As in `old_system.py`, each is as small as it still fails in the way the incident tells.
"""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.incidents.mechanism import caused

Row = dict[str, Any]


@dataclass
class Warehouse:
    """A warehouse that answers any query in three seconds, for one row or for a thousand."""

    rows: Sequence[Row]
    seconds: float = 0.0
    queries: int = 0

    def query(self, keep: Callable[[Row], bool]) -> list[Row]:
        self.queries += 1
        self.seconds += 3.0
        return [row for row in self.rows if keep(row)]


@caused("4")
def lines_one_by_one(warehouse: Warehouse, players: Iterable[str]) -> dict[str, float]:
    """The line of each player, asked for when their turn comes."""
    lines: dict[str, float] = {}
    for player in players:
        rows = warehouse.query(lambda row, p=player: row["player"] == p)  # type: ignore[misc]
        lines.update((row["player"], row["line"]) for row in rows)
    return lines


@caused("12")
@dataclass
class MaterialisedFeatures:
    """Features computed once per date and kept: the key knows nothing of the code."""

    kept: dict[date, dict[str, float]] = field(default_factory=dict)

    def read(
        self, day: date, box: Mapping[str, Row], code: Callable[[Row], float]
    ) -> dict[str, float]:
        """Of the date what is there; else what the code of today makes of the box scores."""
        if day not in self.kept:
            self.kept[day] = {player: code(row) for player, row in box.items()}
        return self.kept[day]


@caused("16")
@dataclass
class LineLoader:
    """Lines from the primary source, else the second; the label is a constant of the writer."""

    primary: Callable[[str], float | None]
    second: Callable[[str], float | None]
    table: list[Row] = field(default_factory=list)

    def load(self, players: Iterable[str]) -> None:
        for player in players:
            line = self.primary(player)
            if line is None:
                line = self.second(player)
            self.table.append({"player": player, "line": line, "source": "primary"})

    def share_of_primary(self) -> float:
        """What the monitor shows."""
        return statistics.fmean(row["source"] == "primary" for row in self.table)


@caused("17")
def trained_trend(games: Sequence[float]) -> float:
    """The trend a model was trained on, by one team's SQL: oldest game first, its last three."""
    return statistics.fmean(games[-3:]) - statistics.fmean(games)


@caused("17")
def served_trend(games: Sequence[float]) -> float:
    """The same name in the worker, by another team: rows come newest first, it takes the last."""
    newest_first = list(reversed(games))
    return statistics.fmean(newest_first[-3:]) - statistics.fmean(newest_first)


@caused("21")
def check_then_insert(table: Path, key: str) -> Iterator[str]:
    """A writer on a table without keys: looks for its row, and by its next turn inserts it."""
    with sqlite3.connect(table, isolation_level=None) as con:
        con.execute("CREATE TABLE IF NOT EXISTS predictions (key TEXT)")
        (count,) = con.execute("SELECT count(*) FROM predictions WHERE key = ?", [key]).fetchone()
        yield "free" if not count else "taken"
        if not count:
            con.execute("INSERT INTO predictions VALUES (?)", [key])
    con.close()
    yield "done"


@caused("25")
@dataclass
class Fleet:
    """Workers of several builds share one queue and one table; whoever is free takes the next."""

    builds: list[Callable[[float], float]]
    table: dict[str, float] = field(default_factory=dict)
    turn: int = 0

    def deploy(self, build: Callable[[float], float], *, replacing: int) -> None:
        """A rollout that reaches that many workers and is called done."""
        self.builds[:replacing] = [build] * replacing

    def take(self, key: str, given: float) -> None:
        worker = self.builds[self.turn % len(self.builds)]
        self.turn += 1
        self.table[key] = worker(given)


@caused("28")
def id_of_features(day: date, home: str, away: str) -> str:
    """A game's id as the features' module makes it."""
    return f"{day:%Y%m%d}_{away}_{home}"


@caused("28")
def id_of_lines(day: date, home: str, away: str) -> str:
    """A game's id as the lines' module makes it."""
    return f"{day:%Y%m%d}_{home}_{away}"


@caused("29")
@dataclass
class Exporter:
    """Writes a night's picks where the scheduler says; the scheduler says `TODAY`."""

    root: Path

    def export(self, target_date: str, picks: str) -> Path:
        path = self.root / "picks" / target_date / "picks.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(picks, encoding="utf-8")
        return path

    def published(self, day: date) -> str | None:
        """What the site reads of a day."""
        path = self.root / "picks" / day.isoformat() / "picks.json"
        return path.read_text(encoding="utf-8") if path.is_file() else None


@caused("37")
@dataclass
class PropBatch:
    """Reads the injury report once, at its beginning; what is published is not looked at again."""

    report: dict[str, str]
    known: dict[str, str] = field(default_factory=dict)
    published: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        self.known = dict(self.report)

    def publish(self, props: Mapping[str, float]) -> None:
        """Adds what is missing, as every later pass of the batch does."""
        for player, value in props.items():
            if self.known.get(player, "available") != "out" and player not in self.published:
                self.published[player] = value


@caused("40")
@dataclass
class Picker:
    """Picks by a configuration anybody can change; a pick keeps the edge and nothing else."""

    configuration: dict[str, float]
    picks: dict[date, list[Row]] = field(default_factory=dict)
    changes: int = 0

    def change(self, name: str, value: float) -> None:
        self.configuration[name] = value
        self.changes += 1

    def chosen(self, edges: Mapping[str, float]) -> list[Row]:
        least = self.configuration["min_edge"]
        return [{"player": p, "edge": edge} for p, edge in edges.items() if edge >= least]

    def pick(self, day: date, edges: Mapping[str, float]) -> None:
        self.picks[day] = self.chosen(edges)
