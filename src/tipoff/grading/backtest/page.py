"""A backtest's scoreboard as a page: Markdown whose tables can be read in a terminal too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tipoff.grading.backtest.plan import REFERENCES
from tipoff.results.backtest import BacktestBoard, ClosingLineValue, MarketBoard, ModelResult
from tipoff.results.grading import Compared, Estimate

Cell = Callable[[ModelResult], str]


def page(board: BacktestBoard, plots: str | None = None) -> str:
    """The whole page: every market, the bad slices beside the good. `plots`: a folder to link."""
    parts = [headline(board)]
    for market in board.markets:
        if market.everyone:
            parts += [*_groups(market), *_bets(market), *_pictures(market, plots)]
    return "\n".join([*parts, _refused(board)]).rstrip() + "\n"


def headline(board: BacktestBoard) -> str:
    """What a terminal shows: what was tested, what is too good, and each market's two tables."""
    parts = ["# Scoreboard of a backtest\n", *_about(board)]
    for market in board.markets:
        parts += _market(market)
    return "\n".join(parts)


def _about(board: BacktestBoard) -> list[str]:
    about = board.about
    tried = "not known (no research log)" if board.trials is None else str(board.trials)
    label = " **SIMULATED LEAGUE.**" if about.simulated else ""
    said = [
        f"{about.start} to {about.end}, walk-forward, models fitted again {about.refit} on"
        f" what came before.{label} Players with at least {board.min_games} earlier games."
        f" Configurations tried (research log): **{tried}**. Backtest `{about.made_from}`.\n",
        "Every figure is `value [low, high]`: a 95% interval from resampling whole slates. A"
        " difference is model minus reference on the same rows: below zero is better. Made by"
        " `tipoff scoreboard --backtest FILE --write PAGE`; nothing on it is written by hand.\n",
    ]
    return said + [f"> **{text}**\n" for text in board.warnings]


def _market(board: MarketBoard) -> list[str]:
    head = (
        f"## {board.market}\n\n{board.player_games} player-games, {board.counted} of players with"
        f" enough earlier games, {board.with_line} of these with a line.\n"
    )
    parts = [head, f"### {board.market}: all player-games\n", _table(board.everyone, _FORECAST)]
    if board.lined:
        parts += [f"### {board.market}: with a line\n", _table(board.lined, _FORECAST)]
        parts += [_table(board.lined, _CHANCES)]
    return parts


def _metric(name: str, digits: int, sign: str = "") -> Cell:
    return lambda result: figure(getattr(result.metrics, name), digits, sign)


def _pair(reference: str, name: str, digits: int) -> Cell:
    def cell(result: ModelResult) -> str:
        pair: Compared | None = getattr(result.against.get(reference), name, None)
        return figure(pair.difference if pair else None, digits, "+")

    return cell


_FORECAST: dict[str, Cell] = {
    "model": lambda r: r.model,
    "n": lambda r: str(r.counts["graded"]),
    "MAE": _metric("mae", 3),
    "bias (median)": _metric("bias", 2, "+"),
    "bias (mean)": _metric("mean_bias", 2, "+"),
    "CRPS": _metric("crps", 3),
    "80% covers": _metric("coverage80", 3),
    "PIT off": lambda r: off_flat(r.pit),
    "CRPS - EWMA's": _pair("ewma_hl8", "crps", 3),
    "MAE - EWMA's": _pair("ewma_hl8", "mae", 3),
}
_CHANCES: dict[str, Cell] = {
    "model": lambda r: r.model,
    "n": lambda r: str(rows_of(r.metrics.log_loss)),
    "CRPS - line's": _pair("line", "crps", 4),
    "MAE - line's": _pair("line", "mae", 3),
    "log loss": _metric("log_loss", 4),
    "- base rate's": lambda r: figure(r.base_rate.difference if r.base_rate else None, 4, "+"),
    "Brier": _metric("brier", 4),
    "top tenth hits": lambda r: figure(r.top_tenth, 3),
    "its n": lambda r: str(rows_of(r.top_tenth)),
}


def _groups(board: MarketBoard) -> list[str]:
    parts = []
    for title, chosen in (("line tier", board.lined), ("month", board.everyone)):
        rows = [line for result in chosen for line in _slices(result, title.replace(" ", "_"))]
        if rows:
            head = ["model", title, "n", "MAE", "bias", "CRPS", "80% covers", "PIT off",
                    "CRPS - line's", "CRPS - EWMA's"]  # fmt: skip
            parts += [f"### {board.market}: by {title}\n", table(head, rows)]
    return parts


