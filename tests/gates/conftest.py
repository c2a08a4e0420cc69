"""What a gate's cases need: a scene to score, a set to publish, and places to break."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from tests.simulated import own_copy, slate_dates
from tipoff import clock
from tipoff.features import known_facts
from tipoff.forecast import build, find_slate, reconcile
from tipoff.forecast.lines import consensus
from tipoff.forecast.plan import make_plan
from tipoff.forecast.publish import RunSet
from tipoff.forecast.score import Scene
from tipoff.forecast.versions import score_versions
from tipoff.lake import Lake, Reader
from tipoff.models import Model, stored_versions
from tipoff.settings import settings

MODELS = ("catboost_v9", "ewma_hl8")


@dataclass(frozen=True)
class Bench:
    """A published lake that cases only read, and what a run of two models makes of its slate."""

    lake: Lake
    day: date
    wanted: build.Wanted
    scene: Scene
    made: RunSet


def fault(*_args: object, **_named: object) -> None:
    """An error of a kind that gates meet."""
    raise ValueError("injected")


@dataclass(frozen=True)
class Case:
    """On request the bench, a place to patch, and a lake of one's own to write to."""

    bare: pytest.MonkeyPatch
    request: pytest.FixtureRequest

    @property
    def bench(self) -> Bench:
        """What cases only read; those of plain functions do without."""
        return cast(Bench, self.request.getfixturevalue("bench"))

    @property
    def patch(self) -> pytest.MonkeyPatch:
        """A place to patch, once the bench is made: nothing may be broken by then."""
        assert self.bench
        return self.bare

    @property
    def own(self) -> Lake:
        """A published lake to write to."""
        return cast(Lake, self.request.getfixturevalue("published"))

    def breaks(self, target: str) -> None:
        """Let what `target` names raise instead of answering."""
        self.patch.setattr(target, fault)

    def answers(self, target: str, answer: object) -> None:
        """Let what `target` names answer this."""
        self.patch.setattr(target, lambda *_args, **_named: answer)

    def score(self, **changes: Any) -> dict[str, set[str]]:
        """Score the scene, changed so: model -> reasons of its refusals, `predicted` with them."""
        scene = dataclasses.replace(self.bench.scene, **changes)
        wanted = dataclasses.replace(self.bench.wanted, refused={})
        with self.bench.lake.reading() as r:
            opening = opened_models(self.bench.lake, r, wanted)
        scored = score_versions(opening, scene, wanted.seats, wanted.refused, lambda _text: None)
        found: dict[str, set[str]] = {model: set() for model in MODELS}
        for frame in scored.predictions:
            found[frame["model"][0]].add("predicted")
        for frame in scored.refusals:
            found[frame["model"][0]] |= set(frame["reason"])
        return found

    def unmade(self, error: type[Exception] = ValueError, match: str = "injected") -> None:
        """A run of the slate stops at the fault, and leaves the lake as it was."""
        lake, before = self.bench.lake, self.bench.lake.version()
        with pytest.raises(error, match=match):
            reconcile(lake, self.bench.day, reason="a fault")
        assert lake.version() == before


def opened_models(lake: Lake, r: Reader, wanted: build.Wanted) -> dict[str, Future[Model]]:
    """Every model of a run opened as a run does, or the error it met."""
    names = list(dict.fromkeys(s.model_id for s in wanted.seats))
    stored = stored_versions(r, names)
    with ThreadPoolExecutor(1) as beside:
        return {name: beside.submit(build._open, lake.artifacts, stored, name) for name in names}


def build_bench(lake: Lake, day: date) -> tuple[build.Wanted, Scene, RunSet]:
    """The two models' run of a slate, and the scene it scored."""
    with lake.reading() as r:
        slate = find_slate(r, day, now=clock.now())
        wanted = build.wanted_set(r, slate, None, ["points"], list(MODELS), "backfill", settings())
        with known_facts(r, slate.as_of, slate.seq) as facts:
            plan = make_plan(r, slate, settings(), facts)
            lines = consensus(r, plan.tonight, slate.as_of, slate.seq, settings())
            snapshot = build.make_snapshot(r, slate, plan.tonight, facts)
        least = build.gate_of(wanted)
        scene = Scene(plan.players, snapshot, lines, slate.as_of, least, settings())
        scored = score_versions(
            opened_models(lake, r, wanted), scene, wanted.seats, wanted.refused, lambda _text: None
        )
        return wanted, scene, build._assemble(slate, wanted, scene, scored, simulated=True)


@pytest.fixture(scope="session")
def bench(published_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A copy: cases try to write, and other processes copy the published lake."""
    folder = tmp_path_factory.mktemp("bench") / "lake"
    own_copy(published_lake, folder)
    with Lake.open(folder) as lake:
        day = slate_dates(lake)[-1]
        yield Bench(lake, day, *build_bench(lake, day))


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Case:
    return Case(monkeypatch, request)
