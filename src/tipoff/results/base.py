"""Result: what every answer is. Frozen, typed, with one JSON form and one form of time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import polars as pl


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment in UTC; in JSON `2025-01-10T23:40:00Z`, with microseconds where there are any."""
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


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

    def to_polars(self) -> pl.DataFrame:
        """The rows of the answer, a column per field; without ROWS a frame of one row, itself.

        Needs no particular length: an answer without rows gives a frame without rows or columns.
        """
        import polars as pl

        rows = getattr(self, self.ROWS) if self.ROWS else [self]
        plain = [row.model_dump() if isinstance(row, Result) else row for row in rows]
        return pl.DataFrame(plain, infer_schema_length=None)
