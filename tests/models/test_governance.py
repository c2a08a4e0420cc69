"""Who may predict and who leads, derived from versions and states."""

from datetime import date

import pytest

from tests.models.league_frame import definitions
from tipoff.errors import NotFound, UsageError
from tipoff.lake import Lake
from tipoff.models.families.baseline import Baseline
from tipoff.models.families.catboost import CatBoostModel
from tipoff.models.governance import (
    Seat,
    champion_of,
    eligible,
    list_versions,
    parse_role,
    promote,
    retire,
)
from tipoff.models.model import Model
from tipoff.models.registry import store

DAY = date(2024, 12, 10)


def made(lake: Lake, model: Model, through: date | None = None, name: str = "") -> str:
    """Store a copy of a model under another name or window, and give its id."""
    update: dict[str, object] = {"trained_through": through or model.manifest.trained_through}
    if name:
        update["model"] = name
    manifest = model.manifest.model_copy(update=update)
    copy = (
        CatBoostModel(manifest, model.regressor)
        if isinstance(model, CatBoostModel)
        else Baseline(manifest)
    )
    store(lake, copy)
    return manifest.model_id


def seats(lake: Lake, day: date = DAY, market: str | None = "points") -> list[Seat]:
    with lake.reading() as r:
        return eligible(r, day, market)


def leader(lake: Lake, market: str = "points", day: date = DAY) -> str | None:
    with lake.reading() as r:
        seat = champion_of(r, market, day)
    return seat.model_id if seat else None


def give(lake: Lake, model_id: str, market: str = "points", reason: str = "better") -> None:
    promote(lake, model_id, market, reason, available=definitions())


def test_a_version_predicts_only_days_after_its_window(lake: Lake, ewma: Baseline) -> None:
    made(lake, ewma, date(2024, 12, 9))
    assert len(seats(lake, date(2024, 12, 10))) == 1
    assert seats(lake, date(2024, 12, 9)) == []


def test_the_newest_window_before_the_day_wins(lake: Lake, ewma: Baseline) -> None:
    new = made(lake, ewma, date(2024, 12, 9))
    old = made(lake, ewma, date(2024, 11, 30))
    assert [s.model_id for s in seats(lake)] == [new]
    assert [s.model_id for s in seats(lake, date(2024, 12, 5))] == [old]


def test_catboost_v9_leads_points_and_ewma_the_rest(
    lake: Lake, ewma: Baseline, v9: CatBoostModel
) -> None:
    by_ewma, by_trees = made(lake, ewma), made(lake, v9)
    assert leader(lake, "points") == by_trees
    assert leader(lake, "rebounds") == by_ewma
    roles = {s.model: s.role for s in seats(lake)}
    assert roles == {"catboost_v9": "champion", "ewma_hl8": "challenger"}


def test_without_catboost_ewma_leads_points_too(lake: Lake, ewma: Baseline) -> None:
    assert leader(lake) is None
    assert made(lake, ewma) == leader(lake)


def test_other_catboost_models_start_as_shadows(lake: Lake, v9: CatBoostModel) -> None:
    made(lake, v9, name="catboost_v8")
    assert [s.role for s in seats(lake)] == ["shadow"]
    assert leader(lake) is None


def test_a_promoted_version_leads_and_the_former_leader_steps_back(
    lake: Lake, ewma: Baseline, v9: CatBoostModel
) -> None:
    made(lake, v9)
    chosen = made(lake, ewma)
    give(lake, chosen)
    assert leader(lake) == chosen
    assert {s.model: s.role for s in seats(lake)}["catboost_v9"] == "shadow"


def test_the_latest_promotion_wins(lake: Lake, ewma: Baseline, v9: CatBoostModel) -> None:
    trees, chosen = made(lake, v9), made(lake, ewma)
    give(lake, chosen)
    give(lake, trees)
    assert leader(lake) == trees
    assert [s.role for s in seats(lake)].count("champion") == 1