def _slices(result: ModelResult, column: str) -> list[list[str]]:
    tiers = result.months if column == "month" else result.line_tiers
    groups = result.groups.month if column == "month" else result.groups.line_tier
    judged = {tier.tier: tier for tier in tiers}
    rows = []
    for group in groups:
        tier, figures = judged[group.tier], group.figures
        pit = [figures[f"pit_{i}"] for i in range(1, 11)]
        rows.append([
            result.model, group.tier, str(tier.rows), figure(tier.mae, 2),
            figure(tier.bias, 2, "+"), figure(tier.crps, 3), figure(tier.coverage80, 3),
            off_flat(pit),
            *(figure(figures.get(f"crps - {name}'s"), 3, "+") for name in REFERENCES),
        ])  # fmt: skip
    return rows


def _bets(board: MarketBoard) -> list[str]:
    rows = []
    for result in board.lined:
        for tier in result.edge_tiers:
            n, paid = rows_of(tier.hit_rate), rows_of(tier.priced_hit_rate)
            rows.append([result.model, tier.tier, str(n), figure(tier.hit_rate, 3), str(paid),
                         str(n - paid), figure(tier.break_even, 3),
                         figure(tier.roi, 3, "+")])  # fmt: skip
    if not rows:
        return []
    head = ["model", "edge", "picks", "hit rate", "priced", "no price", "to break even", "ROI"]
    closing = ["model", "picks", "CLV, units of the market", "no close", "CLV, no-vig probability",
               "no close at the same line"]  # fmt: skip
    return [f"### {board.market}: picks by edge\n", table(head, rows),
            table(closing, [_closing(r) for r in board.lined])]  # fmt: skip


def _closing(result: ModelResult) -> list[str]:
    def cells(value: ClosingLineValue, digits: int) -> list[str]:
        return [figure(value.mean, digits, "+"), str(value.missing)]

    units = result.clv_points
    return [result.model, str(units.picks), *cells(units, 3), *cells(result.clv_probability, 4)]


def _pictures(board: MarketBoard, plots: str | None) -> list[str]:
    if plots is None:
        return []
    names = ["pit", *(["reliability"] if board.lined else [])]
    return [f"![{n}, {board.market}]({plots}/{n}-{board.market}.svg)\n" for n in names]


def _refused(board: BacktestBoard) -> str:
    rows = [[r.model, r.market, r.reason, str(r.n)] for r in board.about.refused]
    asked = f"Of {board.about.asked} player-games per model and market.\n"
    return "\n".join(["## Not predicted\n", asked, table(["model", "market", "why", "n"], rows)])


def _table(results: Sequence[ModelResult], cells: dict[str, Cell]) -> str:
    return table(list(cells), [[cell(result) for cell in cells.values()] for result in results])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its columns aligned, numbers to the right."""
    wide = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    words = {i for i, name in enumerate(head) if name in _WORDS}
    rule = ["-" * w if i in words else "-" * (w - 1) + ":" for i, w in enumerate(wide)]
    cells = [[c.ljust(w) if i in words else c.rjust(w) for i, (c, w) in
              enumerate(zip(row, wide, strict=True))] for row in (head, *rows)]  # fmt: skip
    lines = [cells[0], rule, *cells[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


_WORDS = ("model", "market", "why", "line tier", "month", "edge")


def rows_of(estimate: Estimate | None) -> int:
    """How many rows an estimate is of."""
    return estimate.n if estimate else 0


def figure(estimate: Estimate | None, digits: int, sign: str = "") -> str:
    """`value [low, high]`, the value alone when one slate gives no interval, or a dash."""
    if estimate is None:
        return "-"
    value = f"{estimate.value:{sign}.{digits}f}"
    if estimate.low is None:
        return value
    return f"{value} [{estimate.low:{sign}.{digits}f}, {estimate.high:{sign}.{digits}f}]"


def off_flat(pit: Sequence[Estimate]) -> str:
    """How far the tenth that is farthest from a tenth is off it, as a share of a tenth."""
    if not pit:
        return "-"
    return f"{max((abs(tenth.value * 10 - 1) for tenth in pit), default=0.0):.0%}"
