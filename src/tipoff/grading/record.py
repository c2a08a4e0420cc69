"""Which predictions a record counts: one set per slate and game, chosen by time alone.

live      for each slate and game the last set published before that game's tip-off; predictions
          committed, and with an as_of, before tip-off.
backfill  the currently published set of each slate, of it what is not live.
The two never share a row, and neither holds two sets of one game.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from tipoff.errors import NotFound, UsageError
from tipoff.gates import gate
from tipoff.grading.facts import NOW
from tipoff.grading.scores import SCORES
from tipoff.lake import as_of_sql

if TYPE_CHECKING:
    import polars as pl

    from tipoff.lake import Reader

Record = Literal["live", "backfill"]
RECORDS: tuple[Record, ...] = ("live", "backfill")

_COUNTED = {
    "live": """
      SELECT t.slate, t.game_id, t.tip, arg_max(p.run_id, p.seq) AS run_id
      FROM tips t JOIN published p ON p.slate = t.slate AND p.committed_at < t.tip GROUP BY ALL""",
    "backfill": """
      SELECT t.slate, t.game_id, t.tip, arg_max(p.run_id, p.seq) AS run_id
      FROM tips t JOIN published p ON p.slate = t.slate GROUP BY ALL""",
}
_KEEPS = {"live": "live IS TRUE", "backfill": "live IS NOT TRUE"}


@dataclass(frozen=True)
class Span:
    """Slates from `start` to `until`, both included."""

    start: date
    until: date


def parse_record(text: str) -> Record:
    """A record's name. Raises UsageError for anything but live and backfill."""
    for name in RECORDS:
        if text.strip().lower() == name:
            return name
    raise UsageError(f"record {text!r} is not known", "use live or backfill")


def published_span(r: Reader) -> Span:
    """From the first slate ever published to the last. Raises NotFound when there is none."""
    rows = r.rows("SELECT min(slate), max(slate) FROM forecast.publication")
    if not rows or rows[0][0] is None:
        raise NotFound("nothing was ever published", "tipoff run DATE")
    return Span(*rows[0])


@gate(
    "record", protects="the figures of the live record",
    on_error="no record is shown", on_null="an unknown moment is not before tip-off: backfill",
)  # fmt: skip
def record_rows(r: Reader, span: Span, record: Record, market: str) -> pl.DataFrame:
    """The record's predictions of one market with their current grade, one query.

    Columns: slate, run_id, prediction_id, game_id, player_key, market, model, role, line, edge,
    recommendation, over_price, under_price, outcome (`pending` without a grade), actual, SCORES.
    """
    scores = ", ".join(f"g.{name}" for name in ("actual", *SCORES))
    sql = f"""{_counted(record)}
      SELECT c.slate, p.run_id, p.prediction_id, p.game_id, p.player_key, p.market, p.model,
             p.role, p.line, p.edge, p.recommendation, p.over_price, p.under_price,
             coalesce(g.outcome, 'pending') AS outcome, {scores}
      FROM counted c
      JOIN firsts f USING (slate, run_id)
      JOIN forecast.prediction p USING (run_id, game_id)
      LEFT JOIN grades g USING (run_id, prediction_id)
      WHERE p.market = $market
        AND {_KEEPS[record].replace("live", "(f.committed < c.tip AND p.as_of < c.tip)")}
      ORDER BY c.slate, p.prediction_id"""
    return r.query(sql, _params(r, span, market))


def record_refusals(r: Reader, span: Span, record: Record) -> pl.DataFrame:
    """Refusals of the record's sets: market, model, reason, refused (how many), one query."""
    sql = f"""{_counted(record)}
      SELECT x.market, x.model, x.reason, count(*) AS refused
      FROM counted c
      JOIN firsts f USING (slate, run_id)
      JOIN forecast.refusal x USING (run_id, game_id)
      WHERE {_KEEPS[record].replace("live", "(f.committed < c.tip)")}
      GROUP BY ALL ORDER BY ALL"""
    return r.query(sql, _params(r, span))


def record_markets(r: Reader, span: Span) -> list[str]:
    """The markets any published set of the span predicted."""
    sql = """
      SELECT DISTINCT market FROM forecast.prediction SEMI JOIN (
        SELECT run_id FROM forecast.publication WHERE slate BETWEEN $start AND $until
      ) USING (run_id) ORDER BY market"""
    return [str(row[0]) for row in r.rows(sql, {"start": span.start, "until": span.until})]


def _params(r: Reader, span: Span, market: str | None = None) -> dict[str, object]:
    return {
        "start": span.start, "until": span.until, "market": market,
        "as_of": NOW, "seq": r.newest_seq(),
    }  # fmt: skip


def _counted(record: Record) -> str:
    # A game's tip-off is the earliest anyone held it to be: a later correction that moves it
    # forward must not turn what was published after the start into a live forecast.
    return f"""
    WITH published AS (
      SELECT slate, seq, run_id, committed_at
      FROM forecast.publication WHERE slate BETWEEN $start AND $until),
    firsts AS (
      SELECT slate, run_id, min(committed_at) AS committed FROM published GROUP BY ALL),
    games AS (
      SELECT game_id, game_date, tipoff FROM {as_of_sql("league.game")}
      WHERE game_date BETWEEN $start AND $until),
    seen AS (
      SELECT f.slate, p.game_id, min(p.tipoff) AS tipoff
      FROM forecast.prediction p JOIN firsts f USING (run_id) GROUP BY ALL
      UNION ALL
      SELECT f.slate, x.game_id, NULL
      FROM forecast.refusal x JOIN firsts f USING (run_id) GROUP BY ALL),
    tips AS (
      SELECT s.slate, s.game_id, least(min(s.tipoff), min(g.tipoff)) AS tip
      FROM seen s LEFT JOIN games g ON g.game_id = s.game_id AND g.game_date = s.slate
      GROUP BY ALL),
    counted AS ({_COUNTED[record]}),
    grades AS (
      SELECT * FROM grading.grade WHERE slate BETWEEN $start AND $until
      QUALIFY row_number() OVER
        (PARTITION BY run_id, prediction_id ORDER BY recorded_seq DESC) = 1)"""
