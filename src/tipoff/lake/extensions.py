"""Loading DuckLake, its SQLite catalog and time zones from pip wheels: nothing is downloaded."""

import duckdb

from tipoff.errors import LakeUnavailable

NEEDED = ("ducklake", "sqlite_scanner", "icu")


def load_extensions(connection: duckdb.DuckDBPyConnection) -> None:
    """Load what the lake needs; where a platform has no wheel, DuckDB's own INSTALL serves.

    Raises LakeUnavailable when neither works.
    """
    for name in NEEDED:
        try:
            connection.execute(f"LOAD {name}")
        except duckdb.Error:
            _install(connection, name)


def _install(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    try:
        from duckdb_extensions import import_extension

        import_extension(name, con=connection)
    except (ImportError, duckdb.Error):
        _fall_back(connection, name)
    try:
        connection.execute(f"LOAD {name}")
    except duckdb.Error as error:
        raise LakeUnavailable(f"DuckDB extension {name} does not load: {error}") from error


def _fall_back(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    try:
        connection.execute(f"INSTALL {name}")
    except duckdb.Error as error:
        raise LakeUnavailable(
            f"DuckDB extension {name} is neither in a wheel nor downloadable: {error}",
            f"pip install duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}",
        ) from error
