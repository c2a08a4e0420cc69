"""Every setting in one table: name, default, help. Environment TIPOFF_*, then tipoff.toml."""

import os
from functools import cache
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tipoff.errors import UsageError
from tipoff.gates import gate
from tipoff.suggest import did_you_mean, nearest

DEFAULT_CONFIG = "tipoff.toml"
DESTINATIONS = ("log", "webhook", "file")
"""Where an alert can go."""
ALERT_RULES = (
    "alert_missing_slate", "alert_zero_predictions", "alert_stale_slate", "alert_quality_collapse",
    "alert_line_coverage", "alert_drift", "alert_decay", "alert_grading_gap",
)  # fmt: skip
"""The settings that say where the alerts of a rule go; monitor/rules.py has a rule for each."""
_NO_FORECAST = ("lake", "kelly_", "alert_", "orphan_", "plugin_")
"""Beginnings of the names of settings that can change no forecast."""


class Settings(BaseSettings):
    """The settings in force; those that can change a number are stored with every run."""

    model_config = SettingsConfigDict(
        env_prefix="TIPOFF_",
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
    )

    lake: str = Field(default="./tipoff-lake", description="folder of the lake")
    no_vig: Literal["power", "multiplicative", "shin"] = Field(
        default="power", description="how the overround is taken out of two-sided prices"
    )
    min_edge: float = Field(
        default=1.0, ge=0, description="smallest |median - line| that is a pick, in points"
    )
    min_edge_share: float = Field(
        default=0.08,
        ge=0,
        description="the same for small counts: share of the line; the smaller counts",
    )
    min_probability: float = Field(
        default=0.5, ge=0, le=1, description="a pick needs at least this P(side), pushes aside"
    )
    rotation_games: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="expected: played for the team within its last this many games",
    )
    rotation_minutes: float = Field(
        default=10.0, ge=0, description="expected: mean minutes of their last five at least this"
    )
    gate_first: float = Field(
        default=85, ge=0, le=100, description="lowest quality, first run or retry"
    )
    gate_final_retry: float = Field(
        default=80, ge=0, le=100, description="lowest quality, final retry"
    )
    gate_last_call: float = Field(
        default=70, ge=0, le=100, description="lowest quality, last call and backfill"
    )

    kelly_fraction: float = Field(
        default=0.25, ge=0, le=1, description="stake: share of the Kelly stake"
    )
    kelly_cap: float = Field(
        default=0.02, ge=0, le=1, description="stake: largest share of the bankroll on one bet"
    )

    plugin_seconds: float = Field(
        default=60.0, gt=0, description="a plug-in that gives no answer for so long is refused"
    )

    orphan_age_hours: float = Field(
        default=24.0, ge=0, description="lake clean spares leftovers changed within these hours"
    )

    alert_missing_slate: str = Field(
        default="log", description="where to: games soon or begun, and nothing is published"
    )
    alert_zero_predictions: str = Field(
        default="log", description="where to: a published set without a prediction"
    )
    alert_stale_slate: str = Field(
        default="log", description="where to: tip-off is near, and the set was overtaken"
    )
    alert_quality_collapse: str = Field(
        default="log", description="where to: feature quality far under the usual"
    )
    alert_line_coverage: str = Field(
        default="log", description="where to: players with a line far fewer than usual"
    )
    alert_drift: str = Field(
        default="log", description="where to: features far from the snapshots before"
    )
    alert_decay: str = Field(default="log", description="where to: a model degrading or blocked")
    alert_grading_gap: str = Field(
        default="log", description="where to: games long over and not graded"
    )
    alert_lead_minutes: int = Field(
        default=90, ge=1, description="missing and stale slates alert this long before tip-off"
    )
    alert_grading_hours: int = Field(
        default=18, ge=1, description="an ungraded game alerts this long after its tip-off"
    )
    alert_file: str = Field(default="", description="alerts to `file`: JSON lines, appended here")
    alert_webhook_url: SecretStr = Field(
        default=SecretStr(""), description="alerts to `webhook`: they are posted here as JSON"
    )
    alert_webhook_token: SecretStr = Field(
        default=SecretStr(""), description="sent with the webhook as a bearer token, if any"
    )

    @field_validator(*ALERT_RULES)
    @classmethod
    def _has_destination(cls, text: str) -> str:
        names = destinations(text)
        if not names or set(names) - set(DESTINATIONS):
            known = ", ".join(DESTINATIONS)
            raise ValueError(f"{text!r} is no destination: name one or more of {known}")
        return text

    @model_validator(mode="after")
    def _destinations_are_set_up(self) -> Self:
        used = {name for rule in ALERT_RULES for name in destinations(getattr(self, rule))}
        if "file" in used and not self.alert_file:
            raise ValueError("alerts go to `file`, and alert_file names none")
        if "webhook" in used and not self.alert_webhook_url.get_secret_value():
            raise ValueError("alerts go to `webhook`, and alert_webhook_url names none")
        return self

    def scoring_json(self) -> str:
        """The settings that can change a forecast, as JSON: stored with every run."""
        silent = {name for name in type(self).model_fields if name.startswith(_NO_FORECAST)}
        return self.model_dump_json(exclude=silent)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then tipoff.toml."""
        return init_settings, env_settings, _Toml(settings_cls, named_config() or DEFAULT_CONFIG)


class _Toml(TomlConfigSettingsSource):
    """tipoff.toml without its plug-ins: they are no setting, because they run only from a file that
    was named or lies beside the lake (tipoff.plugins)."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        known = super()._read_file(file_path)
        known.pop("plugins", None)
        return known


def named_config() -> Path | None:
    """The tipoff.toml that TIPOFF_CONFIG names. Raises UsageError when there is none."""
    name = os.environ.get("TIPOFF_CONFIG", "").strip()
    if name and not Path(name).is_file():
        raise UsageError(f"TIPOFF_CONFIG names {name}, which is no file", "name a tipoff.toml")
    return Path(name) if name else None


def named_lake() -> str | None:
    """The lake that TIPOFF_LAKE names, None where it names none: that of a tipoff.toml is one that
    whoever wrote the file named, not who runs tipoff."""
    return os.environ.get("TIPOFF_LAKE") or None


def destinations(text: str) -> tuple[str, ...]:
    """The destinations an alert setting names: words parted by commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


@cache
@gate(
    "settings", protects="every threshold of every gate",
    on_error="the command stops", on_null="a setting that is no value of its kind: UsageError",
)  # fmt: skip
def settings() -> Settings:
    """The settings of this process. Raises UsageError naming the setting that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        where = f"setting {name}" if name else "settings"
        step = f"mend TIPOFF_{name.upper()} or tipoff.toml" if name else "mend tipoff.toml"
        if first["type"] == "extra_forbidden":
            known = ("plugins", *Settings.model_fields)
            ask = did_you_mean(nearest(name, known))
            raise UsageError(f"setting {name}: there is none", f"{ask} {step}".strip()) from None
        # A message of pydantic's own can hold the input, and a URL may be a secret.
        raise UsageError(f"{where}: {first['msg'].removeprefix('Value error, ')}", step) from None
    except (TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise UsageError(f"tipoff.toml cannot be read: {error}", "mend or remove it") from error
