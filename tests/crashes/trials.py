"""Kill a command, look, go on, clean up: what one trial does and what it must find."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import polars as pl

from tests.concurrency.worker import open_gates
from tests.crashes.child import COMMANDS, MARKETS, MODELS, POINTS, Job, main
from tests.faults.invariants import deep
from tests.faults.league import Ground
from tipoff import clock
from tipoff.forecast import reconcile
from tipoff.lake import Lake
from tipoff.lake.health import check
from tipoff.lake.maintenance import clean

NONE = timedelta(0)
PATIENCE = 120.0
COMMIT_SECONDS = 0.02


_LONG = """SELECT * EXCLUDE (recorded_seq) FROM league.player_game
           WHERE minutes > 25 ORDER BY tipoff DESC, player_key LIMIT 1"""


@dataclass(frozen=True)
class State:
    """What a lake has published and holds, to be compared before and after."""

    publications: tuple[tuple[Any, ...], ...]
    seals: frozenset[str]
    facts: tuple[int, ...]


@dataclass
class Tally:
    """Kills by command, trials that ended first, and every violation with how to replay it."""

    kills: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    orphans: int = 0
    violations: list[str] = field(default_factory=list)


class Range:
    """A lake to shoot at, and what each command makes of it when it is left alone."""

    def __init__(self, ground: Ground, root: Path, breakage: str = "none") -> None:
        self.root, self.breakage, self.tally = root, breakage, Tally()
        self.base = root / "base"
        self.day, self.part = ground.days[1], ground.parts[0]
        context = multiprocessing.get_context("forkserver")
        # Imported once and never used there: what runs threads cannot be forked.
        context.set_forkserver_preload(["tests.crashes.child", "polars", "duckdb", "catboost"])
        self.context = context
        shutil.copytree(ground.lake, self.base)
        self._prepare()
        self.expected: dict[str, tuple[dict[str, Any], State]] = {}
        self.seconds: dict[str, float] = {}

    def learn(self, command: str) -> None:
        """Run a command to its end: its answer, the lake it leaves, its time."""
        job = replace(self._job(command, self._copy("whole")), breakage="none")
        began = time.monotonic()
        answer = self._finish(job)
        self.seconds[command] = time.monotonic() - began
        assert "error" not in answer, answer
        with Lake.open(job.folder) as lake:
            self.expected[command] = (answer, state(lake))

    def shoot(self, seed: int, command: str | None = None, point: str | None = None) -> None:
        """One trial: a command killed at a random moment or at a point, both of the seed."""
        rng = random.Random(seed)
        command = command or rng.choice(list(COMMANDS))
        drawn = rng.choice(("", "", *POINTS[command]))
        job = self._job(command, self._copy("shot"), drawn if point is None else point)
        if command not in self.expected:
            self.learn(command)
        with Lake.open(job.folder) as lake:
            before = state(lake)
        share = 0.5 if command == "publish" else 1.05
        killed = self._kill(job, rng.uniform(0, self.seconds[command] * share), rng)
        (self.tally.kills if killed else self.tally.ended)[command] += 1
        self.tally.points[job.point or "any moment"] += killed
        for complaint in self._after(job, before):
            where = f"{command} killed at {job.point or 'a random moment'}"
            self.tally.violations.append(f"seed {seed}: {where}: {complaint}")

    def _prepare(self) -> None:
        """Publish the slate, then correct a box score under it: it is stale."""
        open_gates()
        noon, real = clock.eastern(self.day, 11), clock.now
        clock.now = lambda: noon
        with Lake.open(self.base) as lake:
            reconcile(lake, self.day, markets=MARKETS, models=MODELS)
            with lake.reading() as r:
                row = r.query(_LONG)
            newer = row.with_columns(pl.col("pts") + 2, fact_id=pl.lit("corrected"))
            lake.write(lambda w: w.append("league.player_game", newer))
        clock.now = real

    def _job(self, command: str, folder: Path, point: str = "") -> Job:
        return Job(command, folder, self.part, self.day, point, self.breakage)

    def _copy(self, name: str) -> Path:
        place = self.root / name
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.base, place / "lake")
        return place / "lake"

    def _kill(self, job: Job, delay: float, rng: random.Random) -> bool:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=main, args=(job, theirs))
        process.start()
        theirs.close()
        began = ready = self._heard(ours, PATIENCE)
        if began and job.point == "in-commit":
            ready = self._heard(ours, PATIENCE)
            delay = rng.uniform(0, COMMIT_SECONDS)
        if ready and (not job.point or job.point == "in-commit"):
            process.join(delay)
            process.kill()
        process.join(PATIENCE)
        ours.close()
        return process.exitcode == -9

    def _heard(self, pipe: Connection, seconds: float) -> bool:
        """Whether the child said that the part to be killed has begun."""
        try:
            return pipe.poll(seconds) and isinstance(pipe.recv(), str)
        except EOFError:
            return False

    def _after(self, job: Job, before: State) -> Iterator[str]:
        with Lake.open(job.folder) as lake:
            yield from deep(lake)
            yield from _lost(before, state(lake), "after the kill")
            wrong = [t for t in _troubles(lake) if t[0] != "orphan"]
            yield from (f"lake check: {t}" for t in wrong)
        answer = self._finish(replace(job, point="", breakage="none"))
        whole, left = self.expected[job.command]
        if answer != whole:
            yield f"the next try gave {answer}, left alone it gives {whole}"
        with Lake.open(job.folder) as lake:
            self.tally.orphans += len(_troubles(lake))
            clean(lake, _now(), NONE)
            yield from (f"after clean: {t}" for t in _troubles(lake))
            if state(lake) != left:
                yield "the lake is not what it is when nothing is killed"

    def _finish(self, job: Job) -> dict[str, Any]:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=main, args=(job, theirs))
        process.start()
        theirs.close()
        answer: Any = "now"
        while isinstance(answer, str) and ours.poll(PATIENCE):
            try:
                answer = ours.recv()
            except EOFError:
                answer = {"error": "died"}
        process.join(PATIENCE)
        return answer if isinstance(answer, dict) else {"error": "no answer"}


def state(lake: Lake) -> State:
    """The lake's publications, every prediction's seal, and how many facts there are."""
    with lake.reading() as r:
        chain = r.rows("SELECT slate, seq, parent, publication_id, run_id"
                       " FROM forecast.publication ORDER BY slate, seq")  # fmt: skip
        seals = r.rows("SELECT record_hash FROM forecast.prediction")
        tables = ("league.player_game", "league.game", "league.prop_line", "models.version")
        facts = tuple(int(r.value(f"SELECT count(*) FROM {table}")) for table in tables)
    return State(tuple(chain), frozenset(seal for (seal,) in seals), facts)


def _lost(before: State, now: State, when: str) -> Iterator[str]:
    if now.publications[: len(before.publications)] != before.publications:
        yield f"{when}: publications {before.publications} became {now.publications}"
    if missing := before.seals - now.seals:
        yield f"{when}: {len(missing)} published predictions are lost"
    if any(b > n for b, n in zip(before.facts, now.facts, strict=True)):
        yield f"{when}: facts {before.facts} became {now.facts}"


def _troubles(lake: Lake) -> list[tuple[str, str]]:
    return [(t.kind, f"{t.what}: {t.detail}") for t in check(lake, _now(), NONE).problems]


def _now() -> Any:
    return clock.now() + timedelta(seconds=1)
