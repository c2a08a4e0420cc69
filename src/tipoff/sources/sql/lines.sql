-- Lines: their game, their player, and when the world could know them.
CREATE OR REPLACE TEMP MACRO real_price(p) AS
  CASE WHEN abs(p) BETWEEN 100 AND 20000 THEN p END;

-- Without an event: the game on the date of the team of their last earlier box score.
CREATE OR REPLACE TEMP TABLE last_team AS
  SELECT r.subject, a.team FROM (SELECT * FROM resolved WHERE home IS NULL) r
  ASOF JOIN (SELECT player_key, game_date, max(team) AS team FROM appearance GROUP BY ALL) a
    ON a.player_key = r.resolved_key AND r.day > a.game_date;
CREATE OR REPLACE TEMP TABLE team_day AS
  SELECT game_date, unnest([home, away]) AS team, game_id, tipoff, scheduled_tipoff FROM game_now;
CREATE OR REPLACE TEMP TABLE resolved_game AS
  SELECT r.*, coalesce(g.game_id, d.game_id) AS game_id, coalesce(g.tipoff, d.tipoff) AS tipoff,
    coalesce(g.scheduled_tipoff, d.scheduled_tipoff) AS scheduled_tipoff
  FROM resolved r
  LEFT JOIN (SELECT game_date, pair, min(game_id) AS game_id, min(tipoff) AS tipoff, min(scheduled_tipoff) AS scheduled_tipoff
             FROM game_now GROUP BY ALL) g ON g.game_date = r.day AND g.pair = pair_of(r.home, r.away)
  LEFT JOIN last_team t USING (subject)
  LEFT JOIN (SELECT game_date, team, min(game_id) AS game_id, min(tipoff) AS tipoff, min(scheduled_tipoff) AS scheduled_tipoff
             FROM team_day GROUP BY ALL) d ON d.game_date = r.day AND d.team = t.team;

CREATE OR REPLACE TEMP TABLE c_prop_line AS
  SELECT p."row", 0 AS rank, p.game_date, r.game_id, r.resolved_key AS player_key, p.spelled AS raw_key,
    p.player_name, p.home, p.away, p.market, p.bookmaker, p.line,
    real_price(p.over_price) AS over_price, real_price(p.under_price) AS under_price,
    coalesce(p.is_main_line, true) AS is_main_line, p.pickem, p.event_id, p.commence_time, p.snapshot_time,
    coalesce(p.snapshot_time, coalesce(s.first_tipoff, eastern(p.game_date, 19)) - INTERVAL 30 MINUTE) AS known_at,
    p.snapshot_time IS NULL AS estimated,
    coalesce(p.snapshot_time >= least(r.tipoff, r.scheduled_tipoff), false) AS late,
    concat_ws(':', p.source_repo, p.source_path) AS source
  FROM prop p
  JOIN resolved_game r ON r.raw_key = p.spelled AND r.player_name = p.printed AND r.day = p.game_date
    AND r.home IS NOT DISTINCT FROM p.home AND r.away IS NOT DISTINCT FROM p.away
  LEFT JOIN slate s ON s.game_date = p.game_date;

CREATE OR REPLACE TEMP TABLE c_game_line AS
  SELECT l."row", 0 AS rank, g.game_id, l.game_date, l.home, l.away, l.bookmaker,
    concat_ws(':', l.source_repo, l.source_path) AS source, l.home_spread, l.total,
    real_price(l.home_ml) AS home_ml, real_price(l.away_ml) AS away_ml,
    real_price(l.home_spread_price) AS home_spread_price, real_price(l.away_spread_price) AS away_spread_price,
    real_price(l.over_price) AS over_price, real_price(l.under_price) AS under_price, l.commence_time,
    coalesce(s.first_tipoff, eastern(l.game_date, 19)) - INTERVAL 30 MINUTE AS known_at, true AS estimated
  FROM gameline l
  LEFT JOIN (SELECT game_date, pair, min(game_id) AS game_id FROM game_now GROUP BY ALL) g USING (game_date, pair)
  LEFT JOIN slate s ON s.game_date = l.game_date;

CREATE OR REPLACE TEMP TABLE c_game AS
  SELECT t."row", 0 AS rank, t.game_id, t.nba_game_id, t.display_id, t.game_date, t.season, t.game_type, t.home, t.away,
    t.tipoff, t.tipoff_source, t.scheduled_tipoff, t.status, t.home_pts::SMALLINT AS home_pts, t.away_pts::SMALLINT AS away_pts,
    CASE WHEN t.nba_game_id = t.game_id THEN eastern(make_date(left(t.season, 4)::INT, 9, 1), 0)
      ELSE coalesce(k.known_at, t.tipoff) END AS known_at,
    CASE WHEN t.status = 'final' THEN t.tipoff + INTERVAL 3 HOUR END AS result_known_at
  FROM game_tip t LEFT JOIN (
    SELECT game_id, min(known_at) AS known_at FROM (
      SELECT game_id, known_at FROM c_prop_line UNION ALL SELECT game_id, known_at FROM c_game_line
      UNION ALL SELECT display_id(game_date, away, home), known_at FROM moved)
    GROUP BY 1) k USING (game_id);
