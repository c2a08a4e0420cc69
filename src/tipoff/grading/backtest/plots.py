"""Pictures of a backtest: PIT and reliability, drawn without a network, SVG and PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tipoff.errors import UsageError
from tipoff.results.backtest import BacktestBoard, MarketBoard, ModelResult

_SIZE = 210
_PNG_SCALE = 2
_INK, _BAR = "#1f4e79", "#9dbbd8"


def draw(board: BacktestBoard, folder: Path) -> list[Path]:
    """`pit-MARKET` and `reliability-MARKET`, .svg and .png, in `folder`; a panel per model.

    Raises UsageError when the folder cannot be written.
    """
    paths = []
    for market in board.markets:
        charts = {"pit": _pit(market.everyone), "reliability": _reliability(market)}
        for name, chart in charts.items():
            if chart is not None:
                paths += _save(chart, folder, f"{name}-{market.market}")
    return paths


def _save(chart: Any, folder: Path, name: str) -> list[Path]:
    import vl_convert

    spec = chart.to_dict()
    contents = {
        "svg": vl_convert.vegalite_to_svg(spec).encode(),
        "png": vl_convert.vegalite_to_png(spec, scale=_PNG_SCALE),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, content in contents.items():
            (folder / f"{name}.{ending}").write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error}", "choose another place") from error
    return [folder / f"{name}.{ending}" for ending in contents]


def _pit(results: Sequence[ModelResult]) -> Any:
    rows = [
        {"model": r.model, "tenth": i + 0.5, "share": t.value, "low": t.low, "high": t.high}
        for r in results for i, t in enumerate(r.pit)
    ]  # fmt: skip
    if not rows:
        return None
    import altair as alt

    x = alt.X("tenth:Q", title="tenth of the randomised PIT", scale=alt.Scale(domain=[0, 10]),
              axis=alt.Axis(values=list(range(11))))  # fmt: skip
    y = alt.Y("share:Q", title="share of outcomes", scale=alt.Scale(zero=True))
    base = alt.Chart(pl.DataFrame(rows))
    bars = base.mark_bar(color=_BAR, size=_SIZE / 12).encode(x, y)
    flat = base.mark_rule(strokeDash=[4, 3], color="black").encode(y=alt.datum(0.1))
    return _panels(alt, bars + _interval(base, x) + flat, "A calibrated model is flat at 0.1")


def _reliability(board: MarketBoard) -> Any:
    rows = [
        {"model": r.model, "p": b.p, "share": b.value, "low": b.low, "high": b.high, "n": b.n}
        for r in board.lined for b in r.reliability
    ]  # fmt: skip
    if not rows:
        return None
    import altair as alt

    unit = alt.Scale(domain=[0, 1])
    x = alt.X("p:Q", title="forecast P(over)", scale=unit)
    y = alt.Y("share:Q", title="share that went over", scale=unit)
    base = alt.Chart(pl.DataFrame(rows))
    dots = base.mark_point(filled=True, color=_INK).encode(x, y, alt.Size("n:Q", title="rows"))
    ends = (alt.datum(0), alt.datum(1))
    line = base.mark_rule(strokeDash=[4, 3], color="black").encode(
        x=ends[0], y=ends[0], x2=ends[1], y2=ends[1]
    )
    return _panels(alt, line + _interval(base, x) + dots, "A calibrated model lies on the diagonal")


def _interval(base: Any, x: Any) -> Any:
    return base.mark_rule(color=_INK).encode(x, y="low:Q", y2="high:Q")


def _panels(alt: Any, layers: Any, title: str) -> Any:
    sized = layers.properties(width=_SIZE, height=_SIZE)
    return sized.facet(facet=alt.Facet("model:N", title=None), columns=4).properties(
        title=alt.Title(title, subtitle="lines: 95% intervals over slates")
    )
