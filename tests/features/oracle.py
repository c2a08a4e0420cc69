"""Every feature again, in plain Python over fact rows: loops, no SQL windows, nothing shared with
src beyond the declared ranges. Slow and obvious on purpose."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from tests.features.arithmetic import balance, ewma, mean, rating, share, slope, std, step
from tipoff.features import catalogue
from tipoff.lake import Reader

Row = dict[str, Any]
Value = float | None
STATS = {
    "points": ("pts",), "rebounds": ("reb",), "assists": ("ast",), "threes": ("fg3m",),
    "steals": ("stl",), "blocks": ("blk",), "pra": ("pts", "reb", "ast"), "pr": ("pts", "reb"),
    "pa": ("pts", "ast"), "ra": ("reb", "ast"),
}  # fmt: skip
BOX = """game_id, player_key, game_date, season, team, opponent, starter, minutes, pts, reb, ast,
  fg3m, stl, blk, fga, fg3a, ftm, usg_pct, tipoff, known_at"""
RISK = {"available": 0, "probable": 1, "questionable": 2, "doubtful": 3, "out": 3}


class Facts:
    """Fact rows of a lake as dictionaries, indexed; lines only of the dates asked for."""

    def __init__(self, r: Reader, days: set[date]) -> None:
        self.box: dict[str, list[Row]] = defaultdict(list)
        self.box_of_game: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.team: dict[str, list[Row]] = defaultdict(list)
        self.rosters: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.by_side: dict[tuple[str, str], Row] = {}
        self.games: dict[str, list[Row]] = defaultdict(list)
        self.injuries: dict[str, list[Row]] = defaultdict(list)
        self.lines: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        self._load(r, days)
        self.heard = sorted(row["known_at"] for rows in self.injuries.values() for row in rows)

    def _load(self, r: Reader, days: set[date]) -> None:
        for row in r.query(f"SELECT {BOX} FROM league.player_game WHERE minutes > 0").to_dicts():
            row["minutes"] = float(row["minutes"])
            self.box[row["player_key"]].append(row)
            self.rosters[row["team"], row["season"]].add(row["player_key"])
            self.box_of_game[row["game_id"], row["team"]].append(row)
        for row in r.query(
            "SELECT * EXCLUDE (fact_id) FROM league.team_game WHERE game_date > '2021-01-01'"
        ).to_dicts():
            self.team[row["team"]].append(row)
            self.by_side[row["game_id"], row["team"]] = row
        for row in r.query("SELECT * FROM league.game WHERE nba_game_id IS NOT NULL").to_dicts():
            for side in (row["home"], row["away"]):
                self.games[side].append(row)
        for row in r.query("SELECT * FROM league.injury").to_dicts():
            self.injuries[row["player_key"] or ""].append(row)
        sql = "SELECT * FROM league.prop_line WHERE list_contains($days, game_date)"
        for row in r.query(sql, {"days": sorted(days)}).to_dicts():
            self.lines[row["game_id"], row["player_key"], row["market"]].append(row)


def order(row: Row) -> tuple[Any, ...]:
    return row["known_at"], row["tipoff"], row["game_id"]


def quoted(rows: list[Row], which: Callable[..., datetime]) -> Row:
    """A book's newest (max) or earliest (min) line; of several at once the most balanced."""
    moment = which(x["known_at"] for x in rows)
    rows = [x for x in rows if x["known_at"] == moment]
    return min(rows, key=lambda x: (balance(x), x["line"], x["fact_id"]))


def implied(price: float) -> float:
    """1 / decimal odds of an American price."""
    return 100 / (100 + price) if price > 0 else -price / (100 - price)


