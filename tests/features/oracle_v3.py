"""The v3 features again, in plain Python over fact rows: loops, no SQL, nothing shared with src
beyond the declared ranges."""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Any

from tests.features.arithmetic import ewma, mean, std
from tests.features.oracle import RISK, Facts, Oracle, Row, Value
from tipoff.lake import Reader

TEAM_STATS = {"ast": "opponent_assists_allowed_20", "reb": "opponent_rebounds_allowed_20",
              "fg3a": "opponent_threes_attempted_20"}  # fmt: skip
RATES = {"points": "pts", "rebounds": "reb", "assists": "ast", "threes_attempted": "fg3a",
         "blocks": "blk", "steals": "stl", "offensive_rebounds": "oreb"}  # fmt: skip
LEAGUE = {"points": ("pts", 0.47), "rebounds": ("reb", 0.18), "assists": ("ast", 0.105),
          "threes": ("fg3m", 0.052), "steals": ("stl", 0.031), "blocks": ("blk", 0.02)}  # fmt: skip
SAID = {"probable": -2.0, "questionable": 0.0, "doubtful": 1.8}
CONSTANTS = {
    "none": -1.451, "none_missed": 1.024, "none_lmiss": 0.923, "out_today": 4.948,
    "out_older": 2.387, "out_older_lmiss": 0.598, "act_today": -1.664, "act_today_lmiss": 0.349,
    "act_older": -0.848, "act_older_lg": 1.825, "free_m4": -2.055, "free_m4_miss": 1.759,
    "free_share": -1.677, "free_m3": 0.008, "free_last": 0.563, "free_late": -0.178,
    "free_po": 0.272, "free_po_miss": 0.188, "free_b2b_big": 0.799, "none_miss_share": 0.661,
    "free_start": -0.398, "none_miss_tr": 0.135, "none_missed_big": 0.714,
}  # fmt: skip
"""The fitted logistic of docs/features.md, written down again: taken from src it would prove
nothing about any of them."""
CODES = {"act_today": 0, "act_older": 1, "none": 2, "probable": 3, "questionable": 4,
         "doubtful": 5, "out_older": 6, "out_today": 7}  # fmt: skip


class MoreFacts(Facts):
    """With offensive rebounds on the box scores, and games numbered within team and season."""

    def _load(self, r: Reader, days: set[Any]) -> None:
        super()._load(r, days)
        oreb = r.query("SELECT game_id, player_key, oreb FROM league.player_game").rows()
        found = {(game, player): rebounds for game, player, rebounds in oreb}
        for player, rows in self.box.items():
            for row in rows:
                row["oreb"] = found[row["game_id"], player]
        self.number: dict[tuple[str, str], int] = {}
        self.calendar: dict[tuple[str, str], list[Row]] = {}
        for team, games in self.games.items():
            for season in {g["season"] for g in games}:
                ordered = sorted((g for g in games if g["season"] == season),
                                 key=lambda g: (g["tipoff"], g["game_id"]))  # fmt: skip
                self.calendar[team, season] = ordered
                for k, game in enumerate(ordered, 1):
                    self.number[game["game_id"], team] = k
        self.of_player: dict[tuple[str, datetime], list[Row]] = {}


def rate(games: list[Row], column: str) -> Value:
    """Per minute over the last 50; unknown while no game of theirs has told."""
    if all(g[column] is None for g in games):
        return None
    return float(sum(g[column] or 0 for g in games[-50:]) / sum(g["minutes"] for g in games[-50:]))


def drawn(games: list[Row], column: str, league: float) -> Value:
    """Per minute of a career that began with 300 minutes at the league's rate."""
    return float((300 * league + sum(g[column] for g in games))
                 / (300 + sum(g["minutes"] for g in games)))  # fmt: skip


def slow(games: list[Row]) -> dict[str, float]:
    """Rebounds, blocks, assists and threes attempted per minute, half-life 30 games."""
    minutes = ewma([g["minutes"] for g in games], 30) or 1
    return {c: (ewma([g[c] for g in games], 30) or 0) / minutes
            for c in ("reb", "blk", "ast", "fg3a")}  # fmt: skip


def role(rates: dict[str, float]) -> float:
    r, b, a, t = (rates[c] for c in ("reb", "blk", "ast", "fg3a"))
    return math.log((36 * r + 54 * b + 0.5) / (36 * a + 18 * t + 0.5))


