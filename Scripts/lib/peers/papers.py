"""The peers of `Scripts/bench papers`, each paper's in a module of its own."""

import importlib
import importlib.metadata
import sys

from protocol import serve

# One module a paper (or several that share a peer).
modules = [
    "k_means", "quantile_regression", "ridge_path", "decision_processes", "matrix_game", "radial_equation",
    "softmax",
]
packages = ["numpy", "scipy", "scikit-learn", "quantile-forest", "pymdptoolbox"]

for name in modules:
    try:
        importlib.import_module(name)
    except ImportError as error:
        # Its cases fail and say so; the others are measured.
        print(f"{name}.py: {error}", file=sys.stderr)

versions = []
for name in packages:
    try:
        versions.append(f"{name} {importlib.metadata.version(name)}")
    except importlib.metadata.PackageNotFoundError:
        versions.append(f"{name} missing")
serve(", ".join(versions) + f", Python {sys.version.split()[0]}")
