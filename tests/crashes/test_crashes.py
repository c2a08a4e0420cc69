"""kill -9 in the middle of a command: nothing published is lost, and the next command goes on."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.concurrency.worker import GATES
from tests.crashes.child import COMMANDS
from tests.crashes.trials import Range
from tests.faults.league import Ground
from tests.long import sampled
from tipoff.settings import settings

KILLS = 8


@pytest.fixture(autouse=True)
def _gates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the range opens is as before once a test has ended: it shares a process with others."""
    for name in GATES:
        monkeypatch.setenv(name, "0")
    yield
    settings.cache_clear()


@pytest.fixture
def targets(ground: Ground, tmp_path: Path) -> Range:
    """A lake with a published, stale slate to shoot at."""
    return Range(ground, tmp_path)


def test_whenever_it_is_killed_nothing_is_lost_and_the_next_command_goes_on(
    targets: Range,
) -> None:
    """The short form; `make faults` kills at least 200 times."""
    seed = random.SystemRandom().randrange(1 << 31)
    print(f"replay: python -m tests.crashes --kills {KILLS} --seed {seed}")
    for trial in range(2 * KILLS):
        targets.shoot(seed + trial, list(COMMANDS)[trial % len(COMMANDS)])
        if targets.tally.kills.total() >= KILLS:
            break
    assert targets.tally.violations == [], f"--seed {seed}"
    assert targets.tally.kills.total() >= KILLS / 2
    assert len(targets.tally.kills) > 2


@pytest.mark.parametrize(
    ("breakage", "command", "complaint"),
    sampled(
        [
            ("split", "run", "points to a run that is not stored"),
            ("artifact-late", "train", "missing"),
        ]
    ),
)
def test_a_build_whose_order_is_wrong_is_found_out_by_a_kill(
    breakage: str, command: str, complaint: str, ground: Ground, tmp_path: Path
) -> None:
    broken = Range(ground, tmp_path, breakage)
    broken.shoot(1, command, "after-commit")
    assert broken.tally.kills[command] == 1
    assert any(complaint in violation for violation in broken.tally.violations)


@pytest.mark.long
def test_a_kill_between_inserts_leaves_files_that_clean_finds(targets: Range) -> None:
    targets.shoot(1, "publish", "insert-3")
    assert targets.tally.kills["publish"] == 1
    assert targets.tally.orphans > 0
    assert targets.tally.violations == []
