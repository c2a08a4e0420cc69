"""The process of a plug-in: how it starts, and that nothing of it is left when it ends."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tipoff.errors import PluginFailed, PluginTimeout
from tipoff.models.plugin.process import Process
from tipoff.settings import settings


def process(answer: Callable[[Any], bytes] | Endless) -> closing[Process]:
    return closing(Process("my_model", lambda: pickle.dumps(answer)))


def test_nothing_of_the_working_folder_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = "import pathlib; pathlib.Path(__file__).with_name('imported').touch()"
    (tmp_path / "json.py").write_text(stranger)
    monkeypatch.chdir(tmp_path)
    with process(bytes) as asked:
        assert asked.ask(b"as it is", 60) == b"as it is"
    assert not (tmp_path / "imported").exists()


def signals_taken(_: object) -> bytes:
    """Which signals the process blocks, and what it does with those that end it."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    ways = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    return repr((blocked, ways == [signal.default_int_handler, signal.SIG_DFL])).encode()


def begin_another(_: object) -> bytes:
    """Begin a process that would outlive everybody; its number."""
    words = [sys.executable, "-c", "import time; time.sleep(600)"]
    return str(subprocess.Popen(words, stdout=subprocess.DEVNULL).pid).encode()


def fork_and_die(note: str) -> bytes:
    """End at once, with a fork left that holds the line and would go on; its number in a file."""
    forked = os.fork()
    if forked == 0:
        signal.pause()
    Path(note).write_text(str(forked))
    os._exit(9)


class Endless:
    """What never is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return signal.pause, ()


def ends(number: int) -> bool:
    """Whether a process ends within 20 s: is gone, or waits for whoever inherited it."""
    status = Path(f"/proc/{number}/stat")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if status.read_text().rpartition(")")[2].split()[0] in "ZX":
                return True
        except OSError:
            return True
    return False


def test_a_plugin_can_end_what_it_begins_by_a_signal() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        with process(signals_taken) as asked:
            assert asked.ask(None, 60) == b"(set(), True)"
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_what_a_plugin_has_begun_ends_with_its_process() -> None:
    with process(begin_another) as asked:
        begun = int(asked.ask(None, 60))
    assert ends(begun)


def test_a_plugin_that_dies_is_seen_to_though_a_fork_of_it_lives(tmp_path: Path) -> None:
    with process(fork_and_die) as asked:
        with pytest.raises(PluginFailed, match="my_model"):
            asked.ask(str(tmp_path / "forked"), None)
        assert ends(int((tmp_path / "forked").read_text()))


def test_importing_a_plugin_has_a_limit_though_its_fit_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIPOFF_PLUGIN_SECONDS", "2")
    settings.cache_clear()
    with process(Endless()) as asked, pytest.raises(PluginTimeout, match="within 2 s"):
        asked.ask(None, None)


_ASKING = """
import os, pickle, signal, sys
from tipoff.interrupt import end_on_signals

if sys.argv[1] == "interrupted":
    end_on_signals()  # before an import begins a thread
from tests.plugins.test_process import begin_another
from tipoff.models.plugin.process import Process

asked = Process("my_model", lambda: pickle.dumps(begin_another))
print(int(asked.ask(None, 60)), flush=True)
if sys.argv[1] == "leaves":
    os._exit(0)
os.kill(os.getpid(), signal.SIGINT if sys.argv[1] == "interrupted" else signal.SIGKILL)
signal.pause()
"""


@pytest.mark.parametrize("way", ["interrupted", "killed", "leaves"])
def test_what_a_plugin_has_begun_ends_with_the_process_that_asked(way: str) -> None:
    words = [sys.executable, "-c", _ASKING, way]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        begun = int(asking.stdout.readline())
        assert ends(begun)
        asking.kill()
