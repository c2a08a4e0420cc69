"""The bookmakers: lines at the true median plus noise, priced with a margin.

A book perceives a player's market shifted by its error; it posts the half-point nearest to the
median it perceives and prices the over at the probability it perceives, plus the vig.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tipoff.sources.simulator import names
from tipoff.sources.simulator.availability import Squads
from tipoff.sources.simulator.constants import MARKETS, SOURCE, Bools, Floats, Ints
from tipoff.sources.simulator.pmf import interpolated_cdf, interpolated_median, moments
from tipoff.sources.simulator.prices import american
from tipoff.sources.simulator.tables import moment_text, text
from tipoff.sources.simulator.truth import Truth
from tipoff.sources.simulator.world import World

_SHADE = 0.04
_COMMON_SD = 0.07
_ERROR_SD = {
    "points": 0.295,
    "rebounds": 0.280,
    "assists": 0.264,
    "threes": 0.256,
    "steals": 0.094,
    "blocks": 0.340,
    "pra": 0.303,
    "pr": 0.331,
    "pa": 0.313,
    "ra": 0.324,
}
"""How far all books together are off, in standard deviations of the stat: a part common to a player
(`_COMMON_SD`) moves every market of theirs. Set so that lines beat the EWMA by as much as real
ones do (docs/simulate.md)."""
_OPENING_SD = 0.09
_ALTERNATE, _ONE_SIDED, _LATE, _ABBREVIATED = 0.04, 0.015, 0.003, 0.02
_LEAST_MINUTES = {
    "points": 20.0,
    "rebounds": 19.5,
    "assists": 19.5,
    "threes": 20.0,
    "pra": 18.5,
    "pr": 20.5,
    "pa": 20.5,
    "ra": 20.5,
    "steals": 20.0,
    "blocks": 20.0,
}
_MOST_ZEROS = {"assists": 0.60, "threes": 0.62, "steals": 0.79, "blocks": 0.895}
"""A market is not offered on a player more likely than this to have none (or one point)."""
_CORE = frozenset({"points", "rebounds", "assists", "threes", "pra"})


@dataclass(frozen=True)
class _Book:
    """vig: overround less one; share: of the markets it lists; sd: own error in standard
    deviations of the stat; opens: P(it also posts in the morning)."""

    name: str
    vig: float
    share: float
    sd: float
    opens: float
    pickem: bool = False
    timed: bool = True


BOOKS = (
    _Book("draftkings", 0.065, 0.95, 0.03, 0.40),
    _Book("fanduel", 0.060, 0.75, 0.03, 0.30),
    _Book("betmgm", 0.075, 0.60, 0.04, 0.0, timed=False),
    _Book("prizepicks", 0.0, 0.35, 0.03, 0.0, pickem=True, timed=False),
    _Book("underdog", 0.0, 0.25, 0.04, 0.0, pickem=True, timed=False),
)


@dataclass(frozen=True)
class _Posted:
    """Lines of one book, market and moment; arrays are [lines]. at: index into Truth's rows;
    over: P(over) as the book sees it; before: minutes before tip-off, negative when late."""

    at: Ints
    line: Floats
    over: Floats
    before: Ints
    main: Bools


def prop_lines_file(
    rng: np.random.Generator, world: World, frame: pl.DataFrame, drawn: Squads, truth: Truth
) -> pl.DataFrame:
    """All prop lines of these games, in order of date, player, market, book and time."""
    out = drawn.out[truth.row, truth.place]
    common = rng.normal(0, _COMMON_SD, len(truth.row))
    quotes: list[pl.DataFrame] = []
    for market_number, market in enumerate(MARKETS):
        pmf = truth.pmf[market]
        spread = np.sqrt(moments(pmf)[1])
        error = (common + rng.normal(0, _own_sd(market), len(common)) + _SHADE) * spread
        listed = _listed(rng, market, pmf, truth.minutes_mean)
        for book_number, book in enumerate(BOOKS):
            for posted, opening in _post(rng, book, market, pmf, error, spread, listed, out):
                sheet = _sheet(rng, posted, book)
                quotes.append(
                    sheet.with_columns(
                        market=pl.lit(market_number, dtype=pl.Int64),
                        book=pl.lit(book_number, dtype=pl.Int64),
                        opening=pl.lit(opening),
                    )
                )
    return _finish(_named(rng, world, frame, drawn, truth, pl.concat(quotes)))


def _own_sd(market: str) -> float:
    return float(np.sqrt(_ERROR_SD[market] ** 2 - _COMMON_SD**2))


def _listed(rng: np.random.Generator, market: str, pmf: Floats, minutes: Floats) -> Bools:
    """Rotation players whose market is neither too small nor too lopsided to offer."""
    plays_enough = minutes + rng.normal(0, 2.0, len(minutes)) >= _LEAST_MINUTES[market]
    nothing = pmf[:, 0] + (pmf[:, 1] if market in {"points", "pra", "pr", "pa"} else 0)
    return np.asarray(plays_enough & (nothing < _MOST_ZEROS.get(market, 0.72)))


def _post(
    rng: np.random.Generator,
    book: _Book,
    market: str,
    pmf: Floats,
    error: Floats,
    spread: Floats,
    listed: Bools,
    out: Bools,
) -> list[tuple[_Posted, bool]]:
    """Closing lines (players ruled out are gone), morning lines where the book opens early
    (they are still there), and some alternates around the closing ones."""
    if book.pickem and market not in _CORE:
        return []
    offered = listed & (rng.random(len(listed)) < book.share)
    seen = error + rng.normal(0, book.sd, len(error)) * spread
    posted = [(_quote(rng, pmf, seen, np.flatnonzero(offered & ~out)), False)]
    if book.opens:
        early = np.flatnonzero(offered & (rng.random(len(offered)) < book.opens))
        drift = rng.normal(0, _OPENING_SD, len(error)) * spread
        posted.append((_quote(rng, pmf, seen + drift, early, early=True), True))
    if not book.pickem:
        posted.append((_alternates(rng, pmf, seen, posted[0][0]), False))
    return posted


def _quote(
    rng: np.random.Generator, pmf: Floats, seen: Floats, at: Ints, early: bool = False
) -> _Posted:
    some, error = pmf[at], seen[at]
    line = np.maximum(np.floor(interpolated_median(some) + error), 0) + 0.5
    before = rng.integers(540, 660, len(at)) if early else rng.integers(4, 90, len(at))
    if not early:
        before = np.where(rng.random(len(at)) < _LATE, -before // 5, before)
    over = 1 - interpolated_cdf(some, line - error)
    return _Posted(at, line, over, before, np.ones(len(at), dtype=np.bool_))


def _alternates(rng: np.random.Generator, pmf: Floats, seen: Floats, posted: _Posted) -> _Posted:
    chosen = (rng.random(len(posted.at)) < _ALTERNATE) & (posted.line > 3)
    at = posted.at[chosen]
    line = posted.line[chosen] + rng.choice([-2.0, -1.0, 1.0, 2.0], size=len(at))
    over = 1 - interpolated_cdf(pmf[at], line - seen[at])
    return _Posted(at, line, over, posted.before[chosen], np.zeros(len(at), dtype=np.bool_))


def _sheet(rng: np.random.Generator, posted: _Posted, book: _Book) -> pl.DataFrame:
    over, under = _prices(rng, book, posted.over)
    return pl.DataFrame(
        {
            "at": posted.at,
            "before": posted.before,
            "line": posted.line,
            "over_price": over,
            "under_price": under,
            "is_main_line": posted.main,
        }
    )


def _named(
    rng: np.random.Generator,
    world: World,
    frame: pl.DataFrame,
    drawn: Squads,
    truth: Truth,
    sheet: pl.DataFrame,
) -> pl.DataFrame:
    """Say who, which game, which book and when; a book may leave some of that out."""
    at, book = sheet["at"].to_numpy(), sheet["book"].to_numpy()
    row = truth.row[at]
    game = frame[row // 2].select("game_date", "nba_game_id", "tipoff", "home", "away")
    books = tuple(book.name for book in BOOKS)
    timed = pl.Series(np.array([book.timed for book in BOOKS])[book])
    named = sheet.hstack(game).hstack(_people(rng, world, drawn.player[row, truth.place[at]], book))
    eventless = pl.col("bookmaker") == "underdog"
    moment = pl.col("tipoff") - pl.duration(minutes="before")
    start = pl.col("tipoff") + pl.duration(minutes=10)
    stage = pl.when("opening").then(pl.lit("opening")).otherwise(pl.lit("closing"))
    return named.with_columns(
        timed=timed, bookmaker=text(books, book), market=text(MARKETS, sheet["market"].to_numpy())
    ).with_columns(
        snapshot_time=pl.when("timed").then(moment_text(moment)),
        commence_time=pl.when("timed").then(moment_text(start)),
        event_home=pl.when(~eventless).then("home"),
        event_away=pl.when(~eventless).then("away"),
        event_id=pl.when("timed").then(pl.format("sim-{}", "nba_game_id")),
        source_path=pl.format("simulated/{}_{}.csv", "bookmaker", stage),
    )


def _people(rng: np.random.Generator, world: World, who: Ints, book: Ints) -> pl.DataFrame:
    """Names and keys as printed; one book shortens a few of them to the initial."""
    untimed_book = next(i for i, b in enumerate(BOOKS) if b.name == "betmgm")
    chosen = pl.Series((rng.random(len(who)) < _ABBREVIATED) & (book == untimed_book))
    short = [names.abbreviated(name) for name in world.names]
    full = pl.DataFrame({"name": text(world.names, who), "key": text(world.keys, who)})
    return full.select(
        player_name=pl.when(chosen).then(text(short, who)).otherwise("name"),
        player_key=pl.when(chosen)
        .then(text([names.key(name) for name in short], who))
        .otherwise("key"),
    )


def _prices(rng: np.random.Generator, book: _Book, over: Floats) -> tuple[Floats, Floats]:
    count = len(over)
    if book.pickem:
        fixed = np.full(count, -137.0) if book.name == "prizepicks" else np.full(count, np.nan)
        return fixed, fixed
    p = np.clip(over, 0.03, 0.92)
    blank = rng.random((2, count)) < _ONE_SIDED / 2
    both = american(p, book.vig), american(1 - p, book.vig)
    return np.where(blank[0], np.nan, both[0]), np.where(blank[1] & ~blank[0], np.nan, both[1])


def _finish(lines: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.Float64)
    return (
        lines.with_columns(pl.col("over_price", "under_price").fill_nan(None))
        .select(
            *("snapshot_time", "game_date", "commence_time", "player_name", "player_key"),
            *("event_home", "event_away", "market", "bookmaker", "line"),
            *("over_price", "under_price"),
            n_books=nothing,
            min_line=nothing,
            max_line=nothing,
            is_main_line="is_main_line",
            event_id="event_id",
            source_repo=pl.lit(SOURCE),
            source_path="source_path",
        )
        .sort(
            *("game_date", "event_home", "player_key", "market", "bookmaker", "snapshot_time"),
            *("line", "is_main_line"),
            maintain_order=True,
        )
    )
