"""Ctrl-C and SIGTERM end a `tipoff` process at once, wherever it is: one line, exit 130 or 143.

No exception is raised: DuckDB and Polars turn KeyboardInterrupt into errors of their own, which
look like a model's failure, and were once published as one. Leaving from the middle is safe because
a kill at any moment leaves a lake whole (tests/crashes). For the command line's process alone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import NoReturn

GRACE = 1.0
"""Seconds to clean up in; whatever hangs then is left as it is."""
_SHOW_CURSOR = b"\r\x1b[2K\x1b[?25h"
"""What undoes Rich's spinner: an empty line, and the cursor again."""


def end_on_signals() -> None:
    """From now on SIGINT and SIGTERM end this process; one that is ignored (nohup) stays so.

    To be called once, by the main thread, before there is another.
    """
    ours = {n for n in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(n) != signal.SIG_IGN}
    for number in ours:
        signal.signal(number, _handle)
    # A handler would run between two steps of the main thread's Python, so after CatBoost or DuckDB
    # have ended, and Polars replaces it. Blocked in every thread, a signal waits for the one that
    # asks for it. The handler is for whoever unblocks it, as multiprocessing does.
    signal.pthread_sigmask(signal.SIG_BLOCK, ours)
    threading.Thread(target=_wait, args=(ours,), name="signals", daemon=True).start()


def _wait(ours: set[signal.Signals]) -> None:
    _leave(signal.sigwait(ours))


def _handle(number: int, _frame: FrameType | None) -> None:
    _leave(number)


def _leave(number: int) -> NoReturn:
    cleaning = threading.Thread(target=_end_what_was_started, daemon=True)
    try:
        what = "interrupted" if number == signal.SIGINT else "terminated"
        line = f"{what}: nothing is half stored, and the same command goes on\n"
        with suppress(OSError):
            os.write(2, (_SHOW_CURSOR if os.isatty(2) else b"") + line.encode())
        cleaning.start()
        cleaning.join(GRACE)
    finally:
        os._exit(128 + number)


def _end_what_was_started() -> None:
    """Kill this process's children, whose answers nobody would take, with the groups that are
    theirs (a plug-in's process and what that has begun), and remove the semaphores they
    shared: multiprocessing's tracker, which is one of them, would, complaining about each."""
    killed: set[int] = set()
    # The main thread goes on meanwhile, and may be starting workers.
    while new := _children() - killed:
        for child in new:
            with suppress(OSError):
                (os.killpg if os.getpgid(child) == child else os.kill)(child, signal.SIGKILL)
        killed |= new
    util, shared = map(sys.modules.get, ("multiprocessing.util", "multiprocessing.synchronize"))
    if util and shared:
        for finalizer in list(util._finalizer_registry.values()):
            if finalizer._callback is shared.SemLock._cleanup:
                with suppress(OSError):
                    shared._multiprocessing.sem_unlink(*finalizer._args)


def _children() -> set[int]:
    """The process ids of all children; without /proc of those that multiprocessing knows."""
    processes = sys.modules.get("multiprocessing.process")
    known = {child.pid for child in processes.active_children()} if processes else set()
    with suppress(OSError):
        for task in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{task}/children", encoding="ascii") as names:
                known |= {int(name) for name in names.read().split()}
    return known
