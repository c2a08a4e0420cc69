"""A clock set back an hour: nothing is backdated, nothing newer is replaced by older knowledge."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.fixtures import MARKETS, MODELS, gates_open
from tests.faults.invariants import deep
from tests.faults.league import Ground
from tests.forecast.test_reconciliation import correct_a_box_score
from tipoff import clock
from tipoff.forecast import current_publication, reconcile, slate_view
from tipoff.forecast.publish import Publication
from tipoff.lake import Lake

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _gates() -> Iterator[None]:
    with gates_open():
        yield


def run_at(lake: Lake, ground: Ground, moment: datetime, patch: pytest.MonkeyPatch,
           day: int = 1) -> tuple[bool, Publication]:  # fmt: skip
    patch.setattr(clock, "now", lambda: moment)
    done = reconcile(lake, ground.days[day], markets=MARKETS, models=MODELS)
    with lake.reading() as r:
        current = current_publication(r, ground.days[day])
    assert current is not None
    return done.nothing_to_do, current


def test_an_earlier_clock_finds_nothing_to_do(
    tiny: Path, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an hour of news would be forgotten by a set that is newer only in its number."""
    noon = clock.eastern(ground.days[1], 12)
    with Lake.open(tiny) as lake:
        nothing, current = run_at(lake, ground, noon - HOUR, monkeypatch)
    assert nothing
    assert current.seq == 1
    assert current.committed_at == noon


@pytest.mark.long
def test_a_set_made_by_an_earlier_clock_is_dated_and_true_no_earlier_than_the_one_before(
    tiny: Path, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = clock.eastern(ground.days[1], 12)
    with Lake.open(tiny) as lake:
        correct_a_box_score(lake, ground.days[1])
        nothing, current = run_at(lake, ground, noon - HOUR, monkeypatch)
        assert not nothing
        assert (current.seq, current.committed_at) == (2, noon)
        with lake.reading() as r:
            assert slate_view(r, ground.days[1]).as_of == noon
        assert deep(lake) == []


def test_what_is_published_after_tipoff_does_not_become_live_by_setting_the_clock_back(
    tiny: Path, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another slate's publication late that night is what the lake knows the time by."""
    noon = clock.eastern(ground.days[1], 12)
    late = noon + timedelta(hours=14)
    with Lake.open(tiny) as lake:
        run_at(lake, ground, late, monkeypatch, day=2)
        correct_a_box_score(lake, ground.days[1])
        _, current = run_at(lake, ground, noon - HOUR, monkeypatch)
        assert current.committed_at == late
        with lake.reading() as r:
            assert slate_view(r, ground.days[1]).backfill is True
