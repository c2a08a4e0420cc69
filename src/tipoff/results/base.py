"""Result: what every answer is. Frozen, typed, with one JSON form and one form of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from tipoff.errors import UsageError

if TYPE_CHECKING:
    import polars as pl


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment in UTC; in JSON `2025-01-10T23:40:00Z`, with microseconds where there are any."""
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
_NAMED = ("date", "on", "player", "market")
"""Fields that say in one line what an answer is about."""


class Result(BaseModel):
    """An answer, or a part of one. Numbers are finite, dates are league dates, moments are UTC.

    `ROWS` names the field whose rows `to_polars` gives, empty for an answer without rows.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False,
        # In JSON every field is there: its schema demands those with a default too.
        json_schema_serialization_defaults_required=True,
    )  # fmt: skip
    ROWS: ClassVar[str] = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: dates and moments as text, rows as dictionaries."""
        return self.model_dump(mode="json")

    def to_json(self) -> str:
        """The JSON text that `--json` prints."""
        return self.model_dump_json()

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """One line of an answer that may have thousands of rows: whose they are, and how many."""
        if not self.ROWS:
            return super().__repr_args__()
        named = [(name, str(getattr(self, name))) for name in _NAMED if hasattr(self, name)]
        return [*named, (self.ROWS, len(getattr(self, self.ROWS)))]

    def to_polars(self, rows_of: str = "") -> pl.DataFrame:
        """The rows of the answer, a column per field; without ROWS a frame of one row, itself.

        `rows_of`: another field that holds rows, such as `refusals` of a slate. An answer without
        rows gives a frame without rows or columns. Raises UsageError for a field without rows.
        """
        import polars as pl

        name = rows_of or self.ROWS
        rows = getattr(self, name, None) if name else [self]
        if not isinstance(rows, tuple | list):
            fields = [field for field, value in self.__dict__.items() if isinstance(value, tuple)]
            raise UsageError(
                f"{type(self).__name__} has no rows of {name!r} here",
                f"there are {', '.join(fields) or 'none'}; a slate's refusals are asked for by"
                " refusals=True",
            )
        plain = [row.model_dump() if isinstance(row, Result) else row for row in rows]
        return pl.DataFrame(plain, infer_schema_length=None)
