CREATE OR REPLACE TEMP TABLE c_injury AS
  SELECT i."row", 0 AS rank, i.date, i.team, r.resolved_key AS player_key, i.spelled AS raw_key, i.player_name,
    i.canonical AS status, i.status AS raw_status, i.detail, i.kind, i.known_at,
    i.snapshot_time IS NULL AS estimated
  FROM injured i JOIN resolved r ON r.raw_key = i.spelled AND r.player_name = i.printed AND r.day = i.date
    AND r.home IS NOT DISTINCT FROM i.team AND r.away IS NOT DISTINCT FROM i.team;
