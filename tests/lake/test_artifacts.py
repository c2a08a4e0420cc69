"""Artifacts: whole or not at all, verified at every read, and never outside the lake."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tipoff.errors import ArtifactError, StorageFull
from tipoff.lake.backends.embedded import FolderArtifacts

BYTES = b"a model"
SHA = hashlib.sha256(BYTES).hexdigest()
NAME = f"models/{SHA}.cbm"


@pytest.fixture
def artifacts(tmp_path: Path) -> FolderArtifacts:
    return FolderArtifacts(tmp_path / "lake")


def test_bytes_are_named_by_their_hash_and_read_back(artifacts: FolderArtifacts) -> None:
    assert artifacts.store(BYTES, "cbm") == NAME
    assert artifacts.read(NAME, SHA) == BYTES
    assert [file.name for file in artifacts.listed()] == [NAME], "nothing half-written is left"


def test_storing_the_same_again_writes_nothing_and_mends_what_is_damaged(
    artifacts: FolderArtifacts,
) -> None:
    artifacts.store(BYTES, "cbm")
    path = artifacts.folder / NAME
    os.utime(path, (0, 0))
    artifacts.store(BYTES, "cbm")
    assert path.stat().st_mtime == 0
    path.write_bytes(b"damaged")
    artifacts.store(BYTES, "cbm")
    assert artifacts.read(NAME, SHA) == BYTES


def test_a_disk_without_room_leaves_neither_the_file_nor_a_part_of_it(
    artifacts: FolderArtifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        artifacts.store(BYTES, "cbm")
    assert list(artifacts.listed()) == []


def test_what_is_missing_changed_or_unreadable_is_an_artifact_error_that_names_the_file(
    artifacts: FolderArtifacts,
) -> None:
    with pytest.raises(ArtifactError, match="is missing"):
        artifacts.read(NAME, SHA)
    artifacts.store(BYTES, "cbm")
    with pytest.raises(ArtifactError, match=f"{SHA}.cbm hashes to {SHA}, recorded is 0"):
        artifacts.read(NAME, "0")
    (artifacts.folder / NAME).write_bytes(b"another")
    with pytest.raises(ArtifactError, match=f"recorded is {SHA}"):
        artifacts.read(NAME, SHA)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/hostname", "models/../../secret", "models/out"]
)
def test_a_name_that_leads_out_of_the_lake_is_refused_by_every_method(
    artifacts: FolderArtifacts, name: str
) -> None:
    artifacts.store(BYTES, "cbm")
    secret = artifacts.folder.parent / "secret"
    secret.write_bytes(BYTES)
    (artifacts.folder / "models/out").symlink_to(secret)
    for ask in (lambda: artifacts.read(name, SHA), lambda: artifacts.find(name),
                lambda: artifacts.remove(name)):  # fmt: skip
        with pytest.raises(ArtifactError, match="outside the lake"):
            ask()
    assert secret.exists()


def test_files_are_found_with_their_size_and_age_and_removed(artifacts: FolderArtifacts) -> None:
    assert artifacts.find(NAME) is None
    artifacts.store(BYTES, "cbm")
    (artifacts.folder / "models/tmp9x").write_bytes(b"half")
    files, half = artifacts.listed()
    assert (files.name, files.size, half.name) == (NAME, len(BYTES), "models/tmp9x")
    assert datetime.now(UTC) - files.changed < timedelta(minutes=5)
    assert artifacts.find(NAME) == files
    artifacts.remove(NAME)
    artifacts.remove(NAME)
    assert list(artifacts.listed()) == [half]
