"""Ctrl-C at random moments of whole commands. `python -m tests.crashes.interrupts --moments 30`."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import tipoff
from tests.simulated import GAMES, SEED, TEAMS, own_copy, slate_dates
from tipoff import clock
from tipoff.lake import Lake
from tipoff.lake.health import check
from tipoff.sources import import_folder
from tipoff.sources.simulator import simulate

SECONDS = 2.0
"""The longest a command may take to end."""
COMMANDS = ("import", "train", "run", "backtest")
PATIENCE = 300.0
SOURCES = str(Path(tipoff.__file__).parents[1])
"""This tipoff, whichever is installed: a child stands in another folder."""
AN_HOUR = timedelta(hours=1)


@dataclass
class Interrupts:
    """A folder with a lake and a league, commands to interrupt there, and what went wrong."""

    root: Path
    day: date = date.min
    ended_first: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    whole: dict[str, float] = field(default_factory=dict)

    def prepare(self, lake: Path) -> None:
        """A copy of a lake that holds a league, and another small league to import."""
        own_copy(lake, self.root / "base" / "lake")
        simulate(self.root / "base" / "league", seed=3, seasons=1, teams=4, games=8)
        with Lake.open(lake) as opened:
            self.day = slate_dates(opened)[-1]

    def words(self, command: str) -> tuple[str, ...]:
        """What to type for a command."""
        points = ("--market", "points", "--model", "catboost_v9")
        before = [str(self.day - timedelta(days=back)) for back in (2, 14)]
        return {
            "import": ("import", "league"),
            "train": ("train", "catboost_v9", "--through", before[0]),
            "run": ("run", str(self.day)),
            "backtest": ("backtest", "--from", before[1], "--to", before[0], *points,
                         "--refit", "daily", "--workers", "2"),
        }[command]  # fmt: skip

    def shoot(self, seed: int, command: str, number: int = signal.SIGINT) -> None:
        """Interrupt a command at a moment the seed draws, look, and let it go on."""
        if command not in self.whole:
            began = time.monotonic()
            self._fresh()
            code, out, err = self._ended(self._start(command))
            assert code == 0, out + err
            self.whole[command] = time.monotonic() - began
        self._fresh()
        process = self._start(command)
        try:
            process.wait(random.Random(seed).uniform(0.15, self.whole[command]))
        except subprocess.TimeoutExpired:
            began = time.monotonic()
            # The whole group, as a terminal does it.
            os.killpg(process.pid, number)
            code, out, err = self._ended(process)
            took = time.monotonic() - began
            self.slowest = max(self.slowest, took)
            complaints = self._complaints(code, 128 + number, out, err, took)
            for text in (*complaints, *self._after(command)):
                self.wrong.append(f"seed {seed}: {command}: {text}")
        else:
            self._ended(process)
            self.ended_first += 1

    def _complaints(
        self, code: int, expected: int, out: str, err: str, took: float
    ) -> Iterator[str]:
        if code != expected:
            yield f"exit code {code}"
        if len(err.splitlines()) != 1 or out:
            yield f"it said {out!r} {err[-500:]!r}"
        if took > SECONDS:
            yield f"it took {took:.1f} s"

    def _after(self, command: str) -> Iterator[str]:
        lake = self.root / "shot" / "lake"
        with Lake.open(lake) as opened:
            state = check(opened, clock.now(), AN_HOUR)
        yield from (f"lake check: {t.kind} {t.what}" for t in state.problems if not t.young)
        code, out, err = self._ended(self._start(command))
        if code:
            yield f"the next try left with {code}: {out[-500:]} {err[-500:]}"

    def _fresh(self) -> None:
        shutil.rmtree(self.root / "shot", ignore_errors=True)
        shutil.copytree(self.root / "base", self.root / "shot")

    def _start(self, command: str) -> subprocess.Popen[str]:
        bare = {k: v for k, v in os.environ.items() if not k.startswith("TIPOFF_")}
        bare["PYTHONPATH"] = os.pathsep.join((SOURCES, bare.get("PYTHONPATH", "")))
        words = [sys.executable, "-m", "tipoff", "--lake", "lake", *self.words(command), "--json"]
        return subprocess.Popen(
            words, cwd=self.root / "shot", env=bare, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def _ended(self, process: subprocess.Popen[str]) -> tuple[int, str, str]:
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err


def main() -> int:
    """Interrupt until there were enough moments; 1 when one of them went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.crashes.interrupts")
    parser.add_argument("--moments", type=int, default=30)
    parser.add_argument("--seed", type=int)
    asked = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 31) if asked.seed is None else asked.seed
    print(f"interrupts: seed {seed}, {asked.moments} moments", flush=True)
    with tempfile.TemporaryDirectory(prefix="tipoff-interrupts-") as place:
        trials = Interrupts(Path(place))
        trials.prepare(_built(Path(place)))
        trial = 0
        while trial - trials.ended_first < asked.moments and not trials.wrong:
            trials.shoot(seed + trial, COMMANDS[trial % len(COMMANDS)])
            trial += 1
            moments, wrong = trial - trials.ended_first, len(trials.wrong)
            print(f"  {moments} moments, {wrong} violations", flush=True)
    print(f"  {trial - trials.ended_first} moments, {trials.ended_first} had ended first; "
          f"the slowest took {trials.slowest:.2f} s to end")  # fmt: skip
    for text in trials.wrong:
        print(f"  VIOLATION {text}")
    return int(bool(trials.wrong))


def _built(place: Path) -> Path:
    """A lake that holds two seasons of a simulated league."""
    simulate(place / "seasons", seed=SEED, seasons=2, teams=TEAMS, games=GAMES)
    with Lake.open(place / "seasons-lake", create=True) as lake:
        import_folder(lake, place / "seasons")
    return place / "seasons-lake"


if __name__ == "__main__":
    sys.exit(main())
