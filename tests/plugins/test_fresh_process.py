"""From a file beside the lake to a reproduced slate, each command a process of its own that knows
nothing but the lake."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.simulated import own_copy, slate_dates
from tipoff.lake import Lake
from tipoff.models.plugin import Model

MODELS = ("my_sk", "my_means", "my_ridge")
ROOT = Path(__file__).resolve().parents[2]
_PLUGIN = """
import numpy as np
import pandas as pd  # hidden in `tipoff` commands, and there all the same for who uses it
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from my_features import FEATURES
from tipoff.models import from_regressor

print("a plug-in may print")
SK = from_regressor(
    make_pipeline(StandardScaler(), Ridge()), name="my_sk", markets=["points"], features=FEATURES
)

class Means:
    name, markets, features = "my_means", ("points", "rebounds"), FEATURES

    def __init__(self, share=0.5):
        self.share = share

    def fit(self, frame, target, market):
        table = pd.DataFrame(frame.to_dict(as_series=False))
        print("fitting", len(table))
        return Fitted(self.share, target.mean())

    def load(self, content):
        return Fitted(*np.frombuffer(content))

class Fitted:
    def __init__(self, share, mean):
        self.share, self.mean = share, mean

    def predict(self, frame):
        print("predicting")
        return self.share * frame.to_numpy()[:, 0] + (1 - self.share) * self.mean

    def dump(self):
        return np.array([self.share, self.mean]).tobytes()
"""


def example_of(documented: object) -> str:
    """The code that a docstring shows: what is indented in it."""
    lines = inspect.getdoc(documented).splitlines()  # type: ignore[union-attr]
    return "\n".join(line[4:] for line in lines if not line or line.startswith("    "))


@pytest.fixture
def lake(trained_lake: Path, tmp_path: Path) -> Path:
    """A lake with plug-ins beside it, one of them that of the documentation."""
    own_copy(trained_lake, tmp_path / "lake")
    (tmp_path / "my_models.py").write_text(_PLUGIN)
    (tmp_path / "my_ridge.py").write_text(example_of(Model))
    (tmp_path / "my_features.py").write_text('FEATURES = ("{market}_avg_last_5", "minutes_last")')
    toml = 'plugins = ["my_models:SK", "my_models:Means", "my_ridge:Ridge"]'
    (tmp_path / "tipoff.toml").write_text(toml)
    return tmp_path / "lake"


def tipoff(lake: Path, *words: object, code: int = 0) -> Any:
    """What a command answers as JSON, run from a folder that has nothing to do with the lake."""
    program = "from tipoff.cli import command; command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--lake", str(lake), *map(str, words), "--json"],
        cwd="/", capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_a_fresh_process_trains_predicts_and_reproduces_what_lies_beside_the_lake(
    lake: Path,
) -> None:
    with Lake.open(lake) as opened:
        days = slate_dates(opened)
    made = {name: tipoff(lake, "train", name, "--through", days[-8]) for name in MODELS}
    assert {name: report["model"] for name, report in made.items()} == {n: n for n in made}
    again = tipoff(lake, "train", "my_sk", "--through", days[-8])
    assert (again["new"], again["model_id"]) == (False, made["my_sk"]["model_id"])
    run = tipoff(lake, "run", days[-1])
    with Lake.open(lake) as opened, opened.reading() as r:
        sql = """SELECT DISTINCT model, market, model_id, role FROM forecast.prediction
                 WHERE starts_with(model, 'my_') ORDER BY ALL"""
        rows = r.rows(sql)
    assert [(model, market) for model, market, *_ in rows] == [
        ("my_means", "points"), ("my_means", "rebounds"), ("my_ridge", "points"),
        ("my_ridge", "rebounds"), ("my_sk", "points"),
    ]  # fmt: skip
    assert {(model, model_id) for model, _, model_id, _ in rows} == {
        (name, report["model_id"]) for name, report in made.items()
    }
    assert {role for *_, role in rows} == {"shadow"}
    assert tipoff(lake, "run", days[-1])["nothing_to_do"]
    reproduced = tipoff(lake, "reproduce", days[-1])
    assert reproduced["differences"] == []
    assert reproduced["checked"] == run["predicted"]
    with Lake.open(lake) as opened, opened.reading() as r:
        sql = """SELECT model, max(prediction_id) FROM forecast.prediction
                 WHERE starts_with(model, 'my_') GROUP BY ALL"""
        for model, one in r.rows(sql):
            by_id = tipoff(lake, "reproduce", one)
            assert (by_id["checked"], by_id["differences"]) == (1, []), model
