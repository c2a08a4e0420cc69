"""The process in which a plug-in's code runs: fitting, dumping, loading, predicting.

A process, because nothing else ends a hang: a thread of Python cannot be stopped, and one that
hangs inside a library can hold the interpreter's lock for ever. Ended with it is whatever the
plug-in had begun; a crash of the plug-in is one of its process alone. It also spares the plug-in
what a `tipoff` command hides from itself (cli/hiding.py).

One process per plug-in is started when it is first asked and kept for the next question. Requests
are pickled, because they come from here; of the answers nothing is unpickled.
"""

from __future__ import annotations

import atexit
import io
import json
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

import numpy as np

from tipoff.errors import PluginFailed, PluginTimeout
from tipoff.models.pmf import Floats
from tipoff.settings import settings

Answer = Callable[[Any], bytes]
_OK, _BAD = b"=", b"!"
_GRACE = 5.0
"""Seconds after which a process ends itself when the one that asked can no longer end it."""
_LOOK = 1.0
"""Seconds after which the process of an answer that has not come is looked at again."""
_CHILD = """import json, sys
sys.path[:] = json.loads(sys.argv[2])
from tipoff.models.plugin.process import serve
serve(int(sys.argv[1]))"""
_FLAGS = {"isolated": "-I", "ignore_environment": "-E", "no_user_site": "-s"}
"""What this Python may have been started with about where modules come from -> the option."""
_PLACE: dict[str, bool] = {"child": False}


class Process:
    """A plug-in's process, for one question at a time. `what` pickles the function that answers."""

    def __init__(self, name: str, what: Callable[[], bytes]) -> None:
        self._name, self._what = name, what
        self._asking = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def ask(self, request: object, seconds: float | None) -> bytes:
        """The answer to a request, within so many seconds; None: however long it takes. Importing
        the plug-in, before the first, has the time of the settings.

        Raises PluginTimeout when there is none by then, PluginFailed when the plug-in raises or
        its process ends.
        """
        with self._asking:
            try:
                line = self._line or self._start()
                line.send_bytes(pickle.dumps((request, seconds)))
                return self._answer(line, seconds)
            except (EOFError, ConnectionError) as error:
                self.close()
                raise PluginFailed(
                    f"the process of {self._name} ended without an answer", "see what it printed"
                ) from error

    def close(self) -> None:
        """End the process, whatever it does."""
        child, line, self._child, self._line = self._child, self._line, None, None
        if line is not None:
            line.close()
        if child is not None:
            # Before it is waited for: until then its number is nobody else's. Its group is what it
            # has begun.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def _start(self) -> Connection:
        if _PLACE["child"]:
            raise PluginFailed(
                f"{self._name} is asked for while its own script is imported",
                'put what the script does under if __name__ == "__main__":',
            )
        what = self._what()
        mine, its = Pipe()
        with its:
            path = json.dumps(sys.path)
            # -P: else Python looks in the working folder first, before it is given this path.
            flags = ["-P", *(flag for name, flag in _FLAGS.items() if getattr(sys.flags, name))]
            words = [sys.executable, *flags, "-c", _CHILD, str(its.fileno()), path]
            self._child = subprocess.Popen(  # noqa: S603 (this very Python, and words of our own)
                words, stdin=subprocess.DEVNULL, pass_fds=[its.fileno()], start_new_session=True
            )
        self._line = mine
        mine.send_bytes(what)
        try:
            self._answer(mine, settings().plugin_seconds)
        except PluginFailed:  # its module cannot be imported there: nothing is left to ask
            self.close()
            raise
        return mine

    def _answer(self, line: Connection, seconds: float | None) -> bytes:
        whole = False
        try:
            if not self._awaited(line, seconds):
                raise PluginTimeout(
                    f"{self._name} gave no answer within {seconds:g} s and was ended",
                    "mend it, or give it longer with TIPOFF_PLUGIN_SECONDS",
                )
            answer = line.recv_bytes()
            whole = True
        finally:
            if not whole:  # late, dead or interrupted: the next answer would be to this question
                self.close()
        if answer[:1] != _OK:
            raise PluginFailed(f"{self._name}: {answer[1:].decode(errors='replace')}")
        return answer[1:]

    def _awaited(self, line: Connection, seconds: float | None) -> bool:
        """Whether an answer comes in time. Raises EOFError when the process ends without one: that
        closes no line that another, which the plug-in has begun, holds open."""
        deadline = time.monotonic() + (math.inf if seconds is None else seconds)
        while not line.poll(min(_LOOK, max(0.0, deadline - time.monotonic()))):
            if self._has_ended() and not line.poll():
                raise EOFError
            if time.monotonic() >= deadline:
                return False
        return True

    def _has_ended(self) -> bool:
        # Looked at without taking note of it: its number stays its own until `close`.
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return self._child is not None and os.waitid(os.P_PID, self._child.pid, how) is not None
        except ChildProcessError:  # who runs tipoff takes note of no child
            return True


def packed(numbers: Floats) -> bytes:
    """Numbers as an answer."""
    file = io.BytesIO()
    np.save(file, numbers, allow_pickle=False)
    return file.getvalue()


def unpacked(answer: bytes) -> Floats:
    """The numbers of an answer. Raises ValueError for other bytes."""
    return np.asarray(np.load(io.BytesIO(answer), allow_pickle=False), dtype=np.float64)


def serve(descriptor: int) -> None:
    """Answer requests on a connection until it is closed: what the process does."""
    _PLACE["child"] = True
    os.dup2(2, 1)  # what a plug-in prints is no answer of a command
    _take_signals()
    atexit.register(_end_group)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with Connection(descriptor) as line:
        answer: Answer | None = None
        with _Telling(line):
            answer = pickle.loads(line.recv_bytes())  # noqa: S301 (from the process that began us)
            line.send_bytes(_OK)
        while answer is not None:
            try:
                request, seconds = pickle.loads(line.recv_bytes())  # noqa: S301 (from there too)
            except EOFError:
                return
            with _Telling(line):
                # No handler: the signal ends the process even where a library holds the lock.
                signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE if seconds else 0)
                content = answer(request)
                signal.setitimer(signal.ITIMER_REAL, 0)
                line.send_bytes(_OK + content)


class _Telling(AbstractContextManager[None]):
    """Whatever is raised is the answer: its kind and first line."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None
    ) -> bool:
        """Send what was raised."""
        if kind is None or value is None:
            return False
        signal.setitimer(signal.ITIMER_REAL, 0)
        first = (str(value).splitlines() or [""])[0]
        self._line.send_bytes(_BAD + f"{kind.__name__}: {first}".encode())
        return True


def _take_signals() -> None:
    """Take signals as a fresh process does, whatever a `tipoff` command does with its own: what a
    plug-in begins would inherit that they are blocked, and could not be ended by them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    _end_group()


def _end_group() -> None:
    """End this process and all that the plug-in has begun: they are a session of their own."""
    os.killpg(0, signal.SIGKILL)
