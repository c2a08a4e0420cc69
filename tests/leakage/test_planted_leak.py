"""The leak tests and the too-good check are worth something: each catches a leak put there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.features import test_leakage as leak_tests
from tests.features.conftest import Built
from tests.features.small_league import LAST, League
from tests.leakage.planted import RESULTS, SOURCES, TONIGHT, Span, accused, plant
from tests.long import sampled
from tests.simulated import slate_dates
from tipoff.features import feature_set, training_frame
from tipoff.lake import Lake

MODEL = "catboost_v9"
Check = Callable[[Built, League, Path], None]
CHECKS: dict[str, Check] = {
    "a slate build equals the training build": lambda built, _league, _at: (
        leak_tests.test_a_slate_build_gives_bit_for_bit_what_the_training_build_gives(built, LAST)
    ),
    "a lake cut at the moment gives the same": (
        leak_tests.test_features_as_of_a_moment_equal_those_of_a_lake_cut_at_it
    ),
    "results of the day change nothing": (
        leak_tests.test_results_of_the_day_and_later_change_no_feature_of_the_day
    ),
}
"""The leak tests themselves, called with a league of ours."""
CAUGHT = {
    "the box scores a build has made": {
        "a slate build equals the training build",
        "results of the day change nothing",
    },
    "the stored facts, whatever is known of them": {
        "a lake cut at the moment gives the same",
        "results of the day change nothing",
    },
}


def failing(lake: Lake, facts: League, folder: Path) -> set[str]:
    """The leak tests that fail with the catalogue as it is."""
    with lake.reading() as r:
        built = Built(lake, training_frame(r, start=None, through=date(2030, 1, 1)))
    failed = set()
    for number, (name, check) in enumerate(CHECKS.items()):
        (folder / str(number)).mkdir()
        try:
            check(built, facts, folder / str(number))
        except AssertionError:
            failed.add(name)
    return failed


@pytest.mark.long
def test_no_leak_test_fails_on_the_honest_catalogue(
    truth: Lake, league: League, tmp_path: Path
) -> None:
    assert failing(truth, league, tmp_path) == set()


@pytest.mark.parametrize("source", sampled(SOURCES))
def test_leak_tests_fail_when_a_feature_reads_tonights_result(
    source: str, truth: Lake, league: League, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, SOURCES[source])
    assert failing(truth, league, tmp_path) == CAUGHT[source]


@pytest.fixture(scope="module")
def simulated(trained_lake: Path) -> Span:
    with Lake.open(trained_lake) as lake:
        last = slate_dates(lake)[-1]
    return Span(trained_lake, last - timedelta(days=13), last)


@pytest.fixture(scope="module")
def real(real_lake: Path) -> Span:
    return Span(real_lake, date(2024, 12, 1), date(2024, 12, 14))


@pytest.fixture(params=sampled(["real", "simulated"]))
def span(request: pytest.FixtureRequest) -> Span:
    board = request.getfixturevalue(request.param)
    assert isinstance(board, Span)
    return board


def test_an_honest_backtest_is_not_called_too_good(span: Span, tmp_path: Path) -> None:
    board = span.judged(tmp_path, [MODEL])
    assert TONIGHT not in feature_set("v2_33")
    assert board.markets[0].counted > 400
    assert board.warnings == ()


@pytest.mark.parametrize("result", sampled(RESULTS))
def test_a_backtest_whose_model_reads_tonights_result_is_called_too_good(
    result: str, span: Span, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, SOURCES["the box scores a build has made"], RESULTS[result])
    board = span.judged(tmp_path, [MODEL])
    assert accused(board, MODEL)
    assert accused(board, "ewma_hl8") == accused(board, "line") == []
