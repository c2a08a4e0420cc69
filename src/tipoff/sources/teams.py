"""Teams: the code of a franchise on a date, and every way the sources spell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from tipoff import clock

START, END = clock.FIRST, clock.LAST


@dataclass(frozen=True)
class Era:
    """One code of a franchise and the league dates on which it is the code."""

    code: str
    first: date
    last: date


def _eras(*steps: tuple[str, date]) -> tuple[Era, ...]:
    """(code, last league date) in order -> eras without gaps."""
    eras, first = [], START
    for code, last in steps:
        eras.append(Era(code, first, last))
        first = date.fromordinal(last.toordinal() + 1)
    return tuple(eras)


def _summer(year: int) -> date:
    return date(year, 8, 31)


MOVED: dict[str, tuple[Era, ...]] = {
    "BKN": _eras(("NJN", _summer(2012)), ("BKN", END)),
    "OKC": _eras(("SEA", _summer(2008)), ("OKC", END)),
    "MEM": _eras(("VAN", _summer(2001)), ("MEM", END)),
    "CHA": _eras(("CHH", _summer(2002)), ("CHA", END)),
    "NOP": _eras(
        ("NOH", _summer(2005)), ("NOK", _summer(2007)), ("NOH", _summer(2013)), ("NOP", END)
    ),
}
"""Franchises that changed their code; Charlotte's first Hornets count under CHA's name here
because no date has both."""

NAMES: dict[str, tuple[str, ...]] = {
    "ATL": ("ATLANTA HAWKS", "HAWKS", "ATLANTA"),
    "BKN": ("BROOKLYN NETS", "NEW JERSEY NETS", "NETS", "BROOKLYN", "NJN", "BRK", "NJ", "BKLYN"),
    "BOS": ("BOSTON CELTICS", "CELTICS", "BOSTON"),
    "CHA": ("CHARLOTTE HORNETS", "CHARLOTTE BOBCATS", "HORNETS", "BOBCATS", "CHARLOTTE", "CHO",
            "CHH"),
    "CHI": ("CHICAGO BULLS", "BULLS", "CHICAGO"),
    "CLE": ("CLEVELAND CAVALIERS", "CAVALIERS", "CAVS", "CLEVELAND"),
    "DAL": ("DALLAS MAVERICKS", "MAVERICKS", "MAVS", "DALLAS"),
    "DEN": ("DENVER NUGGETS", "NUGGETS", "DENVER"),
    "DET": ("DETROIT PISTONS", "PISTONS", "DETROIT"),
    "GSW": ("GOLDEN STATE WARRIORS", "WARRIORS", "GOLDEN STATE", "GS"),
    "HOU": ("HOUSTON ROCKETS", "ROCKETS", "HOUSTON"),
    "IND": ("INDIANA PACERS", "PACERS", "INDIANA"),
    "LAC": ("LOS ANGELES CLIPPERS", "LA CLIPPERS", "L.A. CLIPPERS", "CLIPPERS"),
    "LAL": ("LOS ANGELES LAKERS", "LA LAKERS", "L.A. LAKERS", "LAKERS"),
    "MEM": ("MEMPHIS GRIZZLIES", "VANCOUVER GRIZZLIES", "GRIZZLIES", "MEMPHIS", "VAN"),
    "MIA": ("MIAMI HEAT", "HEAT", "MIAMI"),
    "MIL": ("MILWAUKEE BUCKS", "BUCKS", "MILWAUKEE"),
    "MIN": ("MINNESOTA TIMBERWOLVES", "TIMBERWOLVES", "WOLVES", "MINNESOTA"),
    "NOP": (
        "NEW ORLEANS PELICANS", "NEW ORLEANS HORNETS", "NEW ORLEANS/OKLAHOMA CITY HORNETS",
        "PELICANS", "NEW ORLEANS", "NO", "NOLA", "NOH", "NOK",
    ),
    "NYK": ("NEW YORK KNICKS", "KNICKS", "NEW YORK", "NY"),
    "OKC": ("OKLAHOMA CITY THUNDER", "SEATTLE SUPERSONICS", "THUNDER", "SUPERSONICS", "SONICS",
            "OKLAHOMA CITY", "SEA"),
    "ORL": ("ORLANDO MAGIC", "MAGIC", "ORLANDO"),
    "PHI": ("PHILADELPHIA 76ERS", "76ERS", "SIXERS", "PHILADELPHIA"),
    "PHX": ("PHOENIX SUNS", "SUNS", "PHOENIX", "PHO"),
    "POR": ("PORTLAND TRAIL BLAZERS", "TRAIL BLAZERS", "TRAILBLAZERS", "BLAZERS", "PORTLAND"),
    "SAC": ("SACRAMENTO KINGS", "KINGS", "SACRAMENTO"),
    "SAS": ("SAN ANTONIO SPURS", "SPURS", "SAN ANTONIO", "SA", "SAN"),
    "TOR": ("TORONTO RAPTORS", "RAPTORS", "TORONTO"),
    "UTA": ("UTAH JAZZ", "JAZZ", "UTAH", "UTH"),
    "WAS": ("WASHINGTON WIZARDS", "WASHINGTON BULLETS", "WIZARDS", "BULLETS", "WASHINGTON", "WSH"),
}  # fmt: skip
"""Franchise (its present code) -> other spellings, upper case. A code of the past names the
franchise as well: a source that writes BKN in 2009 means the New Jersey Nets."""


@cache
def aliases() -> dict[str, str]:
    """Every spelling (upper case) -> franchise."""
    return {alias: team for team, names in NAMES.items() for alias in (team, *names)}


def eras(franchise: str) -> tuple[Era, ...]:
    """The codes of a franchise over time."""
    return MOVED.get(franchise, (Era(franchise, START, END),))


def code_on(name: str, day: date) -> str | None:
    """The code in force on a league date for any spelling of a team; None when unknown."""
    franchise = aliases().get(name.strip().upper())
    if franchise is None:
        return None
    return next(e.code for e in eras(franchise) if e.first <= day <= e.last)


def alias_rows() -> list[tuple[str, str, date, date]]:
    """(alias, code, first, last) for joining: one row matches per alias and date."""
    return [
        (alias, era.code, era.first, era.last)
        for alias, team in sorted(aliases().items())
        for era in eras(team)
    ]
