"""Grading: what became of every published prediction, and the record that follows from it."""

from tipoff.grading.grade import grade
from tipoff.grading.scoreboard import scoreboard

__all__ = ["grade", "scoreboard"]
