"""All openings, in the order of the packages they lie in."""

from scripts.opened_gates import facts, grades, models, publications

OPENINGS = (*facts.OPENINGS, *models.OPENINGS, *publications.OPENINGS, *grades.OPENINGS)
