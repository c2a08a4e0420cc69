"""Settings: arguments, then the environment, then tipoff.toml; a bad one is named."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tipoff.errors import UsageError
from tipoff.settings import Settings, settings


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder without tipoff.toml, no TIPOFF_ variable, nothing remembered before or after."""
    for name in [name for name in os.environ if name.startswith("TIPOFF_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_every_setting_has_a_default_and_a_description() -> None:
    assert settings().lake == "./tipoff-lake"
    for name, field in Settings.model_fields.items():
        assert not field.is_required(), name
        assert field.description, name


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("tipoff.toml").write_text("min_edge = 3.0\nrotation_games = 4\n", encoding="utf-8")
    monkeypatch.setenv("TIPOFF_MIN_EDGE", "2.5")
    current = settings()
    assert (current.min_edge, current.rotation_games, current.min_probability) == (2.5, 4, 0.5)
    assert Settings(min_edge=9.0).min_edge == 9.0


@pytest.mark.parametrize(
    ("name", "value"),
    [("min_edge", "-1"), ("min_edge", "much"), ("min_probability", "1.5"), ("gate_first", "101"),
     ("rotation_games", "0"), ("no_vig", "magic")],
)  # fmt: skip
def test_a_bad_setting_is_a_usage_error_that_names_it(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TIPOFF_{name.upper()}", value)
    with pytest.raises(UsageError, match=f"setting {name}: ") as refused:
        settings()
    assert refused.value.exit_code == 2
    assert f"TIPOFF_{name.upper()}" in refused.value.next_step


def test_a_setting_nobody_knows_in_the_file_is_named() -> None:
    Path("tipoff.toml").write_text("min_egde = 3.0\n", encoding="utf-8")
    with pytest.raises(UsageError, match="setting min_egde: "):
        settings()


def test_a_file_that_is_not_toml_is_a_usage_error() -> None:
    Path("tipoff.toml").write_text("min_edge = = 3\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"tipoff\.toml"):
        settings()


def test_what_is_stored_with_a_run_is_every_setting_that_can_change_a_forecast() -> None:
    stored = json.loads(Settings(lake="elsewhere").scoring_json())
    assert set(stored) == set(Settings.model_fields) - {
        name
        for name in Settings.model_fields
        if name.startswith(("lake", "kelly_", "alert_", "orphan_", "plugin_"))
    }
    assert Settings(lake="a").scoring_json() == Settings(lake="b").scoring_json()
    assert Settings(min_edge=2).scoring_json() != Settings().scoring_json()