class Member:
    """A roster member's state for a night of their team."""

    def __init__(self, oracle: NewOracle, player: str, team: str) -> None:
        self.o, self.player, self.team = oracle, player, team
        self.games = oracle.history(player)
        self.last = self.games[-1]
        self.minutes = [g["minutes"] for g in self.games]
        self.points = ewma([g["pts"] for g in self.games], 8) or 0.0
        self.m8, self.m4 = ewma(self.minutes, 8) or 0.0, ewma(self.minutes, 4) or 0.0
        self.starts = [float(g["starter"]) for g in self.games]
        self.start4 = round(ewma(self.starts, 4) or 0.0, 6)
        self.slow = slow(self.games)
        f = oracle.f
        assert isinstance(f, MoreFacts)
        self.here = {f.number[g["game_id"], team] for g in self.games
                     if (g["team"], g["season"]) == (team, oracle.row["season"])}  # fmt: skip
        self.seen, self.gno = oracle.behind(team), f.number[oracle.row["game_id"], team]
        self.missed = self.seen - f.number[self.last["game_id"], team]
        self.state, self.dated, self.detail = self.report()

    def played(self, last: int) -> int:
        return len([k for k in self.here if k > self.seen - last])

    @property
    def share10(self) -> float:
        return self.played(10) / min(10, self.seen - min(self.here) + 1)

    def report(self) -> tuple[str, Any, str]:
        o, last = self.o, self.last["game_date"]
        heard = bisect_right(o.f.heard, o.as_of)
        if not heard or o.f.heard[heard - 1] < o.as_of - timedelta(days=14):
            return "none", None, ""
        rows = [i for i in o.f.injuries[self.player] if i["known_at"] <= o.as_of]
        key = lambda i: (i["known_at"], i["date"], RISK[i["status"]])  # noqa: E731
        move = max((i for i in rows if i["kind"] == "transaction"), key=key, default=None)
        daily = max((i for i in rows if i["kind"] != "transaction"), key=key, default=None)
        if daily and (o.day - daily["date"]).days in (0, 1) and daily["date"] > last and (
            move is None or daily["known_at"] >= move["known_at"]
        ):  # fmt: skip
            status = daily["status"]
            if daily["raw_status"].lower() == "day-to-day":
                status = "probable"
            return self.named(status, daily["date"]), daily["date"], ""
        if move and (
            move["date"] > last or (move["date"] == last and move["status"] == "out")
        ):  # fmt: skip
            text = (move["detail"] or "").lower()
            return self.named(move["status"], move["date"]), move["date"], text
        return "none", None, ""

    def named(self, status: str, when: Any) -> str:
        kind = {"out": "out", "available": "act"}.get(status)
        if kind is None:
            return str(status)
        return f"{kind}_{'today' if when == self.o.day else 'older'}"

    @property
    def games_since(self) -> int | None:
        if self.dated is None:
            return None
        f = self.o.f
        assert isinstance(f, MoreFacts)
        games = f.calendar[self.team, self.o.row["season"]]
        return len([g for g in games[: self.seen] if g["game_date"] >= self.dated])

    def p_absent(self, mate_back: bool) -> float:
        if self.state in SAID:
            return 1 / (1 + math.exp(-SAID[self.state]))
        c, state, gone = CONSTANTS, self.state, self.missed > 0
        x = c[state]
        if state == "out_older":
            x += c["out_older_lmiss"] * math.log(1 + self.missed)
        if state == "act_today":
            x += c["act_today_lmiss"] * math.log(1 + self.missed)
        if state == "act_older":
            x += c["act_older_lg"] * math.log(1 + (self.games_since or 0))
        if not state.startswith("out"):
            x += self.free(gone)
        if state == "none" and gone:
            x += c["none_missed"] + c["none_lmiss"] * math.log(1 + self.missed)
            x += c["none_miss_share"] * self.share10 + c["none_miss_tr"] * mate_back
            x += c["none_missed_big"] * (mean(self.starts[-5:]) or 0)
        return 1 / (1 + math.exp(-x))

    def free(self, gone: bool) -> float:
        c, o = CONSTANTS, self.o
        size = math.log(max(self.m4, 1) / 20)
        playoff = o.row["game_type"] in ("playin", "playoffs")
        m3 = mean(self.minutes[-3:]) or 0
        x = c["free_m4"] * size + c["free_share"] * self.share10
        x += c["free_m4_miss"] * size * gone
        x += c["free_m3"] * math.log(max(m3, 1) / max(self.m4, 1))
        x += c["free_last"] * (self.minutes[-1] < 0.6 * self.m8) + c["free_late"] * (self.gno > 72)
        x += c["free_po"] * playoff + c["free_po_miss"] * playoff * gone
        x += c["free_b2b_big"] * (o.played_yesterday(self.team) and self.m8 >= 28)
        return float(x + c["free_start"] * (mean(self.starts[-5:]) or 0))

    @property
    def usual(self) -> float:
        return min(1.0, self.played(10) / min(10, max(1, self.seen)))


