"""Is what would be published whole? `python -m tools.try_wheel [--python PYTHON] [--keep FOLDER]`.

Builds a wheel and an sdist with `build`, and a second wheel from the sdist; compares what is in
them with the checkout; installs the wheel with pipx, where nothing else is installed, and runs
`tipoff demo` there. Needs PyPI. Nothing is left in the checkout or in the user's pipx.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]


class Failure(Exception):
    """A step failed, or an archive holds what it should not; says which."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do it all and say what was done; 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.try_wheel", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="what pipx installs it for")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="put both here when all is well"
    )
    given = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="try-wheel-") as folder:
            work = Path(folder)
            wheel = build_and_compare(work)
            install_and_run(work, wheel, given.python)
            if given.keep:
                shutil.copytree(wheel.parent, given.keep, dirs_exist_ok=True)
    except Failure as failure:
        sys.stderr.write(f"error: {failure}\n")
        return 1
    return 0


def build_and_compare(work: Path) -> Path:
    """Build wheel and sdist and hold them against the checkout; the wheel, the sdist beside it."""
    dist = work / "dist"
    say(f"build and pipx, into {work / 'venv'}")
    venv.create(work / "venv", with_pip=True)
    python = work / "venv" / "bin" / "python"
    call([python, "-m", "pip", "install", "--quiet", "build", "pipx"], work)
    call([python, "-m", "build", "--sdist", "--wheel", "--outdir", dist, ROOT], work)
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    with tarfile.open(sdist) as tar:
        tar.extractall(work / "unpacked", filter="data")
    (source,) = (work / "unpacked").iterdir()
    call([python, "-m", "build", "--wheel", "--outdir", work / "again", source], work)
    (again,) = (work / "again").glob("*.whl")
    in_wheel = names_in(wheel)
    in_sdist = {p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file()}
    complaints = [
        *problems(in_wheel, in_sdist, committed()),
        *(f"only one of the two wheels has {name}" for name in in_wheel ^ names_in(again)),
    ]
    if complaints:
        raise Failure("\n  ".join(sorted(complaints)))
    say(f"{wheel.name}: {len(in_wheel)} files, {wheel.stat().st_size:,} bytes")
    say(f"{sdist.name}: {len(in_sdist)} files, {sdist.stat().st_size:,} bytes")
    say("a wheel built from the sdist has the same files")
    return wheel


def problems(in_wheel: set[str], in_sdist: set[str], files: set[str]) -> list[str]:
    """What the archives lack or have too much, by the names of all files under version control."""
    package = {name.removeprefix("src/") for name in files if name.startswith("src/tipoff/")}
    installed = {name for name in in_wheel if ".dist-info" not in PurePosixPath(name).parts[0]}
    return [
        *(f"the wheel lacks {name}" for name in package - installed),
        *(f"the wheel has {name}, which is not committed" for name in installed - package),
        *(f"the sdist lacks {name}" for name in files - in_sdist),
        *(f"the sdist has {name}, which is not committed"
          for name in in_sdist - files - {"PKG-INFO"}),
    ]  # fmt: skip


def names_in(wheel: Path) -> set[str]:
    """Names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def committed() -> set[str]:
    """The files that git knows, but for those that .gitignore names too: no archive has them."""
    listed, ignored = (
        set(call(["git", "ls-files", "-z", *options], ROOT).split("\0"))
        for options in ((), ("--cached", "--ignored", "--exclude-standard"))
    )
    return {name for name in listed - ignored if (ROOT / name).is_file()}


def install_and_run(work: Path, wheel: Path, python: str) -> None:
    """Install the wheel with pipx, in folders of its own, and run the demo where nothing lies."""
    known = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and "TIPOFF" not in k}
    env = known | {"PIPX_HOME": str(work / "pipx"), "PIPX_BIN_DIR": str(work / "bin")}
    pipx = work / "venv" / "bin" / "pipx"
    started = time.monotonic()
    call([pipx, "install", "--python", python, wheel], work, env)
    say(f"installed by pipx in {time.monotonic() - started:.0f} s, for {python}")
    home = work / "home"
    home.mkdir()
    started = time.monotonic()
    output = call([work / "bin" / "tipoff", "demo"], home, env)
    say(f"tipoff demo: {time.monotonic() - started:.0f} s, {len(output.splitlines())} lines")


def call(command: Sequence[object], cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a command; what it printed. Raises Failure with the end of what it said."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise Failure(f"{' '.join(words)} ended with {done.returncode}:\n{end}")
    return done.stdout


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
