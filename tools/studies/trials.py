"""What each part of the champion's form without lines is worth, read on one season.

    python -m tools.studies.trials LAKE SEASON [--market M]... [--league FOLDER] [--json]

The form as built, then with one part taken away at a time: what trees read of career rates (set
v3 in place of v4), the share of threes among what widths depend on, the weights of single counts
(where points count). Every season is predicted by trees of the seasons before it, the shape is
fitted on the seasons before SEASON, and SEASON is read: change in CRPS and in log score (nats)
from the form as built, slates resampled. Above zero, a part is worth having. With --league (what
`tipoff simulate` wrote) each log score also stands as a ratio to that of the true distribution.
What is read is a row of docs/research.md.

Of a combo only its own shape is varied: the mean adds up parts as built, whose shapes have seen
SEASON.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from tipoff.errors import UsageError
from tipoff.features import feature_set, training_frame
from tipoff.grading.metrics import mean_of
from tipoff.lake import Lake
from tipoff.markets import MARKETS
from tipoff.models.champion.fit import FULL
from tipoff.models.champion.past import Past, Rounds
from tipoff.models.champion.shape import fit_shape
from tipoff.models.champion.table import Table
from tipoff.models.champion.tilt import tilted
from tipoff.models.data import training_data
from tipoff.models.pmf import Bools, Floats
from tools.studies.simulated_skill import surprise, truth_of

PARTS = tuple(m for m in MARKETS if not MARKETS[m].is_combo)
LESS = ("career rates", "share of threes", "weights of counts")
"""What is taken away, one at a time."""


@dataclass(frozen=True)
class Read:
    """A form's CRPS and log score on the season's rows, shape (n,)."""

    crps: Floats
    log: Floats


@dataclass(frozen=True)
class Change:
    """Mean of one form, and its change from the form as built with a 95% interval."""

    market: str
    without: str
    measure: str
    n: int
    value: float
    change: float
    low: float
    high: float
    truth_ratio: float | None = None


@dataclass(frozen=True)
class Season:
    """A lake's rows of experienced players up to the end of a season."""

    frame: pl.DataFrame
    name: str
    rounds: Rounds = FULL

    @cached_property
    def built(self) -> Past:
        """By the trees of the form as built."""
        return Past(Table.of(self.frame, feature_set("v4")), self.rounds)

    @cached_property
    def without_rates(self) -> Past:
        """By trees that do not read career rates."""
        return Past(Table.of(self.frame, feature_set("v3")), self.rounds)

    @property
    def asked(self) -> Bools:
        """The season's own rows."""
        return (self.built.frame["season"] == self.name).to_numpy()

    def read(self, market: str, without: str = "") -> Read:
        """Scores of one form."""
        past = self.without_rates if without == LESS[0] else self.built
        mean, y, top = past.mean(market), past.y(market), MARKETS[market].top
        facts = past.covariates[:, :-1] if without == LESS[1] else past.covariates
        now = self.asked
        weigh = MARKETS[market].counts_points and without != LESS[2]
        shape = fit_shape(y[~now], mean[~now], facts[~now], top, weigh=weigh)
        pmf = shape.pmf(mean[now], facts[now], top)
        if MARKETS[market].is_combo:
            pmf = tilted(pmf, mean[now])
        return Read(pmf.crps(y[now]), pmf.log_score(y[now]))

    def changes(self, market: str, league: Path | None) -> Iterator[Change]:
        """The form as built (change 0), then each without a part."""
        built = self.read(market)
        truth = None if league is None else self._truth(market, league)
        for name in ("", *(LESS if MARKETS[market].counts_points else LESS[:2])):
            form = self.read(market, name) if name else built
            for measure, own, base in (
                ("crps", form.crps, built.crps), ("log score", form.log, built.log),
            ):  # fmt: skip
                ratio = float(own.mean() / truth) if truth and measure == "log score" else None
                yield self._change(market, name or "nothing", measure, own, base, ratio)

    def _change(self, market: str, name: str, measure: str, own: Floats, base: Floats,
                ratio: float | None) -> Change:  # fmt: skip
        days = self.built.frame.filter(pl.Series(self.asked))["game_date"]
        row = mean_of(
            pl.DataFrame({"slate": days, "d": own - base}), measure, pl.col("d")
        ).to_dicts()[0]
        return Change(market, name, measure, len(own), float(own.mean()), row["value"],
                      row["low"], row["high"], ratio)  # fmt: skip

    def _truth(self, market: str, league: Path) -> float:
        rows = self.built.frame.filter(pl.Series(self.asked)).select(
            "player_key", "game_id", y=pl.col(f"y_{market}").cast(pl.Int64)
        )
        joined = rows.join(truth_of(league, market), on=["player_key", "game_id"], how="left")
        if joined["true_pmf"].null_count():
            raise UsageError(
                f"{league} does not know every player-game of the lake", "name the league it holds"
            )
        return float(joined.select(surprise("true_pmf").mean()).item())


def season_of(lake: Lake, name: str) -> Season:
    """The rows of a lake up to the end of that season."""
    with lake.reading() as r:
        frame = training_frame(r, start=None, through=date.max, names=feature_set("v4"))
    return Season(training_data(frame.filter(pl.col("season") <= name), date.max).frame, name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or a JSON list."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lake", type=Path)
    parser.add_argument("season", help="2023-24")
    parser.add_argument(
        "--market", action="append", choices=list(MARKETS), help="parts if left out"
    )
    parser.add_argument("--league", type=Path, help="folder that tipoff simulate wrote")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    with Lake.open(asked.lake) as lake:
        season = season_of(lake, asked.season)
    changes = []
    for market in asked.market or PARTS:
        sys.stderr.write(f"{market}\n")
        for one in season.changes(market, asked.league):
            changes.append(one)
            if not asked.json:
                sys.stdout.write(_line(one))
                sys.stdout.flush()
    if asked.json:
        sys.stdout.write(json.dumps([asdict(one) for one in changes]) + "\n")
    return 0


def _line(c: Change) -> str:
    ratio = "" if c.truth_ratio is None else f"  {c.truth_ratio:.4f} of the truth's"
    return (
        f"{c.market:9s} without {c.without:18s} {c.measure:9s} {c.value:8.5f} "
        f" {c.change:+.5f} [{c.low:+.5f}, {c.high:+.5f}]  n = {c.n}{ratio}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
