"""A disk that is full, read-only, locked or damaged: what, why, next; nothing is lost."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from tests.faults.invariants import deep
from tests.faults.league import Ground
from tests.long import sampled
from tipoff import clock
from tipoff.cli import app
from tipoff.errors import LakeBusy, LakeDamaged
from tipoff.forecast import current_publication
from tipoff.lake import Lake, connection
from tipoff.lake.backends.embedded import FileWriterLock
from tipoff.lake.files import data_files
from tipoff.lake.health import check
from tipoff.results.health import LakeProblem
from tipoff.sources import import_folder

UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""root minus the right to ignore permissions: files it may not write, it cannot write."""
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from tipoff.cli import main
main()
"""


def tipoff(
    lake: Path, *words: object, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-m", "tipoff", "--lake", str(lake), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def explained(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """The command left with its code, and said what, why and what next, without a traceback."""
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("error: ") or "\nerror: " in done.stderr
    assert "next: " in done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def nothing_lost(folder: Path, ground: Ground) -> None:
    """The published set is whole, and the import that failed succeeds when tried again."""
    with Lake.open(folder) as lake:
        assert deep(lake) == []
        with lake.reading() as r:
            current = current_publication(r, ground.days[1])
        assert current is not None
        assert current.seq == 1
        assert {t.kind for t in troubles(lake)} <= {"orphan"}
        assert import_folder(lake, ground.parts[0]).new_rows > 0


def troubles(lake: Lake) -> list[LakeProblem]:
    moment = clock.eastern(clock.parse_date("tomorrow"), 12)
    return list(check(lake, moment, moment - moment).problems)


def test_a_full_disk_stores_nothing_and_says_so(tiny: Path, ground: Ground) -> None:
    """A limit on the size of any file stands for the disk: it fails in the same place."""
    command = [sys.executable, "-c", LIMITED, "200000", "--lake", str(tiny), "import"]
    full = [*command, str(ground.amended[0])]
    done = subprocess.run(full, capture_output=True, text=True, timeout=120)
    explained(done, 3, "nothing", "tipoff lake clean")
    nothing_lost(tiny, ground)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("mounting a disk needs root and the right to mount")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("left", sampled([150_000, 20_000, 400_000]))
def test_a_disk_that_fills_up_at_any_point_of_a_commit_stores_nothing(
    left: int, tiny: Path, ground: Ground, small_disk: Path
) -> None:
    lake = Path(shutil.copytree(tiny, small_disk / "lake"))
    free = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(b"x" * (free - left))
    done = tipoff(lake, "import", ground.amended[0])
    explained(done, 3, "nothing", "tipoff lake clean")
    (small_disk / "ballast").unlink()
    nothing_lost(lake, ground)


def test_a_folder_that_may_not_be_written_is_named_and_can_still_be_read(
    tiny: Path, ground: Ground
) -> None:
    before = tuple(UNPRIVILEGED) if not os.geteuid() else ()
    if before and shutil.which(before[0]) is None:
        pytest.skip("root ignores permissions, and setpriv is not here to stop it")
    places = [tiny, *(p for p in tiny.rglob("*"))]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    try:
        done = tipoff(tiny, "import", ground.parts[0], before=before)
        explained(done, 3, "cannot be written", "permissions")
    finally:
        for place in places:
            place.chmod(0o755 if place.is_dir() else 0o644)
    nothing_lost(tiny, ground)


HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_catalog_that_another_process_holds_is_busy_not_broken(
    tiny: Path, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ATTEMPTS", 1)
    monkeypatch.setattr("tipoff.lake.backends.embedded.BUSY_MS", 50)
    with Lake.open(tiny) as lake:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(lake.catalog)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LakeBusy, match="locked"):
            lake.write(lambda w: w.value("SELECT 1"))
        holder.communicate("")
        assert lake.write(lambda w: w.seq) > 0
    nothing_lost(tiny, ground)


def test_a_writer_that_takes_too_long_is_named_with_exit_code_three(
    tiny: Path, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipoff.lake.backends.embedded.WAIT_SECONDS", 0.1)
    with FileLock(tiny / "writer.lock"):
        asked = ["--lake", str(tiny), "import", str(ground.parts[0])]
        done = CliRunner().invoke(app, asked)
    assert isinstance(done.exception, LakeBusy)
    assert done.exception.exit_code == 3
    assert "another writer has held" in done.exception.message


def test_the_lock_of_a_process_that_was_killed_is_free(tiny: Path) -> None:
    code = """
import os, signal, sys
from filelock import FileLock
FileLock(sys.argv[1]).acquire()
os.kill(os.getpid(), signal.SIGKILL)
"""
    died = subprocess.run([sys.executable, "-c", code, str(tiny / "writer.lock")])
    assert died.returncode == -signal.SIGKILL
    with FileWriterLock(tiny).held(1.0), Lake.open(tiny) as lake, lake.reading() as r:
        assert r.value("SELECT count(*) FROM forecast.publication") == 1


def test_a_truncated_file_is_an_answer_with_a_name_and_no_traceback(
    tiny: Path, ground: Ground
) -> None:
    with Lake.open(tiny) as lake, lake.reading() as r:
        harmed = next(f for f in data_files(lake, r) if f.table == "forecast.prediction")
    whole = Path(harmed.path).read_bytes()
    Path(harmed.path).write_bytes(whole[: len(whole) // 2])
    explained(tipoff(tiny, "slate", ground.days[1]), 1, "damaged", "tipoff lake check")
    named = tipoff(tiny, "lake", "check")
    assert named.returncode == 1
    assert harmed.path in named.stdout
    Path(harmed.path).write_bytes(whole)
    nothing_lost(tiny, ground)


def test_a_catalog_that_is_no_catalog_is_damaged(tiny: Path) -> None:
    for rest in tiny.glob("catalog.sqlite-*"):
        rest.unlink()
    (tiny / "catalog.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(LakeDamaged):
        Lake.open(tiny)
    explained(tipoff(tiny, "doctor"), 1, "damaged")
