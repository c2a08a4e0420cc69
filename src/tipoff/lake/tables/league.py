"""Facts: what the sources say of games, players, availability and lines.

Each carries `known_at` (when the world could know it; a correction keeps it), `recorded_seq` (the
commit that stored it) and `fact_id` (a hash of its content).
"""

from tipoff.lake.tables.declare import FACT_ID, MOMENT, RECORDED, TEXT, Column, Table

_GAME_ID = Column("game_id", TEXT, "canonical game")
_DATE = Column("game_date", "DATE", "league date, US Eastern")
_SEASON = Column("season", TEXT, "such as 2024-25")
_TYPES = "regular, playin, playoffs, cup_semi, cup_final"
_TEAM = Column("team", TEXT, "canonical team code")
_OPPONENT = Column("opponent", TEXT, "the other team")
_PLAYER_ID = Column("player_id", "BIGINT", "the NBA's id, null where no source gave it")
_PRINTED = Column("player_name", TEXT, "as printed")
_RESOLVED = Column("player_key", TEXT, "player it was resolved to, null when nobody was found")
_SPELLED = Column("raw_key", TEXT, "key as the source spells it")
_ESTIMATED = Column("estimated", "BOOLEAN", "known_at is by rule, not observed")
_AS_FIRST_STORED = (
    Column("tipoff", MOMENT, "tip-off as known when this box score was first stored, UTC"),
    Column("known_at", MOMENT, "that tip-off plus three hours"),
)
_COUNTS = tuple(
    Column(name, "SMALLINT", what)
    for name, what in {
        "reb": "rebounds",
        "oreb": "offensive rebounds",
        "dreb": "defensive rebounds",
        "ast": "assists",
        "stl": "steals",
        "blk": "blocks",
        "tov": "turnovers",
        "pf": "personal fouls",
        "fgm": "field goals made",
        "fga": "field goals attempted",
        "fg3m": "threes made",
        "fg3a": "threes attempted",
        "ftm": "free throws made",
        "fta": "free throws attempted",
    }.items()
)


def _american(name: str) -> Column:
    return Column(name, "DOUBLE", "American odds, null when absent or not a price")


