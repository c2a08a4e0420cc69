"""Families of features, one module each; the catalogue lists them all."""

from collections.abc import Sequence

from tipoff.features.definition import Family
from tipoff.features.families.absence import ABSENCE, CROWD, NIGHT_NUMBER
from tipoff.features.families.breakout import BREAKOUT
from tipoff.features.families.context import CONTEXT, DAYS, REST
from tipoff.features.families.market import MARKET, prices, quotes
from tipoff.features.families.matchup import MATCHUP, OPPONENT, VERSUS
from tipoff.features.families.player import FORM, player
from tipoff.features.families.role import ALLOWED, ROLE
from tipoff.features.families.team import ABSENCES, MATES, STATUS, TEAM, TENURE, USAGE
from tipoff.markets import Market


def families(markets: Sequence[Market]) -> tuple[Family, ...]:
    """Every family, in an order in which each attaches after those its join names."""
    return (
        player(markets), FORM, TEAM, OPPONENT, VERSUS, MATCHUP, STATUS, MATES, USAGE, TENURE,
        ABSENCES, DAYS, REST, CONTEXT, quotes(markets), MARKET, BREAKOUT,
        ROLE, ALLOWED, NIGHT_NUMBER, ABSENCE, CROWD, prices(markets),
    )  # fmt: skip
