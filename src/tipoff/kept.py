"""Answers kept on disk by the content they were made from, so that no command makes them again.

A key names everything its answer is made from, so an answer is never stale. A file that is missing,
damaged or cannot be written costs the time to make the answer again, nothing else.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tipoff.hashing import text_id

NEWEST = 20
"""Files of a kind that stay: a changed file of the code leaves an answer behind."""


def folder() -> Path:
    """Where answers are kept: XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME", "").strip()
    return (Path(base) if base else Path.home() / ".cache") / "tipoff"


def kept(kind: str, key: str, make: Callable[[], Any]) -> Any:
    """The JSON-ready answer of that key, made and kept when it is not there."""
    try:
        path = folder() / f"{kind}-{key}.json"
        answer, seal = json.loads(path.read_text(encoding="utf-8"))
        if seal == _seal(answer):
            return answer
    except (OSError, RuntimeError, ValueError):
        pass
    answer = json.loads(json.dumps(make()))
    _keep(kind, key, answer)
    return answer


def _seal(answer: Any) -> str:
    return text_id("kept", json.dumps(answer, sort_keys=True))


def _keep(kind: str, key: str, answer: Any) -> None:
    try:
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=place, delete=False, encoding="utf-8") as aside:
            json.dump([answer, _seal(answer)], aside)
        # Renamed when it is whole: another process reads all of it or nothing.
        Path(aside.name).replace(place / f"{kind}-{key}.json")
        files = sorted(place.glob(f"{kind}-*.json"), key=lambda p: p.stat().st_mtime)
        for old in files[:-NEWEST]:
            old.unlink(missing_ok=True)
    except (OSError, RuntimeError):
        return
