"""The public face of the package is exactly what it says."""

import subprocess
import sys

import tipoff.models


def test_the_export_list_is_sorted_and_complete() -> None:
    listed = tipoff.models.__all__
    assert listed == sorted(listed)
    public = {
        name
        for name, value in vars(tipoff.models).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("tipoff.models")
    }
    assert public == set(listed)


def test_importing_models_does_not_import_catboost_or_scipy() -> None:
    code = "import sys, tipoff.models; print(sorted({'catboost', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
