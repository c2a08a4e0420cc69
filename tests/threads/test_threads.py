"""One Lake object, shared by many threads: nothing any of them does shows in another."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from tests.faults.league import Ground
from tests.threads.drive import KINDS
from tipoff.errors import LakeBusy, UsageError
from tipoff.lake import Lake, Reader, Writer
from tipoff.lake.connection import MOST_IDLE


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def event(name: str) -> pl.DataFrame:
    return pl.DataFrame({"event_id": [name]})


def names(r: Reader) -> list[str]:
    return [name for (name,) in r.rows("SELECT event_id FROM ops.event ORDER BY 1")]


@pytest.mark.long
def test_eight_readers_an_import_and_a_thread_that_imports_modules_have_no_error(
    ground: Ground,
) -> None:
    """The short form; `make threads` takes a minute. In a process of its own, which is left with
    modules imported twice."""
    asked = ["--seconds", "3", "--ground", str(ground.lake.parent)]
    command = [sys.executable, "-m", "tests.threads", *asked]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(re.search(rf"[1-9][\d,]* {kind}", done.stdout) for kind in KINDS), done.stdout


def test_a_read_in_one_thread_goes_on_while_a_commit_of_another_fails_and_is_tried_again(
    lake: Lake,
) -> None:
    lake.write(lambda w: w.append("ops.event", event("before")))
    tries: list[int] = []

    def fails_twice(w: Writer) -> None:
        tries.append(w.append("ops.event", event("after")))
        if len(tries) < 3:
            raise LakeBusy("held elsewhere")

    with lake.reading() as r, ThreadPoolExecutor(1) as beside:
        r.register("mine", event("mine"))
        beside.submit(lake.write, fails_twice).result()
        assert names(r) == ["before"]
        assert r.rows("FROM mine") == [("mine",)]
    with lake.reading() as r:
        assert names(r) == ["after", "before"]
    assert len(tries) == 3


def test_threads_that_write_at_once_do_so_one_after_the_other(lake: Lake) -> None:
    with ThreadPoolExecutor(4) as pool:
        seqs = list(pool.map(lambda n: lake.write(
            lambda w: w.append("ops.event", event(str(n))) and w.seq), range(12)))  # fmt: skip
    assert sorted(seqs) == list(range(1, 13))
    with lake.reading() as r:
        assert len(names(r)) == 12


def test_cores_variables_and_tables_of_one_read_are_not_those_of_another(lake: Lake) -> None:
    asked = "SELECT current_setting('threads'), getvariable('day')"
    with lake.reading() as one, lake.reading() as other:
        one.bind({"day": "monday"})
        one.register("mine", event("x"))
        with one.every_core():
            assert other.rows(asked) == [(1, None)]
        with pytest.raises(Exception, match="mine"):
            other.rows("FROM mine")


def test_a_query_that_fails_on_every_core_leaves_the_next_read_one(lake: Lake) -> None:
    for _ in range(3):  # the session is taken again
        with pytest.raises(Exception, match="nothing_there"), lake.reading() as r, r.every_core():
            r.rows("FROM nothing_there")
        with lake.reading() as r:
            assert r.value("SELECT current_setting('threads')") == 1


def test_a_read_that_has_ended_asks_nothing_of_a_connection_that_may_be_anothers(
    lake: Lake,
) -> None:
    with lake.reading() as r:
        pass
    for ask in (lambda: r.rows("SELECT 1"), lambda: r.bind({"a": 1}), r.newest_seq):
        with pytest.raises(UsageError, match="has ended"):
            ask()


def test_closing_waits_for_nobody_and_leaves_a_read_under_way_in_peace(lake: Lake) -> None:
    with Lake.open(lake.location) as other:
        with other.reading() as r:
            other.close()
            assert names(r) == []
            connection = r._connection
        with pytest.raises(UsageError, match="was closed"), other.reading():
            pass
    with pytest.raises(Exception, match="closed"):
        connection.execute("SELECT 1")


def test_a_burst_of_reads_leaves_few_connections_behind(lake: Lake) -> None:
    many, together = MOST_IDLE + 3, threading.Barrier(MOST_IDLE + 3)

    def read(_n: int) -> int:
        with lake.reading() as r:
            together.wait(60)
            return r.newest_seq()

    with ThreadPoolExecutor(many) as pool:
        assert list(pool.map(read, range(many))) == [0] * many
    assert len(lake._idle) == MOST_IDLE
