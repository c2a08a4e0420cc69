"""Builds broken on purpose in what is not the commit that publishes: models, grades, facts."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import polars as pl

from tests.crashes.artifact import named_only
from tipoff.grading import record
from tipoff.grading.promotion import Judgement
from tipoff.lake import Writer
from tipoff.lake.backends.embedded import FolderArtifacts
from tipoff.models.families.catboost import CatBoostModel


def without_file() -> None:
    """A model's row is committed, its file never written."""
    setattr(FolderArtifacts, "store", named_only)  # noqa: B010


def falls_over() -> None:
    """A model that is in order raises when it is asked."""

    def bug(*_args: object) -> NoReturn:
        raise ValueError("a bug")

    setattr(CatBoostModel, "predict", bug)  # noqa: B010


def open_gates() -> None:
    """The gates of a promotion object to nothing."""
    setattr(Judgement, "objections", [])  # noqa: B010


def unstored() -> None:
    """A commit is acknowledged whose rows were not stored."""
    append = Writer.append

    def lost(self: Writer, table: str, frame: pl.DataFrame, *, key: Sequence[str] = ()) -> int:
        if table == "league.player_game" and frame.height == 1:
            return frame.height
        return append(self, table, frame, key=key)

    setattr(Writer, "append", lost)  # noqa: B010


def all_live() -> None:
    """Every grade counts as live, whenever its set was published."""
    module = importlib.import_module("tipoff.grading.grade")  # its package has a function so named
    identified = module._identified

    def live(*args: Any) -> Any:
        return identified(*args).with_columns(pl.lit(True).alias("live"))

    setattr(module, "_identified", live)  # noqa: B010


def late_record() -> None:
    """The live record counts the set that is shown, as the backfill does."""
    record._COUNTED["live"] = record._COUNTED["backfill"]
    record._KEEPS["live"] = "true"


BREAKAGES: dict[str, Callable[[], None]] = {
    "no-file": without_file, "falls-over": falls_over, "open-gates": open_gates,
    "unstored": unstored, "all-live": all_live, "late-record": late_record,
}  # fmt: skip
