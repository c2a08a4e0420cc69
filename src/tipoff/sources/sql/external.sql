-- Values of one's own: of a player by key or name, or of a team by any of its spellings.
CREATE OR REPLACE TEMP TABLE external_now AS
  SELECT e.* EXCLUDE (problem, team, player_key), t.code AS team, k.player_key,
    CASE
      WHEN (e.player_key IS NULL) = (e.team IS NULL) THEN 'no key: needs player_key or team, not both: name = ''' || e.name || ''''
      WHEN e.player_key IS NOT NULL AND k.player_key IS NULL THEN 'no player: player_key = ''' || e.player_key || ''''
      WHEN e.team IS NOT NULL AND t.code IS NULL THEN 'unknown team: team = ''' || e.team || ''''
      WHEN NOT regexp_full_match(e.name, '[a-z][a-z0-9_]{0,62}') THEN 'no name: name = ''' || e.name || ''''
      WHEN e.known_at > $now THEN 'not known yet: known_at ' || e.known_at
    END AS problem
  FROM s_external e
  LEFT JOIN external_key k ON k.printed = e.player_key
  LEFT JOIN team_code t ON upper(e.team) = t.alias AND coalesce(e.game_date, e.known_at::DATE) BETWEEN t.first_day AND t.last_day;
INSERT INTO problem SELECT 'external', "row", problem FROM external_now WHERE problem IS NOT NULL;
CREATE OR REPLACE TEMP TABLE c_external AS
  SELECT "row", 0 AS rank, name, player_key, team, game_date, value, known_at
  FROM external_now WHERE problem IS NULL;
