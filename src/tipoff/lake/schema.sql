-- The lake's tables. The text after `--` behind a column is stored as that column's comment.
-- Append-only, `ops.guard` aside. "current" is a view (views.sql), never a mutable flag.
-- Every fact carries: known_at (when the world could know it; a correction keeps it),
-- recorded_seq (the commit that stored it, monotone), fact_id (hash of its content).

CREATE TABLE ops.guard (
  n BIGINT -- fence: every commit adds one, so two commits can never both succeed unseen; also the source of recorded_seq
);
CREATE TABLE ops.meta (
  key VARCHAR, -- schema_version, simulated
  value VARCHAR, -- its value as text
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE ops.event (
  event_id VARCHAR, -- content hash
  happened_at TIMESTAMPTZ, -- wall clock of the commit
  kind VARCHAR, -- import, verified, migrate, ...
  slate DATE, -- slate concerned, null when none
  detail VARCHAR, -- JSON
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE ops.build (
  build_id VARCHAR, -- content hash
  version VARCHAR, -- version of tipoff
  python VARCHAR, -- version of Python
  libraries VARCHAR, -- JSON: library -> version
  modules VARCHAR, -- JSON: digests of the code that made a set
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE raw.payload (
  sha256 VARCHAR, -- hash of the bytes
  name VARCHAR, -- file name or endpoint
  fetched_at TIMESTAMPTZ, -- when it was read
  size BIGINT, -- bytes
  body BLOB, -- verbatim bytes
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE raw.set_aside (
  fact_id VARCHAR, -- hash of file name, reason and row
  name VARCHAR, -- file the row came from
  reason VARCHAR, -- why it was not stored, naming the column and value
  body VARCHAR, -- the row as JSON
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE league.game (
  game_id VARCHAR, -- canonical: the NBA's id, or display_id for an event seen only in lines
  nba_game_id VARCHAR, -- the NBA's id; null for an event seen only in lines; another id than game_id once a schedule has that event
  display_id VARCHAR, -- YYYYMMDD_AWAY_HOME
  game_date DATE, -- league date, US Eastern
  season VARCHAR, -- 2024-25
  game_type VARCHAR, -- regular, playin, playoffs, cup_semi, cup_final
  home VARCHAR, -- home team
  away VARCHAR, -- away team
  tipoff TIMESTAMPTZ, -- tip-off, UTC
  tipoff_source VARCHAR, -- line, schedule, or default (19:00 Eastern, flagged)
  scheduled_tipoff TIMESTAMPTZ, -- the schedule's own time, null when it gives none; lines are compared with it
  status VARCHAR, -- scheduled or final, as last recorded
  home_pts SMALLINT, -- final score, home
  away_pts SMALLINT, -- final score, away
  known_at TIMESTAMPTZ, -- fixture: start of the season, or the first line of an event seen only in lines
  result_known_at TIMESTAMPTZ, -- three hours after tip-off; null without a result
  recorded_seq BIGINT, -- commit that stored it
  fact_id VARCHAR -- hash of the row's content
);
CREATE TABLE league.player (
  player_key VARCHAR, -- accent- and suffix-free lower-case name
  player_id BIGINT, -- the NBA's id, null on fringe players
  player_name VARCHAR, -- as printed
  known_at TIMESTAMPTZ, -- first box score
  recorded_seq BIGINT, -- commit that stored it
  fact_id VARCHAR -- hash of the row's content
);
CREATE TABLE league.player_game (
  game_id VARCHAR, -- canonical game
  player_key VARCHAR, -- player
  player_id BIGINT, -- the NBA's id, null on fringe players
  player_name VARCHAR, -- as printed
  game_date DATE, -- league date
  season VARCHAR, -- 2024-25
  season_type VARCHAR, -- regular, playin, playoffs, cup_final
  team VARCHAR, -- his team
  opponent VARCHAR, -- other team
  home BOOLEAN, -- home side
  starter BOOLEAN, -- started
  minutes DECIMAL(7,3), -- minutes played; decimal so that sums are exact
  pts SMALLINT, -- points
  reb SMALLINT, -- rebounds
  oreb SMALLINT, -- offensive rebounds
  dreb SMALLINT, -- defensive rebounds
  ast SMALLINT, -- assists
  stl SMALLINT, -- steals
  blk SMALLINT, -- blocks
  tov SMALLINT, -- turnovers
  pf SMALLINT, -- fouls
  fgm SMALLINT, -- field goals made
  fga SMALLINT, -- field goals attempted
  fg3m SMALLINT, -- threes made
  fg3a SMALLINT, -- threes attempted
  ftm SMALLINT, -- free throws made
  fta SMALLINT, -- free throws attempted
  plus_minus DECIMAL(7,3), -- plus-minus, sometimes null
  usg_pct DECIMAL(7,3), -- usage, percent
  did_not_play BOOLEAN, -- an explicit DNP row
  tipoff TIMESTAMPTZ, -- the game's tip-off as of this row's commit
  known_at TIMESTAMPTZ, -- tip-off plus three hours
  recorded_seq BIGINT, -- commit that stored it
  fact_id VARCHAR -- hash of the row's content
);
CREATE TABLE league.team_game (
  game_id VARCHAR, -- canonical game
  team VARCHAR, -- team
  opponent VARCHAR, -- other team
  game_date DATE, -- league date
  season VARCHAR, -- 2024-25
  game_type VARCHAR, -- regular, playin, playoffs, cup_semi, cup_final
  home BOOLEAN, -- home side
  pts SMALLINT, -- points
  opp_pts SMALLINT, -- points allowed
  reb SMALLINT, -- rebounds
  oreb SMALLINT, -- offensive rebounds
  dreb SMALLINT, -- defensive rebounds
  ast SMALLINT, -- assists
  stl SMALLINT, -- steals
  blk SMALLINT, -- blocks
  tov SMALLINT, -- turnovers
  pf SMALLINT, -- fouls
  fgm SMALLINT, -- field goals made
  fga SMALLINT, -- field goals attempted
  fg3m SMALLINT, -- threes made
  fg3a SMALLINT, -- threes attempted
  ftm SMALLINT, -- free throws made
  fta SMALLINT, -- free throws attempted
  possessions DECIMAL(9,3), -- the source's estimate for this team
  tipoff TIMESTAMPTZ, -- the game's tip-off as of this row's commit
  known_at TIMESTAMPTZ, -- tip-off plus three hours
  recorded_seq BIGINT, -- commit that stored it
  fact_id VARCHAR -- hash of the row's content
);
CREATE TABLE league.injury (
  date DATE, -- league date of the transaction or status
  team VARCHAR, -- team as canonical code, null when unknown
  player_key VARCHAR, -- resolved player, null when unresolved
  raw_key VARCHAR, -- key as the source spells it
  player_name VARCHAR, -- as printed
  status VARCHAR, -- canonical: out, doubtful, questionable, probable, available
  raw_status VARCHAR, -- as the source spells it
  detail VARCHAR, -- free text
  kind VARCHAR, -- transaction, or daily status snapshot
  known_at TIMESTAMPTZ, -- snapshot time, else noon Eastern on the date
  estimated BOOLEAN, -- known_at is by rule, not observed
  recorded_seq BIGINT, -- commit that stored it
  fact_id VARCHAR -- hash of the row's content
);
CREATE TABLE league.official (
  game_id VARCHAR, -- canonical game
  official VARCHAR, -- name
  official_id VARCHAR, -- the NBA's id
  slot SMALLINT, -- position, null when unknown
  known_at TIMESTAMPTZ, -- noon Eastern on the game's date
  recorded_seq BIGINT, -- commit that stored it
  fact_id VARCHAR -- hash of the row's content
);
CREATE TABLE league.game_line (
  game_id VARCHAR, -- canonical game, null when unresolved
  game_date DATE, -- league date
  home VARCHAR, -- home team
  away VARCHAR, -- away team
  bookmaker VARCHAR, -- source of the line
  source VARCHAR, -- file or path of the source, part of the key
  home_spread DOUBLE, -- points, negative when the home team is favoured
  total DOUBLE, -- points
  home_ml DOUBLE, -- American odds
  away_ml DOUBLE, -- American odds
  home_spread_price DOUBLE, -- American odds
  away_spread_price DOUBLE, -- American odds
  over_price DOUBLE, -- American odds
  under_price DOUBLE, -- American odds
  commence_time TIMESTAMPTZ, -- the source's start time
  known_at TIMESTAMPTZ, -- 30 minutes before the slate's first tip-off (the source gives no time)
  estimated BOOLEAN, -- known_at is by rule, not observed
  recorded_seq BIGINT, -- commit that stored it
  fact_id VARCHAR -- hash of the row's content
);
CREATE TABLE league.prop_line (
  game_date DATE, -- league date
  game_id VARCHAR, -- resolved game, null when unresolved
  player_key VARCHAR, -- resolved player, null when unresolved
  raw_key VARCHAR, -- key as the source spells it
  player_name VARCHAR, -- as printed
  home VARCHAR, -- event's home team, canonical, null when the source names no event
  away VARCHAR, -- event's away team, canonical, null when the source names no event
  market VARCHAR, -- points, rebounds, assists, threes, steals, blocks, pra, pr, pa, ra
  bookmaker VARCHAR, -- book
  line DOUBLE, -- the number to go over
  over_price DOUBLE, -- American odds, null when absent or not a price
  under_price DOUBLE, -- American odds, null when absent or not a price
  is_main_line BOOLEAN, -- the balanced line where a book lists alternates
  pickem BOOLEAN, -- fixed payouts: the price means nothing
  event_id VARCHAR, -- the source's event
  commence_time TIMESTAMPTZ, -- the source's start time
  snapshot_time TIMESTAMPTZ, -- when the source read it, null when unknown
  known_at TIMESTAMPTZ, -- snapshot time, else 30 minutes before the slate's first tip-off
  estimated BOOLEAN, -- known_at is by rule, not observed
  late BOOLEAN, -- stamped at or after the tip-off of its game
  source VARCHAR, -- repository and path of the source, part of the key
  recorded_seq BIGINT, -- commit that stored it
  fact_id VARCHAR -- hash of the row's content
);
CREATE TABLE features.snapshot (
  snapshot_id VARCHAR, -- hash of definition hashes, canonical values, slate and as_of
  slate DATE, -- slate date
  as_of TIMESTAMPTZ, -- moment the features are true of
  facts_seq BIGINT, -- newest recorded_seq the build could see
  definitions VARCHAR, -- JSON: feature name -> definition hash
  rows INTEGER, -- player-games in it
  report VARCHAR, -- JSON: batch checks
  code_version VARCHAR, -- hash of the sources on the scoring path
  recorded_seq BIGINT -- commit that stored it
);
-- features.value gets one DOUBLE column per feature, by schema evolution (features/snapshot.py).
CREATE TABLE features.value (
  snapshot_id VARCHAR, -- its snapshot
  game_id VARCHAR, -- canonical game
  player_key VARCHAR, -- player
  team VARCHAR, -- his team at as_of
  opponent VARCHAR, -- other team
  home BOOLEAN, -- home side
  tipoff TIMESTAMPTZ, -- tip-off
  quality DOUBLE, -- 0-100 over the widest v2 set
  tier VARCHAR, -- gold, silver, bronze, poor, critical
  reasons VARCHAR, -- JSON: feature -> why it is null or a fallback
  row_hash VARCHAR, -- hash of the row's canonical values
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE models.version (
  model_id VARCHAR, -- hash of the manifest
  model VARCHAR, -- name: catboost_v9, catboost_v9_2025_01, ewma_hl8, ...
  family VARCHAR, -- catboost or baseline
  markets VARCHAR[], -- markets it predicts
  trained_from DATE, -- first league date of its training rows
  trained_through DATE, -- last league date of its training rows
  manifest VARCHAR, -- JSON: contract, hyper-parameters, data hash, seed, golden rows, code version
  artifact VARCHAR, -- path of the artifact inside the lake folder
  artifact_sha256 VARCHAR, -- its hash
  created_at TIMESTAMPTZ, -- wall clock of the commit
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE models.state (
  model_id VARCHAR, -- model version
  market VARCHAR, -- market the state is for
  state VARCHAR, -- shadow, challenger, champion, retired
  reason VARCHAR, -- why
  happened_at TIMESTAMPTZ, -- wall clock of the commit
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE forecast.run (
  run_id VARCHAR, -- hash of slate, as_of, facts, models, lines, settings and code
  slate DATE, -- slate date
  as_of TIMESTAMPTZ, -- moment the run is true of
  snapshot_id VARCHAR, -- feature snapshot
  facts_seq BIGINT, -- newest recorded_seq the run could see
  code_version VARCHAR, -- hash of the sources on the scoring path
  mode VARCHAR, -- quality gate: first, retry, final_retry, last_call, backfill
  settings VARCHAR, -- JSON: settings and gates in force
  build_id VARCHAR, -- build that made it
  models VARCHAR, -- JSON: model_id -> role, and what was refused at load
  complete BOOLEAN, -- every eligible model and market was asked for, not a choice of them
  simulated BOOLEAN, -- made from a simulated league
  backfill BOOLEAN, -- committed at or after the slate's first tip-off
  first_tipoff TIMESTAMPTZ, -- slate's first tip-off
  games INTEGER, -- games of the slate
  expected INTEGER, -- planned (player, market, model) triples
  predicted INTEGER, -- of those, predicted
  refused INTEGER, -- of those, refused
  committed_at TIMESTAMPTZ, -- wall clock of the commit
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE forecast.prediction (
  run_id VARCHAR, -- run
  prediction_id VARCHAR, -- hash of feature values and definitions read, model, line rows, as_of
  game_id VARCHAR, -- canonical game
  player_id BIGINT, -- the NBA's id, null on fringe players
  player_key VARCHAR, -- player
  player VARCHAR, -- name as printed
  team VARCHAR, -- team at as_of
  opponent VARCHAR, -- other team
  market VARCHAR, -- market
  model VARCHAR, -- model name
  model_id VARCHAR, -- model version
  role VARCHAR, -- champion, challenger, shadow
  snapshot_id VARCHAR, -- feature snapshot
  as_of TIMESTAMPTZ, -- moment it is true of
  tipoff TIMESTAMPTZ, -- the game's tip-off
  pmf DOUBLE[], -- P(stat = 0..K given that he plays)
  mean DOUBLE, -- of the pmf
  median DOUBLE, -- interpolated
  p10 DOUBLE, -- interpolated 10% quantile
  p90 DOUBLE, -- interpolated 90% quantile
  line DOUBLE, -- consensus line, null when none
  books INTEGER, -- books in the consensus
  line_ids VARCHAR[], -- fact_id of every line row read
  p_over DOUBLE, -- P(stat > line), null without a line
  p_push DOUBLE, -- P(stat = line), null without a line
  fair_over DOUBLE, -- fair American odds of the over by the model
  fair_under DOUBLE, -- fair American odds of the under by the model
  market_over DOUBLE, -- no-vig P(over) of the market, null without two-sided prices
  over_price DOUBLE, -- best American price for the over at the consensus line
  under_price DOUBLE, -- best American price for the under at the consensus line
  edge DOUBLE, -- median - line, in units of the market
  ev DOUBLE, -- expected profit per unit at the picked side's price
  recommendation VARCHAR, -- OVER, UNDER, PASS, NO_LINE
  quality DOUBLE, -- 0-100 over the model's own features
  tier VARCHAR, -- gold, silver, bronze, poor, critical
  code_version VARCHAR, -- hash of the sources on the scoring path
  record_hash VARCHAR, -- hash of this row, so that a change by hand shows
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE forecast.refusal (
  run_id VARCHAR, -- run
  game_id VARCHAR, -- canonical game
  player_key VARCHAR, -- player
  player VARCHAR, -- name as printed
  team VARCHAR, -- team at as_of
  market VARCHAR, -- market
  model VARCHAR, -- model name
  reason VARCHAR, -- out, bootstrap, no_history, no_line, quality, contract, team_unknown, ...
  detail VARCHAR, -- what exactly
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE forecast.publication (
  publication_id VARCHAR, -- hash of slate, seq, parent and run
  slate DATE, -- slate date
  seq INTEGER, -- 1, 2, ... per slate, no gaps
  parent VARCHAR, -- publication it replaces, null for the first
  run_id VARCHAR, -- complete set it points to
  kind VARCHAR, -- first, supersede, regenerate, withdraw
  reason VARCHAR, -- why
  committed_at TIMESTAMPTZ, -- wall clock of the commit
  recorded_seq BIGINT -- commit that stored it
);
CREATE TABLE grading.grade (
  grade_id VARCHAR, -- hash of prediction, run, outcome rows
  slate DATE, -- slate date
  run_id VARCHAR, -- graded run
  prediction_id VARCHAR, -- graded prediction
  game_id VARCHAR, -- canonical game
  player_key VARCHAR, -- player
  market VARCHAR, -- market
  model VARCHAR, -- model name
  outcome VARCHAR, -- hit, miss, push, void, no_pick; pending is never stored
  actual DOUBLE, -- what he did, null when void
  proof VARCHAR, -- JSON: box score row, or what proves the void
  live BOOLEAN, -- committed before tip-off
  backfill BOOLEAN, -- not live
  crps DOUBLE, -- of the pmf
  pit DOUBLE, -- randomised, seed from the prediction id
  absolute_error DOUBLE, -- |median - actual|
  signed_error DOUBLE, -- median - actual
  mean_error DOUBLE, -- mean - actual
  brier DOUBLE, -- of P(over), null on push or no line
  log_loss DOUBLE, -- of P(over), null on push or no line
  covered80 BOOLEAN, -- randomised 80% interval holds the actual
  profit DOUBLE, -- per unit at the picked side's price, null without a real price
  recorded_seq BIGINT -- commit that stored it
);
