"""The tiny folder and empty lakes of tests/sources."""

from tests.sources.conftest import empty_lake, folder, lake

__all__ = ["empty_lake", "folder", "lake"]
