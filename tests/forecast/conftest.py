"""A slate published twice: between the sets one line moved and one player was ruled out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.forecast.republished import Twice, news, two_players
from tests.simulated import built_upon, slate_dates
from tipoff.forecast import reconcile
from tipoff.lake import Lake


@pytest.fixture(scope="session")
def twice_lake(tmp_path_factory: pytest.TempPathFactory, published_lake: Path) -> Path:
    def publish_again(lake: Lake) -> None:
        day = slate_dates(lake)[-1]
        moved, out = two_players(lake)
        lake.write(lambda w: news(w, day, moved, out))
        reconcile(lake, day)

    return built_upon(tmp_path_factory, "published-twice", published_lake, publish_again)


@pytest.fixture
def twice(twice_lake: Path, published_lake: Path, slate_day: date) -> Iterator[Twice]:
    """The slate published twice; only to be read."""
    with Lake.open(published_lake) as before:
        moved, out = two_players(before)
    with Lake.open(twice_lake) as lake:
        yield Twice(lake, slate_day, moved, out)
