"""Backtests: made fold by fold, and judged by the rules of the live record."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import PrivateAttr

from tipoff.app.arguments import checked
from tipoff.app.base import Day, Part, Place, Progress, day_of, markets_of, model_names, silent
from tipoff.errors import UsageError
from tipoff.markets import Markets
from tipoff.results.backtest import Backtest, BacktestBoard

if TYPE_CHECKING:
    from tipoff.app.base import Models

Steps = Callable[[int, int, str], None]
"""Called with folds done, folds in all (0: not known yet) and what is being done."""
Judge = Callable[..., BacktestBoard]
MIN_GAMES = 10
_THREADS = 2


def silent_steps(_done: int, _total: int, _text: str) -> None:
    """Progress nobody watches."""


class FinishedBacktest(Backtest):
    """A backtest that the lake it was made in can judge."""

    _judge: Judge = PrivateAttr()

    @classmethod
    def judged_by(cls, judge: Judge, backtest: Backtest) -> Self:
        """The same, with what `scoreboard` calls."""
        finished = cls.model_validate(backtest.model_dump())
        finished._judge = judge
        return finished

    @checked
    def scoreboard(self, *, markets: Markets = None, min_games: int = MIN_GAMES) -> BacktestBoard:
        """Its file, judged as by `Tipoff.backtest_board`; the lake must still be open."""
        return self._judge(self.out, markets=markets, min_games=min_games)


class Backtests(Part):
    """Walk forward over the past, and judge it."""

    def backtest(
        self,
        start: Day,
        end: Day = "today",
        *,
        market: str | None = None,
        markets: Markets = None,
        models: Models = (),
        refit: str = "weekly",
        out: Place = "backtest.parquet",
        work: Place | None = None,
        workers: int = 0,
        progress: Steps = silent_steps,
    ) -> FinishedBacktest:
        """Predict every player-game of a span by models fitted only on what came before.

        `models`: by name, or objects of your own (docs/extend.md); `line` and `ewma_hl8` always
        take part. `refit`: daily, weekly or monthly. `out`: the file
        to write; `work`: the folder of finished folds, by default beside the lake: interrupted,
        the same call goes on where it stopped. `workers`: processes, 0 for one per two cores.
        Raises UsageError for a wrong argument, NotFound without player-games.
        """
        from tipoff.grading.backtest import backtest, make_plan

        if market is not None and markets is not None:
            raise UsageError("market and markets are both given", "pass markets alone")
        chosen = markets_of(markets if market is None else market)
        plan = make_plan(day_of(start), day_of(end), chosen, model_names(models), refit)
        processes = workers or max(1, (os.cpu_count() or 1) // _THREADS)
        kept = None if work is None else Path(work)
        done = backtest(self._lake, plan, Path(out), kept, processes, progress)
        return FinishedBacktest.judged_by(self.backtest_board, done)

    def backtest_board(
        self,
        file: Place,
        *,
        markets: Markets = None,
        min_games: int = MIN_GAMES,
        research: Place | None = None,
        plots: Place | None = None,
        write: Place | None = None,
        progress: Progress = silent,
    ) -> BacktestBoard:
        """Judge a backtest's file by the outcomes the lake holds.

        Only players with `min_games` earlier games count. `research`: a log whose rows are the
        trials. `plots`: a folder for pictures; `write`: a file for the whole page. Raises NotFound
        or UsageError for a file that is none, UsageError where nothing can be written.
        """
        from tipoff.grading.backtest import board, count_trials

        trials = None if research is None else count_trials(Path(research))
        judged = board(self._lake, Path(file), markets_of(markets), min_games, trials, progress)
        if plots is not None:
            from tipoff.grading.backtest.plots import draw

            draw(judged, Path(plots))
        if write is not None:
            _write(Path(write), self.backtest_page(judged, _beside(plots, Path(write))))
        return judged

    @staticmethod
    def backtest_page(board: BacktestBoard, plots: str | None = None, *, whole: bool = True) -> str:
        """A judged backtest as Markdown; `plots`: a folder of pictures to link. Not `whole`: what
        a terminal shows."""
        from tipoff.grading.backtest import headline, page

        return page(board, plots) if whole else headline(board)


def _beside(plots: str | Path | None, page: Path) -> str | None:
    return None if plots is None else Path(os.path.relpath(plots, page.parent)).as_posix()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error}", "choose another") from error
