"""python -m tipoff."""

from tipoff.cli import main

main()
