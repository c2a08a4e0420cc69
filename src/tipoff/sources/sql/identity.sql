-- Identity, from pre-game facts only: box scores of strictly earlier league dates. docs/import.md.
-- subject: distinct (raw_key, player_name, day, home, away). spelling: what each name can mean.
CREATE OR REPLACE TEMP TABLE alias AS
  SELECT a.alias, a.player_key, min(a.game_date) AS first_day FROM (
    SELECT player_key AS alias, player_key, game_date FROM appearance
    UNION ALL
    SELECT p.alias, a.player_key, a.game_date FROM appearance a JOIN person p USING (player_key, player_name)
  ) a GROUP BY ALL;

-- One name, one key: a key that has played before; else a printed name that has.
CREATE OR REPLACE TEMP TABLE by_name AS
  SELECT s.subject, CASE WHEN count(DISTINCT a.player_key) FILTER (a.player_key = s.own) = 1 THEN any_value(s.own)
      WHEN count(DISTINCT a.player_key) = 1 THEN min(a.player_key) END AS player_key
  FROM (SELECT subject, day, own, unnest(exact) AS exact FROM subject) s
  JOIN alias a ON a.alias = s.exact AND a.first_day < s.day
  GROUP BY s.subject;

-- `J. Hart`, swapped words, middle names: the only such player of the named teams in 200 days.
CREATE OR REPLACE TEMP TABLE by_team AS
  WITH left_over AS (
    SELECT * FROM subject ANTI JOIN (SELECT subject FROM by_name WHERE player_key IS NOT NULL) USING (subject)
    WHERE home IS NOT NULL AND (short IS NOT NULL OR len(loose) > 0)),
  meant AS (
    SELECT s.subject, p.player_key FROM left_over s JOIN person p
      ON p.rest = s.last AND starts_with(p.first_word, s.short)
    UNION
    SELECT s.subject, a.player_key FROM (SELECT subject, unnest(loose) AS alias FROM left_over) s
      JOIN alias a USING (alias))
  SELECT s.subject, min(a.player_key) AS player_key
  FROM meant m JOIN left_over s USING (subject) JOIN appearance a USING (player_key)
  WHERE a.team IN (s.home, s.away) AND a.game_date < s.day AND a.game_date >= s.day - 200
  GROUP BY s.subject HAVING count(DISTINCT a.player_key) = 1;

CREATE OR REPLACE TEMP TABLE resolved AS
  SELECT s.*, coalesce(n.player_key, t.player_key, s.own) AS resolved_key
  FROM subject s LEFT JOIN by_name n USING (subject) LEFT JOIN by_team t USING (subject);
