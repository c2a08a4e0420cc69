-- Injuries: statuses in canonical words, times by rule.
CREATE OR REPLACE TEMP TABLE injured AS
  SELECT i.* EXCLUDE (problem, team), t.code AS team, coalesce(i.player_key, '') AS spelled,
    coalesce(i.player_name, '') AS printed, m.canonical,
    coalesce(i.snapshot_time, eastern(i.date, 12)) AS known_at,
    CASE
      WHEN i.team IS NOT NULL AND t.code IS NULL THEN 'unknown team: team = ''' || i.team || ''''
      WHEN m.canonical IS NULL THEN 'unknown status: status = ''' || i.status || ''''
      WHEN n.raw_key IS NULL THEN 'no player: player_name = ''' || coalesce(i.player_name, '') || ''''
    END AS problem
  FROM s_injuries i
  LEFT JOIN team_code t ON upper(i.team) = t.alias AND i.date BETWEEN t.first_day AND t.last_day
  LEFT JOIN status_word m ON m.word = lower(i.status)
  LEFT JOIN spelling n ON n.raw_key = coalesce(i.player_key, '') AND n.player_name = coalesce(i.player_name, '') AND n.is_player;
INSERT INTO problem SELECT 'injuries', "row", problem FROM injured WHERE problem IS NOT NULL;
DELETE FROM injured WHERE problem IS NOT NULL;
