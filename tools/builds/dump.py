"""Run inside a build: `dump.py LAKE OUT DATE ...` writes what is published of the dates to Parquet.

It asks only what every edition has: `Lake.open`, `reading`, `query` and the views of current rows.
"""

import sys
from pathlib import Path

from tipoff.lake import Lake

WHAT = {
    "predictions": "FROM forecast.current_prediction",
    "refusals": "FROM forecast.current_refusal",
    "grades": "FROM grading.current_grade SEMI JOIN forecast.current_publication USING (run_id)",
}
"""File name -> the rows of it; each has a `slate`."""


def main(lake: str, out: str, *days: str) -> None:
    """Write predictions.parquet, refusals.parquet and grades.parquet into OUT."""
    with Lake.open(lake) as opened, opened.reading() as r:
        for name, rows in WHAT.items():
            asked = f"SELECT * {rows} WHERE list_contains($days, slate::VARCHAR)"
            r.query(asked, {"days": list(days)}).write_parquet(Path(out) / f"{name}.parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
