"""What tipoff makes of the facts: feature values, models, prediction sets and grades."""

from tipoff.lake.tables.declare import MOMENT, RECORDED, TEXT, Column, Table

_GAME_ID = Column("game_id", TEXT, "canonical game")
_PLAYER_KEY = Column("player_key", TEXT, "player")
_PLAYER = Column("player", TEXT, "name as printed")
_TEAM = Column("team", TEXT, "the player's team as of the set's moment")
_OPPONENT = Column("opponent", TEXT, "the other team")
_TIPOFF = Column("tipoff", MOMENT, "the game's tip-off as known then, UTC")
_SLATE = Column("slate", "DATE", "league date of the slate")
_SNAPSHOT = Column("snapshot_id", TEXT, "feature snapshot")
_RUN = Column("run_id", TEXT, "prediction set")
_MARKET = Column("market", TEXT, "market")
_MODEL = Column("model", TEXT, "model name")
_MODEL_ID = Column("model_id", TEXT, "model version")
_TIER = Column("tier", TEXT, "gold, silver, bronze, poor, critical")
_CODE = Column("code_version", TEXT, "hash of the code that can change its numbers")
_REASON = Column("reason", TEXT, "why, in words")
_COMMITTED = Column("committed_at", MOMENT, "wall clock of the commit")

FEATURES = (
    Table(
        "features.snapshot",
        "a set of feature rows: definitions, moment, batch checks",
        (
            Column(
                "snapshot_id", TEXT, "hash of slate, as_of, definition hashes and canonical values"
            ),
            _SLATE,
            Column("as_of", MOMENT, "moment the features are true of"),
            Column("facts_seq", "BIGINT", "newest recorded_seq the build could see"),
            Column("definitions", TEXT, "JSON: feature name -> definition hash"),
            Column("rows", "INTEGER", "player-games in it"),
            Column("report", TEXT, "JSON: batch checks"),
            _CODE,
            RECORDED,
        ),
    ),
    Table(
        "features.value",
        "a player-game of a snapshot; one DOUBLE column more per feature of the catalogue, added"
        " when a snapshot first has it",
        (
            Column("snapshot_id", TEXT, "its snapshot"),
            _GAME_ID,
            _PLAYER_KEY,
            _TEAM,
            _OPPONENT,
            Column("home", "BOOLEAN", "whether the team is at home"),
            _TIPOFF,
            Column("quality", "DOUBLE", "0-100 over the feature set v2_39, null when unknown"),
            _TIER,
            Column("reasons", TEXT, "JSON: feature -> why it is null, or fallback"),
            Column("row_hash", TEXT, "hash of the row's keys, canonical values and reasons"),
            RECORDED,
        ),
    ),
)

MODELS = (
    Table(
        "models.version",
        "a trained model: manifest, artifact and its hash",
        (
            Column("model_id", TEXT, "hash of the manifest without its code version"),
            Column("model", TEXT, "name: champion_line, catboost_v9_2025_01, ewma_hl8, ..."),
            Column(
                "family",
                TEXT,
                "how it is made, and what can load it: baseline, catboost, champion, plays, ...",
            ),
            Column(
                "markets", "VARCHAR[]", "what it predicts: markets, or its family if it has none"
            ),
            Column("trained_from", "DATE", "first league date of its training rows"),
            Column("trained_through", "DATE", "last league date it may have learnt from"),
            Column(
                "manifest",
                TEXT,
                "JSON: contract, parameters, seed, data hash, dispersion, golden rows, its code",
            ),
            Column(
                "artifact",
                TEXT,
                "name of its artifact (models/SHA256.SUFFIX), null when the manifest is all of it",
            ),
            Column("artifact_sha256", TEXT, "SHA-256 of the artifact's bytes, null without one"),
            Column("created_at", MOMENT, "wall clock just before the commit"),
            RECORDED,
        ),
    ),
    Table(
        "models.state",
        "a role given to a version in a market, or its end, with the reason",
        (
            _MODEL_ID,
            Column("market", TEXT, "market the state is for"),
            Column("state", TEXT, "champion, challenger, shadow, blocked, retired"),
            _REASON,
            Column("happened_at", MOMENT, "wall clock just before the commit"),
            RECORDED,
        ),
    ),
)

