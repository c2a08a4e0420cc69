"""From a Parquet file to typed rows, with the rows that do not fit set aside and named."""

from __future__ import annotations

import duckdb

from tipoff.clock import FIRST, LAST
from tipoff.errors import LakeDamaged, LakeUnavailable, SourceError
from tipoff.lake import Writer
from tipoff.sources.layout import COLUMNS, OPTIONAL, Column, SourceFile
from tipoff.texts import LONGEST, UNPRINTABLE

TYPES = {
    "text": "VARCHAR",
    "date": "DATE",
    "moment": "TIMESTAMPTZ",
    "whole": "BIGINT",
    "number": "DOUBLE",
    "bool": "BOOLEAN",
}
_NOUNS = {"date": "a date", "moment": "a time", "bool": "true or false"}
_EXCERPT = 80
"""Characters of a bad value that its reason repeats; the row itself is kept whole."""
_ZONE = r"\d(Z|\s*UTC|\s*[+-]\d\d(:?\d\d)?)$"
_DAY = r"^\d{4}-\d\d-\d\d$"
_NUMERIC = ("int", "uint", "float", "double", "halffloat", "decimal")


def prepare(writer: Writer) -> None:
    """Make the temporary table in which every stage notes (file, row, reason)."""
    writer.rows('CREATE OR REPLACE TEMP TABLE problem (file VARCHAR, "row" BIGINT, reason VARCHAR)')


def stage(writer: Writer, file: SourceFile, known: bool) -> int:
    """Fill `s_NAME` with the file's sound rows; note the others as problems. Returns its rows.

    A file whose bytes the lake already holds (`known`) gives an empty table. Raises SourceError
    when the file's pages cannot be read.
    """
    typed = ", ".join(
        f'{value_sql(c, file.types[c.name])} AS "{c.name}"' for c in COLUMNS[file.name]
    )
    problems = ", ".join(
        f"{_zone_sql(c, file.types[c.name])}, {_problem_sql(c, file.types[c.name])}"
        if file.name in OPTIONAL and c.kind == "moment"
        else _problem_sql(c, file.types[c.name])
        for c in COLUMNS[file.name]
    )
    sql = (
        f'CREATE OR REPLACE TEMP TABLE s_{file.name} AS SELECT file_row_number AS "row",'
        f" {typed}, coalesce({problems}) AS problem"
        " FROM read_parquet($path, file_row_number = true) t"
        f" WHERE {'false' if known else 'true'}"
    )
    try:
        writer.rows(sql, {"path": file.pattern})
    except duckdb.InvalidInputException as error:
        raise _unreadable(file, error) from error
    except duckdb.ProgrammingError:
        raise
    except (LakeDamaged, LakeUnavailable, duckdb.Error) as error:
        raise _unreadable(file, error) from error
    writer.rows(
        f"INSERT INTO problem SELECT '{file.name}', \"row\", problem FROM s_{file.name}"
        " WHERE problem IS NOT NULL"
    )
    rows = int(writer.value(f"SELECT count(*) FROM s_{file.name}"))
    writer.rows(f"DELETE FROM s_{file.name} WHERE problem IS NOT NULL")
    return rows


def _unreadable(file: SourceFile, error: Exception) -> SourceError:
    return SourceError(f"{file.path} cannot be read: {error}", "copy the file again")


def value_sql(column: Column, physical: str) -> str:
    """SQL for the typed value of a column: null where it is absent or does not fit."""
    if column.kind in {"whole", "number"}:
        number = _number_sql(column, physical)
        sound = f"isfinite({number})"
        if column.kind == "whole":
            whole = f"{sound} AND {number} = trunc({number})"
            return f"CASE WHEN {whole} THEN TRY_CAST({number} AS BIGINT) END"
        # -0.0 equals 0.0 but is spelled otherwise, so its row would look corrected.
        return f"CASE WHEN {number} = 0 THEN 0.0::DOUBLE WHEN {sound} THEN {number} END"
    if column.kind == "moment" and physical.startswith("timestamp"):
        return (
            f't."{column.name}"::TIMESTAMP::TIMESTAMPTZ'
            if "tz=" not in physical
            else (f't."{column.name}"::TIMESTAMPTZ')
        )
    return f"TRY_CAST({_text_sql(column)} AS {TYPES[column.kind]})"


