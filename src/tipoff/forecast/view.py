"""The published slate as others read it: the current set, or the one of an earlier moment."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from tipoff.clock import iso
from tipoff.errors import NotFound
from tipoff.forecast.builds import other_code, read_build
from tipoff.forecast.overtaken import overtaken
from tipoff.forecast.publish import Publication, current_publication
from tipoff.gates import gate
from tipoff.markets import MARKETS, Markets, checked_market, checked_markets
from tipoff.results.slate import (
    MarketWithoutChampion,
    PublicationInfo,
    RefusedPlayer,
    Slate,
    SupersededBy,
)

if TYPE_CHECKING:
    from tipoff.lake import Reader

FIELDS = (
    "prediction_id", "game_id", "player_id", "player_key", "player", "team", "opponent",
    "market", "model", "mean", "median", "p10", "p90", "line", "books", "p_over",
    "fair_over", "fair_under", "edge", "ev", "recommendation", "quality", "tier",
    "role", "model_id", "tipoff", "p_push", "market_over", "over_price", "under_price",
)  # fmt: skip
"""Columns of a prediction in a slate; results/slate.py says what each is."""

_PUBLICATIONS = """
  SELECT publication_id, slate, seq, parent, run_id, kind, reason, committed_at
  FROM forecast.publication WHERE slate = $day ORDER BY seq"""

_REFUSED = """
  SELECT reason, count(*) AS n FROM forecast.refusal
  WHERE run_id = $run AND market = $market AND model = $model
  GROUP BY reason ORDER BY n DESC, reason"""


def slate_view(
    r: Reader, day: date, *, market: Markets = None, model: str | None = None,
    role: str | None = None, pmf: bool = False,
) -> Slate:  # fmt: skip
    """The currently published set of a slate; filters narrow `predictions`, never the counts.

    Raises NotFound when nothing is published for the date, UsageError for an unknown market or
    model.
    """
    publication = find_publication(r, day)
    return view_of(r, publication, market=market, model=model, role=role, pmf=pmf)


def find_publication(r: Reader, day: date) -> Publication:
    """The slate's current publication. Raises NotFound when nothing is published for the date."""
    publication = current_publication(r, day)
    if publication is None:
        newest = r.value("SELECT max(slate) FROM forecast.publication")
        seen = f" (the newest that is: {newest})" if newest else ""
        raise NotFound(f"no slate is published for {day}{seen}", f"tipoff run {day}")
    return publication


def slate_at(
    r: Reader, day: date, moment: datetime, *, market: Markets = None,
    model: str | None = None, role: str | None = None, pmf: bool = False,
) -> Slate:  # fmt: skip
    """The set a reader saw at `moment`, in the form of `slate_view`, with `at` and `superseded`.

    Raises NotFound when nothing was published by then.
    """
    published = [Publication(*row) for row in r.rows(_PUBLICATIONS, {"day": day})]
    seen = [p for p in published if p.committed_at <= moment]
    if not seen:
        first = (
            f"the first set came at {iso(published[0].committed_at)}"
            if published
            else ("nothing has been published since either")
        )
        step = f"tipoff runs {day}" if published else f"tipoff run {day}"
        raise NotFound(f"nothing was published for {day} at {iso(moment)}; {first}", step)
    current, later = seen[-1], published[len(seen) :]
    view = view_of(r, current, market=market, model=model, role=role, pmf=pmf, at=moment)
    after = later[0] if later else None
    superseded = after and SupersededBy(
        publication_id=after.publication_id, committed_at=after.committed_at, reason=after.reason
    )
    # A copy is not validated, and answers hold moments in UTC.
    return view.model_copy(update={"at": moment.astimezone(UTC), "superseded": superseded})


def player_view(r: Reader, name: str, day: date) -> Slate:
    """What is published on a player for a date, with their refusals, in the form of `slate_view`.

    Raises UsageError for a name as `find_player`, NotFound when the player was not expected.
    """
    from tipoff.league.players import find_player
    from tipoff.sources.names import player_key

    player = find_player(r, name, day)
    view = slate_view(r, day)
    predictions = tuple(p for p in view.predictions if p.player_key == player.key)
    refusals = tuple(
        row for row in refused_players(r, view.run_id)
        if (row.player_key or player_key(row.player)) == player.key
    )  # fmt: skip
    if not (predictions or refusals):
        raise NotFound(
            f"{player.name} was not expected on {day}", f"tipoff why {player.name!r} {day}"
        )
    return view.model_copy(update={"predictions": predictions, "refusals": refusals})


def is_prediction_id(text: str) -> bool:
    """Whether a word is a prediction's id, or its beginning, and not a player's name."""
    return text.startswith("pred_")


def player_prediction(r: Reader, name: str, day: date, market: str, model: str | None) -> str:
    """The id of a model's published prediction of a player's market on a date; of the champion's
    where no model is named.

    Raises UsageError for a market or model, or for a name as `find_player`, NotFound when there is
    none.
    """
    from tipoff.league.players import find_player

    chosen, player = checked_market(market), find_player(r, name, day)
    if model is not None:
        from tipoff.models import checked_model

        checked_model(r, model)
    sql = """SELECT market, prediction_id FROM forecast.prediction
             WHERE run_id = $run AND player_key = $player
               AND CASE WHEN $model IS NULL THEN role = 'champion' ELSE model = $model END
             ORDER BY market"""
    run = find_publication(r, day).run_id
    theirs = dict(r.rows(sql, {"run": run, "player": player.key, "model": model}))
    if chosen not in theirs:
        who = f"{model} does not predict" if model else "no champion predicts"
        raise NotFound(
            f"{who} {chosen} of {player.name} on {day} ({', '.join(theirs) or 'no market'})",
            f"tipoff why {player.name!r} {day}",
        )
    return str(theirs[chosen])


