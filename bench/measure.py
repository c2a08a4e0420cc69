"""Running a command in a process of its own, with its wall time and peak memory."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """Wall and processor seconds, peak resident memory in MB, exit code and standard output."""

    seconds: float
    cpu: float
    peak_mb: float
    code: int
    out: str


def tipoff(lake: Path, *words: object) -> Measured:
    """Run `tipoff --lake LAKE WORDS` cold and measure it."""
    command = [sys.executable, "-m", "tipoff", "--lake", str(lake), *map(str, words)]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        out = child.stdout.read() if child.stdout else ""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(seconds, cpu, usage.ru_maxrss / 1024, child.returncode, out)


def best(function: object, times: int = 3) -> float:
    """The least seconds of several calls: the one least disturbed."""
    assert callable(function)
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - started)
    return min(seconds)
