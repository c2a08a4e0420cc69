-- Games: the schedule, and events seen only in lines. Tip-off and known_at rules: docs/import.md.
CREATE OR REPLACE TEMP MACRO eastern(day, hours) AS
  timezone('America/New_York', day::TIMESTAMP + to_hours(hours));
CREATE OR REPLACE TEMP MACRO league_day(moment) AS
  timezone('America/New_York', moment)::DATE;
-- The display id of a game, made only here.
CREATE OR REPLACE TEMP MACRO display_id(day, away, home) AS
  strftime(day, '%Y%m%d') || '_' || away || '_' || home;
CREATE OR REPLACE TEMP MACRO pair_of(a, b) AS least(a, b) || '-' || greatest(a, b);

CREATE OR REPLACE TEMP TABLE stored_game AS
  SELECT * EXCLUDE (recorded_seq, fact_id), pair_of(home, away) AS pair FROM league.game
  QUALIFY row_number() OVER (PARTITION BY game_id ORDER BY recorded_seq DESC) = 1;

CREATE OR REPLACE TEMP TABLE scheduled AS
  SELECT s."row", nba_game_id AS game_id, game_date, season,
    CASE WHEN game_type IN ('nba_cup_semi', 'nba_cup_final') THEN substr(game_type, 5) ELSE game_type END AS game_type,
    h.code AS home, a.code AS away, pair_of(h.code, a.code) AS pair,
    tipoff_utc AS scheduled_tipoff, lower(status) AS status, home_pts, away_pts,
    CASE
      WHEN h.code IS NULL THEN 'unknown team: home_team = ''' || home_team || ''''
      WHEN a.code IS NULL THEN 'unknown team: away_team = ''' || away_team || ''''
      WHEN h.code = a.code THEN 'unknown team: home_team and away_team are both ' || h.code
      WHEN NOT regexp_full_match(season, '(19|20|21)\d\d-\d\d') THEN 'not a season: season = ''' || season || ''''
      WHEN lower(status) NOT IN ('scheduled', 'final') THEN 'unknown status: status = ''' || status || ''''
      WHEN lower(status) = 'final' AND (home_pts IS NULL OR away_pts IS NULL) THEN 'missing value: home_pts or away_pts of a final game'
      WHEN lower(status) = 'final' AND coalesce(tipoff_utc, eastern(game_date, 19)) > $now THEN 'future result: game_date = ' || game_date
    END AS problem
  FROM s_schedule s
  LEFT JOIN team_code h ON upper(trim(s.home_team)) = h.alias AND s.game_date BETWEEN h.first_day AND h.last_day
  LEFT JOIN team_code a ON upper(trim(s.away_team)) = a.alias AND s.game_date BETWEEN a.first_day AND a.last_day;
INSERT INTO problem SELECT 'schedule', "row", problem FROM scheduled WHERE problem IS NOT NULL;
DELETE FROM scheduled WHERE problem IS NOT NULL;

-- Games the schedule moved to another date: their lines of the old date are an event of their own.
CREATE OR REPLACE TEMP TABLE moved AS
  SELECT g.game_id, g.game_date, g.pair, g.home, g.away,
    least((SELECT min(known_at) FROM league.prop_line l WHERE l.game_id = g.game_id AND l.game_date = g.game_date),
      (SELECT min(known_at) FROM league.game_line l WHERE l.game_id = g.game_id AND l.game_date = g.game_date)) AS known_at
  FROM stored_game g JOIN scheduled s USING (game_id) WHERE g.game_date <> s.game_date;
DELETE FROM moved WHERE known_at IS NULL;

-- Every game any schedule knows: this folder's rows, then the lake's.
CREATE OR REPLACE TEMP TABLE fixture AS
  SELECT game_id, game_date, season, game_type, home, away, pair, scheduled_tipoff, tipoff
  FROM (SELECT * EXCLUDE (problem), NULL::TIMESTAMPTZ AS tipoff FROM scheduled
        QUALIFY row_number() OVER (PARTITION BY game_id ORDER BY "row") = 1)
  UNION ALL
  SELECT game_id, game_date, season, game_type, home, away, pair, scheduled_tipoff, tipoff
  FROM stored_game WHERE game_id = nba_game_id
    AND game_id NOT IN (SELECT game_id FROM scheduled);

-- Lines with canonical teams. A source that dates by UTC names the day after: when the pair has
-- no game on the line's date but one on the league date of its snapshot, that is the game.
CREATE OR REPLACE TEMP TABLE prop AS
  SELECT p.* EXCLUDE (game_date, problem) REPLACE (m.canonical AS market), p.game_date AS printed_date, h.code AS home, a.code AS away,
    pair_of(h.code, a.code) AS pair, pickem,
    CASE WHEN p.event_home IS NOT NULL AND f.pair IS NULL AND u.pair IS NOT NULL
      THEN league_day(p.snapshot_time) ELSE p.game_date END AS game_date,
    CASE
      WHEN p.event_home IS NOT NULL AND h.code IS NULL THEN 'unknown team: event_home = ''' || p.event_home || ''''
      WHEN p.event_away IS NOT NULL AND a.code IS NULL THEN 'unknown team: event_away = ''' || p.event_away || ''''
      WHEN h.code = a.code THEN 'unknown team: event_home and event_away are both ' || h.code
      WHEN (h.code IS NULL) <> (a.code IS NULL) THEN 'missing value: event_home or event_away'
      WHEN m.canonical IS NULL
        THEN 'unknown market: market = ''' || p.market || ''''
      WHEN n.raw_key IS NULL THEN 'no player: player_name = ''' || coalesce(p.player_name, '') || ''''
    END AS problem
  FROM (SELECT *, coalesce(player_key, '') AS spelled, coalesce(player_name, '') AS printed,
          bookmaker IN ('prizepicks', 'underdog') AS pickem FROM s_prop_lines) p
  LEFT JOIN market_word m ON m.word = lower(trim(p.market))
  LEFT JOIN spelling n ON n.raw_key = p.spelled AND n.player_name = p.printed AND n.is_player
  LEFT JOIN team_code h ON upper(p.event_home) = h.alias AND p.game_date BETWEEN h.first_day AND h.last_day
  LEFT JOIN team_code a ON upper(p.event_away) = a.alias AND p.game_date BETWEEN a.first_day AND a.last_day
  LEFT JOIN (SELECT DISTINCT game_date, pair FROM fixture) f
    ON f.game_date = p.game_date AND f.pair = pair_of(h.code, a.code)
  LEFT JOIN (SELECT DISTINCT game_date, pair FROM fixture) u
    ON u.game_date = league_day(p.snapshot_time) AND u.pair = pair_of(h.code, a.code);
INSERT INTO problem SELECT 'prop_lines', "row", problem FROM prop WHERE problem IS NOT NULL;
DELETE FROM prop WHERE problem IS NOT NULL;

CREATE OR REPLACE TEMP TABLE gameline AS
  SELECT g.* EXCLUDE (home, away, problem), h.code AS home, a.code AS away, pair_of(h.code, a.code) AS pair,
    CASE
      WHEN h.code IS NULL THEN 'unknown team: home = ''' || g.home || ''''
      WHEN a.code IS NULL THEN 'unknown team: away = ''' || g.away || ''''
      WHEN h.code = a.code THEN 'unknown team: home and away are both ' || h.code
    END AS problem
  FROM s_game_lines g
  LEFT JOIN team_code h ON upper(g.home) = h.alias AND g.game_date BETWEEN h.first_day AND h.last_day
  LEFT JOIN team_code a ON upper(g.away) = a.alias AND g.game_date BETWEEN a.first_day AND a.last_day;
INSERT INTO problem SELECT 'game_lines', "row", problem FROM gameline WHERE problem IS NOT NULL;
DELETE FROM gameline WHERE problem IS NOT NULL;

-- Start times that lines name, if the line is pre-game by its own account.
CREATE OR REPLACE TEMP TABLE event AS
  SELECT game_date, pair, home, away, commence_time,
    commence_time IS NOT NULL AND (snapshot_time IS NULL OR snapshot_time < commence_time) AS pregame
  FROM prop WHERE home IS NOT NULL
  UNION ALL
  SELECT game_date, pair, home, away, commence_time, commence_time IS NOT NULL FROM gameline
  UNION ALL
  SELECT game_date, pair, home, away, NULL, false FROM moved;
CREATE OR REPLACE TEMP TABLE touched AS
  SELECT DISTINCT game_date, pair FROM event
  UNION SELECT game_date, pair FROM scheduled;
CREATE OR REPLACE TEMP TABLE commence AS
  SELECT DISTINCT game_date, pair, commence_time FROM event WHERE pregame
  UNION
  SELECT game_date, pair_of(home, away), commence_time FROM league.prop_line
  WHERE game_date IN (SELECT game_date FROM touched) AND commence_time IS NOT NULL
    AND (snapshot_time IS NULL OR snapshot_time < commence_time)
  UNION
  SELECT game_date, pair_of(home, away), commence_time FROM league.game_line
  WHERE game_date IN (SELECT game_date FROM touched) AND commence_time IS NOT NULL;

-- Events no schedule knows on that date; a stored one that a schedule now has is pointed at it.
CREATE OR REPLACE TEMP TABLE line_only AS
  WITH seen AS (
    SELECT game_date, pair, CASE WHEN 2 * count(*) FILTER (home = split_part(pair, '-', 1)) >= count(*)
      THEN split_part(pair, '-', 1) ELSE split_part(pair, '-', 2) END AS home
    FROM event
    ANTI JOIN fixture USING (game_date, pair) GROUP BY game_date, pair)
  SELECT n.game_date, n.pair, coalesce(s.home, n.home) AS home,
    CASE WHEN split_part(n.pair, '-', 1) = coalesce(s.home, n.home)
      THEN split_part(n.pair, '-', 2) ELSE split_part(n.pair, '-', 1) END AS away
  FROM seen n LEFT JOIN stored_game s
    ON s.game_date = n.game_date AND s.pair = n.pair AND s.nba_game_id IS NULL;

CREATE OR REPLACE TEMP TABLE tip AS
  SELECT game_date, pair,
    min(commence_time) FILTER (league_day(commence_time) = game_date) AS on_the_date,
    min(commence_time) FILTER (abs(date_diff('second', scheduled_tipoff, commence_time)) <= 1800) AS near
  FROM commence LEFT JOIN fixture USING (game_date, pair) GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE game_base AS
  SELECT s."row", s.game_id, s.game_id AS nba_game_id, s.game_date, s.season, s.game_type, s.home, s.away,
    s.pair, s.scheduled_tipoff, s.status, s.home_pts, s.away_pts
  FROM scheduled s
  UNION ALL
  SELECT 0, g.game_id, g.game_id, g.game_date, g.season, g.game_type, g.home, g.away, g.pair,
    g.scheduled_tipoff, g.status, g.home_pts, g.away_pts
  FROM stored_game g SEMI JOIN touched USING (game_date, pair)
  WHERE g.game_id = g.nba_game_id AND g.game_id NOT IN (SELECT game_id FROM scheduled)
  UNION ALL
  SELECT 0, display_id(l.game_date, l.away, l.home), NULL, l.game_date,
    coalesce(CASE WHEN l.game_date - f.game_date <= 30 THEN f.season END,
      CASE WHEN month(l.game_date) >= 9 THEN year(l.game_date) || '-' || lpad(((year(l.game_date) + 1) % 100)::VARCHAR, 2, '0')
      ELSE (year(l.game_date) - 1) || '-' || lpad((year(l.game_date) % 100)::VARCHAR, 2, '0') END),
    CASE WHEN l.game_date - f.game_date <= 30 AND f.game_type = 'playoffs' THEN 'playoffs' ELSE 'regular' END,
    l.home, l.away, l.pair, NULL, 'scheduled', NULL, NULL
  FROM line_only l ASOF LEFT JOIN (SELECT game_date, max(season) AS season, max(game_type) AS game_type FROM fixture GROUP BY 1) f
    ON l.game_date >= f.game_date
  UNION ALL
  SELECT 0, g.game_id, f.game_id, g.game_date, g.season, g.game_type, g.home, g.away, g.pair,
    NULL, 'scheduled', NULL, NULL
  FROM stored_game g JOIN fixture f USING (game_date, pair) WHERE g.game_id <> f.game_id AND g.nba_game_id IS NULL;

CREATE OR REPLACE TEMP TABLE game_tip AS
  SELECT b.*, display_id(game_date, away, home) AS display_id,
    CASE WHEN scheduled_tipoff IS NOT NULL THEN coalesce(near, scheduled_tipoff)
      ELSE coalesce(on_the_date, eastern(game_date, 19)) END AS tipoff,
    CASE WHEN scheduled_tipoff IS NOT NULL THEN CASE WHEN near IS NULL THEN 'schedule' ELSE 'line' END
      WHEN on_the_date IS NULL THEN 'default' ELSE 'line' END AS tipoff_source
  FROM game_base b LEFT JOIN tip USING (game_date, pair);

-- All games as they will stand after this commit.
CREATE OR REPLACE TEMP TABLE game_now AS
  SELECT game_id, nba_game_id, game_date, season, game_type, home, away, pair, tipoff, scheduled_tipoff FROM game_tip
  QUALIFY row_number() OVER (PARTITION BY game_id ORDER BY "row") = 1
  UNION ALL
  SELECT game_id, nba_game_id, game_date, season, game_type, home, away, pair, tipoff, scheduled_tipoff FROM stored_game
  WHERE game_id NOT IN (SELECT game_id FROM game_tip);
DELETE FROM game_now WHERE nba_game_id <> game_id;

CREATE OR REPLACE TEMP TABLE slate AS
  SELECT game_date, min(tipoff) AS first_tipoff FROM game_now GROUP BY 1;