FORECAST = (
    Table(
        "forecast.run",
        "a complete prediction set: what it was made from, and its counts",
        (
            Column(
                "run_id",
                TEXT,
                "hash of slate, as_of, snapshot, models, settings, gate and code, of the seals of"
                " its predictions and of its refusals",
            ),
            _SLATE,
            Column("as_of", MOMENT, "moment the set is true of"),
            _SNAPSHOT,
            Column("facts_seq", "BIGINT", "newest recorded_seq it could see; not in run_id"),
            _CODE,
            Column("mode", TEXT, "quality gate: first, retry, final_retry, last_call, backfill"),
            Column("settings", TEXT, "JSON: the settings that can change a forecast"),
            Column("models", TEXT, "JSON: [model_id, market, role] of everything asked for"),
            Column(
                "complete",
                "BOOLEAN",
                "every eligible model and market was asked for, not a choice of them",
            ),
            Column("simulated", "BOOLEAN", "made from a simulated league"),
            Column("backfill", "BOOLEAN", "committed at or after the slate's first tip-off"),
            Column("first_tipoff", MOMENT, "the slate's first tip-off, UTC"),
            Column("games", "INTEGER", "games of the slate"),
            Column("expected", "INTEGER", "planned (player, market, model) forecasts"),
            Column("predicted", "INTEGER", "of those, predicted"),
            Column("refused", "INTEGER", "of those, refused"),
            _COMMITTED,
            RECORDED,
            Column(
                "build_id",
                TEXT,
                "build that made it (ops.build), null of a set the first edition made",
            ),
        ),
    ),
    Table(
        "forecast.prediction",
        "a prediction: pmf, line, edge, recommendation, seal",
        (
            _RUN,
            Column(
                "prediction_id",
                TEXT,
                "hash of what it was made from: player-game, market, model, as_of, the feature"
                " values and definitions it reads, line rows",
            ),
            _GAME_ID,
            Column("player_id", "BIGINT", "the NBA's id, null where no source gave it"),
            _PLAYER_KEY,
            _PLAYER,
            _TEAM,
            _OPPONENT,
            _MARKET,
            _MODEL,
            _MODEL_ID,
            Column("role", TEXT, "champion, challenger, shadow"),
            _SNAPSHOT,
            Column("as_of", MOMENT, "moment it is true of"),
            _TIPOFF,
            Column(
                "pmf", "DOUBLE[]", "P(count = 0, 1, ..., K or more), given that the player plays"
            ),
            Column("mean", "DOUBLE", "of the pmf"),
            Column("median", "DOUBLE", "of the pmf, interpolated"),
            Column("p10", "DOUBLE", "10% quantile, interpolated"),
            Column("p90", "DOUBLE", "90% quantile, interpolated"),
            Column("line", "DOUBLE", "consensus line: median over books, null without any"),
            Column("books", "INTEGER", "books in the consensus"),
            Column("line_ids", "VARCHAR[]", "fact_id of every line row read"),
            Column("p_over", "DOUBLE", "P(count > line), null without a line"),
            Column("p_push", "DOUBLE", "P(count = line), null without a line"),
            Column("fair_over", "DOUBLE", "fair American odds of the over by the model"),
            Column("fair_under", "DOUBLE", "fair American odds of the under by the model"),
            Column(
                "market_over",
                "DOUBLE",
                "P(over) by the market without overround, null without two-sided prices",
            ),
            Column("over_price", "DOUBLE", "best American price for the over at exactly the line"),
            Column(
                "under_price", "DOUBLE", "best American price for the under at exactly the line"
            ),
            Column("edge", "DOUBLE", "median - line, in units of the market"),
            Column(
                "ev",
                "DOUBLE",
                "expected profit per unit at the picked side's price, null without pick or price",
            ),
            Column("recommendation", TEXT, "OVER, UNDER, PASS, NO_LINE"),
            Column("quality", "DOUBLE", "0-100 over the features the model reads"),
            _TIER,
            _CODE,
            Column(
                "record_hash",
                TEXT,
                "seal: hash of all columns of this row but run_id and recorded_seq",
            ),
            RECORDED,
        ),
    ),
    Table(
        "forecast.refusal",
        "a (player, market, model) that was expected and refused, with the reason",
        (
            _RUN,
            _GAME_ID,
            _PLAYER_KEY,
            _PLAYER,
            _TEAM,
            _MARKET,
            _MODEL,
            Column(
                "reason",
                TEXT,
                "out, bootstrap, no_history, no_line, missing_feature, quality, batch_check,"
                " gate_error, team_unknown, unresolved_player, contract, artifact, model_error,"
                " unpredictable",
            ),
            Column("detail", TEXT, "what exactly"),
            RECORDED,
        ),
    ),
    Table(
        "forecast.publication",
        "a move of a slate's pointer to a prediction set",
        (
            Column("publication_id", TEXT, "hash of slate, seq, parent and run_id"),
            _SLATE,
            Column("seq", "INTEGER", "1, 2, ... per slate, no gaps"),
            Column("parent", TEXT, "publication it replaces, null for the first"),
            Column("run_id", TEXT, "complete prediction set it points to"),
            Column("kind", TEXT, "first, supersede, regenerate, withdraw"),
            _REASON,
            Column(
                "committed_at",
                MOMENT,
                "wall clock of the commit, never before the lake's newest publication",
            ),
            RECORDED,
        ),
    ),
)

GRADING = (
    Table(
        "grading.grade",
        "what became of a prediction, with the proof",
        (
            Column("grade_id", TEXT, "hash of prediction, set, outcome and the rows that prove it"),
            _SLATE,
            Column("run_id", TEXT, "graded prediction set"),
            Column("prediction_id", TEXT, "graded prediction"),
            _GAME_ID,
            _PLAYER_KEY,
            _MARKET,
            _MODEL,
            Column("outcome", TEXT, "hit, miss, push, void, no_pick; pending is never stored"),
            Column("actual", "DOUBLE", "what the player did, null when void"),
            Column("proof", TEXT, "JSON: box score row, or what proves the void"),
            Column("live", "BOOLEAN", "committed, and true of a moment, before tip-off"),
            Column("backfill", "BOOLEAN", "not live"),
            Column("crps", "DOUBLE", "of the pmf"),
            Column("pit", "DOUBLE", "of the pmf, randomised, seed from the prediction id"),
            Column("absolute_error", "DOUBLE", "|median - actual|"),
            Column("signed_error", "DOUBLE", "median - actual"),
            Column("mean_error", "DOUBLE", "mean - actual"),
            Column("brier", "DOUBLE", "of P(over) given no push, null on a push or without a line"),
            Column(
                "log_loss", "DOUBLE", "of P(over) given no push, null on a push or without a line"
            ),
            Column("covered80", "BOOLEAN", "the randomised 80% interval holds the actual"),
            Column(
                "profit", "DOUBLE", "per unit at the picked side's price, null without a real price"
            ),
            RECORDED,
        ),
    ),
)
