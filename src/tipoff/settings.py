"""Every setting in one table: name, default, help. Environment TIPOFF_*, then tipoff.toml."""

from functools import cache
from tomllib import TOMLDecodeError
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tipoff.errors import UsageError


class Settings(BaseSettings):
    """The settings in force; those that can change a number are stored with every run."""

    model_config = SettingsConfigDict(
        env_prefix="TIPOFF_",
        toml_file="tipoff.toml",
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
        default=10.0, ge=0, description="expected: mean minutes of his last five at least this"
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

    def scoring_json(self) -> str:
        """The settings that can change a forecast, as JSON: stored with every run."""
        return self.model_dump_json(exclude={"lake", "kelly_fraction", "kelly_cap"})

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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


@cache
def settings() -> Settings:
    """The settings of this process. Raises UsageError naming the setting that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"setting {name}: {first['msg']}", "mend TIPOFF_" + name.upper() + " or tipoff.toml"
        ) from error
    except (TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise UsageError(f"tipoff.toml cannot be read: {error}", "mend or remove it") from error
