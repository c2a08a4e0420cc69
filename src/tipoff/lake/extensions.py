"""Loading DuckDB's extensions, DuckLake first, from pip wheels: nothing is downloaded."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import duckdb

from tipoff.errors import LakeUnavailable
from tipoff.lake.backends import Config


def connect(needed: Sequence[str], config: Config) -> duckdb.DuckDBPyConnection:
    """A DuckDB instance of its own with these extensions and settings.

    Extensions that all come from pip wheels are loaded from there as they are: they are trusted as
    DuckDB's own wheel is, and hashing 70 MB for DuckDB's signature takes 0.2 s of every command.
    Where a platform lacks a wheel, DuckDB's own INSTALL serves, and signatures are checked.
    Raises LakeUnavailable when neither works.
    """
    wheels = [_in_wheel(name) for name in needed]
    paths = [path for path in wheels if path is not None]
    if len(paths) < len(needed):
        connection = duckdb.connect(config=config)
        for name in needed:
            _load_or_install(connection, name)
        return connection
    connection = duckdb.connect(config=config | {"allow_unsigned_extensions": "true"})
    for path in paths:
        _load(connection, str(path).replace("'", "''"))
    return connection


def _in_wheel(name: str) -> Path | None:
    try:
        package = import_module(f"duckdb_extension_{name}")
    except ImportError:
        return None
    folder = Path(str(package.__file__)).parent / "extensions" / f"v{duckdb.__version__}"
    path = folder / f"{name}.duckdb_extension"
    return path if path.is_file() else None


def _load(connection: duckdb.DuckDBPyConnection, what: str) -> None:
    try:
        connection.execute(f"LOAD '{what}'")
    except duckdb.Error as error:
        raise LakeUnavailable(f"DuckDB extension {what} does not load: {error}") from error


def _load_or_install(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    try:
        connection.execute(f"LOAD {name}")
    except duckdb.Error:
        _install(connection, name)
        _load(connection, name)


def _install(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    try:
        connection.execute(f"INSTALL {name}")
    except duckdb.Error as error:
        raise LakeUnavailable(
            f"DuckDB extension {name} is neither in a wheel nor downloadable: {error}",
            f"pip install duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}",
        ) from error
