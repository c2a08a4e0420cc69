"""Taking a part of the champion away: the form as built is the reference, and parts are parts."""

from pathlib import Path

import pytest

from tipoff.errors import UsageError
from tipoff.models.champion import Rounds
from tipoff.sources.simulator import simulate
from tools.studies.fidelity import opened
from tools.studies.trials import LESS, Season, season_of

# One worker makes the season, not both.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("trials")]


@pytest.fixture(scope="module")
def league(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trials") / "league"
    simulate(folder, seed=3, seasons=2, teams=8, games=40, start_season=2022)
    return folder


@pytest.fixture(scope="module")
def season(league: Path) -> Season:
    with opened(league) as lake:
        one = season_of(lake, "2023-24")
    return Season(one.frame, one.name, Rounds(20, 20))


def test_nothing_taken_away_changes_nothing_and_each_part_taken_away_does(
    season: Season, league: Path
) -> None:
    by_part = {(c.without, c.measure): c for c in season.changes("points", league)}
    assert {name for name, _ in by_part} == {"nothing", *LESS}
    for measure in ("crps", "log score"):
        built = by_part["nothing", measure]
        assert (built.change, built.low, built.high) == (0.0, 0.0, 0.0)
        for name in LESS:
            less = by_part[name, measure]
            assert less.n == built.n > 1000
            assert less.change == pytest.approx(less.value - built.value)
            assert less.change != 0
    assert by_part["weights of counts", "log score"].change > 0
    ratio = by_part["nothing", "log score"].truth_ratio
    assert ratio is not None
    assert 1.0 < ratio < 1.2


def test_what_comes_in_ones_has_no_weights_to_take_away(season: Season) -> None:
    assert {c.without for c in season.changes("blocks", None)} == {"nothing", *LESS[:2]}


def test_another_league_s_truth_is_refused(season: Season, tmp_path: Path) -> None:
    simulate(tmp_path / "other", seed=4, seasons=1, teams=8, games=20)
    with pytest.raises(UsageError, match="does not know every player-game"):
        list(season.changes("blocks", tmp_path / "other"))
