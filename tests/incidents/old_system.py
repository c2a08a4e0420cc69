"""The old system in miniature: each mechanism that cost a night, as small as it still fails.

`@caused` says which rows of docs/incidents.md each of them caused. Nothing here is used by tipoff.
A test provokes one of these first, so that it is known to fail, and then takes tipoff through the
same steps.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.incidents.mechanism import caused

Row = dict[str, Any]


@caused("A", "B", "1", "2")
@dataclass
class OverwritingStore:
    """A feature table written with WRITE_TRUNCATE: of each date the last build, under its tag."""

    builds: dict[date, tuple[str, dict[str, Row]]] = field(default_factory=dict)

    def write(self, day: date, rows: Mapping[str, Row], tag: str = "v2_37features") -> None:
        self.builds[day] = (tag, dict(rows))

    def read(self, day: date, tag: str) -> dict[str, Row]:
        """The rows of a date under a tag: none when the tag is another."""
        held, rows = self.builds[day]
        return rows if held == tag else {}


@caused("A", "B", "1", "2")
@dataclass
class Worker:
    """A prediction worker: features and their version tag are cached by date, without expiry."""

    store: OverwritingStore
    features: dict[date, dict[str, Row]] = field(default_factory=dict)
    tags: dict[date, str] = field(default_factory=dict)
    given_up: set[tuple[date, str]] = field(default_factory=set)

    def load(self, day: date) -> dict[str, Row]:
        """The features of a date, read once."""
        if day not in self.features:
            self.features[day] = self.store.read(day, self.tag(day))
        return self.features[day]

    def tag(self, day: date) -> str:
        """The version tag of a date, looked up once."""
        return self.tags.setdefault(day, self.store.builds[day][0])

    def predict(self, day: date, player: str) -> Row | None:
        """What it publishes: a number, and nothing about the rows it came from."""
        return {"player": player, "points": row["form"]} if (row := self.load(day).get(player)) \
            else None  # fmt: skip

    def handle(self, day: date, player: str) -> str:
        """One request: `no_features` counts as permanent, so it is never tried again."""
        if (day, player) in self.given_up:
            return "skipped"
        if player not in self.store.read(day, self.tag(day)):
            self.given_up.add((day, player))
            return "no_features"
        return "predicted"


@caused("B", "3")
def accepts(model_version: str, columns: int, row: Row, tag: str) -> bool:
    """The old models' contract: the very tag they were trained under, and as many columns."""
    return tag == model_version and len(row) == columns


@caused("A", "6")
@dataclass
class ActiveFlags:
    """Predictions with a mutable `active` flag: the repair marks first and works later."""

    active: dict[str, bool] = field(default_factory=dict)

    def repair(self, edges: Mapping[str, float], least_edge: float) -> list[int]:
        """Mark all, regenerate, filter: what a reader counts after each step."""
        seen = []
        for name in self.active:
            self.active[name] = False
        seen.append(self.visible)
        self.active |= dict.fromkeys(edges, True)
        seen.append(self.visible)
        for name, edge in edges.items():
            self.active[name] = abs(edge) >= least_edge
        return [*seen, self.visible]

    @property
    def visible(self) -> int:
        return sum(self.active.values())


@caused("7")
@dataclass
class LatchedPhase:
    """A phase that sets its flag when it means to work, and never looks again."""

    started: set[date] = field(default_factory=set)

    def run(self, day: date, work: Callable[[], None]) -> str:
        if day in self.started:
            return "already done"
        self.started.add(day)
        work()
        return "done"


@caused("8")
def batch_of_messages(expected: Iterable[str], outcome: Callable[[str], str]) -> tuple[int, bool]:
    """Completion by counting messages; a worker that skips a player sends none."""
    names = list(expected)
    heard = sum(outcome(name) == "predicted" for name in names)
    return round(100 * heard / len(names)), heard == len(names)


@caused("9")
def bias_of_high_scorers(forecasts: Sequence[float], actuals: Sequence[float], at: float) -> float:
    """Bias grouped by the outcome: only those who had a great night are looked at."""
    return statistics.fmean(f - a for f, a in zip(forecasts, actuals, strict=True) if a >= at)


@caused("10")
def average_through(rows: Sequence[Row], day: date, games: int = 5) -> float | None:
    """The rolling average with `<=`: the game to be predicted is in its own window."""
    points = [r["pts"] for r in rows if r["game_date"] <= day][-games:]
    return statistics.fmean(points) if points else None


@caused("14")
def average_of_all_rows(rows: Sequence[Row], games: int = 5) -> float:
    """The rolling average over roster rows: a game they did not play counts as zero points."""
    return statistics.fmean([float(r["pts"] or 0) for r in rows][-games:])


@caused("11")
def newest_line(quotes: Sequence[Row]) -> float:
    """The 'closing' line: the newest quote of the date, whenever it was taken."""
    return float(max(quotes, key=lambda q: str(q["snapshot_time"]))["line"])


@caused("13")
def within_range(values: Sequence[float], low: float, high: float) -> bool:
    """The only check there was: every value is plausible on its own."""
    return all(low <= v <= high for v in values)


@caused("15")
def averaged_quality(values: Mapping[str, float | None], default: float = 40.0) -> float:
    """One score per row; what is missing is replaced by a default and counts for something."""
    return statistics.fmean(100.0 if v is not None else default for v in values.values())


