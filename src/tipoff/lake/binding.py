"""Keeping pandas and pyarrow out of a process that does not use them.

DuckDB imports both, if they are installed, to recognise types that tipoff never passes: pandas
whenever a parameter is bound, pyarrow and its datasets whenever a frame is registered. Together
most of a second of every command. So while DuckDB runs they cannot be found, unless something else
in the process has imported them; frames travel as Arrow streams, which need neither.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNUSED = ("pandas", "pyarrow")


@contextmanager
def without_frames() -> Iterator[None]:
    """Hide pandas and pyarrow while DuckDB runs, if nobody has imported them."""
    hidden = [name for name in UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        # Another thread may have shown them again meanwhile, or imported one.
        for name in hidden:
            if sys.modules.get(name, ...) is None:
                sys.modules.pop(name, None)
