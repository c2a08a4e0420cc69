"""A fresh lake and the tiny folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.folders import Folder, tiny
from tipoff.lake import Lake


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty lake, made once: copying one is faster than making one."""
    path = tmp_path_factory.mktemp("empty") / "lake"
    Lake.open(path, create=True).close()
    return path


@pytest.fixture
def lake(empty_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    """An empty lake of this test's own."""
    with Lake.open(shutil.copytree(empty_lake, tmp_path / "lake")) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The tiny folder, not yet written."""
    return tiny(tmp_path / "folder")
