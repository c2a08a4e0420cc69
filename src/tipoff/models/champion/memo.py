"""Answers kept by the content they were made from: within a process nothing is fitted twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


@dataclass
class Memo(Generic[Kept]):
    """The newest `size` answers by key. A key must name everything its answer is made from."""

    size: int
    _kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)

    def get(self, key: str, make: Callable[[], Kept]) -> Kept:
        """The answer of that key, made when it is not there."""
        if key not in self._kept:
            self._kept[key] = make()
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
