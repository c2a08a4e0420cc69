"""Three writing processes and a reader on one embedded lake."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tipoff.lake import Lake
from tipoff.lake.writer import Writer

WRITER = """
import sys, polars as pl
from tipoff.lake import Lake
folder, name, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
lake = Lake.open(folder)
for i in range(times):
    def commit(w, i=i):
        seq = (w.value("SELECT max(seq) FROM forecast.publication") or 0) + 1
        rows = pl.DataFrame({"publication_id": [f"{name}-{i}"], "seq": [seq]})
        w.append("forecast.publication", rows.cast({"seq": pl.Int32}), key=("seq",))
        both = pl.DataFrame({"event_id": [f"{name}-{i}-{k}" for k in "ab"]})
        w.append("ops.event", both, key=("event_id",))
    lake.write(commit)
print("done")
"""

READER = """
import sys, json
from pathlib import Path
from tipoff.lake import Lake
folder, stop = sys.argv[1], Path(sys.argv[2])
lake, reads, torn = Lake.open(folder), 0, 0
while not stop.exists() or reads == 0:
    with lake.reading() as r:
        chain, = r.rows("SELECT count(*), coalesce(max(seq), 0) FROM forecast.publication")
        events = r.value("SELECT count(*) FROM ops.event")
    reads, torn = reads + 1, torn + (chain[0] != chain[1] or events != 2 * chain[0])
print(json.dumps([reads, torn]))
"""

TIMES = 12


def start(code: str, *args: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.long
def test_three_writers_and_a_reader_lose_nothing_double_nothing_and_starve_nobody(
    tmp_path: Path,
) -> None:
    folder, stop = tmp_path / "lake", tmp_path / "stop"
    Lake.open(folder, create=True).close()
    reader = start(READER, folder, stop)
    writers = [start(WRITER, folder, name, TIMES) for name in "xyz"]
    ends = [w.communicate(timeout=120) for w in writers]
    stop.touch()
    said, complaint = reader.communicate(timeout=120)
    assert [out.strip() for out, _ in ends] == ["done"] * 3, ends
    reads, torn = json.loads(said or complaint)
    assert reads > 0
    assert torn == 0
    with Lake.open(folder) as lake, lake.reading() as r:
        chain = r.rows("SELECT seq FROM forecast.publication ORDER BY seq")
        names = r.value("SELECT count(DISTINCT publication_id) FROM forecast.publication")
    assert chain == [(n,) for n in range(1, 3 * TIMES + 1)]
    assert names == 3 * TIMES


def test_without_the_lock_and_fence_two_checked_inserts_of_one_key_can_both_be_decided(
    tmp_path: Path,
) -> None:
    """The old mechanism: check in one transaction, insert in another."""
    with Lake.open(tmp_path / "lake", create=True) as a, Lake.open(tmp_path / "lake") as b:
        with a.reading() as seen_by_a, b.reading() as seen_by_b:
            sql = "SELECT count(*) FROM ops.event WHERE event_id = 'k'"
            free = (seen_by_a.value(sql), seen_by_b.value(sql))
        assert free == (0, 0)
        row = pl.DataFrame({"event_id": ["k"]})
        for lake in (a, b):
            lake.write(lambda w: w.append("ops.event", row))
        with a.reading() as r:
            assert r.value("SELECT count(*) FROM ops.event") == 2


def test_the_fence_makes_a_commit_that_lost_the_lock_run_again(tmp_path: Path) -> None:
    """A second writer that slips in behind the lock makes this one conflict, then retry."""
    with Lake.open(tmp_path / "lake", create=True) as lake, Lake.open(lake.location) as rogue:
        tries: list[int] = []

        def slip_in(w: Writer) -> int:
            tries.append(w.seq)
            if len(tries) == 1:
                with rogue.session() as session:
                    session.commit(lambda other: other.append("ops.event", event("rogue")))
            return w.append("ops.event", event("mine"), key=("event_id",))

        lake.write(slip_in)
        with lake.reading() as r:
            stored = r.rows("SELECT event_id, recorded_seq FROM ops.event ORDER BY recorded_seq")
    assert stored == [("rogue", 1), ("mine", 2)]
    assert tries == [1, 2]


def event(name: str) -> pl.DataFrame:
    return pl.DataFrame({"event_id": [name]})
