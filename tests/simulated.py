"""Fixtures on a small simulated league: built once per test run, copied where a test writes."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from tipoff.forecast import reconcile
from tipoff.lake import Lake
from tipoff.models import train
from tipoff.sources import import_folder
from tipoff.sources.simulator import simulate

TEAMS, GAMES, SEED = 8, 32, 11


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """A folder that the first worker to ask builds and every other reuses."""
    root = factory.getbasetemp()
    shared = root.parent if root.name.startswith("popen-") else root
    folder = shared / name
    with FileLock(f"{folder}.lock"):
        if not (folder / "built").exists():
            shutil.rmtree(folder, ignore_errors=True)
            build(folder)
            (folder / "built").touch()
    return folder


@pytest.fixture(scope="session")
def league_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `tipoff simulate` writes: eight teams, two seasons."""

    def build(folder: Path) -> None:
        simulate(folder / "league", seed=SEED, seasons=2, teams=TEAMS, games=GAMES)

    return built_once(tmp_path_factory, "simulated-league", build) / "league"


def slate_dates(lake: Lake) -> list[date]:
    """Dates of the newest season with at least three games, oldest first."""
    sql = """SELECT game_date FROM league.game
             WHERE season = (SELECT max(season) FROM league.game) AND nba_game_id IS NOT NULL
             GROUP BY game_date HAVING count(*) >= 3 ORDER BY game_date"""
    with lake.reading() as r:
        return [day for (day,) in r.rows(sql)]


@pytest.fixture(scope="session")
def trained_lake(tmp_path_factory: pytest.TempPathFactory, league_folder: Path) -> Path:
    """A lake with the simulated league and catboost_v9 trained; no slate is published."""

    def build(folder: Path) -> None:
        with Lake.open(folder, create=True) as lake:
            import_folder(lake, league_folder)
            days = slate_dates(lake)
            train(lake, "catboost_v9", days[-8])

    return built_once(tmp_path_factory, "trained-lake", build)


def own_copy(shared: Path, folder: Path) -> None:
    """A copy of a lake that other workers may have open: what SQLite keeps beside the catalog while
    it is read comes and goes, and holds nothing of a lake that was closed when it was made."""
    shutil.copytree(shared, folder, ignore=shutil.ignore_patterns("catalog.sqlite-*"))


def built_upon(
    factory: pytest.TempPathFactory, name: str, base: Path, change: Callable[[Lake], None]
) -> Path:
    """A lake as `built_once`: a copy of another one, changed."""

    def build(folder: Path) -> None:
        own_copy(base, folder)
        (folder / "built").unlink()
        with Lake.open(folder) as lake:
            change(lake)

    return built_once(factory, name, build)


@pytest.fixture(scope="session")
def published_lake(tmp_path_factory: pytest.TempPathFactory, trained_lake: Path) -> Path:
    """The trained lake with its last full slate published."""

    def publish(lake: Lake) -> None:
        reconcile(lake, slate_dates(lake)[-1])

    return built_upon(tmp_path_factory, "published-lake", trained_lake, publish)


@pytest.fixture
def lake(trained_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    """A lake of one's own to write to: league and model, nothing published."""
    own_copy(trained_lake, tmp_path / "own")
    with Lake.open(tmp_path / "own") as opened:
        yield opened


@pytest.fixture
def published(published_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    """A lake of one's own with a published slate."""
    own_copy(published_lake, tmp_path / "own-published")
    with Lake.open(tmp_path / "own-published") as opened:
        yield opened


@pytest.fixture
def slate_day(published_lake: Path) -> date:
    """The date of the published slate."""
    with Lake.open(published_lake) as opened:
        return slate_dates(opened)[-1]