class Oracle:
    """The features of one player-game as of a moment."""

    def __init__(self, facts: Facts, row: Row, as_of: datetime) -> None:
        self.f, self.row, self.as_of, self.day = facts, row, as_of, row["game_date"]
        self.past = self.history(row["player_key"])
        self.season = [g for g in self.past if g["season"] == row["season"]]
        if self.past and self.past[-1]["season"] != row["season"]:
            self.season = []

    def history(self, player: str) -> list[Row]:
        return sorted((g for g in self.f.box[player] if g["known_at"] <= self.as_of), key=order)

    def team_games(self, team: str) -> list[Row]:
        return sorted((g for g in self.f.team[team] if g["known_at"] <= self.as_of), key=order)

    def values(self) -> dict[str, Value]:
        """Every feature by name, out of range as None."""
        found: dict[str, Value] = {}
        for part in (self.markets, self.form, self.load, self.sides, self.lines, self.versus):
            found |= part()
        found |= self.availability()
        self.limit(found)
        found |= self.second(found)
        self.limit(found)
        found |= self.breakout(found)
        self.limit(found)
        return found

    def limit(self, found: dict[str, Value]) -> None:
        for name, value in found.items():
            declared = catalogue().get(name)
            if (
                declared
                and value is not None
                and not declared.low <= round(value, 6) <= declared.high
            ):
                found[name] = None

    def markets(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for market, columns in STATS.items():
            xs = [sum(g[c] for c in columns) for g in self.past]
            found[f"{market}_avg_season"] = mean([sum(g[c] for c in columns) for g in self.season])
            found[f"{market}_avg_last_5"] = mean(xs[-5:])
            found[f"{market}_avg_last_10"] = mean(xs[-10:])
            found[f"{market}_std_last_20"] = std(xs[-20:])
            found[f"{market}_ewma_hl8"] = ewma(xs, 8)
        return found

    def form(self) -> dict[str, Value]:
        pts = [g["pts"] for g in self.past]
        ten = self.past[-10:]
        minutes = [g["minutes"] for g in self.past]
        trend = sum(pts[-2:]) / 2 - sum(pts[-5:-2]) / 3 if len(pts) >= 5 else None
        whole = mean([g["minutes"] for g in self.season])
        change = None if not whole else round((mean(minutes[-10:]) or 0) / whole - 1, 9)
        return {
            "points_std_last_10": std(pts[-10:]),
            "minutes_ewma_hl4": ewma(minutes, 4), "minutes_ewma_hl8": ewma(minutes, 8),
            "minutes_avg_last_10": mean(minutes[-10:]),
            "ppm_avg_last_10": share([g["pts"] for g in ten], [g["minutes"] for g in ten]),
            "pct_three": share([g["fg3a"] for g in ten], [g["fga"] for g in ten]),
            "pct_free_throw": share([g["ftm"] for g in ten], [g["pts"] for g in ten])
            if len(pts) >= 5 else None,
            "recent_trend": step(trend, 2, 5), "minutes_change": step(change, 0.1, 0.2),
            "pts_slope_10g": slope(pts[-10:]) if len(pts) >= 5 else None,
            "pct_paint": None, "pct_mid_range": None, "shot_zone_mismatch_score": None,
        }  # fmt: skip

    def load(self) -> dict[str, Value]:
        def between(far: int) -> list[Row]:
            first = self.day - timedelta(days=far)
            return [g for g in self.past if first <= g["game_date"] < self.day]

        week = between(7)
        pairs = list(zip(self.past, self.past[1:], strict=False))
        doubles = sum(
            1 for a, b in pairs if b in between(14) and (b["game_date"] - a["game_date"]).days == 1
        )
        earlier = [g for g in self.past if g["game_date"] < self.day]
        gap = (self.day - earlier[-1]["game_date"]).days if earlier else 99
        if earlier and earlier[-1]["season"] != self.row["season"]:
            gap = 99
        total = sum(g["minutes"] for g in week)
        score = 100 - 15 * (gap == 1) + 5 * (gap >= 4)
        score -= 10 * (len(week) >= 4) + 10 * (total > 240) + 8 * (total > 35 * len(week))
        score -= 12 if doubles >= 2 else 5 if doubles == 1 else 0
        own, foe = self.rest(self.row["team"]), self.rest(self.row["opponent"])
        return {
            "games_in_last_7_days": len(week), "fatigue_score": max(0, min(100, score)),
            "rest_advantage": max(-2, min(2, max(0, min(7, own - 1)) - max(0, min(7, foe - 1)))),
            "back_to_back": float(own == 1), "home_away": float(self.row["home"]),
            "playoff_game": float(self.row["game_type"] in ("playin", "playoffs")),
        }  # fmt: skip

    def rest(self, team: str) -> int:
        before = [g for g in self.f.games[team] if g["tipoff"] < self.row["tipoff"]]
        if not before:
            return 99
        last = max(before, key=lambda g: (g["tipoff"], g["game_id"]))
        return (self.day - last["game_date"]).days if last["season"] == self.row["season"] else 99

    def pace(self, games: list[Row]) -> Value:
        if not games:
            return None
        return 48 * sum(map(self.possessions, games)) / (sum(map(self.minutes, games)) / 5)

    def possessions(self, g: Row) -> float:
        other = self.f.by_side[g["game_id"], g["opponent"]]
        return (float(g["possessions"]) + float(other["possessions"])) / 2

    def minutes(self, g: Row) -> float:
        total = sum(b["minutes"] for b in self.f.box_of_game[g["game_id"], g["team"]])
        return total if 239 <= total <= 400 else 240

    def sides(self) -> dict[str, Value]:
        own, foe = self.team_games(self.row["team"]), self.team_games(self.row["opponent"])
        ten, fifteen = own[-10:], foe[-15:]
        season = [g for g in own if g["season"] == self.row["season"]]
        mine, theirs = self.pace(ten), self.pace(foe[-10:])
        gap = None if mine is None or theirs is None else (mine - theirs) / 2
        return {
            "team_pace": mine, "opponent_pace": self.pace(fifteen),
            "team_off_rating": rating(ten, "pts", self.possessions),
            "opponent_def_rating": rating(fifteen, "opp_pts", self.possessions),
            "team_win_pct": mean([g["pts"] > g["opp_pts"] for g in season])
            if len(season) >= 5 else None,
            "pace_score": None if gap is None else max(-3, min(3, gap)),
        }  # fmt: skip

    def lines(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for market in STATS:
            newest, oldest = self.consensus(market)
            found[f"line_{market}"] = newest
            found[f"over_chance_{market}"] = self.chance(market, newest)
            if market == "points":
                found["vegas_points_line"], found["vegas_opening_line"] = newest, oldest
                found["has_vegas_line"] = float(newest is not None)
        return found

    def books(self, market: str) -> list[list[Row]]:
        """Main lines known before tip-off, per book."""
        books: dict[str, list[Row]] = defaultdict(list)
        for line in self.f.lines[self.row["game_id"], self.row["player_key"], market]:
            known = line["known_at"] <= self.as_of and line["known_at"] < self.row["tipoff"]
            if line["is_main_line"] and known:
                books[line["bookmaker"]].append(line)
        return list(books.values())

    def consensus(self, market: str) -> tuple[Value, Value]:
        books = self.books(market)
        if not books:
            return None, None
        newest = [float(quoted(b, max)["line"]) for b in books]
        oldest = [float(quoted(b, min)["line"]) for b in books]
        return statistics.median(newest), statistics.median(oldest)

    def chance(self, market: str, line: Value) -> Value:
        """Of books that quote the consensus with two real prices: without the overround."""
        shares = []
        for row in (quoted(b, max) for b in self.books(market)):
            over, under = row["over_price"], row["under_price"]
            if row["line"] == line and not row["pickem"] and over and under:
                q, other = implied(over), implied(under)
                shares.append(q / (q + other))
        return statistics.median(shares) if shares else None

    def versus(self) -> dict[str, Value]:
        met = [
            g["pts"] for g in self.past
            if g["opponent"] == self.row["opponent"]
            and 1 <= (self.day - g["game_date"]).days <= 365
        ]  # fmt: skip
        return {"avg_points_vs_opponent": mean(met), "games_vs_opponent": len(met)}

    def status(self, player: str) -> Value:
        heard = bisect_right(self.f.heard, self.as_of)
        if not heard or self.f.heard[heard - 1] < self.as_of - timedelta(days=14):
            return None
        rows = [i for i in self.f.injuries[player] if i["known_at"] <= self.as_of]

        def newest(rows: list[Row]) -> Row | None:
            return max(rows, key=lambda i: (i["known_at"], RISK[i["status"]], i["date"]),
                       default=None)  # fmt: skip

        move = newest([i for i in rows if i["kind"] == "transaction"])
        daily = newest([i for i in rows if i["kind"] != "transaction"])
        fresh = daily is not None and 0 <= (self.day - daily["date"]).days <= 1
        if daily and fresh and (move is None or daily["known_at"] >= move["known_at"]):
            return RISK[daily["status"]]
        if move and move["status"] == "out" and (self.day - move["date"]).days <= 60:
            played = [g for g in self.history(player) if g["game_date"] > move["date"]]
            return 0 if played else 3
        return 0

    def mates(self) -> list[tuple[str, float]]:
        """(player, EWMA points) of everyone whose newest game was for the team, this season."""
        found = []
        for player in self.f.rosters[self.row["team"], self.row["season"]]:
            past = self.history(player)
            if past and (past[-1]["team"], past[-1]["season"]) == (
                self.row["team"], self.row["season"],
            ):  # fmt: skip
                found.append((player, round(ewma([g["pts"] for g in past], 8) or 0, 6)))
        return sorted(found, key=lambda found: (-found[1], found[0]))

    def availability(self) -> dict[str, Value]:
        usage = self.usage(3), self.usage(10)
        risk, mates = self.status(self.row["player_key"]), self.mates()
        others = [m for m in mates if m[0] != self.row["player_key"]]
        out = {p for p, _ in others if self.status(p) == 3}
        stars = sum(1 for p, points in mates[:2] if points >= 18 and p in out)
        self.points_out = sum(points for p, points in others if p in out)
        self.usage_trend = None
        spike: Value = None
        if usage[0] is not None and usage[1] is not None:
            self.usage_trend = usage[0] - usage[1]
            spike = 0.3 * self.usage_trend
            if spike > 0:
                factor = {0: 1.0, 1: 1.15, 2: 1.3}[stars]
                spike = None if risk is None else spike * factor
            spike = None if spike is None else max(-3, min(3, spike))
        return {"injury_risk": risk, "usage_spike_score": spike, "dnp_rate": self.dnp_rate()}

    def usage(self, last: int) -> Value:
        """Mean over those of the last games that have one."""
        return mean([float(g["usg_pct"]) for g in self.past[-last:] if g["usg_pct"] is not None])

    def dnp_rate(self) -> Value:
        team = self.row["team"]
        if not self.past or self.past[-1]["team"] != team:
            return None
        stint = []
        for g in reversed(self.past):
            if g["team"] != team:
                break
            stint.append(g["game_id"])
        games = [g["game_id"] for g in self.team_games(team)]
        tenure = games[games.index(stint[-1]) :][-10:] if stint[-1] in games else []
        return 1 - len(set(tenure) & set(stint)) / len(tenure) if len(tenure) >= 3 else None

    def second(self, found: dict[str, Value]) -> dict[str, Value]:
        now, first = found["vegas_points_line"], found["vegas_opening_line"]
        five, season, sd = (
            found[n] for n in ("points_avg_last_5", "points_avg_season", "points_std_last_10")
        )
        z = flag = None
        if five is not None and season is not None and sd is not None:
            flag = float(five > season + 1.5 * sd)
            z = max(-4.0, min(4.0, (five - season) / sd)) if sd > 0 else None
        return {
            "vegas_line_move": None if now is None or first is None else now - first,
            "pts_vs_season_zscore": z, "breakout_flag": flag,
        }  # fmt: skip

    def breakout(self, found: dict[str, Value]) -> dict[str, Value]:
        season = found["points_avg_season"]
        nothing: dict[str, Value] = {
            "breakout_risk_score": None, "composite_breakout_signal": None,
        }  # fmt: skip
        if season is None or not 8 <= round(season, 6) <= 16:
            return nothing
        five, ten, sd = (
            found[n] for n in ("points_avg_last_5", "points_avg_last_10", "points_std_last_10")
        )
        assert five is not None
        assert ten
        fell = round(round(five, 6) / round(ten, 6) - 1, 9)
        if sd is None:
            return nothing
        cv = round(round(sd, 6) / round(ten, 6), 9)
        signal = (cv >= 0.6) + (fell <= -0.2) + bool(self.past[-1]["starter"])
        signal += int(found["home_away"] or 0) + ((found["games_in_last_7_days"] or 0) <= 2)
        return {
            "breakout_risk_score": self.risk(found, fell, cv, season),
            "composite_breakout_signal": signal,
        }

    def risk(self, found: dict[str, Value], fell: float, cv: float, season: float) -> Value:
        z, defence = found["pts_vs_season_zscore"], found["opponent_def_rating"]
        if z is None or defence is None or found["injury_risk"] is None:
            return None
        assert self.usage_trend is not None
        trend = round(self.usage_trend, 9)
        peak = round(max(g["pts"] for g in self.past[-5:]) / round(season, 6), 9)
        defence = round(defence, 6)
        hot = (max(-1.5, min(1.5, z)) + 1.5) / 3 * 100
        cold = 100 if fell <= -0.2 else 75 if fell <= -0.1 else 30 if fell >= 0.1 else 50
        wild = 60 if cv >= 0.6 else 45 if cv >= 0.4 else 25 if cv >= 0.25 else 10
        high = 40 if peak >= 1.8 else 25 if peak >= 1.5 else 10
        soft = 90 if defence >= 116 else 70 if defence >= 113 else 50 if defence >= 110 else max(
            10, 50 - 4 * (110 - defence)
        )  # fmt: skip
        more = 80 if trend >= 3 else 65 if trend >= 1.5 else 30 if trend <= -1.5 else 50
        away = next((v for least, v in ((30, 100), (20, 80), (12, 50), (5, 30))
                     if self.points_out >= least), 20)  # fmt: skip
        return (
            0.15 * hot + 0.10 * cold + 0.25 * (0.6 * wild + 0.4 * high) + 0.20 * soft
            + 0.15 * (0.6 * more + 0.4 * away) + 0.15 * self.own_rate()
        )  # fmt: skip

    def own_rate(self) -> float:
        tried = hits = 0
        for k, g in enumerate(self.season):
            before = [x["pts"] for x in self.season[:k]]
            if len(before) >= 5:
                tried += 1
                hits += 2 * g["pts"] * len(before) >= 3 * sum(before)
        return min(100.0, 10 + 90 * (hits / tried) / 0.35) if tried >= 5 else 35.0
