"""Repairs that emptied or mixed a slate. A reader in another process watches the whole time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forecast.test_reconciliation import correct_a_box_score
from tests.incidents.conftest import Evening
from tests.incidents.old_system import ActiveFlags

WATCHER = """
import sys, json
from datetime import date
from pathlib import Path
from tipoff.lake import Lake
folder, day, stop = sys.argv[1], date.fromisoformat(sys.argv[2]), Path(sys.argv[3])
lake, seen, wrong, reads = Lake.open(folder), [], [], 0
while not stop.exists() or not reads:
    with lake.reading() as r:
        run, expected, predicted = r.rows(
            "SELECT r.run_id, r.expected, r.predicted FROM forecast.current_publication p"
            " JOIN forecast.run r USING (run_id) WHERE p.slate = $day", {"day": day})[0]
        rows = r.rows(
            "SELECT count(*), count(DISTINCT run_id), min(run_id), count(DISTINCT snapshot_id)"
            " FROM forecast.current_prediction WHERE slate = $day", {"day": day})[0]
        refused = r.value(
            "SELECT count(*) FROM forecast.current_refusal WHERE slate = $day", {"day": day})
    reads += 1
    if rows != (predicted, 1, run, 1) or rows[0] + refused != expected or not rows[0]:
        wrong.append([run, expected, predicted, list(rows), refused])
    if not seen or seen[-1] != run:
        seen.append(run)
print(json.dumps({"reads": reads, "wrong": wrong, "seen": seen}))
"""


@pytest.mark.incident(6)
def test_at_no_moment_is_the_slate_empty_or_mixed_while_it_is_superseded(
    evening: Evening, tmp_path: Path
) -> None:
    old = ActiveFlags(dict.fromkeys("abc", True))
    assert old.repair(dict.fromkeys("abd", 2.0), least_edge=1.0)[0] == 0  # a reader sees nothing
    assert old.visible == 3
    assert old.active["c"] is False

    stop = tmp_path / "stop"
    command = [
        sys.executable,
        "-c",
        WATCHER,
        evening.lake.location,
        evening.day.isoformat(),
        str(stop),
    ]
    watcher = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    runs = []
    for _ in range(2):
        correct_a_box_score(evening.lake, evening.day)
        runs.append(evening.run().run_id)
    stop.touch()
    said, complaint = watcher.communicate(timeout=120)
    assert said, complaint
    answer = json.loads(said)
    assert answer["wrong"] == []
    assert answer["reads"] > 3
    assert len(set(runs)) == 2
    assert answer["seen"][-1] in runs
