"""Model names say what to train."""

from datetime import date

import pytest

from tipoff.errors import UsageError
from tipoff.models import Spec, parse_model
from tipoff.models.names import end_of_month_before, window_end


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("catboost_v8", Spec("catboost_v8", "catboost", "seasons_before", "v2_33")),
        ("catboost_v9", Spec("catboost_v9", "catboost", "current_season", "v2_33")),
        ("catboost_v9_37", Spec("catboost_v9_37", "catboost", "current_season", "v2_37")),
        ("catboost_v9_39", Spec("catboost_v9_39", "catboost", "current_season", "v2_39")),
        ("champion_line", Spec("champion_line", "champion", "all", "v4")),
        ("champion_noline", Spec("champion_noline", "champion", "all", "v4")),
        (
            "champion_line_2025_01",
            Spec("champion_line_2025_01", "champion", "all", "v4", date(2024, 12, 31)),
        ),
        ("ewma_hl8", Spec("ewma_hl8", "baseline")),
        ("plays", Spec("plays", "plays", feature_set="plays_1")),
        ("breakout", Spec("breakout", "breakout", feature_set="v2_39")),
        (
            "catboost_v9_2025_01",
            Spec("catboost_v9_2025_01", "catboost", "current_season", "v2_33", date(2024, 12, 31)),
        ),
    ],
)
def test_a_name_gives_its_window_and_features(name: str, spec: Spec) -> None:
    assert parse_model(name) == spec


@pytest.mark.parametrize(
    "name",
    [
        "catboost_v7",
        "catboost_v9_2025_13",
        "",
        "catboost_v9_40",
        "catboost_v8_2025_01",
        "ewma_hl8_2025_01",
        "plays_2025_01",
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_model(name)
    assert "catboost_v9_YYYY_MM" in caught.value.next_step


def test_a_monthly_refit_ends_where_its_name_says() -> None:
    spec = parse_model("catboost_v9_2025_03")
    assert window_end(spec, date(2025, 2, 28)) == date(2025, 2, 28)
    with pytest.raises(UsageError, match="2025-02-28"):
        window_end(spec, date(2025, 2, 27))


def test_the_month_before_january_is_december() -> None:
    assert end_of_month_before(date(2025, 1, 10)) == date(2024, 12, 31)
    assert end_of_month_before(date(2024, 3, 1)) == date(2024, 2, 29)
