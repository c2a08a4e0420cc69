"""What a check is given, and how it makes its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tipoff.grading.facts import NOW
from tipoff.lake import bound
from tipoff.league.current import current_sql
from tipoff.results.health import CheckResult, Level

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

DETAIL_ROWS = 10
"""Rows of detail that a result names; its count has all."""
_LINE_COLUMNS = "player_name, raw_key, player_key, game_id, game_date, source, bookmaker, estimated"


@dataclass(frozen=True)
class CheckContext:
    """What a check looks at: one consistent read, a league date or all of them (None), the moment
    it is now, UTC, and the lake that is read."""

    r: Reader
    day: date | None
    now: datetime
    lake: Lake

    @property
    def params(self) -> dict[str, Any]:
        """`$day` and `$now` for queries."""
        return {"day": self.day, "now": self.now}

    @cached_property
    def newest_lines(self) -> str:
        """A table of the newest player lines, of the day if there is one: four checks read it,
        and finding the newest takes longer than all of them."""
        where = "$day::DATE IS NULL OR game_date = $day"
        params = self.params | {"as_of": NOW, "seq": self.r.newest_seq()}
        self.r.bind(params)
        relation = bound(current_sql("league.prop_line", _LINE_COLUMNS, where), params)
        with self.r.every_core():
            self.r.rows(f"CREATE OR REPLACE TEMP TABLE newest_lines AS FROM {relation}")
        return "newest_lines"


def check_result(
    name: str, level: Level, count: int, summary: str, detail: Sequence[dict[str, Any]] = (),
    next_step: str = "",
) -> CheckResult:  # fmt: skip
    """The answer of a check; `detail`: rows of plain cells."""
    return CheckResult(
        name=name, level=level, count=count, summary=summary, detail=tuple(detail),
        next_step=next_step,
    )  # fmt: skip


Check = Callable[[CheckContext], CheckResult]


def listed(
    context: CheckContext, sql: str, name: str, what: str, step: str, level: Level = "problem"
) -> CheckResult:
    """The result of a check that is one query: `level` when its column `rows` adds up to any."""
    rows = context.r.query(sql, context.params)
    count = int(rows["rows"].sum())
    if not count:
        return check_result(name, "ok", 0, f"0 {what}")
    return check_result(
        name, level, count, f"{count:,} {what}", rows.head(DETAIL_ROWS).to_dicts(), step
    )
