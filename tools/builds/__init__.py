"""Runs two builds of tipoff on the same data and compares every number (docs/compare-builds.md)."""
