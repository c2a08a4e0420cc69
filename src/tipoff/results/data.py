"""What simulating, importing and training answer: rows counted, and what was stored."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from pydantic import Field

from tipoff.results.base import Count, Result


class SimulationReport(Result):
    """A simulated league that was written: rows per file, and what makes the same again."""

    folder: str
    seed: int
    seasons: tuple[str, ...]
    teams: Count
    games: Count = Field(description="Of a team in a season.")
    version: str = Field(description="Of the simulator: same arguments and version, same rows.")
    rows: dict[str, int] = Field(description="File, without its ending -> rows.")
    simulated: bool = True


class TableReport(Result):
    """One table: rows of its file that were read, and what became of them."""

    table: str
    read: Count
    new: Count
    corrections: Count
    unchanged: Count
    set_aside: dict[str, int] = Field(description="Kind of reason -> rows not stored.")


class ImportReport(Result):
    """One folder: every row of every file ends in exactly one of the counts of its table."""

    ROWS: ClassVar[str] = "tables"

    folder: str
    simulated: bool
    known_files: tuple[str, ...] = Field(description="Files whose very bytes the lake held.")
    tables: tuple[TableReport, ...]
    unresolved: dict[str, int] = Field(description="What -> rows whose player nobody knows.")
    line_only_games: Count
    new_rows: Count = Field(description="Rows stored, corrections included.")
    set_aside: Count


class Figure(Result):
    """A number, with its 95% interval where it has one."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """`0.512 [0.480, 0.544]`."""
        interval = "" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.value:.3f}{interval}"


class Evaluation(Result):
    """How a fit does on rows it has not seen."""

    of: str = Field(description="Which rows, and who predicted them.")
    n: Count
    figures: dict[str, Figure]
    counts: dict[str, int] = Field(
        default_factory=dict, description="What else was counted there, such as slates."
    )

    def __str__(self) -> str:
        """All of it in a line."""
        parts = [f"{name} {figure}" for name, figure in self.figures.items()]
        counted = [f"{count} {what}" for what, count in self.counts.items()]
        return f"{self.of}: {', '.join([*parts, f'n = {self.n}', *counted])}"


class TrainReport(Result):
    """A model version that was fitted, and how such a fit does."""

    model: str
    model_id: str
    new: bool = Field(description="False when this very version was already stored.")
    rows: Count
    rows_are: str = Field(description="What it was trained on, in the plural.")
    trained_from: dt.date
    trained_through: dt.date
    evaluations: tuple[Evaluation, ...] = Field(description="Empty with too few rows.")
    notes: tuple[str, ...]
    next_step: str
