"""The scheduler: random commands to several processes on one lake, checked after every step."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from tests.concurrency import tiny
from tests.concurrency.shadow import Shadow
from tests.concurrency.worker import Command, Reply, main
from tests.faults.invariants import deep, model_files, published_slates, sound_models, touched
from tests.faults.league import Ground
from tipoff import clock
from tipoff.lake import Lake
from tipoff.lake.health import check
from tipoff.models import store

WEIGHTS = {
    "read": 25, "correct": 20, "view": 9, "look_back": 7, "grade": 6, "promote": 6, "run": 4,
    "reproduce": 4, "import": 4, "retire": 4, "train": 3, "compact": 3, "clean": 3, "regenerate": 2,
}  # fmt: skip
"""Of each command how many are in a deck of a hundred: every leg of a run has its share of all."""
BARRIER = 100
LEAST = 0.5
"""So much of a command's share must have been done, and not refused, for a run to count."""
GLANCE = 0.25
"""Seconds between two looks while every process is at work: what is half there may be gone soon."""
PATIENCE = 120.0


@dataclass
class Report:
    """What a drive did and found; `violations` is empty when every invariant held."""

    seed: int
    steps: int
    sent: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    cpu: Counter[str] = field(default_factory=Counter)
    refused: dict[str, int] = field(default_factory=dict)
    raced: int = 0
    publications: int = 0
    reproduced: int = 0
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
        self.deck: list[str] = []
        self.looked = 0

    def run(self, steps: int, say: Callable[[str], None] = lambda _text: None) -> Report:
        """Do the steps; stop at the first violation."""
        report, began = Report(self.seed, steps), time.monotonic()
        pace = (clock.eastern(self.ground.days[-1] + timedelta(days=2), 12) - self.now) / steps
        try:
            with Lake.open(self.folder) as lake:
                for pipe in self.pipes:
                    pipe.recv()
                store(lake, tiny.fit(self.ground.training, self.seed))
                self._steps(lake, report, pace, say)
        finally:
            self._stop()
        report.done, report.moved, report.cpu = (
            self.shadow.done, self.shadow.moved, self.shadow.seconds,
        )  # fmt: skip
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
                self._receive(lake, report)
            self._look(lake, report)
            if number % BARRIER == BARRIER - 1 or number == report.steps - 1:
                self._settle(lake, report)
                say(f"{number + 1} steps, {len(report.violations)} violations")
            if report.violations:
                return
        self._last(lake, report)

    def _choose(self, number: int) -> Command:
        if not self.deck:
            self.deck = [action for action, n in WEIGHTS.items() for _ in range(n)]
            self.random.shuffle(self.deck)
        action = self.deck.pop()
        return Command(number, action, self.now, self._arguments(action))

    def _arguments(self, action: str) -> dict[str, Any]:
        if action in ("run", "regenerate", "read", "view", "grade"):
            return {"day": self._day()}
        if action == "import":
            folders = (*self.ground.parts, *self.ground.amended)
            return {"folder": str(self.random.choice(folders))}
        if action == "reproduce":
            return {"run": self.shadow.unproved.pop() if self.shadow.unproved else ""}
        rows = {"rows": str(self.ground.training)} if action == "train" else {}
        return {"salt": self.random.randrange(1 << 30), **rows}

    def _day(self) -> date:
        """A slate, mostly tonight's or tomorrow's by the scheduler's clock."""
        today = clock.open_night(self.now)
        coming = [day for day in self.ground.days if day >= today]
        if coming and self.random.random() < 0.6:
            return coming[0]
        return self.random.choice(self.ground.days)

    def _send(self, command: Command, report: Report) -> None:
        free = [pipe for pipe in self.pipes if pipe not in self.busy]
        self.shadow.sent(command)
        report.raced += len(self.shadow.under_way) > 1
        report.sent[command.action] += command.number < report.steps
        pipe = self.random.choice(free)
        pipe.send(command)
        self.busy.add(pipe)

    def _receive(self, lake: Lake, report: Report) -> None:
        """Take the answers there are; until there is one, look again and again."""
        began = time.monotonic()
        while not (ready := wait(list(self.busy), timeout=GLANCE)):
            if time.monotonic() - began > PATIENCE:
                break
            self._look(lake, report)
        if not ready:
            hung = [f"{c.action} {c.arguments}" for c in self.shadow.under_way.values()]
            report.violations.append(f"no answer within {PATIENCE:.0f} s: {hung}")
        for pipe in ready:
            assert isinstance(pipe, Connection)
            reply: Reply = pipe.recv()
            self.busy.remove(pipe)
            report.violations.extend(self.shadow.answered(reply))

    def _look(self, lake: Lake, report: Report) -> None:
        """Every invariant, of what was committed since the last look."""
        with lake.reading() as r:
            report.violations.extend(self.shadow.visible(r))
            newest = r.newest_seq()
            if newest > self.looked:
                report.violations.extend(published_slates(r))
                report.violations.extend(touched(r, self.folder, self.looked))
                report.violations.extend(self.shadow.dated(r))
            self.looked = newest

    def _settle(self, lake: Lake, report: Report) -> None:
        while self.busy and not report.violations:
            self._receive(lake, report)
        if report.violations:
            return
        report.violations.extend(deep(lake))
        with lake.reading() as r:
            files = model_files(r, self.folder)
            for violations in (files, sound_models(r), self.shadow.exact(r)):
                report.violations.extend(violations)

    def _last(self, lake: Lake, report: Report) -> None:
        """Make the sets again that no step has, look at the files, and count the commands."""
        for n, run in enumerate(self.shadow.unproved):
            command = Command(report.steps + n, "reproduce", self.now, {"run": run})
            self._send(command, report)
            if len(self.busy) == len(self.pipes):
                self._receive(lake, report)
        while self.busy and not report.violations:
            self._receive(lake, report)
        report.reproduced = self.shadow.moved["reproduce"]
        state = check(lake, self.now + timedelta(days=1), timedelta(0))
        report.violations.extend(
            f"{t.kind} {t.what}: {t.detail}" for t in state.problems if t.kind != "orphan"
        )
        report.violations.extend(too_rare(self.shadow.done, report.steps))

    def _stop(self) -> None:
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            with suppress(BrokenPipeError, OSError):
                pipe.send(None)
            process.join(10 if pipe not in self.busy else 0.1)
            if process.is_alive():
                process.kill()
                process.join()
            pipe.close()


def too_rare(done: Counter[str], steps: int) -> Iterator[str]:
    """A run says nothing about a command that hardly ever took place."""
    decks = steps // 1000 * 1000 // sum(WEIGHTS.values())  # chance rules a few hundred
    for action, n in WEIGHTS.items():
        if done[action] < LEAST * n * decks:
            yield f"{action} was done {done[action]} times in {steps} steps: too few to count"
