"""Makes tests/fixtures/first_edition.tar.xz: a small simulated lake as the first edition left it.

It is run with the first edition's source, whatever the working tree holds by now:

    git worktree add --detach /tmp/first-edition 09f9431
    PYTHONPATH=/tmp/first-edition/src .venv/bin/python tools/first_edition_lake.py \\
        tests/fixtures/first_edition.tar.xz
    git worktree remove /tmp/first-edition

The numbers are the same each time. The bytes are not: DuckLake names its files at random.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

CODE = "code_031a6545fbbf3f7b26775684"
"""What the first edition's `hashing.code_version()` says."""
SEED, TEAMS, GAMES = 5, 4, 12
BOOKS = ("fanduel", "prizepicks")
START = datetime(2025, 6, 1, 12, tzinfo=UTC)
"""The clock: it starts here and moves on by a second each time it is read."""
FEW = 20
"""Rounds of boosting, in the place of hundreds: the files stay small."""
NUMBERS = ("mean", "median", "p10", "p90", "line", "p_over", "ev")
SCORES = ("crps", "log_loss", "brier")
SMALL: dict[str, Any] = {
    "models.catboost_model.MIN_TRAINING_ROWS": 100,
    "models.breakout.LEAST": 100,
    "models.dispersion.MIN_ROWS": 30,
    "models.champion.past.FEWEST": 100,
    "models.champion.fit.FEWEST_LINES": 30,
    "models.champion.plays.ROUNDS": FEW,
}
"""Floors and rounds that must be lower for so short a league."""
TREES = {"learning_rate": 0.2, "min_child_samples": 20, "num_leaves": 6}
"""Of the champions: few trees on few rows must still find something to split."""


def edition(name: str) -> Any:
    """A module of the first edition. By name, because later editions need not have it."""
    return importlib.import_module(f"tipoff.{name}")


