"""A backtest's scoreboard as a page: Markdown whose tables can be read in a terminal too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tipoff.grading.backtest.board import Board, MarketBoard
from tipoff.grading.backtest.plan import REFERENCES
from tipoff.grading.backtest.results import Numbers

Cell = Callable[[Numbers], str]


def page(board: Board, plots: str | None = None) -> str:
    """The whole page: every market, the bad slices beside the good. `plots`: a folder to link."""
    parts = [headline(board)]
    for found in board.markets:
        if found.everyone:
            parts += [*_groups(found), *_bets(found), *_pictures(found, plots)]
    return "\n".join([*parts, _refused(board)]).rstrip() + "\n"


def headline(board: Board) -> str:
    """What a terminal shows: what was tested, what is too good, and each market's two tables."""
    parts = ["# Scoreboard of a backtest\n", *_about(board)]
    for found in board.markets:
        parts += _market(found)
    return "\n".join(parts)


def _about(board: Board) -> list[str]:
    about = board.about
    tried = "not known (no research log)" if board.trials is None else str(board.trials)
    label = " **SIMULATED LEAGUE.**" if about["simulated"] else ""
    said = [
        f"{about['start']} to {about['end']}, walk-forward, models fitted again {about['refit']} on"
        f" what came before.{label} Players with at least {board.min_games} earlier games."
        f" Configurations tried (research log): **{tried}**. Backtest `{about['made_from']}`.\n",
        "Every figure is `value [low, high]`: a 95% interval from resampling whole slates. A"
        " difference is model minus reference on the same rows: below zero is better. Made by"
        " `tipoff scoreboard --backtest FILE --write PAGE`; nothing on it is written by hand.\n",
    ]
    return said + [f"> **{text}**\n" for text in board.warnings]


def _market(found: MarketBoard) -> list[str]:
    head = (
        f"## {found.market}\n\n{found.player_games} player-games, {found.counted} of players with"
        f" enough earlier games, {found.with_line} of these with a line.\n"
    )
    parts = [head, f"### {found.market}: all player-games\n", _table(found.everyone, _FORECAST)]
    if found.lined:
        parts += [f"### {found.market}: with a line\n", _table(found.lined, _FORECAST)]
        parts += [_table(found.lined, _CHANCES)]
    return parts


def _metric(name: str, digits: int, sign: str = "") -> Cell:
    return lambda result: figure(result["metrics"].get(name), digits, sign)


def _pair(reference: str, name: str, digits: int) -> Cell:
    def cell(result: Numbers) -> str:
        pair = (result["against"].get(reference) or {}).get(name)
        return figure(pair and pair["difference"], digits, "+")

    return cell


_FORECAST: dict[str, Cell] = {
    "model": lambda r: str(r["model"]),
    "n": lambda r: str(r["counts"]["graded"]),
    "MAE": _metric("mae", 3),
    "bias (median)": _metric("bias", 2, "+"),
    "bias (mean)": _metric("mean_bias", 2, "+"),
    "CRPS": _metric("crps", 3),
    "80% covers": _metric("coverage80", 3),
    "PIT off": lambda r: off_flat(r["pit"]),
    "CRPS - EWMA's": _pair("ewma_hl8", "crps", 3),
    "MAE - EWMA's": _pair("ewma_hl8", "mae", 3),
}
_CHANCES: dict[str, Cell] = {
    "model": lambda r: str(r["model"]),
    "n": lambda r: str((r["metrics"].get("log_loss") or {"n": 0})["n"]),
    "CRPS - line's": _pair("line", "crps", 4),
    "MAE - line's": _pair("line", "mae", 3),
    "log loss": _metric("log_loss", 4),
    "- base rate's": lambda r: figure(r["base_rate"] and r["base_rate"]["difference"], 4, "+"),
    "Brier": _metric("brier", 4),
    "top tenth hits": lambda r: figure(r["top_tenth"], 3),
    "its n": lambda r: str((r["top_tenth"] or {"n": 0})["n"]),
}


def _groups(found: MarketBoard) -> list[str]:
    parts = []
    for title, chosen in (("line tier", found.lined), ("month", found.everyone)):
        rows = [line for result in chosen for line in _slices(result, title.replace(" ", "_"))]
        if rows:
            head = ["model", title, "n", "MAE", "bias", "CRPS", "80% covers", "PIT off",
                    "CRPS - line's", "CRPS - EWMA's"]  # fmt: skip
            parts += [f"### {found.market}: by {title}\n", table(head, rows)]
    return parts


