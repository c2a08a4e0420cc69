"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the project; absent: skip, but never in CI."""
    if not (REAL / "player_game.parquet").exists():
        message = f"real data is not at {REAL}"
        if os.environ.get("CI") == "true":
            pytest.fail(message + ", and CI must have it")
        pytest.skip(message)
    return REAL