TABLES = (
    Table(
        "league.game",
        "a game: fixture, tip-off, and its result once there is one",
        (
            Column("game_id", TEXT, "the NBA's id, or display_id for an event seen only in lines"),
            Column(
                "nba_game_id",
                TEXT,
                "the NBA's id; null for an event seen only in lines; another id than game_id once a"
                " schedule has that event",
            ),
            Column("display_id", TEXT, "YYYYMMDD_AWAY_HOME"),
            _DATE,
            _SEASON,
            Column("game_type", TEXT, _TYPES),
            Column("home", TEXT, "home team"),
            Column("away", TEXT, "away team"),
            Column("tipoff", MOMENT, "tip-off, UTC"),
            Column("tipoff_source", TEXT, "line, schedule, or default (19:00 Eastern)"),
            Column(
                "scheduled_tipoff",
                MOMENT,
                "the schedule's own time, null when it gives none; lines are compared with it",
            ),
            Column("status", TEXT, "scheduled or final, as last recorded"),
            Column("home_pts", "SMALLINT", "final score of the home team, null before"),
            Column("away_pts", "SMALLINT", "final score of the away team, null before"),
            Column(
                "known_at",
                MOMENT,
                "of the fixture: 1 September of the season's first year; of an event seen only in"
                " lines: its first line",
            ),
            Column("result_known_at", MOMENT, "three hours after tip-off; null without a result"),
            RECORDED,
            FACT_ID,
        ),
        key=("game_id",),
    ),
    Table(
        "league.player",
        "a player who has a box score",
        (
            Column("player_key", TEXT, "accent- and suffix-free lower-case name"),
            _PLAYER_ID,
            _PRINTED,
            Column("known_at", MOMENT, "known_at of the first box score"),
            RECORDED,
            FACT_ID,
        ),
        key=("player_key",),
    ),
    Table(
        "league.player_game",
        "a player's box score",
        (
            _GAME_ID,
            Column("player_key", TEXT, "player"),
            _PLAYER_ID,
            _PRINTED,
            _DATE,
            _SEASON,
            Column("season_type", TEXT, _TYPES),
            Column("team", TEXT, "the player's team"),
            _OPPONENT,
            Column("home", "BOOLEAN", "whether that team is at home"),
            Column("starter", "BOOLEAN", "started; false where the source does not say"),
            Column(
                "minutes", "DECIMAL(7,3)", "minutes played; decimal so that sums are exact"
            ),
            Column("pts", "SMALLINT", "points"),
            *_COUNTS,
            Column("plus_minus", "DECIMAL(7,3)", "plus-minus, sometimes null"),
            Column("usg_pct", "DECIMAL(7,3)", "usage in percent, sometimes null"),
            Column(
                "did_not_play",
                "BOOLEAN",
                "the source says so of this row; false where it says nothing",
            ),
            *_AS_FIRST_STORED,
            RECORDED,
            FACT_ID,
        ),
        key=("game_id", "player_key"),
    ),
    Table(
        "league.team_game",
        "a team's box score",
        (
            _GAME_ID,
            _TEAM,
            _OPPONENT,
            _DATE,
            _SEASON,
            Column("game_type", TEXT, _TYPES),
            Column("home", "BOOLEAN", "whether the team is at home"),
            Column("pts", "SMALLINT", "points"),
            Column("opp_pts", "SMALLINT", "points allowed"),
            *_COUNTS,
            Column("possessions", "DECIMAL(9,3)", "the source's estimate for this team"),
            *_AS_FIRST_STORED,
            RECORDED,
            FACT_ID,
        ),
        key=("game_id", "team"),
    ),
    Table(
        "league.injury",
        "a transaction or a status of a player",
        (
            Column("date", "DATE", "league date of the transaction or status"),
            Column("team", TEXT, "canonical team code, null where the source names none"),
            _RESOLVED,
            _SPELLED,
            _PRINTED,
            Column("status", TEXT, "out, doubtful, questionable, probable, available"),
            Column("raw_status", TEXT, "as the source spells it"),
            Column("detail", TEXT, "free text"),
            Column("kind", TEXT, "transaction; any other word is a daily status"),
            Column("known_at", MOMENT, "the source's snapshot time, else noon Eastern on the date"),
            _ESTIMATED,
            RECORDED,
            FACT_ID,
        ),
        key=("date", "team", "raw_key", "raw_status", "detail", "kind", "known_at"),
    ),
    Table(
        "league.official",
        "an official of a game",
        (
            _GAME_ID,
            Column("official", TEXT, "name"),
            Column("official_id", TEXT, "the NBA's id, sometimes null"),
            Column("slot", "SMALLINT", "position, null when unknown"),
            Column("known_at", MOMENT, "noon Eastern on the game's date"),
            RECORDED,
            FACT_ID,
        ),
        key=("game_id", "official"),
    ),
    Table(
        "league.game_line",
        "a book's spread, total and moneyline",
        (
            Column("game_id", TEXT, "canonical game, null when none was found"),
            _DATE,
            Column("home", TEXT, "home team"),
            Column("away", TEXT, "away team"),
            Column("bookmaker", TEXT, "book, or the average of which books"),
            Column("source", TEXT, "repository and path of the source, part of the key"),
            Column("home_spread", "DOUBLE", "points, negative when the home team is favoured"),
            Column("total", "DOUBLE", "points"),
            *map(
                _american,
                (
                    "home_ml", "away_ml", "home_spread_price", "away_spread_price",
                    "over_price", "under_price",
                ),
            ),
            Column("commence_time", MOMENT, "the source's start time, null when it gives none"),
            Column(
                "known_at",
                MOMENT,
                "30 minutes before the slate's first tip-off (the source gives no time)",
            ),
            _ESTIMATED,
            RECORDED,
            FACT_ID,
        ),
        key=("game_date", "home", "away", "bookmaker", "source", "total", "home_spread"),
    ),
    Table(
        "league.prop_line",
        "a book's line on a player and market",
        (
            _DATE,
            Column("game_id", TEXT, "game it was resolved to, null when none was found"),
            _RESOLVED,
            _SPELLED,
            _PRINTED,
            Column("home", TEXT, "the event's home team, null when the source names no event"),
            Column("away", TEXT, "the event's away team, null when the source names no event"),
            Column(
                "market",
                TEXT,
                "points, rebounds, assists, threes, steals, blocks, pra, pr, pa, ra",
            ),
            Column("bookmaker", TEXT, "book"),
            Column("line", "DOUBLE", "the number to go over"),
            _american("over_price"),
            _american("under_price"),
            Column(
                "is_main_line",
                "BOOLEAN",
                "the balanced line where a book lists alternates; true where the source does not"
                " say",
            ),
            Column("pickem", "BOOLEAN", "fixed payouts: the price means nothing"),
            Column("event_id", TEXT, "the source's event"),
            Column("commence_time", MOMENT, "the source's start time, null when it gives none"),
            Column("snapshot_time", MOMENT, "when the source read it, null when unknown"),
            Column(
                "known_at",
                MOMENT,
                "snapshot time, else 30 minutes before the slate's first tip-off",
            ),
            _ESTIMATED,
            Column(
                "late", "BOOLEAN", "stamped at or after the tip-off of its game, known or scheduled"
            ),
            Column("source", TEXT, "repository and path of the source, part of the key"),
            RECORDED,
            FACT_ID,
        ),
        key=(
            "game_date", "raw_key", "home", "away", "market", "bookmaker",
            "line", "is_main_line", "event_id", "snapshot_time", "source",
        ),
    ),
    Table(
        "league.external",
        "a value of a table of one's own, of a player or a team",
        (
            Column("name", TEXT, "what the value is, as features name it"),
            Column("player_key", TEXT, "player, null of a team"),
            Column("team", TEXT, "canonical team code, null of a player"),
            Column("game_date", "DATE", "league date it is of, null of any date from then on"),
            Column("value", "DOUBLE", "the value"),
            Column("known_at", MOMENT, "when the world could know it, as its table says"),
            RECORDED,
            FACT_ID,
        ),
        key=("name", "player_key", "team", "game_date", "known_at"),
    ),
)  # fmt: skip
