"""Ctrl-C ends any command at once with one line, and the same command then goes on."""

import random
import signal
import subprocess
import sys
from pathlib import Path

from tests.crashes.interrupts import Interrupts

POLARS = """
import os, signal, sys, threading
from tipoff.interrupt import end_on_signals
end_on_signals()
import polars as pl
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    while True:
        pl.select(pl.int_range(3_000_000).shuffle().sort().sum())
except BaseException as error:
    print("swallowed", type(error))
"""


def test_an_interrupted_command_ends_at_once_and_goes_on_when_asked_again(
    trained_lake: Path, tmp_path: Path
) -> None:
    """The short form; `make kills` interrupts at 30 moments."""
    seed = random.SystemRandom().randrange(1 << 31)
    print(f"replay: python -m tests.crashes.interrupts --moments 3 --seed {seed}")
    trials = Interrupts(tmp_path)
    trials.prepare(trained_lake)
    for command, number in (("import", signal.SIGINT), ("run", signal.SIGTERM),
                            ("backtest", signal.SIGINT)):  # fmt: skip
        trials.shoot(seed, command, number)
    assert trials.wrong == []


def test_no_library_takes_the_signal_for_an_error_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", POLARS], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("interrupted: ")
    assert done.stderr.count("\n") == 1
