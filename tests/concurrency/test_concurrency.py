"""Random commands to several processes on one lake; and builds broken on purpose, found out."""

import random
import shutil
from pathlib import Path

import pytest

from tests.concurrency.drive import WEIGHTS, Drive
from tests.faults.league import Ground

STEPS, BUSY_STEPS = 150, 300
"""A drive ends with its first violation: a broken build takes the second number on a bad day."""


def test_whatever_the_order_no_invariant_breaks(ground: Ground, tmp_path: Path) -> None:
    """The short form; `make faults` takes 2,000 steps, `make soak` 20,000."""
    seed = random.SystemRandom().randrange(1 << 31)
    print(f"replay: python -m tests.concurrency --steps {STEPS} --seed {seed}")
    folder = Path(shutil.copytree(ground.lake, tmp_path / "lake"))
    report = Drive(ground, folder, seed).run(STEPS)
    assert report.violations == [], f"--seed {seed}"
    assert report.done.total() == STEPS
    assert report.raced > STEPS / 2
    assert report.publications > 0


@pytest.mark.parametrize(
    ("breakage", "complaint"),
    [
        ("split", "points to a run that is not stored"),
        ("filtered", "stored"),
        ("doubled", "stored more than once"),
        ("no-parent-check", "replaced another than"),
    ],
)
def test_a_build_broken_on_purpose_is_found_out(
    breakage: str, complaint: str, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.concurrency.drive.WEIGHTS", BUSY[breakage])
    monkeypatch.setattr("tests.concurrency.drive.BARRIER", 20)
    monkeypatch.setattr(Drive, "_day", lambda drive: drive.ground.days[1])
    folder = Path(shutil.copytree(ground.lake, tmp_path / "lake"))
    report = Drive(ground, folder, seed=3, breakage=breakage).run(BUSY_STEPS)
    assert report.violations
    assert any(complaint in violation for violation in report.violations), report.violations


PUBLISH = {"run": 3, "regenerate": 2, "correct": 4, "read": 2}
BUSY = {
    "split": PUBLISH,
    "filtered": PUBLISH,
    "doubled": {"correct": 1},
    "no-parent-check": {"regenerate": 1},
}
"""What each broken build is asked for: the commands its fault concerns."""


def test_every_command_of_the_scheduler_has_a_weight_and_an_action() -> None:
    from tests.concurrency.actions import ACTIONS

    assert set(WEIGHTS) == set(ACTIONS)
