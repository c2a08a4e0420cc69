"""Random commands to several processes on one lake; and builds broken on purpose, found out."""

import random
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.concurrency.breakage import BREAKAGES
from tests.concurrency.drive import WEIGHTS, Drive, too_rare
from tests.faults.league import Ground
from tests.long import sampled
from tipoff import clock

STEPS = 100


def test_whatever_the_order_no_invariant_breaks(ground: Ground, tmp_path: Path) -> None:
    """The short form; `make faults` takes 2,000 steps, `make soak` 20,000."""
    seed = random.SystemRandom().randrange(1 << 31)
    print(f"replay: python -m tests.concurrency --steps {STEPS} --seed {seed}")
    folder = Path(shutil.copytree(ground.lake, tmp_path / "lake"))
    report = Drive(ground, folder, seed).run(STEPS)
    assert report.violations == [], f"--seed {seed}"
    assert report.sent.total() == STEPS
    assert set(report.sent) == set(WEIGHTS)
    assert report.raced > STEPS / 2
    assert report.publications > 0


PUBLISH = {"run": 3, "regenerate": 2, "correct": 4, "read": 2}
LOOK = {"regenerate": 1, "read": 20}
GRADE = {"import": 1, "regenerate": 1, "grade": 1}
"""Asked for from the morning after."""
CONTROLS: dict[str, tuple[str, dict[str, int]]] = {
    "split": ("points to a run that is not stored|saw half a set", LOOK),
    "filtered": ("stored", PUBLISH),
    "mixed": ("mixes 2 snapshots", PUBLISH),
    "twice": ("shows publication 2, expected", PUBLISH),
    "no-parent-check": ("replaced another than", {"regenerate": 1}),
    "lost-link": ("its parent None, not", PUBLISH),
    "forgetful": ("superseded run lost rows", PUBLISH),
    "backdated": ("is dated", PUBLISH),
    "no-snapshot": ("prediction without its snapshot", PUBLISH),
    "no-model": ("prediction without its model", PUBLISH),
    "no-line": ("prediction without its line", PUBLISH),
    "retouched": ("not reproducible", {"regenerate": 1, "reproduce": 1}),
    "no-file": ("without its file", {"train": 1, "read": 1}),
    "falls-over": ("a sound model was refused", {"train": 1, "regenerate": 2}),
    "open-gates": ("no record", {"promote": 1}),
    "doubled": ("stored more than once", {"correct": 1}),
    "unstored": ("corrections stored and acknowledged differ", {"correct": 1}),
    "all-live": ("live grade of a set published after tip-off", GRADE),
    "late-record": ("live record counts", GRADE),
}
"""Broken build -> what is said of it (a pattern), and the commands its fault concerns."""
RACES = ("split", "no-parent-check")
"""Those that only show when two processes are at work."""


def test_every_build_broken_on_purpose_is_a_control() -> None:
    assert set(CONTROLS) == set(BREAKAGES) - {"none"}


@pytest.mark.parametrize("breakage", sampled(CONTROLS))
def test_a_build_broken_on_purpose_is_found_out(
    breakage: str, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint, commands = CONTROLS[breakage]
    monkeypatch.setattr("tests.concurrency.drive.WEIGHTS", commands)
    monkeypatch.setattr(Drive, "_day", lambda drive: drive.ground.days[1])
    folder = Path(shutil.copytree(ground.lake, tmp_path / "lake"))
    workers, steps, barrier = (3, 300, 100) if breakage in RACES else (1, 60, 20)
    monkeypatch.setattr("tests.concurrency.drive.BARRIER", barrier)
    drive = Drive(ground, folder, seed=8, workers=workers, breakage=breakage)
    if commands is GRADE:
        drive.now = clock.eastern(ground.days[2], 12)
    report = drive.run(steps)
    violations = report.violations
    print(f"{breakage}: {report.sent.total()} steps, {report.seconds:.0f} s: {violations[:1]}")
    assert any(re.search(complaint, violation) for violation in violations), violations


def test_a_run_in_which_a_command_hardly_took_place_is_none() -> None:
    often = Counter({action: 20 * n for action, n in WEIGHTS.items()})
    assert list(too_rare(often, 2000)) == []
    often["retire"] = 3
    assert [said.split()[0] for said in too_rare(often, 2000)] == ["retire"]


def test_every_command_of_the_scheduler_has_a_weight_and_an_action() -> None:
    from tests.concurrency.actions import ACTIONS

    assert set(WEIGHTS) == set(ACTIONS)