def view_of(
    r: Reader, publication: Publication, *, market: Markets = None, model: str | None = None,
    role: str | None = None, pmf: bool = False, at: datetime | None = None,
) -> Slate:  # fmt: skip
    """The set one publication points to, in the form of `slate_view`; `at`: as seen then."""
    head = _run(r, publication.run_id)
    markets = checked_markets(market)
    if model is not None:
        # Only who asks for a model pays for the import of what knows them.
        from tipoff.models import checked_model

        checked_model(r, model)
    asked = {"market": list(markets) if markets else None, "model": model, "role": role}
    chosen = {k: v for k, v in asked.items() if v is not None}
    clauses = {"market": "list_contains($market, market)"}
    narrowed = "".join(f" AND {clauses.get(k, f'{k} = ${k}')}" for k in chosen)
    params = {"run": publication.run_id, **chosen}
    rows = r.query(
        f"SELECT {', '.join((*FIELDS, *('pmf',) * pmf))} FROM forecast.prediction"
        f" WHERE run_id = $run{narrowed}"
        " ORDER BY tipoff, game_id, team, player_key, market, role, model",
        params,
    )
    return Slate.model_validate({
        **head,
        "backfill": publication.committed_at >= head["first_tipoff"],
        "publication_id": publication.publication_id,
        "publication": move_of(publication),
        **stale_marks(r, publication, at),
        "refused": refusal_counts(r, publication.run_id),
        "predictions": rows.to_dicts(),
    })  # fmt: skip


def move_of(publication: Publication) -> PublicationInfo:
    """The pointer move, as results say it."""
    names = ("seq", "kind", "reason", "parent")
    return PublicationInfo.model_validate({name: getattr(publication, name) for name in names})


def stale_marks(r: Reader, publication: Publication, at: datetime | None = None) -> dict[str, Any]:
    """`stale` and `stale_because` of a result; `at`: models withdrawn later are no news."""
    causes = [{**asdict(c), "text": c.text} for c in overtaken(r, publication, gone_by=at)]
    return {"stale": bool(causes), "stale_because": causes}


@gate(
    "late set", protects="what is shown as made before tip-off",
    on_error="nothing is shown", on_null="an unknown moment is not before tip-off: backfill",
)  # fmt: skip
def publication_is_backfill(r: Reader, publication: Publication) -> bool:
    """Whether the pointer moved at or after the slate's first tip-off."""
    sql = """
      SELECT p.committed_at >= r.first_tipoff FROM forecast.publication p
      JOIN forecast.run r USING (run_id) WHERE publication_id = $publication"""
    return r.value(sql, {"publication": publication.publication_id}) is not False


def refusal_counts(r: Reader, run_id: str) -> dict[str, int]:
    """Refused triples of a run by reason, most frequent first."""
    sql = """SELECT reason, count(*) AS n FROM forecast.refusal WHERE run_id = $run
             GROUP BY reason ORDER BY n DESC, reason"""
    return {reason: int(n) for reason, n in r.rows(sql, {"run": run_id})}


def refused_players(r: Reader, run_id: str) -> tuple[RefusedPlayer, ...]:
    """Refused players of a run with their reasons; one row per player, reason and model."""
    sql = """
      SELECT player, player_key, team, game_id, reason, any_value(detail) AS detail,
             list_sort(list(DISTINCT market)) AS markets, list_sort(list(DISTINCT model)) AS models
      FROM forecast.refusal WHERE run_id = $run
      GROUP BY player, player_key, team, game_id, reason ORDER BY reason, team, player_key"""
    rows = r.query(sql, {"run": run_id}).iter_rows(named=True)
    return tuple(RefusedPlayer.model_validate(row) for row in rows)


def markets_without_champion(
    r: Reader, run_id: str, market: Markets = None
) -> tuple[MarketWithoutChampion, ...]:
    """Markets (of these, or of all) in which a run's champion predicts nobody, and why; no other
    model takes its place."""
    asked = checked_markets(market) or tuple(MARKETS)
    run = {"run": run_id}
    assigned = json.loads(r.value("SELECT models FROM forecast.run WHERE run_id = $run", run))
    sql = """SELECT DISTINCT market FROM forecast.prediction
             WHERE run_id = $run AND role = 'champion'"""
    led = {name for (name,) in r.rows(sql, run)}
    return tuple(
        _without_champion(r, run_id, name, model_id)
        for model_id, name, role in assigned
        if role == "champion" and name not in led and name in asked
    )


def _without_champion(r: Reader, run_id: str, market: str, model_id: str) -> MarketWithoutChampion:
    named = "SELECT model FROM models.version WHERE model_id = $model_id"
    model = str(r.value(named, {"model_id": model_id}))
    params = {"run": run_id, "market": market, "model": model}
    reasons = {reason: int(n) for reason, n in r.rows(_REFUSED, params)}
    return MarketWithoutChampion(market=market, model=model, reasons=reasons)


def _run(r: Reader, run_id: str) -> dict[str, Any]:
    sql = """
      SELECT slate AS date, as_of, simulated, run_id, snapshot_id, mode, games, expected,
             predicted, code_version, build_id, committed_at, first_tipoff
      FROM forecast.run WHERE run_id = $run"""
    row = next(r.query(sql, {"run": run_id}).iter_rows(named=True))
    other = other_code(read_build(r, row["build_id"]), row["code_version"])
    return row | {"other_build": other}
