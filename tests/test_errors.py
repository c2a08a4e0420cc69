"""The tree of errors is the one its docstring draws, exit codes included."""

from __future__ import annotations

import inspect
import re

import pytest

from tipoff import errors
from tipoff.errors import ContractError, NotFound, TipoffError

DRAWN = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>[A-Z]\w+)\s{2,}.*?(?:\(exit (?P<code>\d)\))?$")


def drawn() -> dict[str, tuple[str | None, int | None]]:
    """Class name -> the name above it in the drawing, and the exit code written beside it."""
    codes: dict[str, tuple[str | None, int | None]] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        entry = DRAWN.match(line)
        if entry:
            depth = len(entry["indent"])
            above = [(d, n) for d, n in above if d < depth]
            parent = above[-1][1] if above else None
            codes[entry["name"]] = (parent, int(entry["code"]) if entry["code"] else None)
            above.append((depth, entry["name"]))
    return codes


def classes() -> dict[str, type[TipoffError]]:
    members = inspect.getmembers(errors, inspect.isclass)
    return {name: c for name, c in members if issubclass(c, TipoffError)}


def test_every_class_is_drawn_under_its_own_parent() -> None:
    parents = {name: c.__base__.__name__ if c.__base__ else "" for name, c in classes().items()}
    parents["TipoffError"] = ""
    assert {name: parent or "" for name, (parent, _code) in drawn().items()} == parents


def test_exit_codes_are_those_drawn() -> None:
    codes = {name: code for name, (_parent, code) in drawn().items() if code is not None}
    assert {name: classes()[name].exit_code for name in codes} == codes
    families = {"TipoffError", "Terminal", "Transient"}
    assert set(codes) == set(classes()) - families


def test_transient_errors_and_only_they_leave_with_3() -> None:
    for name, kind in classes().items():
        assert (kind.exit_code == 3) == issubclass(kind, errors.Transient), name


def test_an_error_says_what_to_do_next_when_there_is_something() -> None:
    assert str(NotFound("no slate", "tipoff run DATE")) == "no slate\n  next: tipoff run DATE"
    assert str(NotFound("no slate")) == "no slate"
    assert ContractError("refused", ["missing feature a"]).differences == ["missing feature a"]


@pytest.mark.parametrize("name", sorted(classes()))
def test_every_class_says_what_it_means(name: str) -> None:
    assert classes()[name].__doc__
