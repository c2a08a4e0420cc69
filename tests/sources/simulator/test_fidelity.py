"""The simulated league is no bland league: it is as uncertain and as hard to price as real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.simulator.real_figures import GAMES, REAL, SKILL_INTERVAL
from tipoff.lake import Lake
from tipoff.markets import MARKETS
from tipoff.sources.simulator import simulate
from tools.studies.fidelity import BARS, WITHIN, opened
from tools.studies.league_measures import Measures, measures, seen

SKILL = "line's skill"
# One worker makes the league, not both.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("fidelity")]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Measures:
    """Two seasons of fourteen teams, measured."""
    folder = tmp_path_factory.mktemp("fidelity") / "league"
    simulate(folder, seed=5, seasons=2, teams=14, games=82)
    with opened(folder) as lake:
        return measures([seen(lake)])


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("name", [*(bar for bar in BARS if bar != SKILL), "EWMA's 80%"])
def test_outcomes_are_as_uncertain_as_in_real_seasons(
    market: str, name: str, simulated: Measures
) -> None:
    assert simulated[market, name].value == pytest.approx(REAL[market][name], rel=WITHIN)


@pytest.mark.parametrize("market", MARKETS)
def test_lines_beat_the_ewma_by_as_much_as_real_ones(market: str, simulated: Measures) -> None:
    """Two seasons tell a skill to some 20%: its interval must reach the 10% around the real
    figure, or the real figure's own interval."""
    own, real = simulated[market, SKILL], REAL[market][SKILL]
    low, high = SKILL_INTERVAL[market]
    assert own.low is not None
    assert own.high is not None
    assert own.low <= max(high, real + WITHIN * abs(real))
    assert own.high >= min(low, real - WITHIN * abs(real))
    assert own.n > 1000


def test_blow_outs_rest_the_starters_and_a_game_in_twenty_goes_to_overtime(
    simulated: Measures,
) -> None:
    figure = {name: simulated["games", name].value for name in GAMES}
    close, decided = "starter minutes, margin up to 6", "starter minutes, margin 20 or more"
    assert figure[close] - figure[decided] == pytest.approx(GAMES[close] - GAMES[decided], abs=1.5)
    assert figure["overtime"] == pytest.approx(GAMES["overtime"], abs=0.02)
    for name in ("points per team-game", "sd of team points", "sd of the margin",
                 "players used per team-game", "minutes: rms error of EWMA"):  # fmt: skip
        assert figure[name] == pytest.approx(GAMES[name], rel=WITHIN), name


def test_the_real_figures_are_those_of_the_real_seasons(real_lake: Path) -> None:
    with Lake.open(real_lake) as lake:
        measured = measures([seen(lake)])
    for market, figures in REAL.items():
        for name, value in figures.items():
            assert measured[market, name].value == pytest.approx(value, rel=2e-3), (market, name)
        skill = measured[market, SKILL]
        assert (skill.low, skill.high) == pytest.approx(SKILL_INTERVAL[market], abs=5e-4)
    for name, value in GAMES.items():
        assert measured["games", name].value == pytest.approx(value, rel=2e-3), name
