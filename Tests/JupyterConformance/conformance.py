#!/usr/bin/env python3
"""Checks the Jupyter kernel with the clients that people use.

    conformance.py [--build-folder DIR] [STAGE…]

Makes a virtual environment in .build/jupyter-venv, installs requirements.txt from PyPI, installs the kernel
there, and runs the stages: kernel-test, client, features, nbconvert, papermill, terminal, fuzz, soak. Without a STAGE
all of them. The stage jupyterlab, which needs Chromium and requirements-jupyterlab.txt, runs when it is named.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
ENVIRONMENT = PROJECT / ".build/jupyter-venv"
SCRATCH = PROJECT / ".build/jupyter-conformance"
PYTHON = ENVIRONMENT / "bin/python"

SCRIPT = """\
// ---
// title: Conformance
// ---

// %% [markdown]
// # Conformance

// %% tags=["parameters"]
let seed: UInt64 = 0
let name = "none"

// %%
print("seed", seed, "name", name)
type(of: seed)

// %% [python]
// total = sum(range(5))
// print("total", total)

// %%
display(html: "<b>html</b>", text: "html")
seed * 2
"""


def run(*command, **options):
    print("+", *command, flush=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    environment.update(VIRTUAL_ENV=str(ENVIRONMENT), PATH=f"{ENVIRONMENT / 'bin'}:{os.environ['PATH']}")
    # History and settings of the person at this machine stay out of it.
    environment.update(XDG_STATE_HOME=str(SCRATCH / "state"), JUPYTER_CONFIG_DIR=str(SCRATCH / "config"))
    return subprocess.run([str(word) for word in command], env=environment, check=True, **options)


def prepare(repl_kit, with_jupyterlab):
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", HERE / "requirements.txt")
    if with_jupyterlab:
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", HERE / "requirements-jupyterlab.txt")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    run(repl_kit, "kernel", "install", "--sys-prefix")


def kernel_test(repl_kit):
    run(PYTHON, HERE / "kernel_tests.py", "-v")


def client(repl_kit):
    run(PYTHON, HERE / "client_tests.py", "-v")


def converted(repl_kit):
    script = SCRATCH / "conformance.swiftscript"
    script.write_text(SCRIPT)
    notebook = script.with_suffix(".ipynb")
    run(repl_kit, "convert", script, "--drop-outputs")
    run(PYTHON, "-c", f"import nbformat; nbformat.validate(nbformat.read({str(notebook)!r}, as_version=nbformat.NO_CONVERT))")
    # Written by Jupyter's own code it is the same file.
    text = notebook.read_text()
    run(PYTHON, "-c", f"import nbformat; n = nbformat.read({str(notebook)!r}, 4); nbformat.write(n, {str(notebook)!r})")
    assert notebook.read_text() == text, "nbformat lays the notebook out differently"
    run(repl_kit, "convert", notebook, "-o", SCRATCH / "back.swiftscript")
    assert (SCRATCH / "back.swiftscript").read_text() == SCRIPT, "the script did not come back"
    return notebook


def texts(notebook):
    """The text of each code cell's outputs."""
    result = []
    for cell in json.loads(Path(notebook).read_text())["cells"]:
        if cell["cell_type"] != "code":
            continue
        text = ""
        for output in cell["outputs"]:
            assert output["output_type"] != "error", output
            text += "".join(output.get("text", [])) + "".join(output.get("data", {}).get("text/plain", []))
        result.append(text)
    return result


def nbconvert(repl_kit):
    notebook = converted(repl_kit)
    run(PYTHON, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "executed.ipynb", notebook)
    found = texts(SCRATCH / "executed.ipynb")
    assert found == ["", "seed 0 name none\nUInt64", "total 10\n", "html0"], found
    run(PYTHON, "-m", "nbconvert", "--to", "html", SCRATCH / "executed.ipynb")
    run(PYTHON, "-m", "nbconvert", "--to", "script", SCRATCH / "executed.ipynb")
    run(repl_kit, "convert", SCRATCH / "executed.ipynb", "--to", "html")
    run(repl_kit, "convert", SCRATCH / "executed.ipynb", "--to", "markdown")
    # The executed notebook's text is still the script's.
    run(repl_kit, "convert", SCRATCH / "executed.ipynb", "-o", SCRATCH / "executed.swiftscript")
    assert (SCRATCH / "executed.swiftscript").read_text() == SCRIPT, "the executed notebook's script is another"


def papermill(repl_kit):
    notebook = converted(repl_kit)
    output = SCRATCH / "papermill.ipynb"
    run(PYTHON, "-m", "papermill", "--no-progress-bar", notebook, output)
    assert texts(output)[1] == "seed 0 name none\nUInt64", texts(output)
    run(PYTHON, "-m", "papermill", "--no-progress-bar", "--language", "python", "-p", "seed", "3", "-p", "name", 'a "b" é', notebook, output)
    found = texts(output)
    assert found == ["", "", 'seed 3 name a "b" é\nUInt64', "total 10\n", "html6"], found


def features(repl_kit):
    run(PYTHON, HERE / "feature_tests.py", "-v")


def terminal(repl_kit):
    run(PYTHON, HERE / "terminal_tests.py", "-v")


def fuzz(repl_kit):
    run(PYTHON, HERE / "fuzz.py")


def soak(repl_kit):
    run(PYTHON, HERE / "soak.py")


def jupyterlab(repl_kit):
    run(PYTHON, HERE / "lab_session.py", SCRATCH / "jupyterlab")


STAGES = {
    "kernel-test": kernel_test, "client": client, "features": features, "nbconvert": nbconvert, "papermill": papermill,
    "terminal": terminal, "fuzz": fuzz, "soak": soak, "jupyterlab": jupyterlab,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-folder", type=Path, default=PROJECT / ".build/release")
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=", ".join(STAGES))
    arguments = parser.parse_args()
    for stage in arguments.stages:
        if stage not in STAGES:
            parser.error(f"STAGE {stage}: expected one of {', '.join(STAGES)}")
    repl_kit = arguments.build_folder / "repl-kit"
    os.environ["REPL_KIT"] = str(repl_kit)
    stages = arguments.stages or [stage for stage in STAGES if stage != "jupyterlab"]
    prepare(repl_kit, "jupyterlab" in stages)
    failures = []
    for stage in stages:
        print(f"==> {stage}", flush=True)
        try:
            STAGES[stage](repl_kit)
        except (subprocess.CalledProcessError, AssertionError) as error:
            print(f"FAILED {stage}: {error}", flush=True)
            failures.append(stage)
    print("failed: " + ", ".join(failures) if failures else "all stages passed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
