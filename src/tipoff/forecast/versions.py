"""The versions of a run, scored one after the other: shadows last, and only for so long."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from tipoff.errors import (
    ArtifactError,
    ContractError,
    NotFound,
    PluginFailed,
    PluginTimeout,
    TipoffError,
)
from tipoff.failures import LOAD_FAILURES
from tipoff.forecast.score import Scene, Scored, failure, refuse, ruled_out, score_model
from tipoff.models.families import FAMILIES

if TYPE_CHECKING:
    from tipoff.models import Model, Seat

T = TypeVar("T")
Say = Callable[[str], None]
SHADOW_SECONDS = 30.0
"""How long a publication waits for all its shadows together, once the others are scored."""


def in_order(
    works: Mapping[str, Callable[[], T]], apart: Collection[str] = ()
) -> dict[str, Future[T]]:
    """Do pieces of work one after the other beside the caller, who need not wait for them; those
    `apart`, which wait for processes of their own, beside all others too.

    A thread that never ends keeps no command from ending: those leave with `os._exit`.
    """
    queue = ThreadPoolExecutor(1)
    places = {name: ThreadPoolExecutor(1) if name in apart else queue for name in works}
    done = {name: places[name].submit(work) for name, work in works.items()}
    for place in (queue, *places.values()):
        place.shutdown(wait=False)
    return done


def computed_apart(seats: Sequence[Seat]) -> frozenset[str]:
    """The versions that compute in processes of their own."""
    apart = {name for name in {s.family for s in seats} & FAMILIES.keys() if FAMILIES[name].apart}
    return frozenset(seat.model_id for seat in seats if seat.family in apart)


def score_versions(
    opening: Mapping[str, Future[Model]],
    scene: Scene,
    seats: Sequence[Seat],
    refused: dict[str, Refused],
    say: Say,
) -> Scored:
    """Every version on its seats. Adds to `refused` why a model is.

    A version that is a shadow wherever it sits gets SHADOW_SECONDS; after that its triples are
    refused, and what it still does is not looked at.
    """
    mine = {name: [s for s in seats if s.model_id == name] for name in opening}
    shadows = [name for name, sat in mine.items() if all(s.role == "shadow" for s in sat)]
    everything = Scored([], [])
    for name in (n for n in opening if n not in shadows):
        say(f"scoring {mine[name][0].model}")
        _add(everything, refused, mine[name], _score(opening[name], scene, mine[name]))
    if shadows:
        say(f"scoring {len(shadows)} shadows")
    works = {n: partial(_score, opening[n], scene, mine[n]) for n in shadows}
    beside = in_order(works, computed_apart(seats))
    wait(beside.values(), timeout=SHADOW_SECONDS)
    for name, made in beside.items():
        late = None if made.done() else _late(scene, mine[name])
        _add(everything, refused, mine[name], late or made.result())
    return everything


@dataclass(frozen=True)
class Refused:
    """Why a model is refused, whole or in some of its markets, and what to do about it."""

    why: tuple[str, ...]
    next_step: str


Outcome = tuple[Scored, Refused | None]
"""What a version made of its seats, and whether it was refused."""


def _add(everything: Scored, refused: dict[str, Refused], seats: list[Seat], made: Outcome) -> None:
    scored, whole = made
    everything.predictions.extend(scored.predictions)
    everything.refusals.extend(scored.refusals)
    if whole is not None:
        refused[seats[0].model] = whole


def _score(opened: Future[Model], scene: Scene, seats: list[Seat]) -> Outcome:
    try:
        model = opened.result()
    except LOAD_FAILURES as error:
        reason, why = _not_loaded(error)
        step = error.next_step if isinstance(error, TipoffError) else ""
        if not step and isinstance(error, PluginFailed | PluginTimeout):
            step = _mend(seats)
        refused = Refused(tuple(why), step or f"tipoff train {seats[0].model} --through DATE")
        return _refused_whole(scene, seats, reason, refused)
    made, failed = Scored([], []), list[str]()
    for seat in seats:
        scored = score_model(scene, model, seat.role, [seat.market])
        made.predictions.extend(scored.predictions)
        made.refusals.extend(scored.refusals)
        for frame in scored.refusals:
            said = frame.filter(pl.col("reason") == "model_error")["detail"]
            failed += [f"{seat.market}: {said[0]} ({len(said)} refused)"] if len(said) else []
    return made, Refused(tuple(failed), _mend(seats)) if failed else None


def _late(scene: Scene, seats: list[Seat]) -> Outcome:
    text = f"a shadow without an answer after {SHADOW_SECONDS:g} s"
    return _refused_whole(scene, seats, "model_error", Refused((text,), _mend(seats)))


def _mend(seats: list[Seat]) -> str:
    name = seats[0].model
    return f"mend it, or take it out: tipoff models retire {name} --reason TEXT"


def _refused_whole(scene: Scene, seats: list[Seat], reason: str, refused: Refused) -> Outcome:
    rows = ruled_out(scene.players, reason, "; ".join(refused.why))
    refusals = [refuse(rows, seat.market, seats[0].model) for seat in seats]
    return Scored([], refusals), refused


def _not_loaded(error: Exception) -> tuple[str, list[str]]:
    if isinstance(error, ContractError):
        return "contract", error.differences
    if isinstance(error, ArtifactError | NotFound):
        return "artifact", [error.message]
    return "model_error", [failure(error)]