class NewOracle(Oracle):
    """The v3 features of one player-game as of a moment."""

    f: MoreFacts

    def seen(self, team: str) -> int:
        games = self.f.calendar[team, self.row["season"]]
        known = [k for k, g in enumerate(games, 1)
                 if g["result_known_at"] and g["result_known_at"] <= self.as_of]  # fmt: skip
        return max(known, default=0)

    def played_yesterday(self, team: str) -> bool:
        k = self.f.number[self.row["game_id"], team]
        games = self.f.calendar[team, self.row["season"]]
        return k > 1 and (self.day - games[k - 2]["game_date"]).days == 1

    def history(self, player: str) -> list[Row]:
        key = (player, self.as_of)
        if key not in self.f.of_player:
            self.f.of_player[key] = super().history(player)
        return self.f.of_player[key]

    def of_team(self, team: str) -> dict[str, Row]:
        """Player -> their newest game, of those for whom it was with the team this season."""
        season = self.row["season"]
        newest = {p: past[-1] for p in sorted(self.f.rosters[team, season])
                  if (past := self.history(p))}  # fmt: skip
        return {p: g for p, g in newest.items() if (g["team"], g["season"]) == (team, season)}

    def behind(self, team: str) -> int:
        """The newest game of the team that a result or a member's box score tells of."""
        numbers = [self.f.number[g["game_id"], team] for g in self.of_team(team).values()]
        return max([self.seen(team), *numbers])

    def roster(self, team: str) -> list[Member]:
        return [Member(self, player, team) for player in self.of_team(team)]

    def values(self) -> dict[str, Value]:
        """Every feature of v3, v4 and plays_1 by name; out of range as None."""
        found = self.form_values() | self.opponent_values()
        found["team_game_number"] = self.f.number[self.row["game_id"], self.row["team"]]
        own, foes = self.chances(self.row["team"]), self.chances(self.row["opponent"])
        found |= self.own_values(own) | self.sums(own)
        there = [(m, q) for m, q in foes if m.missed < 10]
        found["opp_xout_points"] = (
            sum((q - 1 + m.usual) * m.points for m, q in there) if there else None
        )
        self.limit(found)
        return found

    def chances(self, team: str) -> list[tuple[Member, float]]:
        members = self.roster(team)
        back = any(m.state == "act_today" and m.missed < 10 for m in members)
        return [(m, m.p_absent(back)) for m in members]

    def form_values(self) -> dict[str, Value]:
        games = self.past
        if not games:
            return {}
        minutes = [g["minutes"] for g in games]
        starts = [float(g["starter"]) for g in games]
        pts = [g["pts"] for g in games]
        returned = [0] + [k for k in range(1, len(games)) if self.gap(games[k - 1], games[k]) >= 3]
        five = minutes[-5:]
        return {
            "fga_ewma_hl8": ewma([g["fga"] for g in games], 8),
            "fg3a_ewma_hl8": ewma([g["fg3a"] for g in games], 8),
            "minutes_last": minutes[-1], "started_last": starts[-1],
            "start_rate_5": mean(starts[-5:]), "start_rate_10": mean(starts[-10:]),
            "start_ewma_hl4": ewma(starts, 4), "minutes_avg_last_3": mean(minutes[-3:]),
            "minutes_avg_last_20": mean(minutes[-20:]), "minutes_std_10": std(minutes[-10:]),
            "minutes_min_5": min(five), "minutes_max_5": max(five),
            "points_avg_last_20": mean(pts[-20:]), "points_avg_career": mean(pts),
            "minutes_avg_career": mean(minutes), "games_career": len(games),
            "games_since_return": min(30, len(games) - returned[-1]),
            "role_size": role(slow(games)),
            "minutes_last_to_ewma": minutes[-1] / (ewma(minutes, 8) or 1),
            "days_since_game": min(60, (self.day - games[-1]["game_date"]).days),
            **{f"{name}_per_minute_50": rate(games, c) for name, c in RATES.items()},
            **{f"{name}_per_minute_career": drawn(games, *prior) for name, prior in LEAGUE.items()},
        }  # fmt: skip

    def gap(self, before: Row, after: Row) -> int:
        """Team games missed between two games, within team and season."""
        if (before["team"], before["season"]) != (after["team"], after["season"]):
            return 0
        number = self.f.number
        return (number[after["game_id"], after["team"]]
                - number[before["game_id"], before["team"]] - 1)  # fmt: skip

    def opponent_values(self) -> dict[str, Value]:
        games = self.team_games(self.row["opponent"])[-20:]
        others = [self.f.by_side[g["game_id"], g["opponent"]] for g in games]
        found = {name: mean([o[c] for o in others]) for c, name in TEAM_STATS.items()}
        shares = [o["fgm"] / o["fga"] for o in others if o["fga"]]
        found["opponent_fg_pct_allowed_20"] = mean(shares)
        found["opponent_turnovers_20"] = mean([g["tov"] for g in games])
        return found

    def own_values(self, own: list[tuple[Member, float]]) -> dict[str, Value]:
        mine = next(((m, q) for m, q in own if m.player == self.row["player_key"]), None)
        if mine is None:
            return {}
        m, q = mine
        counted = [x for x, _ in own if x.missed < 10]
        return {
            "p_absent": q, "absence_state": CODES[m.state], "own_missed": m.missed,
            "games_since_report": m.games_since, "games_of_last_5": m.played(5),
            "games_of_last_10": m.played(10), "games_of_last_20": m.played(20),
            "share_of_last_10": m.share10,
            "roster_place": 1 + sum(x.m8 > m.m8 + 1e-9 for x in counted) if m.missed < 10 else None,
            "roster_minutes": sum(x.m8 for x in counted) if counted else None,
            "roster_moves_today": sum(x.state in ("act_today", "out_today") for x, _ in own),
            "mate_back_today": any(x.state == "act_today" for x in counted),
            "report_day_to_day": "(dtd)" in m.detail, "report_indefinite": "indefinite" in m.detail,
            "report_for_season": "season" in m.detail,
        }  # fmt: skip

    def sums(self, own: list[tuple[Member, float]]) -> dict[str, Value]:
        mates = [(m, q) for m, q in own if m.player != self.row["player_key"] and m.missed < 10]
        if not mates:
            return {}
        size = role(slow(self.past)) if self.past else 0.0
        alike = {m.player: math.exp(-0.5 * ((role(m.slow) - size) / 0.5) ** 2) for m, _ in mates}
        active = sum((1 - q) * m.m8 for m, q in mates)
        beyond = [(m, q - 1 + m.usual) for m, q in mates]
        found: dict[str, Value] = {
            "act_points": sum((1 - q) * m.points for m, q in mates), "act_minutes": active,
            "act_players": sum(1 - q for _, q in mates),
            "top_reb": max((1 - q) * (ewma([g["reb"] for g in m.games], 8) or 0) for m, q in mates),
            "xout_minutes": sum(x * m.m8 for m, x in beyond),
            "xout_points": sum(x * m.points for m, x in beyond),
            "xout_starters": sum(x * m.start4 for m, x in beyond),
            "sim_xout_minutes": sum(x * m.m8 * alike[m.player] for m, x in beyond),
            "sim_xout_starters": sum(x * m.start4 * alike[m.player] for m, x in beyond),
            "sim_act_minutes": sum((1 - q) * m.m8 * alike[m.player] for m, q in mates),
            "out_star_points": max(q * m.points for m, q in mates),
        }  # fmt: skip
        return found | (self.ranks(mates, active) if self.past else {})

    def ranks(self, mates: list[tuple[Member, float]], active: float) -> dict[str, Value]:
        minutes = [g["minutes"] for g in self.past]
        m8, m4 = ewma(minutes, 8) or 0.0, ewma(minutes, 4) or 0.0
        starts = round(ewma([float(g["starter"]) for g in self.past], 4) or 0.0, 6)
        points, own = ewma([g["pts"] for g in self.past], 8) or 0.0, slow(self.past)

        def above(value: float, of: Any) -> float:
            return float(sum((1 - q) * (of(m) > value + 1e-10) for m, q in mates))

        return {
            "rank_points": above(points, lambda m: m.points),
            "rank_minutes": above(m8, lambda m: m.m8),
            "rank_start": above(starts, lambda m: m.start4),
            "rank_assists": above(own["ast"], lambda m: m.slow["ast"]),
            "rank_rebounds": above(own["reb"], lambda m: m.slow["reb"]),
            "minutes_240": m8 * 240 / (m8 + active),
            "minutes4_240": m4 * 240 / (m8 + active),
        }
