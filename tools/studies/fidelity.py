"""How near a simulated league is to real seasons.

    python -m tools.studies.fidelity REAL SIMULATED... [--json] [--within 0.10]

REAL and SIMULATED are lakes, or folders that `tipoff import` takes (imported into a temporary
lake first); several simulated leagues are taken together. Rows: played player-games with at least
ten games before them. Per market:

entropy        of the outcome given the tenth of rows its EWMA lies in (half-life 8 games, earlier
               games only), in nats: mean over the tenths, each with Miller and Madow's correction
variance/mean  sum (y - EWMA)^2 / sum EWMA
EWMA's 80%     share of outcomes in the randomised central 80% of a negative binomial around it
over rate      share of outcomes over the consensus line, pushes left out
line's skill   1 - CRPS(line) / CRPS(EWMA) on rows with a line: negative binomials, the line as
               median and the EWMA as mean, both with the dispersion of these rows
MAE skill      1 - MAE(line) / MAE(EWMA) on the same rows

and of games the measures named in league_measures.py. Intervals: 95%, slates resampled.
One of the first four is off when it differs from the real figure by more than --within of it and
lies outside the real figure's own interval as well; exit code 1 when any is.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tipoff.errors import TipoffError
from tipoff.lake import Lake
from tipoff.sources import import_folder
from tools.studies.league_measures import Measure, Measures, measures, seen

BARS = ("entropy", "variance/mean", "over rate", "line's skill")
WITHIN = 0.10


@contextmanager
def opened(place: Path) -> Iterator[Lake]:
    """The lake at a place, or one made for the moment of the folder there."""
    if (place / "catalog.sqlite").exists():
        with Lake.open(place) as lake:
            yield lake
        return
    with tempfile.TemporaryDirectory() as spare, Lake.open(spare, create=True) as lake:
        import_folder(lake, place)
        yield lake


def off(real: Measures, simulated: Measures, within: float = WITHIN) -> list[tuple[str, str]]:
    """The (market, bar)s on which a simulated league is further from the real one than that share,
    and not within what the real seasons can tell."""
    keys = [key for key in real if key[1] in BARS]
    far = [k for k in keys if abs(simulated[k].value / real[k].value - 1) > within]
    return [key for key in far if not _inside(real[key], simulated[key].value)]


def _inside(measure: Measure, value: float) -> bool:
    return (
        measure.low is not None
        and measure.high is not None
        and (measure.low <= value <= measure.high)
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a bar is missed, 2 when a league cannot be read."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("real", type=Path, help="lake or folder of real seasons")
    parser.add_argument("simulated", type=Path, nargs="+", help="of simulated leagues")
    parser.add_argument("--within", type=float, default=WITHIN, help="allowed share of difference")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        both = [_measured(places) for places in ([asked.real], asked.simulated)]
    except TipoffError as error:
        sys.stderr.write(f"error: {error.message}\n  next: {error.next_step}\n")
        return error.exit_code
    missed = off(both[0], both[1], asked.within)
    if asked.json:
        rows = [
            {"real": asdict(m), "simulated": asdict(both[1][key]), "ratio": _ratio(both, key)}
            for key, m in both[0].items()
        ]
        sys.stdout.write(json.dumps({"measures": rows, "off": missed}) + "\n")
    else:
        _print(both, missed, asked.within)
    return int(bool(missed))


def _measured(places: Sequence[Path]) -> Measures:
    leagues = []
    for number, place in enumerate(places):
        sys.stderr.write(f"reading {place}\n")
        with opened(place) as lake:
            leagues.append(seen(lake, number))
    return measures(leagues)


def _ratio(both: Sequence[Measures], key: tuple[str, str]) -> float:
    return both[1][key].value / both[0][key].value


def _print(both: Sequence[Measures], missed: Sequence[tuple[str, str]], within: float) -> None:
    lines = ["| market | measure | real (95%) | n | simulated (95%) | n | ratio |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for key, real in both[0].items():
        mark = " **off**" if key in missed else ""
        near = abs(_ratio(both, key) - 1) <= within
        mark = mark or ("" if near or key[1] not in BARS else " (inside the interval)")
        own = both[1][key]
        lines.append(f"| {real.market} | {real.name} | {_figure(real)} | {real.n} | {_figure(own)}"
                     f" | {own.n} | {_ratio(both, key):.3f}{mark} |")  # fmt: skip
    verdict = (
        f"{len(missed)} bars are off by more than {within:.0%} and by more than real seasons vary"
    )
    sys.stdout.write("\n".join([*lines, "", verdict, ""]))


def _figure(measure: Measure) -> str:
    if measure.low is None:
        return f"{measure.value:.4g}"
    return f"{measure.value:.4g} ({measure.low:.4g} to {measure.high:.4g})"


if __name__ == "__main__":
    sys.exit(main())
