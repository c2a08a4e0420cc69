"""Fixtures every test may use."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tipoff.hashing import content_id, file_sha256
from tipoff.settings import settings

pytest_plugins = ["tests.simulated", "tests.faults.fixtures"]

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"
SOURCE = Path(__file__).resolve().parents[1] / "src" / "tipoff"


@pytest.fixture(autouse=True)
def _settings_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads the settings that an earlier one's environment made: set up first, this is
    torn down last, when the environment is as it was. pytest-xdist sets a width for its workers;
    what tests read is piped."""
    monkeypatch.delenv("COLUMNS", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the project; absent: skip, but never in CI."""
    if not (REAL / "player_game.parquet").exists():
        message = f"real data is not at {REAL}"
        if os.environ.get("CI") == "true":
            pytest.fail(message + ", and CI must have it")
        pytest.skip(message)
    return REAL


@pytest.fixture(scope="session")
def _imported(real_data: Path) -> Path:
    """A lake of all real data, imported once per version of the import's code and of the data.

    It is kept between test runs and never handed out: tests get copies.
    """
    code = [p for part in ("sources", "lake") for p in (SOURCE / part).rglob("*.[ps][yq]*")]
    parts = [(p.as_posix(), file_sha256(p)) for p in sorted(code) if "simulator" not in p.parts]
    data = [(p.name, file_sha256(p)) for p in sorted(real_data.glob("*.parquet"))]
    cache = Path(tempfile.gettempdir()) / f"tipoff-tests-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    kept = cache / content_id("lake", [parts, data])
    with FileLock(cache / "lock"):
        if not (kept / "built").exists():
            _import_real(real_data, kept)
    return kept


def _import_real(real_data: Path, kept: Path) -> None:
    from tipoff.lake import Lake
    from tipoff.sources import import_folder

    for old in kept.parent.glob("lake_*"):
        shutil.rmtree(old, ignore_errors=True)
    with Lake.open(kept, create=True) as lake:
        import_folder(lake, real_data)
    (kept / "built").touch()


@pytest.fixture(scope="session")
def real_lake(_imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake folder holding all real data, for tests that only read it."""
    return Path(shutil.copytree(_imported, tmp_path_factory.mktemp("real") / "lake"))


@pytest.fixture
def real_lake_copy(_imported: Path, tmp_path: Path) -> Path:
    """A lake folder holding all real data, this test's own to write to."""
    return Path(shutil.copytree(_imported, tmp_path / "real-lake"))
