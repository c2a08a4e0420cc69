"""What a function is known by: all that can change its values changes its hash, nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAD = "import functools\nfrom tipoff.features import feature\n"
MODULES = {
    "two_lambdas": "a = lambda x: x + 1\nb = lambda x: x * @@\ndef f(frame): return b(a(frame))\n",
    "static_method": "S = @@\nclass H:\n    @staticmethod\n    def g(x): return x * S\n"
    "def f(frame): return H.g(frame)\n",
    "class_method": "S = @@\nclass H:\n    @classmethod\n    def g(cls, x): return x * S\n"
    "def f(frame): return H.g(frame)\n",
    "base_class": "class B:\n    def g(self, x): return x * @@\nclass H(B): pass\n"
    "def f(frame): return H().g(frame)\n",
    "class_attribute": "S = @@\nclass H:\n    k = S\ndef f(frame): return frame * H.k\n",
    "wrapper": "def twice(g):\n    @functools.wraps(g)\n    def w(x): return g(x) * @@\n"
    "    return w\n@twice\ndef g(x): return x\ndef f(frame): return g(frame)\n",
    "wrapped": "S = @@\ndef twice(g):\n    @functools.wraps(g)\n    def w(x): return g(x)\n"
    "    return w\n@twice\ndef g(x): return x * S\ndef f(frame): return g(frame)\n",
    "imported_inside": "def f(frame):\n    from helper import K\n    return frame * K\n",
    "module_named": "import helper\ndef f(frame): return frame * helper.K\n",
    "package.own": "from package import beside\ndef f(frame): return beside.g(frame)\n",
    "package.other": "from installed import beside\ndef f(frame): return beside.g(frame)\n",
    "closed_over": "def make(k):\n    def f(frame): return frame * k\n    return f\n"
    "f = make(int('@@'))\n",
    "a_set": "KINDS = {'a', 'b', 'c', 'd', 'e', 'f@@'}\ndef f(frame): return len(KINDS)\n",
}
OTHERS = {
    "helper": "K = @@\n", "package.__init__": "", "package.beside": "def g(x): return x * @@\n",
    "installed.__init__": "", "installed.beside": "def g(x): return x * @@\n",
}  # fmt: skip
ASK = """
import importlib, json
from tipoff.features.functions import code_of_function
names = json.loads(input())
print(json.dumps({n: code_of_function(importlib.import_module(n).f) for n in names}))
"""


def hashes(folder: Path, value: str, comment: str = "", seed: str = "0") -> dict[str, str]:
    """Module -> the hash of its function, by a process of its own; `value` stands for @@."""
    for name, text in (MODULES | OTHERS).items():
        file = folder / Path(*name.split(".")).with_suffix(".py")
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(comment + HEAD + text.replace("@@", value), encoding="utf-8")
    # An editable install: a distribution that says its package is there.
    info = folder / "installed-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: installed\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("installed\n")
    path = os.pathsep.join((str(folder), *filter(None, sys.path)))
    done = subprocess.run(
        [sys.executable, "-c", ASK], input=json.dumps([*MODULES]), capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": seed}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The hashes when @@ is 2."""
    return hashes(tmp_path_factory.mktemp("two"), "2")


def test_whatever_changes_its_values_is_another_function(
    two: dict[str, str], tmp_path: Path
) -> None:
    three = hashes(tmp_path, "3")
    assert [name for name in MODULES if three[name] == two[name]] == []


def test_another_folder_process_or_comment_is_the_same_function(
    two: dict[str, str], tmp_path: Path
) -> None:
    assert hashes(tmp_path, "2", "# said in other words\n", seed="7") == two
