"""How near models come to the truth: the truth itself is at 1, anything else above on average."""

from pathlib import Path

import polars as pl
import pytest

from tipoff.sources.simulator import simulate
from tools.studies.simulated_skill import main, scored_together, skills

Pair = tuple[Path, Path]


def backtest(folder: Path, seed: int) -> Pair:
    """A league and a backtest file of it: a model that knows the truth and one that halves it."""
    league = folder / f"league{seed}"
    simulate(league, seed=seed, seasons=1, teams=8, games=20)
    truth = pl.read_parquet(league / "truth.parquet").filter(
        pl.col("market").is_in(["points", "steals"]), "played"
    )
    rows = truth.select("player_key", "market", "pmf", game_id="nba_game_id")
    half = (pl.col("pmf") * 0.5).alias("pmf")
    both = [rows.with_columns(model=pl.lit("truth")),
            rows.with_columns(half, model=pl.lit("half"))]  # fmt: skip
    pl.concat(both).write_parquet(file := folder / f"backtest{seed}.parquet")
    return league, file


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    folder = tmp_path_factory.mktemp("skill")
    return [backtest(folder, seed) for seed in (3, 4)]


def test_the_truth_is_at_one_and_half_of_it_is_off_by_the_logarithm_of_two(
    pairs: list[Pair],
) -> None:
    by_model = {(s.market, s.model): s for s in skills(scored_together(pairs[:1]))}
    assert by_model.keys() == {
        (m, name) for m in ("points", "steals") for name in ("truth", "half")
    }
    for market in ("points", "steals"):
        exact, half = by_model[market, "truth"], by_model[market, "half"]
        assert (exact.ratio, exact.low, exact.high) == (1.0, 1.0, 1.0)
        assert half.own - half.truth == pytest.approx(0.6931, abs=1e-4)
        assert half.low < half.ratio < half.high


def test_two_leagues_are_read_together_and_their_slates_stay_apart(pairs: list[Pair]) -> None:
    one, two = (list(skills(scored_together([pair]))) for pair in pairs)
    both = list(skills(scored_together(pairs)))
    for a, b, c in zip(one, two, both, strict=True):
        assert c.n == a.n + b.n
        assert c.slates == a.slates + b.slates
        assert c.truth == pytest.approx((a.n * a.truth + b.n * b.truth) / c.n)


def test_a_required_model_over_the_limit_fails_the_command(
    pairs: list[Pair], capsys: pytest.CaptureFixture[str]
) -> None:
    places = [str(place) for pair in pairs for place in pair]
    assert main([*places, "--require", "truth"]) == 0
    assert main([*places, "--require", "half"]) == 1
    assert "1.0000 to 1.0000" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(places[:3])
