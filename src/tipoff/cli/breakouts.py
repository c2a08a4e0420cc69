"""tipoff breakouts DATE: the shadow classifier on the snapshot of a published slate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, console, emit, open_lake

if TYPE_CHECKING:
    import datetime

    from tipoff.lake import Lake


def breakouts(ctx: typer.Context, date: Date = TODAY, as_json: JsonFlag = False) -> None:
    """Show the chance that a role player scores 1.75 times his season mean. A shadow.

    It reads the snapshot of the published slate after the fact: whatever it does, the slate
    stays. Exit codes: 0 shown, 1 no slate or no classifier trained before the date, 2 usage.
    """
    from tipoff import clock

    day = clock.parse_date(date)
    with open_lake(ctx) as lake:
        found = _chances(lake, day)
    emit(found, as_json, lambda: _show(found))


def _chances(lake: Lake, day: datetime.date) -> dict[str, Any]:
    from tipoff.errors import NotFound
    from tipoff.features import load_snapshot
    from tipoff.forecast import find_publication
    from tipoff.models import load
    from tipoff.models.families.breakout import FACTOR

    newest = """SELECT model_id, trained_through FROM models.version WHERE model = 'breakout'
                AND trained_through < $day ORDER BY trained_through DESC, recorded_seq DESC"""
    with lake.reading() as r:
        publication = find_publication(r, day)
        sql = "SELECT snapshot_id FROM forecast.run WHERE run_id = $run"
        snapshot = load_snapshot(r, r.value(sql, {"run": publication.run_id}))
        versions = r.rows(newest, {"day": day})
        simulated = r.simulated()
        names = dict(r.rows("SELECT player_key, player_name FROM league.player"))
    if not versions:
        raise NotFound(
            f"no breakout classifier was trained on games before {day}",
            "tipoff train breakout --through DATE",
        )
    model_id, through = versions[0]
    model = load(lake, model_id, snapshot.definitions)
    answer = model.predict(snapshot.frame, "breakout")
    rows = snapshot.frame.select(
        "player_key", "team", "opponent", "points_avg_season", "breakout_risk_score"
    ).to_dicts()
    players = [
        row | {"player": names.get(row["player_key"], row["player_key"]),
               "p_breakout": float(p), "points_needed": FACTOR * row["points_avg_season"]}
        for row, p, ok in zip(rows, answer.pmf.p[:, 1], answer.ok, strict=True)
        if ok
    ]  # fmt: skip
    return {
        "date": day.isoformat(), "simulated": simulated, "role": "shadow", "model_id": model_id,
        "trained_through": through.isoformat(), "snapshot_id": snapshot.snapshot_id,
        "players": sorted(players, key=lambda row: (-row["p_breakout"], row["player_key"])),
    }  # fmt: skip


def _show(found: dict[str, Any]) -> None:
    out = console()
    label = "  SIMULATED" if found["simulated"] else ""
    out.headline(found["date"], f"{label}  SHADOW: part of no pick and no slate")
    out.print(f"{'player':<28}{'game':<9}{'season':>7}{'needs':>7}{'P(breakout)':>13}{'score':>7}")
    for row in found["players"]:
        score = "-" if row["breakout_risk_score"] is None else f"{row['breakout_risk_score']:.0f}"
        out.print(
            f"{row['player'][:27]:<28}{row['team'] + '-' + row['opponent']:<9}"
            f"{row['points_avg_season']:>7.1f}{row['points_needed']:>7.1f}"
            f"{row['p_breakout']:>13.3f}{score:>7}",
            highlight=False,
        )
    out.print(
        f"{len(found['players'])} role players (8 to 16 points a game) by {found['model_id']},"
        f" trained through {found['trained_through']}\nnext: tipoff player NAME"
        f" {found['date']}",
        highlight=False,
    )
