"""What ends a comparison before it has an answer."""


class Failure(Exception):
    """Says what went wrong and what to do; `code` is the exit code (2 usage, 3 a build failed)."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


class BuildFailure(Failure):
    """A command of a build failed: the command and the end of what it said."""

    def __init__(self, label: str, command: str, said: str) -> None:
        tail = "\n".join(f"  {line}" for line in said.strip().splitlines()[-TAIL:])
        super().__init__(f"{label}: {command} failed:\n{tail or '  it said nothing'}", 3)


TAIL = 20
"""Lines of a failed command that are shown."""
