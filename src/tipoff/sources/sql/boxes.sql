-- Box scores: the schedule says which game, date, sides and home; the file says what happened.
CREATE OR REPLACE TEMP TABLE player_box AS
  SELECT b.* EXCLUDE (problem, game_date, season, team, opponent, home), b.team AS printed_team,
    g.game_id, g.game_date, g.season, t.code AS team, (t.code = g.home) AS home,
    CASE WHEN t.code = g.home THEN g.away ELSE g.home END AS opponent, g.tipoff,
    CASE WHEN b.season_type IN ('nba_cup_semi', 'nba_cup_final') THEN substr(b.season_type, 5) ELSE b.season_type END AS game_type,
    CASE
      WHEN g.game_id IS NULL THEN 'game not in the schedule: nba_game_id = ''' || b.nba_game_id || ''''
      WHEN t.code IS NULL THEN 'unknown team: team = ''' || b.team || ''''
      WHEN t.code NOT IN (g.home, g.away) THEN 'team not in its game: team = ''' || b.team || ''''
      WHEN g.tipoff > $now THEN 'future box score: tip-off ' || g.tipoff
      WHEN pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm THEN 'points do not add up: pts = ' || pts
      WHEN did_not_play AND minutes > 0 THEN 'played and did not play: minutes = ' || minutes
    END AS problem
  FROM s_player_game b LEFT JOIN game_now g ON g.game_id = b.nba_game_id
  LEFT JOIN team_code t ON upper(b.team) = t.alias AND g.game_date BETWEEN t.first_day AND t.last_day;
INSERT INTO problem SELECT 'player_game', "row", problem FROM player_box WHERE problem IS NOT NULL;
CREATE OR REPLACE TEMP TABLE c_player_game AS
  SELECT "row", 0 AS rank, game_id, player_key, player_id, player_name, game_date, season,
    game_type AS season_type, team, opponent, home, coalesce(starter, false) AS starter,
    minutes::DECIMAL(7,3) AS minutes,
    COLUMNS(c -> c IN ('pts', 'reb', 'oreb', 'dreb', 'ast', 'stl', 'blk', 'tov', 'pf', 'fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta'))::SMALLINT,
    plus_minus::DECIMAL(7,3) AS plus_minus, usg_pct::DECIMAL(7,3) AS usg_pct,
    coalesce(did_not_play, false) AS did_not_play, tipoff, tipoff + INTERVAL 3 HOUR AS known_at
  FROM player_box WHERE problem IS NULL;

CREATE OR REPLACE TEMP TABLE team_box AS
  SELECT b.* EXCLUDE (problem, game_date, season, team, opponent, home),
    g.game_id, g.game_date, g.season, t.code AS team, (t.code = g.home) AS home,
    CASE WHEN t.code = g.home THEN g.away ELSE g.home END AS opponent, g.tipoff,
    CASE WHEN b.game_type IN ('nba_cup_semi', 'nba_cup_final') THEN substr(b.game_type, 5) ELSE b.game_type END AS kind,
    CASE
      WHEN g.game_id IS NULL THEN 'game not in the schedule: nba_game_id = ''' || b.nba_game_id || ''''
      WHEN t.code IS NULL THEN 'unknown team: team = ''' || b.team || ''''
      WHEN t.code NOT IN (g.home, g.away) THEN 'team not in its game: team = ''' || b.team || ''''
      WHEN g.tipoff > $now THEN 'future box score: tip-off ' || g.tipoff
      WHEN pts <> 2 * (fgm - fg3m) + 3 * fg3m + ftm THEN 'points do not add up: pts = ' || pts
    END AS problem
  FROM s_team_game b LEFT JOIN game_now g ON g.game_id = b.nba_game_id
  LEFT JOIN team_code t ON upper(b.team) = t.alias AND g.game_date BETWEEN t.first_day AND t.last_day;
INSERT INTO problem SELECT 'team_game', "row", problem FROM team_box WHERE problem IS NOT NULL;
CREATE OR REPLACE TEMP TABLE c_team_game AS
  SELECT "row", 0 AS rank, game_id, team, opponent, game_date, season, kind AS game_type, home,
    COLUMNS(c -> c IN ('pts', 'opp_pts', 'reb', 'oreb', 'dreb', 'ast', 'stl', 'blk', 'tov', 'pf', 'fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta'))::SMALLINT,
    possessions::DECIMAL(9,3) AS possessions, tipoff, tipoff + INTERVAL 3 HOUR AS known_at
  FROM team_box WHERE problem IS NULL;

CREATE OR REPLACE TEMP TABLE c_official AS
  SELECT o."row", CASE WHEN o.game_date = g.game_date THEN 0 ELSE 1 END AS rank, g.game_id,
    o.official, o.official_id, o.slot::SMALLINT AS slot, eastern(g.game_date, 12) AS known_at,
    CASE WHEN g.game_id IS NULL THEN 'game not in the schedule: nba_game_id = ''' || o.nba_game_id || '''' END AS problem
  FROM s_officials o LEFT JOIN game_now g ON g.game_id = o.nba_game_id;
INSERT INTO problem SELECT 'officials', "row", problem FROM c_official WHERE problem IS NOT NULL;
DELETE FROM c_official WHERE problem IS NOT NULL;
