"""What `make test` takes of a range of cases, and what it leaves to `make nightly`."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], short: int | Callable[[Any], bool] = 1) -> list[Any]:
    """The cases of a parametrized test: the first `short`, or those it says yes to, run in
    `make test`; all of them in `make nightly`."""
    return [
        case
        if (at < short if isinstance(short, int) else short(case))
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.long)
        for at, case in enumerate(cases)
    ]
