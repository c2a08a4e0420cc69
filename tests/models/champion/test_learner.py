"""Trees: the same rows give the same bits, in this process, in another, on one thread or two."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from tipoff.errors import ArtifactError
from tipoff.models.champion.learner import MEAN, MEDIAN, THREADS, Trees, _fit, fit_trees

RNG = np.random.default_rng(10)
VALUES = RNG.normal(0, 1, (3000, 4)).astype(np.float32)
VALUES[RNG.uniform(size=VALUES.shape) < 0.1] = np.nan
Y = np.nan_to_num(VALUES[:, 0].astype(np.float64)) * 3 + RNG.normal(0, 1, 3000)
NAMES = ("a", "b", "c", "d")

ELSEWHERE = """
import hashlib
from tests.models.champion.test_learner import NAMES, VALUES, Y
from tipoff.models.champion.learner import MEAN, fit_trees
trees = fit_trees(VALUES, Y, NAMES, 20, MEAN)
print(hashlib.sha256(trees.text.encode()).hexdigest(), trees.predict(VALUES).tobytes().hex()[:64])
"""


@pytest.mark.long
def test_another_process_fits_the_same_text() -> None:
    here = fit_trees(VALUES, Y, NAMES, 20, MEAN)
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    text, start = done.stdout.split()
    assert text == hashlib.sha256(here.text.encode()).hexdigest()
    assert start == here.predict(VALUES).tobytes().hex()[:64]


def test_the_number_of_threads_changes_no_bit_of_the_trees() -> None:
    for parameters in (MEAN, MEDIAN):
        texts = {
            _fit(VALUES, Y, NAMES, 10, {**parameters, "num_threads": n}).split("parameters:")[0]
            for n in (1, 2)
        }
        assert len(texts) == 1
    assert MEAN["num_threads"] == THREADS


def test_trees_read_back_from_their_text_predict_the_same_bits_row_by_row() -> None:
    trees = fit_trees(VALUES, Y, NAMES, 20, MEAN)
    again = Trees(str(trees.text))
    assert again.names == NAMES
    together = trees.predict(VALUES)
    assert (again.predict(VALUES) == together).all()
    assert [again.predict(VALUES[i : i + 1])[0] for i in range(20)] == list(together[:20])


def test_shap_values_add_up_to_the_prediction() -> None:
    trees = fit_trees(VALUES, Y, NAMES, 20, MEAN)
    assert trees.shap(VALUES[:1]).sum() == pytest.approx(trees.predict(VALUES[:1])[0], rel=1e-9)


def test_other_outcomes_are_other_trees() -> None:
    assert fit_trees(VALUES, Y, NAMES, 5).text != fit_trees(VALUES, Y - 1, NAMES, 5).text


def test_text_that_is_no_model_is_named_as_such() -> None:
    with pytest.raises(ArtifactError, match="not a LightGBM model"):
        _ = Trees("tree\nnonsense").booster


def test_rows_of_another_width_are_an_error_that_a_run_can_catch() -> None:
    """LightGBM's own error is a bare Exception."""
    trees = fit_trees(VALUES, Y, NAMES, 5, MEAN)
    for ask in (trees.predict, trees.shap):
        with pytest.raises(ArtifactError, match="LightGBM cannot predict"):
            ask(VALUES[:1, :2])
