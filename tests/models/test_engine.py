"""CatBoost works without pandas and scipy, and nobody is left with an empty one."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from tipoff.models.engine import catboost
model = catboost().CatBoostRegressor(iterations=2, allow_writing_files=False, verbose=False)
model.fit([[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0])
assert len(model.predict([[2.0]])) == 1
assert "pandas" not in sys.modules, "pandas was imported"
assert "scipy" not in sys.modules, "scipy was imported"
import pandas, scipy.sparse
assert pandas.DataFrame({"a": [1]}).shape == (1, 1)
assert scipy.sparse.csr_matrix([[1.0]]).shape == (1, 1)
"""


def test_catboost_fits_without_pandas_and_scipy_and_the_real_ones_can_be_imported_later() -> None:
    assert subprocess.run([sys.executable, "-c", SCRIPT]).returncode == 0


@pytest.mark.parametrize(
    ("module", "made"),
    [
        ("pandas", "pandas.DataFrame({'a': [1.0]})"),
        ("scipy.sparse", "scipy.sparse.csr_matrix([[1.0]])"),
    ],
)
def test_who_has_the_real_one_already_gets_a_catboost_that_knows_it(module: str, made: str) -> None:
    script = (
        f"import {module}\nfrom tipoff.models.engine import catboost\n"
        f"pool = catboost().Pool({made})\nassert pool.num_col() == 1\n"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
