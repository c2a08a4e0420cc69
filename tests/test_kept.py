"""Answers kept on disk: made once, never believed when damaged, never in the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tipoff.kept import NEWEST, KeptAnswers, kept


class Maker:
    """Makes an answer and counts how often it was asked to."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.times = answer, 0

    def __call__(self) -> Any:
        self.times += 1
        return self.answer


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "tipoff"


def test_an_answer_is_made_once_for_each_key(cache: Path) -> None:
    make = Maker({"a": [1, None, "é"]})
    for _ in range(3):
        assert kept("kind", "one", make) == {"a": [1, None, "é"]}
    assert make.times == 1
    kept("kind", "two", make)
    assert make.times == 2
    assert len([*cache.iterdir()]) == 2


@pytest.mark.parametrize("harm", [lambda t: t[:-1], lambda t: t.replace("1", "2"), lambda _t: "",
                                  lambda t: t.split("\n")[1]])  # fmt: skip
def test_a_damaged_answer_is_made_again(cache: Path, harm: Any) -> None:
    make = Maker({"a": 1})
    kept("kind", "key", make)
    (file,) = cache.iterdir()
    file.write_text(harm(file.read_text("utf-8")), encoding="utf-8")
    assert kept("kind", "key", make) == {"a": 1}
    assert make.times == 2


def test_where_nothing_can_be_written_the_answer_is_made_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    make = Maker([1])
    assert kept("kind", "key", make) == kept("kind", "key", make) == [1]
    assert make.times == 2
    answers = KeptAnswers("small")
    assert answers.get("key", make) == [1]
    answers.save()


def test_only_the_newest_answers_of_a_kind_stay(cache: Path) -> None:
    for at in range(NEWEST + 5):
        kept("kind", f"{at:03}", Maker(at))
    kept("other", "key", Maker(0))
    assert len([*cache.glob("kind-*")]) == NEWEST
    assert len([*cache.glob("other-*")]) == 1


def test_small_answers_share_a_file_and_are_there_in_the_next_process(cache: Path) -> None:
    first, make = KeptAnswers("small"), Maker({"x": 1})
    assert first.get("a", make) == first.get("a", make)
    first.save()
    first.get("b", make)
    first.save()
    again = KeptAnswers("small")
    assert again.get("a", make) == again.get("b", make) == {"x": 1}
    assert make.times == 2
    assert [p.name for p in cache.iterdir()] == ["small.json"]
    assert json.loads((cache / "small.json").read_text("utf-8").split("\n")[1]).keys() == {"a", "b"}
