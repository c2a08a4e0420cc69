"""The versions of a run, scored one after the other: shadows last, and only for so long."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from tipoff.errors import ArtifactError, ContractError, NotFound
from tipoff.failures import LOAD_FAILURES
from tipoff.forecast.score import Scene, Scored, failure, refuse, score_model
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
    refused: dict[str, list[str]],
    say: Say,
) -> Scored:
    """Every version on its seats. Adds to `refused` what each model refused whole lacks.

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


Outcome = tuple[Scored, list[str]]
"""What a version made of its seats, and why it was refused whole (empty: it was not)."""


def _add(
    everything: Scored, refused: dict[str, list[str]], seats: list[Seat], made: Outcome
) -> None:
    scored, differences = made
    everything.predictions.extend(scored.predictions)
    everything.refusals.extend(scored.refusals)
    if differences:
        refused[seats[0].model] = differences


def _score(opened: Future[Model], scene: Scene, seats: list[Seat]) -> Outcome:
    try:
        model = opened.result()
    except LOAD_FAILURES as error:
        return _refused_whole(scene, seats, *_not_loaded(error))
    made = Scored([], [])
    for seat in seats:
        scored = score_model(scene, model, seat.role, [seat.market])
        made.predictions.extend(scored.predictions)
        made.refusals.extend(scored.refusals)
    return made, []


def _late(scene: Scene, seats: list[Seat]) -> Outcome:
    text = f"a shadow without an answer after {SHADOW_SECONDS:g} s"
    return _refused_whole(scene, seats, "model_error", [text])


def _refused_whole(scene: Scene, seats: list[Seat], reason: str, differences: list[str]) -> Outcome:
    rows = scene.players.with_columns(
        reason=pl.coalesce("reason", pl.lit(reason)),
        detail=pl.coalesce("detail", pl.lit("; ".join(differences))),
    )
    refusals = [refuse(rows, seat.market, seats[0].model) for seat in seats]
    return Scored([], refusals), differences


def _not_loaded(error: Exception) -> tuple[str, list[str]]:
    if isinstance(error, ContractError):
        return "contract", error.differences
    if isinstance(error, ArtifactError | NotFound):
        return "artifact", [error.message]
    return "model_error", [failure(error)]
