"""The small league of the feature tests, and a lake of it that leak tests only read."""

from collections.abc import Iterator

import pytest

from tests.features.small_league import League, make_league
from tipoff.lake import Lake


@pytest.fixture(scope="session")
def league() -> League:
    """Everything awkward there is."""
    return make_league()


@pytest.fixture(scope="session")
def truth(league: League, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """All of it, as it happened."""
    with league.store(tmp_path_factory.mktemp("truth") / "lake") as lake:
        yield lake
