"""python -m tipoff."""

from tipoff.cli import command

command()