def test_a_newer_version_does_not_take_a_promoted_ones_seat(lake: Lake, ewma: Baseline) -> None:
    chosen = made(lake, ewma, date(2024, 11, 30))
    give(lake, chosen)
    newer = made(lake, ewma, date(2024, 12, 8))
    assert [s.model_id for s in seats(lake)] == [chosen]
    assert leader(lake, "rebounds") == newer


def test_a_promoted_version_does_not_predict_days_it_was_trained_on(
    lake: Lake, ewma: Baseline
) -> None:
    old = made(lake, ewma, date(2024, 10, 31))
    give(lake, made(lake, ewma, date(2024, 11, 30)))
    assert leader(lake, day=date(2024, 11, 15)) == old


def test_a_retired_name_leaves_and_no_older_version_comes_back(
    lake: Lake, ewma: Baseline, v9: CatBoostModel
) -> None:
    by_ewma = made(lake, ewma)
    made(lake, v9, date(2024, 11, 30))
    newest = made(lake, v9, date(2024, 12, 5))
    assert retire(lake, newest, "drifted") == (newest,)
    assert [s.model for s in seats(lake)] == ["ewma_hl8"]
    assert leader(lake) == by_ewma


def test_retiring_in_one_market_leaves_the_others(lake: Lake, ewma: Baseline) -> None:
    by_ewma = made(lake, ewma)
    retire(lake, "ewma_hl8", "bad on steals", ["steals"])
    assert seats(lake, market="steals") == []
    assert leader(lake, "points") == by_ewma
    with lake.reading() as r:
        assert [row["retired"] for row in list_versions(r)] == [["steals"]]


def test_versions_are_listed_by_name_newest_first(lake: Lake, ewma: Baseline) -> None:
    days = [date(2024, 12, 8), date(2024, 11, 30), date(2024, 12, 3)]
    for day in days:
        made(lake, ewma, day)
    made(lake, ewma, days[0], "early")
    with lake.reading() as r:
        listed = [(row["model"], row["trained_through"]) for row in list_versions(r)]
    assert listed == [("early", days[0]), *(("ewma_hl8", d) for d in sorted(days, reverse=True))]


def test_a_retired_version_cannot_be_promoted(lake: Lake, ewma: Baseline) -> None:
    chosen = made(lake, ewma)
    retire(lake, chosen, "drifted")
    with pytest.raises(UsageError, match="is retired"):
        give(lake, chosen)


def test_retiring_twice_writes_one_state(lake: Lake, ewma: Baseline) -> None:
    chosen = made(lake, ewma)
    retire(lake, chosen, "drifted", ["points"])
    retire(lake, chosen, "drifted", ["points"])
    with lake.reading() as r:
        assert r.value("SELECT count(*) FROM models.state") == 1


def test_a_new_version_of_a_retired_model_may_predict(lake: Lake, ewma: Baseline) -> None:
    retire(lake, made(lake, ewma, date(2024, 11, 30)), "drifted")
    newer = made(lake, ewma, date(2024, 12, 8))
    assert [s.model_id for s in seats(lake)] == [newer]


def test_a_promotion_needs_a_known_version_a_reason_and_a_market_it_predicts(
    lake: Lake, v9: CatBoostModel
) -> None:
    trees = made(lake, v9)
    with pytest.raises(NotFound):
        give(lake, "model_nope")
    with pytest.raises(UsageError, match="needs a reason"):
        give(lake, trees, reason="  ")
    with pytest.raises(UsageError, match="does not predict rebounds"):
        give(lake, trees, "rebounds")


def test_the_number_of_queries_does_not_depend_on_the_number_of_versions(
    lake: Lake, ewma: Baseline
) -> None:
    for day in (1, 2, 3):
        made(lake, ewma, date(2024, 12, day))
    with lake.reading() as r:
        eligible(r, DAY)
        assert r.queries == 1


def test_a_role_is_one_of_three() -> None:
    assert parse_role("shadow") == "shadow"
    with pytest.raises(UsageError, match="'boss' is not a role"):
        parse_role("boss")
