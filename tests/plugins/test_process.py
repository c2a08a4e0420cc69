"""The process of a plug-in: how it starts, and that nothing of it is left when it ends."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tipoff.models.plugin.process import Process


def process(answer: Callable[[Any], bytes]) -> closing[Process]:
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
