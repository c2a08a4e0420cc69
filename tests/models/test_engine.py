"""CatBoost works without pandas, and nobody is left with an empty one."""

import subprocess
import sys

SCRIPT = """
import sys
from tipoff.models.engine import catboost
model = catboost().CatBoostRegressor(iterations=2, allow_writing_files=False, verbose=False)
model.fit([[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0])
assert len(model.predict([[2.0]])) == 1
assert "pandas" not in sys.modules, "pandas was imported"
import pandas
assert pandas.DataFrame({"a": [1]}).shape == (1, 1)
"""


def test_catboost_fits_without_pandas_and_the_real_one_can_be_imported_later() -> None:
    assert subprocess.run([sys.executable, "-c", SCRIPT]).returncode == 0


def test_who_has_pandas_already_gets_a_catboost_that_knows_it() -> None:
    script = (
        "import pandas\nfrom tipoff.models.engine import catboost\n"
        "pool = catboost().Pool(pandas.DataFrame({'a': [1.0]}))\nassert pool.num_col() == 1\n"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
