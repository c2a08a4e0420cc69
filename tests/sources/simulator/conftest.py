"""One small league, simulated once for all of these tests."""

from pathlib import Path

import pytest

from tipoff.sources.simulator import simulate


@pytest.fixture(scope="session")
def league(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seasons of ten teams and 26 games, with playoffs."""
    folder = tmp_path_factory.mktemp("simulated") / "league"
    simulate(folder, seed=11, seasons=2, teams=10, games=26)
    return folder
