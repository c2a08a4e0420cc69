"""How exact the champion's shape is when it is given the true parameters of a simulated league.

    python -m tools.studies.true_parameters LEAGUE [--json]

Per market: the shape layer (variance, PIT map) is fitted on every season but the last with the true
mean as centre, and the true variance, expected minutes and their spread as covariates; the last
season is judged by it: the share inside the randomised central 80%, and the mean log score (nats)
over that of the true distribution. `bound`: 3.3 standard errors of a share of .8 fitted on and read
from that many rows. Exit code 1 when a market is further from .8 than that.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tipoff.markets import MARKETS
from tipoff.models.champion.shape import fit_shape
from tipoff.models.pmf import Floats
from tools.studies.answer import say
from tools.studies.simulated_skill import ACTUAL

_SEED = 8
_COLUMNS = ("nba_game_id", "player_key", "season", "mean", "variance", "minutes_mean", "minutes_sd")


@dataclass(frozen=True)
class Exactness:
    """Share inside the 80% of `judged` rows, and the ratio of mean log scores to the truth's."""

    market: str
    fitted: int
    judged: int
    inside: float
    bound: float
    ratio: float

    @property
    def exact(self) -> bool:
        """Whether the share is 80% but for chance."""
        return abs(self.inside - 0.8) <= self.bound


def exactness(league: Path) -> Iterator[Exactness]:
    """One market after the other."""
    box = pl.read_parquet(league / "player_game.parquet").select("nba_game_id", "player_key",
                                                                 **ACTUAL)  # fmt: skip
    for market in MARKETS:
        # Whole pmfs of all markets at once would fill the memory.
        truth = pl.scan_parquet(league / "truth.parquet").filter(pl.col("market") == market)
        rows = truth.select(*_COLUMNS, "pmf").collect()
        joined = rows.join(box.select("nba_game_id", "player_key", y=market),
                           on=["nba_game_id", "player_key"])  # fmt: skip
        yield _exactness(market, joined)


def _exactness(market: str, rows: pl.DataFrame) -> Exactness:
    last = pl.col("season") == pl.col("season").max()
    seen, new = rows.filter(~last), rows.filter(last)
    weigh = MARKETS[market].counts_points
    shape = fit_shape(_y(seen), _mean(seen), _known(seen), MARKETS[market].top, weigh=weigh)
    pmf, y = shape.pmf(_mean(new), _known(new), MARKETS[market].top), _y(new)
    inside = pmf.covered(y, np.random.default_rng(_SEED).random(len(y)))
    true = new.select(pl.col("pmf").list.get(pl.col("y"))).to_series().log().mean()
    ratio = pmf.log_score(y).mean() / -float(true)  # type: ignore[arg-type]
    bound = 3.3 * float(np.sqrt(0.16 * (1 / seen.height + 1 / new.height)))
    return Exactness(market, seen.height, new.height, float(inside.mean()), bound, float(ratio))


def _y(rows: pl.DataFrame) -> Floats:
    return rows["y"].cast(pl.Float64).to_numpy()


def _mean(rows: pl.DataFrame) -> Floats:
    return rows["mean"].to_numpy()


def _known(rows: pl.DataFrame) -> Floats:
    """The true parameters beside the mean, each brought to about [-1, 1], shape (n, 3)."""
    known = rows.select(
        (pl.col("variance") / pl.col("mean")).log(), (pl.col("minutes_mean") / 20).log(),
        pl.col("minutes_sd") / 6 - 1,
    )  # fmt: skip
    return known.to_numpy()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a market is not exact."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("league", type=Path, help="folder that `tipoff simulate` wrote")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    rows = list(exactness(asked.league))
    say([asdict(one) | {"exact": one.exact} for one in rows], asked.json, _table(rows))
    return int(not all(one.exact for one in rows))


def _table(rows: Sequence[Exactness]) -> str:
    lines = ["market      fitted   judged   inside 80%   bound   log score / truth's"]
    lines += [
        f"{x.market:10s}{x.fitted:8d} {x.judged:8d}   {x.inside:10.4f}  {x.bound:6.4f}"
        f"   {x.ratio:.4f}{'' if x.exact else '   off'}"
        for x in rows
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
