"""Where a lake's catalog, writer lock and artifacts are: three protocols, and who meets them."""

from tipoff.lake.backends.embedded import embedded_lake
from tipoff.lake.backends.protocols import (
    Artifacts,
    Backend,
    Catalog,
    Config,
    StoredFile,
    WriterLock,
)

__all__ = [
    "Artifacts", "Backend", "Catalog", "Config", "StoredFile", "WriterLock", "embedded_lake",
]  # fmt: skip
