"""Two frames of rows of one kind: which numbers are equal, how far apart the others are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tools.builds.failure import Failure
from tools.builds.kinds import Kind

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Apart = tuple[Bools, Floats]
"""Per row: equal bit for bit; the absolute difference, infinite where there is none to take."""

TOLERANCE = 1e-9
NAMED = 5
"""Rows that are named of each difference."""
CHUNK = 20_000
"""Rows whose lists are laid side by side at once."""
_ID = "prediction_id"


@dataclass(frozen=True)
class Field:
    """One field of `rows` rows, `equal` of them bit for bit; `examples` name rows that differ."""

    name: str
    rows: int
    equal: int
    greatest: float
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """All of one kind: rows that both sides have, `equal` of them in every field, and rows that
    only one side has."""

    name: str
    rows: int
    equal: int
    only_old: int
    only_new: int
    fields: tuple[Field, ...]
    examples: tuple[str, ...]
    notes: tuple[str, ...]
    may_be_empty: bool

    @property
    def greatest(self) -> float:
        """The greatest absolute difference of any field; infinite with a row on one side only."""
        alone = math.inf if self.only_old or self.only_new else 0.0
        return max([alone, *(field.greatest for field in self.fields)])

    @property
    def verdict(self) -> str:
        """`bit for bit`, `within 1e-9`, `DIFFERENT`, or `no rows` when neither side has any."""
        if not (self.rows or self.only_old or self.only_new):
            return "no rows"
        if self.greatest > TOLERANCE:
            return "DIFFERENT"
        return "bit for bit" if self.equal == self.rows else "within 1e-9"

    @property
    def ok(self) -> bool:
        """Whether the numbers stayed: of no predictions at all nobody can say so."""
        verdict = self.verdict
        return self.may_be_empty if verdict == "no rows" else verdict != "DIFFERENT"


def compare(kind: Kind, old: pl.DataFrame, new: pl.DataFrame) -> Comparison:
    """Compare two sides' rows, joined on the kind's keys; a null in a key is a value like others.

    Raises Failure when a side lacks a key or has two rows of one.
    """
    keys = list(kind.keys)
    for side, frame in (("old", old), ("new", new)):
        _check_keys(kind, side, frame)
    mine, theirs = (f.select(keys).with_row_index(n) for f, n in ((old, "_old"), (new, "_new")))
    both = mine.join(theirs, on=keys, how="inner", nulls_equal=True).sort(keys)
    gone = mine.join(theirs, on=keys, how="anti", nulls_equal=True).sort(keys)
    come = theirs.join(mine, on=keys, how="anti", nulls_equal=True).sort(keys)
    sides = _Sides(both.select(keys), old[both["_old"]], new[both["_new"]])
    fields, equal, notes = _fields(kind, sides)
    examples = [*_lonely("old", gone.select(keys)), *_lonely("new", come.select(keys))]
    return Comparison(
        kind.name, both.height, equal, gone.height, come.height, tuple(fields), tuple(examples),
        tuple(notes), kind.may_be_empty,
    )  # fmt: skip


def _lonely(side: str, keys: pl.DataFrame) -> list[str]:
    return [f"only the {side} side has {_named(key)}" for key in keys.head(NAMED).rows()]


@dataclass(frozen=True)
class _Sides:
    """Joined rows in the order of `keys`: row i of `old` and of `new` is of the same key."""

    keys: pl.DataFrame
    old: pl.DataFrame
    new: pl.DataFrame

    def where(self, rows: Bools) -> _Sides:
        mask = pl.Series(rows)
        return _Sides(*(frame.filter(mask) for frame in (self.keys, self.old, self.new)))


def _check_keys(kind: Kind, side: str, frame: pl.DataFrame) -> None:
    lacking = [key for key in kind.keys if key not in frame.columns]
    if lacking:
        raise Failure(f"the {kind.name} of the {side} side have no {', '.join(lacking)}", 3)
    keys = frame.select(kind.keys)
    double = keys.filter(keys.is_duplicated())
    if double.height:
        raise Failure(f"the {side} side has two {kind.name} of {_named(double.row(0))}", 3)


def _fields(kind: Kind, sides: _Sides) -> tuple[list[Field], int, list[str]]:
    """Every field, how many rows are equal in all of them, and what must be said beside them."""
    fields: list[Field] = []
    notes: list[str] = []
    equal = np.ones(sides.keys.height, dtype=np.bool_)
    ways = {**dict.fromkeys(kind.exact, exact), **dict.fromkeys(kind.numbers, numbers),
            **dict.fromkeys(kind.lists, lists), **dict.fromkeys(kind.seeded, numbers)}  # fmt: skip
    for name, way in ways.items():
        chosen = np.ones(len(equal), dtype=np.bool_)
        if name in kind.seeded:
            chosen = _same_ids(sides)
            notes += _left_out(name, chosen)
        mine = sides.where(chosen)
        there = [name in frame.columns for frame in (mine.old, mine.new)]
        if all(there):
            same, apart = way(mine.old[name], mine.new[name])
        else:
            notes.append(f"{name}: {'one side lacks' if any(there) else 'both sides lack'} it")
            same, apart = np.full(mine.keys.height, False), np.full(mine.keys.height, math.inf)
        equal[chosen] &= same
        fields.append(_field(name, mine, same, apart))
    return fields, int(equal.sum()), notes


def _same_ids(sides: _Sides) -> Bools:
    if not all(_ID in frame.columns for frame in (sides.old, sides.new)):
        return np.zeros(sides.keys.height, dtype=np.bool_)
    return exact(sides.old[_ID], sides.new[_ID])[0]


def _left_out(name: str, chosen: Bools) -> list[str]:
    if chosen.all():
        return []
    return [
        f"{name}: not compared in {int((~chosen).sum())} of {len(chosen)} rows, whose prediction"
        " ids differ: its chance is drawn from the id"
    ]


def _field(name: str, sides: _Sides, same: Bools, apart: Floats) -> Field:
    off = _Sides(*(frame.head(NAMED) for frame in _frames(sides.where(apart > TOLERANCE))))
    examples = tuple(
        f"{_named(key)}: {name} {_difference(old, new)}"
        for key, old, new in zip(
            off.keys.rows(), _values(off.old, name), _values(off.new, name), strict=True
        )
    )
    greatest = float(apart.max(initial=0.0))
    return Field(name, len(same), int(same.sum()), greatest, examples)


def _frames(sides: _Sides) -> tuple[pl.DataFrame, ...]:
    return sides.keys, sides.old, sides.new


def _values(frame: pl.DataFrame, name: str) -> list[object]:
    return frame[name].to_list() if name in frame.columns else ["(no such field)"] * frame.height


def _difference(old: object, new: object) -> str:
    if not (isinstance(old, list) and isinstance(new, list)):
        return f"was {old!r}, is {new!r}"
    if len(old) != len(new):
        return f"had {len(old)} numbers, has {len(new)}"
    at = int(numbers(pl.Series(old), pl.Series(new))[1].argmax())
    return f"at {at} was {old[at]!r}, is {new[at]!r}"


def _named(key: tuple[object, ...]) -> str:
    return " ".join(str(part) for part in key)


def exact(old: pl.Series, new: pl.Series) -> Apart:
    """Values of any kind: equal, both absent, or infinitely apart."""
    if old.dtype != new.dtype:
        old, new = old.cast(pl.String), new.cast(pl.String)
    same = np.asarray(old.eq_missing(new).to_numpy(), dtype=np.bool_)
    return same, np.where(same, 0.0, math.inf)


def numbers(old: pl.Series, new: pl.Series) -> Apart:
    """Numbers: equal when their bits are, or both are null, or both NaN. Null, NaN and a number
    are infinitely apart from one another."""
    kinds, values = zip(*(_read(side) for side in (old, new)), strict=True)
    alike = kinds[0] == kinds[1]
    bits = values[0].view(np.int64) == values[1].view(np.int64)
    same = alike & ((kinds[0] != _NUMBER) | bits)
    with np.errstate(invalid="ignore"):
        gap = np.abs(values[0] - values[1])
    return same, np.where(same, 0.0, np.where(alike, gap, math.inf))


_NUMBER, _NAN, _NULL = 0, 1, 2


def _read(side: pl.Series) -> tuple[npt.NDArray[np.int8], Floats]:
    column = side.cast(pl.Float64)
    values = column.fill_null(0.0).to_numpy().astype(np.float64)
    kinds = np.where(column.is_null().to_numpy(), _NULL, np.where(np.isnan(values), _NAN, _NUMBER))
    return kinds.astype(np.int8), values


def lists(old: pl.Series, new: pl.Series) -> Apart:
    """Lists of numbers: equal when each number is, as far apart as the two furthest; infinitely
    when one is longer or null."""
    parts = [_lists(old[at : at + CHUNK], new[at : at + CHUNK]) for at in range(0, len(old), CHUNK)]
    same = [np.zeros(0, dtype=np.bool_), *(part[0] for part in parts)]
    return np.concatenate(same), np.concatenate([np.zeros(0), *(part[1] for part in parts)])


def _lists(old: pl.Series, new: pl.Series) -> Apart:
    one, two = (s.list.len().cast(pl.Int64).fill_null(-1).to_numpy() for s in (old, new))
    same, filled = one == two, (one == two) & (one > 0)
    apart = np.where(same, 0.0, math.inf)
    if filled.any():
        flat = (side.filter(pl.Series(filled)).explode() for side in (old, new))
        bits, gaps = numbers(*flat)
        starts = np.concatenate([[0], np.cumsum(one[filled])[:-1]])
        same[filled] = np.logical_and.reduceat(bits, starts)
        apart[filled] = np.maximum.reduceat(gaps, starts)
    return same, apart
