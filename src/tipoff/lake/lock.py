"""The writer lock: taken before BEGIN, because a snapshot is fixed at the first read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tipoff.errors import LakeBusy
from tipoff.lake.foreign import in_our_words

WAIT_SECONDS = 60.0


@contextmanager
def writer_lock(folder: Path, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lake's writer lock. Raises LakeBusy when it is not free within `wait` seconds."""
    lock = FileLock(folder / "writer.lock")
    try:
        with in_our_words():
            lock.acquire(timeout=wait, poll_interval=0.01)
    except Timeout as error:
        raise LakeBusy(
            f"another process has been writing to {folder} for {wait:.0f} s", "try again"
        ) from error
    try:
        yield
    finally:
        lock.release()
