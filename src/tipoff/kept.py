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
MOST = 300
"""Small answers of a kind that stay."""


def folder() -> Path:
    """Where answers are kept: XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME", "").strip()
    return (Path(base) if base else Path.home() / ".cache") / "tipoff"


def kept(kind: str, key: str, make: Callable[[], Any]) -> Any:
    """The JSON-ready answer of that key, made and kept when it is not there."""
    answer = _read(f"{kind}-{key}")
    if answer is None:
        answer = json.loads(json.dumps(make()))
        _write(f"{kind}-{key}", answer)
        _prune(kind)
    return answer


class KeptAnswers:
    """Small answers of one kind in one file, each by the content it was made from."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._known: dict[str, Any] = _read(kind) or {}
        self._new = False

    def get(self, key: str, make: Callable[[], Any]) -> Any:
        """The answer of that key, made when it is not there; `save` keeps it."""
        if key not in self._known:
            self._known[key] = make()
            self._new = True
        return self._known[key]

    def save(self) -> None:
        """Keep what was made since; of many the newest."""
        if self._new:
            _write(self._kind, dict(list(self._known.items())[-MOST:]))
            self._new = False


def _read(name: str) -> Any:
    try:
        seal, text = (folder() / f"{name}.json").read_text(encoding="utf-8").split("\n", 1)
        return json.loads(text) if seal == text_id("kept", text) else None
    except (OSError, RuntimeError, ValueError):
        return None


def _write(name: str, answer: Any) -> None:
    text = json.dumps(answer)
    try:
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=place, delete=False, encoding="utf-8") as aside:
            aside.write(f"{text_id('kept', text)}\n{text}")
        # Renamed when it is whole: another process reads all of it or nothing.
        Path(aside.name).replace(place / f"{name}.json")
    except (OSError, RuntimeError):
        return


def _prune(kind: str) -> None:
    try:
        files = sorted(folder().glob(f"{kind}-*.json"), key=lambda path: path.stat().st_mtime)
        for old in files[:-NEWEST]:
            old.unlink(missing_ok=True)
    except (OSError, RuntimeError):
        return