@caused("30")
def line_or_placeholder(line: float | None) -> float:
    """A line that does not exist becomes 20.0."""
    return 20.0 if line is None else line


@caused("30")
def graded(line: float, actual: float) -> str | None:
    """The old grader: 20.0 can only be a placeholder, so it is skipped."""
    return None if line == 20.0 else "OVER" if actual > line else "UNDER"


@caused("27")
def grade_by_box_score(box: Mapping[str, Row], player: str, line: float) -> str:
    """An OVER pick: a player without a row did not play, and who did not play has lost."""
    actual = box[player]["pts"] if player in box else 0
    return "win" if actual > line else "loss"


@caused("36")
def match_to_box_score(name: str, box: Sequence[str]) -> str | None:
    """A line's player, looked for by last name among those who then played."""
    last = name.split()[-1].lower()
    return next((key for key in box if key.endswith(last)), None)


@caused("24")
def retried(attempt: Callable[[], None], budget: int) -> int:
    """Every failure is worth another try, whatever failed: how many were made."""
    for number in range(1, budget + 1):
        try:
            attempt()
        except ValueError:
            continue
        return number
    return budget


@caused("26")
def rows_or_none(ask: Callable[[], list[Row]]) -> list[Row]:
    """A query whose failure reads as 'there are no rows'."""
    try:
        return ask()
    except (LookupError, OSError):
        return []


@caused("32")
def open_gate(rows: Sequence[Row], judge: Callable[[Row], bool]) -> list[Row]:
    """A gate that lets everybody through when it cannot judge."""
    try:
        return [row for row in rows if judge(row)]
    except (ArithmeticError, RuntimeError):
        return list(rows)


@caused("31")
def all_in_one_try(models: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Champion and shadows scored in one loop: one failure, no predictions."""
    try:
        return {name: predict() for name, predict in models.items()}
    except RuntimeError:
        return {}


@caused("23")
def all_or_nothing(games: Mapping[str, Sequence[Row]]) -> list[Row]:
    """A night's validation in one go: one bad game, no games."""
    rows = [row for game in games.values() for row in game]
    return rows if all(isinstance(row["minutes"], float) for row in rows) else []


@caused("22")
def insert_selected(table: list[Row], rows: Sequence[Row], keep: Callable[[Row], bool]) -> str:
    """A write that reports success without counting what it wrote."""
    table.extend(row for row in rows if keep(row))
    return "success"


@caused("33")
@dataclass
class Ledgers:
    """Three records of runs, each written by another step: a crash leaves three answers."""

    requested: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)

    def run(self, name: str, work: Callable[[], None]) -> None:
        self.requested.append(name)
        self.running.append(name)
        work()
        self.finished.append(name)

    @property
    def counts(self) -> tuple[int, int, int]:
        return len(self.requested), len(self.running), len(self.finished)


@caused("19")
@dataclass
class PicksPage:
    """The public picks: written when made, and never looked at again."""

    public: list[Row] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)

    def publish(self, rows: Iterable[Row]) -> None:
        self.public += [row for row in rows if row["model"] not in self.disabled]


@caused("38")
@dataclass
class MutableGrades:
    """One grade per prediction, rewritten in place; nobody asks when the prediction was made."""

    rows: dict[str, Row] = field(default_factory=dict)

    def grade(self, prediction: str, made_at: datetime, outcome: str) -> None:
        self.rows[prediction] = {"made_at": made_at, "outcome": outcome}

    @property
    def hit_rate(self) -> float:
        return statistics.fmean(row["outcome"] == "hit" for row in self.rows.values())


@caused("34")
@dataclass
class Jobs:
    """Scheduled jobs, and a monitor that only ever hears of jobs that ran."""

    scheduled: list[str]

    def tick(self, failures: Iterable[str] = ()) -> str:
        failed = set(failures) & set(self.scheduled)
        return f"{len(failed)} failed" if failed else "all green"


@caused("35")
@dataclass
class Monitor:
    """A monitor; without a destination its alerts go nowhere, and it starts all the same."""

    send: Callable[[str], None] | None = None
    fired: int = 0

    def alert(self, text: str) -> None:
        self.fired += 1
        if self.send is not None:
            self.send(text)


@caused("5")
def memory_of_old_build(cap: int) -> list[str]:
    """The words that build the features of 273 players, each with its needs, under a cap."""
    return [sys.executable, "-c", _OLD_BUILD, str(cap)]


_OLD_BUILD = """
import resource, sys
import numpy as np
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)
history = np.ones((112_000, 40), dtype=np.float32)  # four seasons of box scores
held = []
for player in range(273):
    try:
        held.append(history.copy())  # each player's extraction loads what it may need
    except MemoryError:
        sys.exit(f"out of memory at player {player} of 273")
"""


@caused("18")
def read_by_another_version(stored: Mapping[str, float]) -> float:
    """A model file of yesterday: the library's new version calls the field otherwise."""
    return stored.get("pts", 0.0) * 12.0


@caused("20")
def by_position(row: Sequence[float], documented: Sequence[str], name: str) -> float:
    """The field a document says is there, which is not the document of this row."""
    return row[documented.index(name)]


@caused("39")
def joined_to_history(asked: Sequence[str], history: Mapping[str, Row]) -> list[Row]:
    """An inner join, whose rows nobody counts: who has no history is not there any more."""
    return [{"player": player, **history[player]} for player in asked if player in history]
