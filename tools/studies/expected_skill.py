"""How much lines of simulated leagues beat the EWMA, the outcome of each night integrated out.

    python -m tools.studies.expected_skill REAL SIMULATED... [--market M]... [--within .10] [--json]

Eight seasons tell a line's skill, 1 - CRPS(line) / CRPS(EWMA) of tools/studies/fidelity.py, to some
.0014, which at steals is two fifths of it. Of a simulated league the true distribution G of each
player-game is known, and with it each forecast's expected score (Gneiting and Raftery 2007):

    E CRPS(F, Y ~ G) = sum (F - G)^2 + sum G (1 - G)

REAL is a lake or folder of real seasons, SIMULATED are folders that `tipoff simulate` wrote.
Printed: the real skill with its interval, the expected one of all simulated rows, the least and
the greatest of single leagues, and the ratio. The EWMA and both dispersions are still of the one
history each league drew. Exit code 1 when a ratio is further from 1 than --within.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tipoff.markets import MARKETS
from tipoff.models.pmf import Floats
from tools.studies.answer import say
from tools.studies.fidelity import WITHIN, opened
from tools.studies.league_measures import Measures, baseline_pmf, measures, seen
from tools.studies.simulated_skill import truth_of

SKILL = "line's skill"
MODELS = ("line", "ewma_hl8")


@dataclass(frozen=True)
class Expected:
    """A market's skill: real with its interval, expected of all simulated rows, and the range over
    leagues."""

    market: str
    real: float
    real_low: float | None
    real_high: float | None
    expected: float
    least: float
    greatest: float
    n: int
    ratio: float


def expected_sums(league: Path, markets: Sequence[str]) -> dict[str, Floats]:
    """Market -> (n, sum of expected CRPS of the line, of the EWMA) of one simulated league."""
    with opened(league) as lake:
        rows = seen(lake).rows
    return {market: _sums(rows, league, market) for market in markets}


def _sums(rows: pl.DataFrame, league: Path, market: str) -> Floats:
    lined = rows.drop_nulls([f"{market}_ewma_hl8", f"line_{market}"])
    truth = lined.select("player_key", "game_id").join(
        truth_of(league, market),
        on=["player_key", "game_id"], how="left", maintain_order="left", validate="1:1",
    )["true_pmf"]  # fmt: skip
    forecasts = [baseline_pmf(lined, model, market).cdf() for model in MODELS]
    true = _cdf(truth, forecasts[0].shape[1])
    luck = true * (1.0 - true)
    return np.array([lined.height, *(float(((f - true) ** 2 + luck).sum()) for f in forecasts)])


def _cdf(pmfs: pl.Series, width: int) -> Floats:
    """The cdfs over 0..width - 1 of lists of any length, shape (n, width)."""
    mass = np.zeros((len(pmfs), width))
    for row, pmf in zip(mass, pmfs.to_list(), strict=True):
        row[: len(pmf)] = pmf[:width]
    return np.asarray(np.minimum(mass.cumsum(axis=1), 1.0))


def skill(sums: Floats) -> float:
    """1 - CRPS(line) / CRPS(EWMA)."""
    return float(1.0 - sums[1] / sums[2])


def compared(real: Measures, leagues: Sequence[dict[str, Floats]]) -> list[Expected]:
    """One row per market of the leagues' sums."""
    rows = []
    for market in leagues[0]:
        own, each = real[market, SKILL], [skill(league[market]) for league in leagues]
        total = np.sum([league[market] for league in leagues], axis=0)
        together = skill(total)
        rows.append(Expected(
            market, own.value, own.low, own.high, together, min(each), max(each),
            int(total[0]), together / own.value,
        ))  # fmt: skip
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a market is off."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("real", type=Path, help="lake or folder of real seasons")
    parser.add_argument("simulated", type=Path, nargs="+", help="folders of simulated leagues")
    parser.add_argument("--market", action="append", choices=list(MARKETS), help="all if left out")
    parser.add_argument("--within", type=float, default=WITHIN, help="allowed share of difference")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    leagues = []
    for place in asked.simulated:
        sys.stderr.write(f"reading {place}\n")
        leagues.append(expected_sums(place, asked.market or tuple(MARKETS)))
    with opened(asked.real) as lake:
        rows = compared(measures([seen(lake)]), leagues)
    say([asdict(one) for one in rows], asked.json, _table(rows))
    return int(any(abs(one.ratio - 1.0) > asked.within for one in rows))


def _table(rows: Sequence[Expected]) -> str:
    lines = [
        "market     real skill   95% interval          expected    least  greatest       n  ratio"
    ]
    lines += [
        f"{x.market:9s}{x.real:12.5f}   {_figure(x.real_low)} to {_figure(x.real_high)}"
        f"  {x.expected:+.5f} {x.least:+.5f}  {x.greatest:+.5f} {x.n:8d}  {x.ratio:.3f}"
        for x in rows
    ]
    return "\n".join(lines) + "\n"


def _figure(bound: float | None) -> str:
    return "       -" if bound is None else f"{bound:+.5f}"


if __name__ == "__main__":
    sys.exit(main())
