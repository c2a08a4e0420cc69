"""What dies: one command in a process of its own, told where or whether to stop."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.concurrency.breakage import BREAKAGES
from tests.concurrency.worker import open_gates
from tests.crashes.artifact import artifact_late
from tipoff import clock
from tipoff.errors import TipoffError
from tipoff.forecast import reconcile, reconciliation
from tipoff.grading.backtest import backtest, make_plan
from tipoff.lake import Lake, Writer, session
from tipoff.lake.maintenance import compact
from tipoff.models import dispersion, train
from tipoff.models.families import catboost
from tipoff.sources import import_folder

MARKETS, MODELS = ("points",), ("ewma_hl8", "season_mean")
COMMIT, RENAME = ("before-commit", "in-commit", "after-commit"), ("before-rename", "after-rename")
POINTS: dict[str, tuple[str, ...]] = {
    "import": (*COMMIT, "insert-2", "insert-6"),
    "run": (*COMMIT, "insert-2", "insert-4"),
    "publish": (*COMMIT, "insert-1", "insert-3"),
    "train": (*COMMIT, *RENAME),
    "backtest": RENAME,
    "compact": (),
}
"""Where each command can be made to die, besides any moment."""


@dataclass(frozen=True)
class Job:
    """A command on a lake: `part` is imported, `day` is forecast, trained or backtested to."""

    command: str
    folder: Path
    part: Path
    day: date
    point: str = ""
    breakage: str = "none"


def do_import(lake: Lake, job: Job) -> dict[str, Any]:
    """Import a folder that continues the league."""
    import_folder(lake, job.part)
    return {}


def do_run(lake: Lake, job: Job) -> dict[str, Any]:
    """Supersede the published slate, which a correction has made stale."""
    done = reconcile(lake, job.day, markets=MARKETS, models=MODELS)
    return {"run": done.run_id, "seq": done.publication.seq}


def do_train(lake: Lake, job: Job) -> dict[str, Any]:
    """Train a model that has an artifact file, on fewer rows than a real one may have."""
    setattr(catboost, "MIN_TRAINING_ROWS", 100)  # noqa: B010
    setattr(dispersion, "MIN_ROWS", 30)  # noqa: B010
    return {"model": train(lake, "catboost_v8", job.day - timedelta(days=2)).model_id}


def do_backtest(lake: Lake, job: Job) -> dict[str, Any]:
    """Backtest a week; the file must come out the same, byte for byte."""
    plan = make_plan(job.day - timedelta(days=9), job.day - timedelta(days=2), MARKETS, MODELS)
    return {"sha256": backtest(lake, plan, job.folder.parent / "out.parquet").sha256}


def do_compact(lake: Lake, job: Job) -> dict[str, Any]:
    """Merge small files."""
    compact(lake)
    return {}


COMMANDS: dict[str, Callable[[Lake, Job], dict[str, Any]]] = {
    "import": do_import, "run": do_run, "publish": do_run, "train": do_train,
    "backtest": do_backtest, "compact": do_compact,
}  # fmt: skip
"""`publish` is `run`, whose death waits until it has begun to publish."""


def main(job: Job, pipe: Connection) -> None:
    """Do a job and send its answer; say `now` when the part to be killed begins."""
    open_gates()
    moment = clock.eastern(job.day, 12)
    clock.now = lambda: moment
    BREAKAGES.get(job.breakage, artifact_late)()
    if job.command == "publish":
        _announce_publication(pipe)
    _set_trap(job.point, pipe)
    with Lake.open(job.folder) as lake:
        if job.command != "publish":
            pipe.send("now")
        try:
            pipe.send(COMMANDS[job.command](lake, job))
        except TipoffError as error:
            pipe.send({"error": f"{type(error).__name__}: {error.message}"})


def die() -> None:
    """As kill -9 does it."""
    os.kill(os.getpid(), signal.SIGKILL)


class Tripwire:
    """A DuckDB connection that dies, or has itself killed, at a COMMIT."""

    def __init__(self, connection: Any, point: str, pipe: Connection) -> None:
        self.connection, self.point, self.pipe = connection, point, pipe

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def execute(self, sql: str, *args: Any) -> Any:
        """As DuckDB's; the point decides what a COMMIT leads to."""
        if sql != "COMMIT":
            return self.connection.execute(sql, *args)
        if self.point == "before-commit":
            die()
        if self.point == "in-commit":
            self.pipe.send("committing")
        answer = self.connection.execute(sql, *args)
        if self.point == "after-commit":
            die()
        return answer


def _announce_publication(pipe: Connection) -> None:
    whole = reconciliation.publish  # type: ignore[attr-defined]

    def announced(*args: Any, **named: Any) -> Any:
        pipe.send("now")
        return whole(*args, **named)

    setattr(reconciliation, "publish", announced)  # noqa: B010


def _set_trap(point: str, pipe: Connection) -> None:
    if point.endswith("commit"):
        attached = session._attached
        setattr(session, "_attached",  # noqa: B010
                lambda *args: Tripwire(attached(*args), point, pipe))  # fmt: skip
    elif point.endswith("rename"):
        _trap_rename(point)
    elif point.startswith("insert-"):
        _trap_insert(int(point.removeprefix("insert-")))


def _trap_rename(point: str) -> None:
    replace = Path.replace

    def trapped(self: Path, target: Path) -> Path:
        if point == "before-rename":
            die()
        answer = replace(self, target)
        die()
        return answer

    setattr(Path, "replace", trapped)  # noqa: B010


def _trap_insert(nth: int) -> None:
    insert, seen = Writer.insert, [0]

    def trapped(self: Writer, *args: Any, **named: Any) -> int:
        written = insert(self, *args, **named)
        seen[0] += 1
        if seen[0] == nth:
            die()
        return written

    setattr(Writer, "insert", trapped)  # noqa: B010