def main(arguments: list[str] | None = None) -> int:
    """Make the file named on the command line; 1 when another edition is on the path."""
    parser = argparse.ArgumentParser(description="Make the lake of the first edition.")
    parser.add_argument("target", type=Path, help="the .tar.xz file to write")
    target: Path = parser.parse_args(arguments).target
    code = edition("hashing").code_version()
    if code != CODE:
        sys.stderr.write(f"not the first edition: its code is {CODE}, this is {code}\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="first-edition-") as folder:
        root = Path(folder)
        with small():
            expected = build(root)
        text = json.dumps(expected, indent=0, sort_keys=True)
        (root / "expected.json").write_text(text + "\n", encoding="utf-8")
        pack(root, ("expected.json", "lake"), target)
    sys.stdout.write(f"{target}: {target.stat().st_size:,} bytes\n")
    return 0


@contextmanager
def small() -> Iterator[None]:
    """START's clock, few rounds and low floors. The clock first: others take it by value."""
    ticks = count()
    with ExitStack() as stack:
        moving = lambda: START + timedelta(seconds=next(ticks))  # noqa: E731
        stack.enter_context(patch.object(edition("clock"), "now", moving))
        for path, value in SMALL.items():
            module, name = path.rsplit(".", 1)
            stack.enter_context(patch.object(edition(module), name, value))
        for module in ("models.catboost_model", "models.breakout"):
            stack.enter_context(patch.dict(edition(module).PARAMETERS, iterations=FEW))
        for trees in ("MEAN", "MEDIAN"):
            learner = edition("models.champion.learner")
            stack.enter_context(patch.dict(getattr(learner, trees), TREES))
        yield


def build(root: Path) -> dict[str, Any]:
    """Make the lake in root/lake; what it says of its own numbers."""
    forecast = edition("forecast")
    league(root / "league")
    with edition("lake").Lake.open(root / "lake", create=True) as lake:
        edition("sources").import_folder(lake, root / "league")
        earlier, later = slates(lake)
        models = train(lake, earlier - timedelta(days=1))
        forecast.reconcile(lake, earlier)
        edition("models").promote(lake, models["champion_line"], "points", "leads the fixture")
        forecast.reconcile(lake, earlier, reason="champion_line leads points")
        forecast.reconcile(lake, later)
        edition("grading.grade").grade(lake, earlier)
        with lake.reading() as r:
            return said(r)


def league(folder: Path) -> None:
    """A simulated league, of whose books only BOOKS are kept."""
    edition("sources.simulator").simulate(folder, seed=SEED, seasons=2, teams=TEAMS, games=GAMES)
    (folder / "truth.parquet").unlink()
    lines = pl.read_parquet(folder / "prop_lines.parquet")
    lines.filter(pl.col("bookmaker").is_in(BOOKS)).write_parquet(folder / "prop_lines.parquet")


def slates(lake: Any) -> tuple[date, date]:
    """The two newest dates with a single game."""
    sql = """SELECT game_date FROM league.game WHERE nba_game_id IS NOT NULL
             GROUP BY game_date HAVING count(*) = 1 ORDER BY game_date DESC LIMIT 2"""
    with lake.reading() as r:
        (later,), (earlier,) = r.rows(sql)
    return earlier, later


def train(lake: Any, through: date) -> dict[str, str]:
    """A model of every family that `run` does not fit by itself: name -> version."""
    versions = {"catboost_v9": edition("models").train(lake, "catboost_v9", through).model_id}
    for name in ("champion_line", "champion_noline"):
        versions[name] = train_champion(lake, name, through)
    versions["plays"] = edition("models.champion.plays").train_plays(lake, through).model_id
    versions["breakout"] = edition("models.breakout").train_breakout(lake, through).model_id
    return versions


def train_champion(lake: Any, name: str, through: date) -> str:
    """A champion of FEW rounds."""
    rounds = edition("models.champion").Rounds(FEW, FEW)
    fitting, spec = edition("models.fitting"), edition("models.names").parse_model(name)
    family, markets = fitting.Champions(rounds), fitting.ALL_MARKETS
    with lake.reading() as r:
        frame = edition("features").training_frame(
            r, start=None, through=through, names=family.names(spec, markets)
        )
    data = edition("models.data").training_data(frame, through)
    model = family.prepare(spec, markets, frame, through).fit(data)
    edition("models").store(lake, model)
    return str(model.manifest.model_id)


def said(r: Any) -> dict[str, Any]:
    """Predictions and grades of the current sets by prediction, publications, model versions."""
    predictions = r.query(
        f"SELECT prediction_id, recommendation, {', '.join(NUMBERS)}"
        " FROM forecast.current_prediction"
    )
    grades = r.query(
        f"SELECT prediction_id, outcome, {', '.join(SCORES)} FROM grading.current_grade"
        " SEMI JOIN forecast.current_publication USING (run_id)"
    )
    publications = r.rows(
        "SELECT slate, seq, publication_id FROM forecast.publication ORDER BY slate, seq"
    )
    models = r.rows("SELECT model, model_id FROM models.version ORDER BY recorded_seq")
    return {
        "predictions": by_id(predictions),
        "grades": by_id(grades),
        "publications": [[f"{slate}", seq, name] for slate, seq, name in publications],
        "models": [list(row) for row in models],
    }


def by_id(frame: pl.DataFrame) -> dict[str, dict[str, str | None]]:
    """prediction_id -> its other columns, numbers spelled by float.hex."""
    rows = {}
    for row in frame.to_dicts():
        name = row.pop("prediction_id")
        rows[name] = {k: v.hex() if isinstance(v, float) else v for k, v in row.items()}
    if len(rows) != frame.height:
        raise ValueError(f"{frame.height} rows have {len(rows)} ids")
    return rows


def pack(root: Path, names: tuple[str, ...], target: Path) -> None:
    """What lies under these names as .tar.xz: sorted, no owner, no time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    paths = [p for name in names for p in (root / name, *(root / name).rglob("*"))]
    with tarfile.open(target, "w:xz", preset=9) as tar:
        for path in sorted(p for p in paths if p.name != "writer.lock"):
            tar.add(path, path.relative_to(root).as_posix(), recursive=False, filter=_bare)


def _bare(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    info.mode = 0o755 if info.isdir() else 0o644
    return info


if __name__ == "__main__":
    sys.exit(main())
