"""A worker process: one lake, commands over a pipe, an answer or an error for each."""

from __future__ import annotations

import os
import time
import traceback
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.concurrency.breakage import BREAKAGES
from tipoff import clock
from tipoff.errors import TipoffError
from tipoff.lake import Lake


@dataclass(frozen=True)
class Command:
    """One step: what to do, and what the clock says meanwhile. `token` names it in the lake."""

    number: int
    action: str
    now: datetime
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """A text unique to this step."""
        return f"step-{self.number}"


@dataclass(frozen=True)
class Reply:
    """What came of a command: an answer, or the name of tipoff's error, or a traceback; and the
    seconds of CPU it took."""

    number: int
    answer: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    crashed: str = ""
    seconds: float = 0.0


GATES = tuple(f"TIPOFF_GATE_{name}" for name in ("FIRST", "FINAL_RETRY", "LAST_CALL"))


def open_gates() -> None:
    """Let every quality through: what is tested is not the features of a tiny league."""
    for name in GATES:
        os.environ[name] = "0"


def main(pipe: Connection, folder: Path, breakage: str) -> None:
    """Serve commands until None comes."""
    from tests.concurrency.actions import watch_parents

    open_gates()
    BREAKAGES[breakage]()
    watch_parents()
    with Lake.open(folder) as lake:
        pipe.send("ready")
        while (command := pipe.recv()) is not None:
            began = time.process_time()
            reply = _reply(lake, command)
            pipe.send(replace(reply, seconds=time.process_time() - began))


def _reply(lake: Lake, command: Command) -> Reply:
    from tests.concurrency.actions import ACTIONS

    clock.now = lambda: command.now
    try:
        answer = ACTIONS[command.action](lake, **command.arguments, token=command.token)
    except TipoffError as error:
        return Reply(command.number, refused=f"{type(error).__name__}: {error.message}")
    except Exception:  # noqa: BLE001  whatever escapes is what the test is looking for
        return Reply(command.number, crashed=traceback.format_exc())
    return Reply(command.number, answer)
