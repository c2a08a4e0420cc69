-- Stored lines whose event turned out to be another game: an event a schedule now has, or a game
-- the schedule moved away from their date. They are stored again, pointing at the right one.
CREATE OR REPLACE TEMP TABLE repoint AS
  SELECT game_id AS old_id, game_date, nba_game_id AS new_id FROM game_tip WHERE nba_game_id <> game_id
    AND game_id NOT IN (SELECT game_id FROM stored_game WHERE nba_game_id IS NOT NULL)
  UNION ALL
  SELECT game_id, game_date, display_id(game_date, away, home) FROM moved;
