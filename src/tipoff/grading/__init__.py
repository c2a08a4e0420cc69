"""Grading: what became of every published prediction, and the record that follows from it."""

from tipoff.grading.entries import Entry
from tipoff.grading.grade import grade
from tipoff.grading.report import GradeReport
from tipoff.grading.scoreboard import Scoreboard, scoreboard

__all__ = ["Entry", "GradeReport", "Scoreboard", "grade", "scoreboard"]
