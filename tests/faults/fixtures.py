"""Fixtures on the smallest league: built once per test run, copied where a test writes."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.league import Ground, build
from tests.simulated import built_once
from tipoff import clock
from tipoff.forecast import reconcile
from tipoff.lake import Lake
from tipoff.settings import settings

MARKETS, MODELS = ("points",), ("ewma_hl8", "season_mean")


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The tiny league's lake and the folders that continue it; copy the lake before writing."""

    def make(folder: Path) -> None:
        build(folder / "league")

    return build(built_once(tmp_path_factory, "ground", make) / "league")


@contextmanager
def gates_open() -> Iterator[None]:
    """The quality a set needs set to nothing: what is tested is not a tiny league's features."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TIPOFF_GATE_FIRST", "0")
            patch.setenv("TIPOFF_GATE_LAST_CALL", "0")
            settings.cache_clear()
            yield
    finally:
        settings.cache_clear()


@pytest.fixture(scope="session")
def _tiny(tmp_path_factory: pytest.TempPathFactory, ground: Ground) -> Path:
    def make(folder: Path) -> None:
        shutil.copytree(ground.lake, folder)
        with gates_open(), pytest.MonkeyPatch.context() as patch:
            noon = clock.eastern(ground.days[1], 12)
            patch.setattr(clock, "now", lambda: noon)
            with Lake.open(folder) as lake:
                reconcile(lake, ground.days[1], markets=MARKETS, models=MODELS)

    return built_once(tmp_path_factory, "tiny-published", make)


@pytest.fixture
def tiny(_tiny: Path, tmp_path: Path) -> Path:
    """A lake folder of one's own on the tiny league; `ground.days[1]` was published at noon."""
    return Path(shutil.copytree(_tiny, tmp_path / "tiny"))