def _text_sql(column: Column) -> str:
    return f"nullif(trim(t.\"{column.name}\"::VARCHAR), '')"


def _text_cases(column: Column, text: str, excerpt: str) -> list[str]:
    long = f"'too long: {column.name} has ' || length({text}) || ' characters'"
    odd = f"regexp_matches({text}, '[{UNPRINTABLE}]')"
    return [
        f"WHEN length({text}) > {LONGEST} THEN {long}",
        f"WHEN {odd} THEN 'not plain text: ' || {excerpt}",
    ]


def _excerpt_sql(text: str) -> str:
    """SQL for a value as a reason shows it: short, without what a terminal would act on."""
    plain = f"regexp_replace(left({text}, {_EXCERPT}), '[{UNPRINTABLE}]', '?', 'g')"
    return f"{plain} || CASE WHEN length({text}) > {_EXCERPT} THEN '…' ELSE '' END"


def _number_sql(column: Column, physical: str) -> str:
    raw = f't."{column.name}"' if physical.startswith(_NUMERIC) else _text_sql(column)
    return f"TRY_CAST({raw} AS DOUBLE)"


def _zone_sql(column: Column, physical: str) -> str:
    """SQL for why a moment of one's own is no particular one; null when it is.

    The files of a folder are in UTC by their layout. Values of one's own are in any zone, and
    hours off would be a look into the future.
    """
    text, value = _text_sql(column), value_sql(column, physical)
    reason = (
        f"'no time zone (add Z or an offset): {column.name} = ''' || {_excerpt_sql(text)} || ''''"
    )
    if physical.startswith("timestamp"):
        naive = "false" if "tz=" in physical else "true"
    else:
        zoned = f"regexp_matches({text}, '{_ZONE}', 'i')"
        naive = f"{value} IS NOT NULL AND (NOT {zoned} OR regexp_matches({text}, '{_DAY}'))"
    return f"CASE WHEN {text} IS NOT NULL AND {naive} THEN {reason} END"


def _problem_sql(column: Column, physical: str) -> str:
    """SQL for why a value of this column cannot be taken; null when it can."""
    text, value = _text_sql(column), value_sql(column, physical)
    excerpt = f"'{column.name} = ''' || {_excerpt_sql(text)} || ''''"
    cases = []
    if column.kind in {"whole", "number"}:
        number = _number_sql(column, physical)
        cases.append(
            f"WHEN {text} IS NOT NULL AND {number} IS NULL THEN 'not a number: ' || {excerpt}"
        )
        odd = f"isinf({number})" + (f" OR isnan({number})" if column.needed else "")
        cases.append(f"WHEN {odd} THEN 'not a finite number: ' || {excerpt}")
        if column.kind == "whole":
            whole = f"isfinite({number}) AND {number} <> trunc({number})"
            cases.append(f"WHEN {whole} THEN 'not a whole number: ' || {excerpt}")
        inside = f"isnan({number}) OR {number} BETWEEN {column.least!r} AND {column.most!r}"
        cases.append(f"WHEN NOT ({inside}) THEN 'out of range: ' || {excerpt}")
    elif column.kind == "text":
        cases += _text_cases(column, text, excerpt)
    else:
        noun = _NOUNS[column.kind]
        cases.append(
            f"WHEN {text} IS NOT NULL AND {value} IS NULL THEN 'not {noun}: ' || {excerpt}"
        )
        if column.kind != "bool":
            day = value if column.kind == "date" else f"timezone('UTC', {value})"
            outside = f"{day} NOT BETWEEN DATE '{FIRST}' AND DATE '{LAST}'"
            cases.append(f"WHEN {outside} THEN 'out of range: ' || {excerpt}")
    if column.needed:
        cases.append(f"WHEN {text} IS NULL THEN 'missing value: {column.name}'")
    return f"CASE {' '.join(cases)} END" if cases else "NULL"
