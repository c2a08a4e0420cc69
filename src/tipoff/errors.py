"""Every error tipoff raises on purpose.

TipoffError                   message says what and why; `next_step` says what to do
├── Terminal                  the same call can never succeed: do not retry
│   ├── UsageError            a bad argument, date, setting or folder            (exit 2)
│   │   └── SourceError       a source file that cannot be taken as it is        (exit 2)
│   ├── NotFound              the thing asked for does not exist                 (exit 1)
│   ├── ContractError         a model's contract cannot be met                   (exit 1)
│   ├── ArtifactError         a stored artifact does not match its hash          (exit 1)
│   ├── LakeDamaged           a file of the lake is missing or cannot be read    (exit 1)
│   ├── GateBlocked           a gate said no, or could not answer                (exit 1)
│   ├── PluginFailed          a plug-in raised, ended or gave no usable answer   (exit 1)
│   ├── IntegrityError        rows written are not the rows intended             (exit 1)
│   └── NotReproducible       a re-run differs; names the first difference       (exit 1)
└── Transient                 the same call may succeed later: retry is sound
    ├── LakeBusy              the writer lock or a commit was lost to others     (exit 3)
    ├── LakeUnavailable       the lake cannot be opened or attached              (exit 3)
    ├── StorageFull           no room left to write; nothing was stored          (exit 3)
    ├── PluginTimeout         a plug-in gave no answer in time and was ended     (exit 3)
    ├── NotDelivered          an alert could not be handed to a destination      (exit 3)
    └── PublicationConflict   the slate's pointer moved first; rebuild and retry (exit 3)
"""

from typing import ClassVar


class TipoffError(Exception):
    """Base of all tipoff errors; `exit_code` is what the CLI returns for it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}\n  next: {self.next_step}" if self.next_step else self.message


class Terminal(TipoffError):
    """Can never succeed as asked."""


class Transient(TipoffError):
    """May succeed when tried again."""

    exit_code = 3


class UsageError(Terminal):
    """An argument, date, setting or folder is wrong."""

    exit_code = 2


class SourceError(UsageError):
    """A source file cannot be taken as it is; nothing of it was stored."""


class NotFound(Terminal):
    """The thing asked for does not exist."""


class ContractError(Terminal):
    """A model's contract is not met; `differences` lists every one of them."""

    def __init__(self, message: str, differences: list[str], next_step: str = "") -> None:
        super().__init__(message, next_step)
        self.differences = differences


class ArtifactError(Terminal):
    """A stored artifact does not match the hash or the golden rows of its manifest."""


class LakeDamaged(Terminal):
    """A file of the lake is missing, cut off or cannot be read."""


class GateBlocked(Terminal):
    """A gate answered no, or failed to answer. `answer`: the result that says so, if any."""

    answer: object = None


class PluginFailed(Terminal):
    """A plug-in raised, its process ended, or what it answered cannot be used."""


class IntegrityError(Terminal):
    """Rows written are not the rows intended; the commit was rolled back."""


class NotReproducible(Terminal):
    """A re-run gave another number; the message names the first difference."""


class LakeBusy(Transient):
    """The writer lock was not free in time, or commits kept conflicting."""


class LakeUnavailable(Transient):
    """The lake cannot be opened."""


class StorageFull(Transient):
    """No room left to write; the commit was rolled back."""


class PluginTimeout(Transient):
    """A plug-in gave no answer within its time; its process was ended."""


class NotDelivered(Transient):
    """An alert could not be handed to a destination; it is told again at the next check."""


class PublicationConflict(Transient):
    """The slate's pointer moved between reading it and committing."""