def _slices(result: Numbers, column: str) -> list[list[str]]:
    judged = {tier["tier"]: tier for tier in result[f"{column}s"]}
    made = []
    for group in result["groups"][column]:
        tier = judged[group["tier"]]
        pit = [group[f"pit_{i}"] for i in range(1, 11)]
        made.append([
            result["model"], group["tier"], str(tier["rows"]), figure(tier.get("mae"), 2),
            figure(tier.get("bias"), 2, "+"), figure(tier.get("crps"), 3),
            figure(tier.get("coverage80"), 3), off_flat(pit),
            *(figure(group.get(f"crps - {name}'s"), 3, "+") for name in REFERENCES),
        ])  # fmt: skip
    return made


def _bets(found: MarketBoard) -> list[str]:
    rows = []
    for result in found.lined:
        for tier in result["edge_tiers"]:
            hits, priced = tier.get("hit_rate"), tier.get("priced_hit_rate")
            n, paid = (hits or {"n": 0})["n"], (priced or {"n": 0})["n"]
            rows.append([result["model"], tier["tier"], str(n), figure(hits, 3), str(paid),
                         str(n - paid), figure(tier.get("break_even"), 3),
                         figure(tier.get("roi"), 3, "+")])  # fmt: skip
    if not rows:
        return []
    head = ["model", "edge", "picks", "hit rate", "priced", "no price", "to break even", "ROI"]
    closing = ["model", "picks", "CLV, units of the market", "no close", "CLV, no-vig probability",
               "no close at the same line"]  # fmt: skip
    return [f"### {found.market}: picks by edge\n", table(head, rows),
            table(closing, [_closing(r) for r in found.lined])]  # fmt: skip


def _closing(result: Numbers) -> list[str]:
    units, chance = result["clv_points"], result["clv_probability"]
    found = [figure(units["mean"], 3, "+"), str(units["missing"])]
    found += [figure(chance["mean"], 4, "+"), str(chance["missing"])]
    return [result["model"], str(units["picks"]), *found]


def _pictures(found: MarketBoard, plots: str | None) -> list[str]:
    if plots is None:
        return []
    names = ["pit", *(["reliability"] if found.lined else [])]
    return [f"![{n}, {found.market}]({plots}/{n}-{found.market}.svg)\n" for n in names]


def _refused(board: Board) -> str:
    rows = [[r["model"], r["market"], r["reason"], str(r["n"])] for r in board.about["refused"]]
    asked = f"Of {board.about['asked']} player-games per model and market.\n"
    return "\n".join(["## Not predicted\n", asked, table(["model", "market", "why", "n"], rows)])


def _table(results: list[Numbers], cells: dict[str, Cell]) -> str:
    return table(list(cells), [[cell(result) for cell in cells.values()] for result in results])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its columns aligned, numbers to the right."""
    wide = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    words = {i for i, name in enumerate(head) if name in _WORDS}
    rule = ["-" * w if i in words else "-" * (w - 1) + ":" for i, w in enumerate(wide)]
    shown = [[c.ljust(w) if i in words else c.rjust(w) for i, (c, w) in
              enumerate(zip(row, wide, strict=True))] for row in (head, *rows)]  # fmt: skip
    lines = [shown[0], rule, *shown[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


_WORDS = ("model", "market", "why", "line tier", "month", "edge")


def figure(found: Numbers | None, digits: int, sign: str = "") -> str:
    """`value [low, high]`, the value alone when one slate gives no interval, or a dash."""
    if not found:
        return "-"
    value = f"{found['value']:{sign}.{digits}f}"
    if found["low"] is None:
        return value
    return f"{value} [{found['low']:{sign}.{digits}f}, {found['high']:{sign}.{digits}f}]"


def off_flat(pit: Sequence[Numbers]) -> str:
    """How far the tenth that is farthest from a tenth is off it, as a share of a tenth."""
    if not pit:
        return "-"
    return f"{max((abs(tenth['value'] * 10 - 1) for tenth in pit), default=0.0):.0%}"
