-- Who has played, after this folder's box scores are stored.
CREATE OR REPLACE TEMP TABLE appearance AS
  SELECT DISTINCT player_key, player_id, player_name, team, game_date, known_at FROM league.player_game
  QUALIFY row_number() OVER (PARTITION BY game_id, player_key ORDER BY recorded_seq DESC) = 1;
CREATE OR REPLACE TEMP TABLE c_player AS
  SELECT 0 AS "row", 0 AS rank, player_key,
    arg_max(player_id, game_date) FILTER (player_id IS NOT NULL) AS player_id,
    arg_max(player_name, (game_date, player_name)) AS player_name, min(known_at) AS known_at
  FROM appearance WHERE player_key IN (SELECT player_key FROM c_player_game) GROUP BY player_key;
