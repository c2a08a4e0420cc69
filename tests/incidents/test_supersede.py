"""Incident 6, night A: repairs that emptied or mixed a slate. A reader watches the whole time."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from tests.forecast.test_reconciliation import correct_a_box_score
from tipoff.forecast import find_publication, reconcile, reproduce
from tipoff.lake import Lake

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


def test_at_no_moment_is_the_slate_empty_or_mixed_while_it_is_superseded(
    published: Lake, slate_day: date, tmp_path: Path
) -> None:
    stop = tmp_path / "stop"
    command = [
        sys.executable,
        "-c",
        WATCHER,
        str(published.folder),
        slate_day.isoformat(),
        str(stop),
    ]
    watcher = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    runs = []
    for _ in range(2):
        correct_a_box_score(published, slate_day)
        runs.append(reconcile(published, slate_day).run_id)
    stop.touch()
    said, complaint = watcher.communicate(timeout=120)
    assert said, complaint
    answer = json.loads(said)
    assert answer["wrong"] == []
    assert answer["reads"] > 3
    assert len(set(runs)) == 2
    assert answer["seen"][-1] in runs


def test_the_old_repair_mark_first_regenerate_later_shows_an_empty_slate() -> None:
    """The mechanism that lost 143 of 154: mark all superseded, then build, then filter."""
    active = {f"p{i}": True for i in range(154)}
    for name in active:
        active[name] = False
    seen_by_a_reader = sum(active.values())
    small_edges_dropped = [name for i, name in enumerate(active) if i < 11]
    assert seen_by_a_reader == 0
    assert len(active) - len(small_edges_dropped) == 143


def test_regenerating_never_loses_an_eligible_player(published: Lake, slate_day: date) -> None:
    sql = """SELECT DISTINCT game_id, player_key, market, model FROM forecast.current_prediction"""
    with published.reading() as r:
        before = set(r.rows(sql))
        old = find_publication(r, slate_day).run_id
    correct_a_box_score(published, slate_day)
    reconcile(published, slate_day, reason="a repair")
    with published.reading() as r:
        after = set(r.rows(sql))
    assert before <= after
    assert reproduce(published, old).ok
