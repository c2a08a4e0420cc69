"""Walk-forward backtests: made fold by fold, resumable, and judged by the live record's rules."""

from tipoff.grading.backtest.board import board
from tipoff.grading.backtest.page import headline, page
from tipoff.grading.backtest.plan import Plan, make_plan
from tipoff.grading.backtest.run import backtest
from tipoff.grading.backtest.trials import count_trials

__all__ = [
    "Plan",
    "backtest",
    "board",
    "count_trials",
    "headline",
    "make_plan",
    "page",
]
