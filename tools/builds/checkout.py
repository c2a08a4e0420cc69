"""A build to run: a clean checkout of a commit, and a Python with what its pyproject asks for."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from tools.builds.failure import BuildFailure, Failure

ROOT = Path(__file__).resolve().parents[2]
WORKTREE = "worktree"
"""In the place of a ref: the working tree as it is."""
_NO_NEED = ("dev", "fuzz")
"""Optional dependencies that no command reads."""


@dataclass(frozen=True)
class Build:
    """One side. `sha` names its source: the commit's, or a hash of the working tree's files."""

    side: str
    ref: str
    sha: str
    folder: Path
    python: Path

    @property
    def label(self) -> str:
        """What it is called in messages."""
        return f"{self.side} ({self.ref}, {self.sha[:12]})"

    def tipoff(self, cwd: Path, *words: object) -> dict[str, Any]:
        """Run a `tipoff` command with --json; its answer.

        Exit code 1 with an answer is one (a slate nobody could be predicted for). Raises
        BuildFailure for anything else.
        """
        command = ["-m", "tipoff", *map(str, words), "--json"]
        done = self._run(cwd, command)
        try:
            answer: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            answer = {}
        if done.returncode not in (0, 1) or not answer:
            raise BuildFailure(self.label, f"tipoff {' '.join(command[2:])}", _said(done))
        return answer

    def script(self, cwd: Path, path: Path, *words: object) -> str:
        """Run a script inside the build; what it printed. Raises BuildFailure."""
        done = self._run(cwd, [str(path), *map(str, words)])
        if done.returncode:
            raise BuildFailure(self.label, path.name, _said(done))
        return done.stdout

    def check(self, cwd: Path) -> None:
        """Raise BuildFailure unless its Python imports tipoff from its own source."""
        done = self._run(cwd, ["-c", "import tipoff; print(tipoff.__file__)"])
        source = self.folder / "src" / "tipoff" / "__init__.py"
        if done.returncode or Path(done.stdout.strip()).resolve() != source.resolve():
            raise BuildFailure(self.label, f"import tipoff from {source}", _said(done))

    def _run(self, cwd: Path, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        # -P: neither the folder it stands in nor a script's own may offer modules. No settings of
        # whoever asks: both sides have the defaults.
        known = {k: v for k, v in os.environ.items() if not k.startswith("TIPOFF_")}
        env = known | {"PYTHONPATH": str(self.folder / "src")}
        cwd.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [str(self.python), "-P", *words], cwd=cwd, env=env, capture_output=True, text=True,
            check=False,
        )  # fmt: skip


def make_build(side: str, ref: str, work: Path) -> Build:
    """Check a ref out under the work folder, or copy the working tree there.

    Raises Failure for a ref that is no commit, BuildFailure when no Python can be had for it.
    """
    if ref == WORKTREE:
        sha, folder = _copied(work / "checkouts")
    else:
        sha = resolved(ref)
        folder = _checked_out(sha, work / "checkouts" / sha)
    build = Build(side, ref, sha, folder, _python(side, folder / "pyproject.toml", work))
    build.check(work)
    return build


def resolved(ref: str) -> str:
    """The commit a ref names. Raises Failure when it names none."""
    done = _git(ROOT, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if done.returncode:
        raise Failure(f"{ref!r} names no commit of {ROOT}: give a branch, a tag, a hash or HEAD")
    return done.stdout.strip()


def _checked_out(sha: str, folder: Path) -> Path:
    if _is_clean(folder, sha):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # A clone, not `git worktree add`: nothing is written into the repository compared.
    for words in (
        (ROOT, "clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(folder)),
        (folder, "checkout", "--quiet", "--detach", sha),
    ):
        done = _git(*words)
        if done.returncode:
            raise BuildFailure(sha[:12], f"git {words[1]}", done.stderr)
    return folder


def _is_clean(folder: Path, sha: str) -> bool:
    """Whether a checkout kept from before holds that commit and nothing else."""
    if not (folder / ".git").exists():
        return False
    status, head = _git(folder, "status", "--porcelain"), _git(folder, "rev-parse", "HEAD")
    failed = status.returncode or head.returncode
    return not failed and not status.stdout.strip() and head.stdout.strip() == sha


def _copied(checkouts: Path) -> tuple[str, Path]:
    """The working tree's source, copied: it may be edited while the comparison runs."""
    files = sorted(p for p in (ROOT / "src").rglob("*") if p.is_file() and _is_source(p))
    digest = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", *files):
        name, content = path.relative_to(ROOT).as_posix(), path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    sha = digest.hexdigest()
    folder = checkouts / f"{WORKTREE}-{sha[:12]}"
    shutil.rmtree(folder, ignore_errors=True)
    for path in (ROOT / "pyproject.toml", *files):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return sha, folder


def _is_source(path: Path) -> bool:
    return "__pycache__" not in path.parts and ".egg-info" not in path.as_posix()


def _python(side: str, pyproject: Path, work: Path) -> Path:
    """This Python when it has everything, else one of a venv kept in the work folder."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    if not unmet(project["dependencies"]):
        return Path(sys.executable)
    requirements = requirements_of(project)
    name = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:16]
    folder = work / "venvs" / name
    if not (folder / "made").exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BuildFailure(side, "pip install of its dependencies", _said(done))
        (folder / "made").touch()
    return folder / "bin" / "python"


def unmet(requirements: Sequence[str]) -> list[str]:
    """Those that the environment of this process does not satisfy."""
    return [text for text in requirements if not _met(Requirement(text))]


def _met(requirement: Requirement) -> bool:
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    try:
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except PackageNotFoundError:
        return False


def requirements_of(project: Mapping[str, Any]) -> list[str]:
    """What a build may import: its dependencies, and optional ones but for development."""
    optional = project.get("optional-dependencies", {})
    extra = [text for name, texts in optional.items() if name not in _NO_NEED for text in texts]
    return sorted({*project["dependencies"], *extra})


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _said(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr if done.stderr.strip() else done.stdout
