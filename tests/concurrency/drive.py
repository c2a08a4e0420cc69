"""The scheduler: random commands to several processes on one lake, checked after every step."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from tests.concurrency.shadow import Shadow
from tests.concurrency.worker import Command, Reply, main
from tests.faults.invariants import deep, shown_slates
from tests.faults.league import Ground
from tipoff import clock
from tipoff.forecast import reproduce
from tipoff.lake import Lake
from tipoff.lake.health import check

WEIGHTS = {
    "read": 39, "correct": 26, "view": 6, "look_back": 5, "grade": 5, "promote": 5, "run": 5,
    "import": 3, "regenerate": 1.5, "reproduce": 1, "retire": 0.5, "compact": 0.5, "clean": 0.5,
}  # fmt: skip
BARRIER = 100
RERUNS = 10
PATIENCE = 120.0


@dataclass
class Report:
    """What a drive did and found; `violations` is empty when every invariant held."""

    seed: int
    steps: int
    done: Counter[str] = field(default_factory=Counter)
    refused: dict[str, int] = field(default_factory=dict)
    raced: int = 0
    publications: int = 0
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)


class Drive:
    """Runs steps until all are done or an invariant breaks."""

    def __init__(
        self, ground: Ground, folder: Path, seed: int, *, workers: int = 3, breakage: str = "none"
    ) -> None:
        self.ground, self.folder, self.seed = ground, folder, seed
        self.random, self.shadow = random.Random(seed), Shadow()
        self.now = clock.eastern(ground.days[0] - timedelta(days=1), 12)
        context = multiprocessing.get_context("spawn")
        self.processes: list[SpawnProcess] = []
        self.pipes: list[Connection] = []
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=main, args=(theirs, folder, breakage), daemon=True)
            process.start()
            theirs.close()
            self.processes.append(process)
            self.pipes.append(ours)
        self.busy: set[Connection] = set()

    def run(self, steps: int, say: Callable[[str], None] = lambda _text: None) -> Report:
        """Do the steps; stop at the first violation."""
        report, began = Report(self.seed, steps), time.monotonic()
        pace = (clock.eastern(self.ground.days[-1] + timedelta(days=2), 12) - self.now) / steps
        try:
            with Lake.open(self.folder) as lake:
                for pipe in self.pipes:
                    pipe.recv()
                self._steps(lake, report, pace, say)
        finally:
            self._stop()
        report.refused = dict(self.shadow.refused)
        report.publications = sum(map(len, self.shadow.chains.values()))
        report.seconds = time.monotonic() - began
        return report

    def _steps(
        self, lake: Lake, report: Report, pace: timedelta, say: Callable[[str], None]
    ) -> None:
        for number in range(report.steps):
            self.now += pace * self.random.uniform(0, 2)
            self._send(self._choose(number), report)
            if len(self.busy) == len(self.pipes):
                self._receive(report)
            self._look(lake, report)
            if number % BARRIER == BARRIER - 1 or number == report.steps - 1:
                self._settle(lake, report)
                say(f"{number + 1} steps, {len(report.violations)} violations")
            if report.violations:
                return
        self._last(lake, report)

    def _choose(self, number: int) -> Command:
        action = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        return Command(number, action, self.now, self._arguments(action))

    def _arguments(self, action: str) -> dict[str, Any]:
        if action in ("run", "regenerate", "read", "view", "grade"):
            return {"day": self._day()}
        if action == "import":
            folders = (*self.ground.parts, *self.ground.amended)
            return {"folder": str(self.random.choice(folders))}
        return {"salt": self.random.randrange(1 << 30)}

    def _day(self) -> date:
        """A slate, mostly tonight's or tomorrow's by the scheduler's clock."""
        today = clock.league_date(self.now)
        coming = [day for day in self.ground.days if day >= today]
        if coming and self.random.random() < 0.6:
            return coming[0]
        return self.random.choice(self.ground.days)

    def _send(self, command: Command, report: Report) -> None:
        free = [pipe for pipe in self.pipes if pipe not in self.busy]
        self.shadow.sent(command)
        report.raced += len(self.shadow.under_way) > 1
        report.done[command.action] += 1
        pipe = self.random.choice(free)
        pipe.send(command)
        self.busy.add(pipe)

    def _receive(self, report: Report) -> None:
        ready = wait(list(self.busy), timeout=PATIENCE)
        if not ready:
            hung = [f"{c.action} {c.arguments}" for c in self.shadow.under_way.values()]
            report.violations.append(f"no answer within {PATIENCE:.0f} s: {hung}")
        for pipe in ready:
            assert isinstance(pipe, Connection)
            reply: Reply = pipe.recv()
            self.busy.remove(pipe)
            report.violations.extend(self.shadow.answered(reply))

    def _look(self, lake: Lake, report: Report) -> None:
        with lake.reading() as r:
            report.violations.extend(shown_slates(r))
            seen = list(self.shadow.visible(r))
        report.violations.extend(seen)

    def _settle(self, lake: Lake, report: Report) -> None:
        while self.busy and not report.violations:
            self._receive(report)
        if report.violations:
            return
        report.violations.extend(deep(lake))
        with lake.reading() as r:
            report.violations.extend(self.shadow.exact(r))

    def _last(self, lake: Lake, report: Report) -> None:
        """Re-run a sample of all sets, and look at the files."""
        with lake.reading() as r:
            runs = [run for (run,) in r.rows("SELECT run_id FROM forecast.run ORDER BY run_id")]
        for run in self.random.sample(runs, min(RERUNS, len(runs))):
            report.violations.extend(reproduce(lake, run).differences)
        found = check(lake, self.now + timedelta(days=1), timedelta(0))
        report.violations.extend(
            f"{t.kind} {t.what}: {t.detail}" for t in found.troubles if t.kind != "orphan"
        )

    def _stop(self) -> None:
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            with suppress(BrokenPipeError, OSError):
                pipe.send(None)
            process.join(10 if pipe not in self.busy else 0.1)
            if process.is_alive():
                process.kill()
                process.join()
            pipe.close()
