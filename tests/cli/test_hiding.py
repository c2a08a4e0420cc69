"""A `tipoff` process does not import pandas, and what asks for it anyhow gets along."""

import subprocess
import sys
from pathlib import Path

import pytest

from tipoff.cli.hiding import hide_pandas
from tipoff.lake import Lake

ASKED = """
import sys
import polars as pl
from tipoff.cli.hiding import hide_pandas
from tipoff.lake import Lake
hide_pandas()
with Lake.open(sys.argv[1]) as lake, lake.reading() as r:
    r.register("mine", pl.DataFrame({"a": ["x"]}))
    assert r.rows("FROM mine WHERE a = $a", {"a": "x"}) == [("x",)]
    assert r.query("FROM mine WHERE a = $a", {"a": "x"}).height == 1
assert "pyarrow" not in sys.modules
assert "pandas.core" not in sys.modules
"""
ENGINES = """
from tipoff.cli.hiding import hide_pandas
hide_pandas()
import numpy as np
import pyarrow as pa
from tipoff.models.engine import catboost, lightgbm
assert pa.array([1, None]).null_count == 1 and pa.scalar(1).as_py() == 1
model = catboost().CatBoostRegressor(iterations=2, allow_writing_files=False, verbose=False)
values, y = np.arange(60.0).reshape(30, 2), np.arange(30.0)
assert len(model.fit(values, y).predict(values)) == 30
held = lightgbm().Dataset(values, y, params={"verbosity": -1})
assert lightgbm().train({"verbosity": -1}, held, 2).predict(values).shape == (30,)
"""
REFUSED = """
from tipoff.cli.hiding import hide_pandas
hide_pandas()
import pandas
for use in (lambda: pandas.DataFrame({}), lambda: pandas.read_csv("x"), lambda: pandas.api.x.Y()):
    try:
        use()
    except ImportError as error:
        assert "use it from Python" in str(error)
    else:
        raise AssertionError(use)
"""
FIRST = """
import pandas
from tipoff.cli.hiding import hide_pandas
hide_pandas()
import pandas.api
assert pandas.DataFrame({"a": [1]}).shape == (1, 1)
"""


@pytest.mark.parametrize("code", [ASKED, ENGINES, REFUSED, FIRST],
                         ids=["lake", "engines", "refused", "first"])  # fmt: skip
def test_who_asks_for_pandas_gets_along_without_or_is_told(code: str, tmp_path: Path) -> None:
    Lake.open(tmp_path / "lake", create=True).close()
    command = [sys.executable, "-c", code, str(tmp_path / "lake")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_a_lake_used_from_python_hides_nothing(tmp_path: Path) -> None:
    code = ASKED.replace("hide_pandas()\n", "", 1).replace(
        'assert "pandas.core" not in', 'assert "pandas.core" in'
    )
    code = code.replace('assert "pyarrow" not in sys.modules\n', "")
    Lake.open(tmp_path / "lake", create=True).close()
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "lake")], check=True)


def test_hiding_does_nothing_where_pandas_is(monkeypatch: pytest.MonkeyPatch) -> None:
    here = type(sys)("pandas")
    monkeypatch.setitem(sys.modules, "pandas", here)
    hide_pandas()
    assert sys.modules["pandas"] is here
