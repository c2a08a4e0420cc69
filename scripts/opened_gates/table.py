"""All openings."""

from scripts.opened_gates import facts, grades, models, publications

OPENINGS = (*grades.OPENINGS, *facts.OPENINGS, *models.OPENINGS, *publications.OPENINGS)
