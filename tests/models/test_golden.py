"""Golden rows catch a model that no longer answers as it did."""

import pytest

from tipoff.errors import ArtifactError
from tipoff.models.families.baseline import Baseline
from tipoff.models.families.catboost import CatBoostModel
from tipoff.models.golden import check_golden


def test_every_market_has_golden_rows(ewma: Baseline) -> None:
    markets = [row.market for row in ewma.manifest.golden]
    assert {markets.count(m) for m in ewma.manifest.markets} == {3}


def test_a_model_gives_its_golden_answers(ewma: Baseline, v9: CatBoostModel) -> None:
    check_golden(ewma)
    check_golden(v9)


def test_another_answer_is_named_with_market_row_and_figure(ewma: Baseline) -> None:
    wide = {m: d.model_copy(update={"values": tuple(v * 1.001 for v in d.values)})
            for m, d in ewma.manifest.dispersion.items()}  # fmt: skip
    changed = Baseline(ewma.manifest.model_copy(update={"dispersion": wide}))
    with pytest.raises(ArtifactError, match=r"points, golden row 0, variance: expected .* got"):
        check_golden(changed)


def test_a_forest_with_other_leaves_is_named(v9: CatBoostModel) -> None:
    import catboost

    small = catboost.CatBoostRegressor(iterations=1, verbose=False, allow_writing_files=False)
    small.fit([[float(i + j) for j in range(33)] for i in range(9)], list(range(9)))
    with pytest.raises(ArtifactError, match="gives another answer than when it was made"):
        check_golden(CatBoostModel(v9.manifest, small))


def test_golden_inputs_keep_missing_optionals_missing(v9: CatBoostModel) -> None:
    assert all(row.inputs["pct_paint"] is None for row in v9.manifest.golden)
