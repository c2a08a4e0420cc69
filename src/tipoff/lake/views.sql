-- Current rows: of each key the greatest recorded_seq. As of a moment: lake/asof.py.
CREATE OR REPLACE VIEW forecast.current_publication AS
  SELECT * FROM forecast.publication QUALIFY row_number() OVER (PARTITION BY slate ORDER BY seq DESC) = 1;
CREATE OR REPLACE VIEW forecast.current_prediction AS
  SELECT p.*, c.publication_id, c.slate FROM forecast.prediction p JOIN forecast.current_publication c USING (run_id);
CREATE OR REPLACE VIEW forecast.current_refusal AS
  SELECT r.*, c.publication_id, c.slate FROM forecast.refusal r JOIN forecast.current_publication c USING (run_id);
CREATE OR REPLACE VIEW models.current_state AS
  SELECT * FROM models.state QUALIFY row_number() OVER (PARTITION BY model_id, market ORDER BY recorded_seq DESC) = 1;
CREATE OR REPLACE VIEW grading.current_grade AS
  SELECT * FROM grading.grade QUALIFY row_number() OVER (PARTITION BY run_id, prediction_id ORDER BY recorded_seq DESC) = 1;
