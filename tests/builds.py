"""Sets made by another build: code that is not the code of this process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tipoff.fingerprint import CODE, SetCode
from tipoff.forecast.builds import Build

SCORING = "tipoff.forecast.score"
"""A module every set is made by."""


def build_of(word: str) -> Build:
    """A build that never was, told from others by a word."""
    return Build(SetCode({SCORING: word}, {}, {}, {}))


def become_another_build(monkeypatch: pytest.MonkeyPatch, module: str = SCORING) -> None:
    """From here on, a module of this process has other code."""
    assert CODE.digest(module) is not None
    other = replace(CODE._read[module], digest="ast_of_last_week")
    monkeypatch.setitem(CODE._read, module, other)
