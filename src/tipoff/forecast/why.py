"""Why is there no prediction for this player (or what there is): the chain, step by step."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff.clock import iso
from tipoff.errors import NotFound
from tipoff.forecast.player_facts import Form, Moment, form_of, games_of, lines_of
from tipoff.forecast.publish import Publication, current_publication
from tipoff.forecast.slate import find_slate
from tipoff.league.players import Player, find_player
from tipoff.results.why import Why
from tipoff.settings import Settings, settings

if TYPE_CHECKING:
    from tipoff.lake import Reader

Row = dict[str, Any]

_ENDS = """
  SELECT u.seq, p.market, p.model, p.role, p.prediction_id, p.game_id, p.team, p.median, p.line,
         p.books, p.p_over, p.edge, p.recommendation, p.quality, p.tier
  FROM forecast.prediction p JOIN forecast.publication u USING (run_id)
  WHERE u.slate = $day AND p.player_key = $player ORDER BY u.seq, p.market, p.model"""

_REFUSED = """
  SELECT reason, any_value(team) AS team, min(detail) AS detail,
         list_sort(list(DISTINCT market)) AS markets, list_sort(list(DISTINCT model)) AS models,
         count(*) AS forecasts
  FROM forecast.refusal WHERE run_id = $run AND player_key = $player
  GROUP BY reason, detail ORDER BY forecasts DESC, reason"""

_PUBLISHED = """
  SELECT seq, kind, reason, committed_at FROM forecast.publication
  WHERE slate = $day ORDER BY seq"""


def why(r: Reader, name: str, day: date, now: datetime) -> Why:
    """What became of a player on a date, and by which facts.

    Predictions and refusals are of the published set; `withdrawn`: published once, and why not now.
    Raises UsageError as `find_player`.
    """
    who = find_player(r, name, day)
    current = current_publication(r, day)
    moment = _moment(r, day, current, now)
    games = games_of(r, moment)
    form = form_of(r, who.key, moment)
    ends = r.query(_ENDS, {"day": day, "player": who.key}).to_dicts()
    run = {"run": current.run_id if current else "", "player": who.key}
    refusals = r.query(_REFUSED, run).to_dicts()
    predictions = [row for row in ends if current and row["seq"] == current.seq]
    team = next((row["team"] for row in (*predictions, *refusals) if row["team"]), form.team)
    game = _game_of(games, team, predictions)
    lines = lines_of(r, who.key, moment, game, who.known)
    steps = [
        _name(who), _games(day, games, moment), _team(form, team, game),
        _rotation(form, moment.settings), _line(lines), _published(day, current),
    ]  # fmt: skip
    withdrawn = _withdrawn(r, day, ends, current)
    steps.append(_end(predictions, refusals, withdrawn, steps))
    return Why.model_validate({
        "player": who.name, "player_key": who.key, "date": day, "as_of": moment.as_of,
        "answer": steps[-1]["text"], "steps": steps,
        "predictions": [{k: v for k, v in row.items() if k != "seq"} for row in predictions],
        "refusals": refusals, "withdrawn": withdrawn, "lines": lines,
    })  # fmt: skip


def _moment(r: Reader, day: date, current: Publication | None, now: datetime) -> Moment:
    """The moment of the published run; without one that of a run made now."""
    if current is None:
        try:
            slate = find_slate(r, day, now=now)
        except NotFound:
            return Moment(day, now, r.newest_seq(), settings())
        return Moment(day, slate.as_of, slate.seq, settings())
    sql = "SELECT as_of, facts_seq, settings FROM forecast.run WHERE run_id = $run"
    as_of, seq, text = r.rows(sql, {"run": current.run_id})[0]
    return Moment(day, as_of, seq, Settings.model_validate_json(text))


def _game_of(games: list[Row], team: str | None, predictions: list[Row]) -> Row | None:
    chosen = {row["game_id"] for row in predictions}
    return next(
        (g for g in games if g["game_id"] in chosen or team in (g["home"], g["away"])), None
    )


def _step(step: str, ok: bool, text: str, **figures: Any) -> Row:
    return {"step": step, "ok": ok, "text": text, **figures}


def _name(who: Player) -> Row:
    text = f"{who.name} is known as {who.key}"
    return _step("name", who.known, text if who.known else
                 f"only lines name {who.name}: no player has this name")  # fmt: skip


def _games(day: date, games: list[Row], moment: Moment) -> Row:
    text = f"{len(games)} games on {day} as known at {iso(moment.as_of)}"
    return _step("games", bool(games), text, games=len(games))


def _team(form: Form, team: str | None, game: Row | None) -> Row:
    if team is None:
        return _step("team", False, "no box score of his says for whom he plays")
    last = f"last box score {form.last_played} for {form.team}" if form.team else "no box score"
    if game is None:
        return _step("team", False, f"{last}; {team} has no game that date", team=team)
    text = f"{last}; {game['away']} at {game['home']}, {iso(game['tipoff'])}"
    return _step("team", True, text, team=team, game_id=game["game_id"])


def _rotation(form: Form, settings: Settings) -> Row:
    minutes = "none" if form.minutes is None else f"{form.minutes:.1f}"
    text = (
        f"played {form.games} of {form.team or 'his team'}'s last {form.of} games, mean minutes"
        f" of his last five {minutes} (at least {settings.rotation_minutes:g} makes him expected)"
    )
    return _step("rotation", form.in_rotation(settings), text, games=form.games, of=form.of,
                 minutes=form.minutes, least=settings.rotation_minutes)  # fmt: skip


def _line(lines: list[Row]) -> Row:
    used = [row for row in lines if row["status"] == "used"]
    markets = sorted({row["market"] for row in used})
    which = f" in {', '.join(markets)}" if markets else ""
    text = f"{len(used)} of {len(lines)} line rows of the date used{which}"
    return _step("line", bool(used), text, used=len(used), rows=len(lines), markets=markets)


def _published(day: date, current: Publication | None) -> Row:
    if current is None:
        return _step("published", False, f"the slate was never run: tipoff run {day}")
    cause = f"{current.kind}: {current.reason}"
    text = f"publication #{current.seq} of {iso(current.committed_at)} ({cause})"
    return _step("published", True, text, run_id=current.run_id)


def _withdrawn(r: Reader, day: date, ends: list[Row], current: Publication | None) -> list[Row]:
    """Pairs of market and model shown in an earlier set and not in this one, and why they left."""
    last = {(row["market"], row["model"]): row["seq"] for row in ends}
    published = {row[0]: row for row in r.rows(_PUBLISHED, {"day": day})}
    gone: dict[int, list[tuple[str, str]]] = {}
    for pair, seq in last.items():
        if current and seq < current.seq:
            gone.setdefault(seq, []).append(pair)
    left = []
    for seq, pairs in sorted(gone.items()):
        _, kind, reason, at = published[seq + 1]
        left.append({"last_seq": seq, "left_seq": seq + 1, "kind": kind, "reason": reason,
                     "at": at, "pairs": sorted(map(list, pairs))})  # fmt: skip
    return left


def _end(
    predictions: list[Row], refusals: list[Row], withdrawn: list[Row], steps: list[Row]
) -> Row:
    by_name = {step["step"]: step for step in steps}
    refused = sum(row["forecasts"] for row in refusals)
    if predictions:
        also = f", {refused} forecasts refused" if refused else ""
        return _step("end", True, f"{len(predictions)} predictions are published{also}")
    if refusals:
        first = refusals[0]
        detail = f" ({first['detail']})" if first["detail"] else ""
        return _step("end", False, f"all {refused} forecasts refused: {first['reason']}{detail}")
    if withdrawn:
        left = withdrawn[-1]
        text = f"shown until #{left['last_seq']}, left with #{left['left_seq']}: {left['reason']}"
        return _step("end", False, text)
    expected = by_name["name"]["ok"] and (by_name["rotation"]["ok"] or by_name["line"]["ok"])
    for step in ("name", "games", "team"):
        if not by_name[step]["ok"]:
            return _step("end", False, f"not expected: {by_name[step]['text']}")
    if not by_name["published"]["ok"]:
        would = "he would be expected" if expected else "he would not be expected"
        return _step("end", False, f"{by_name['published']['text']}; {would}")
    text = "neither in the rotation nor with a line known before tip-off"
    return _step("end", False, f"not expected: {text}; {by_name['rotation']['text']}")
