"""`Scripts/bench python`: what a call of swiftcore costs, and its functions beside those that Python users have.

Runs in a virtual environment that has swiftcore (built from this tree), NumPy, pybind11, torchvision, scikit-learn and
POT. The ctypes function and the pybind11 function are compiled here, in the same run. Both sides of a comparison get
the same arrays and their results are compared; they are then called in turn, and the best of the repeats counts.
"""

import argparse
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import sysconfig
import tempfile
import time

SOURCE_C = "double scaled(double x) { return 2.0 * x + 1.0; }\n"
SOURCE_PYBIND = """
#include <pybind11/pybind11.h>
#include <pybind11/numpy.h>
#include <cmath>
PYBIND11_MODULE(overhead, module) {
    module.def("normal_pdf", [](double x) { return std::exp(-0.5 * x * x) * 0.3989422804014327; });
    module.def("count", [](pybind11::array_t<double> x) { return x.size(); });
}
"""


def compiled(folder):
    """(ctypes function, pybind11 module), built with the system's compiler."""
    import pybind11

    folder = pathlib.Path(folder)
    (folder / "scaled.c").write_text(SOURCE_C)
    (folder / "overhead.cpp").write_text(SOURCE_PYBIND)
    compiler = next((name for name in ("c++", "g++", "clang++") if not subprocess.run(
        ["which", name], capture_output=True).returncode), None)
    if compiler is None:
        raise SystemExit("no C++ compiler for the pybind11 function: install g++")
    subprocess.run([compiler, "-xc", "-O2", "-shared", "-fPIC", folder / "scaled.c", "-o", folder / "libscaled.so"], check=True)
    subprocess.run(
        [compiler, "-O2", "-shared", "-fPIC", "-std=c++17", f"-I{pybind11.get_include()}",
         f"-I{sysconfig.get_paths()['include']}", folder / "overhead.cpp", "-o",
         folder / f"overhead{sysconfig.get_config_var('EXT_SUFFIX')}"], check=True)
    library = ctypes.CDLL(str(folder / "libscaled.so"))
    library.scaled.restype, library.scaled.argtypes = ctypes.c_double, [ctypes.c_double]
    sys.path.insert(0, str(folder))
    import overhead

    return library.scaled, overhead


def per_call(functions, repeats=15, seconds=0.02):
    """The best time of one call of each, measured in turn."""
    counts = []
    for function in functions:
        count, elapsed = 1, 0.0
        while elapsed < seconds:
            begin = time.perf_counter()
            for _ in range(count):
                function()
            elapsed = time.perf_counter() - begin
            count = max(count * 2, 1) if elapsed < seconds else count
        counts.append(count)
    best = [float("inf")] * len(functions)
    for _ in range(repeats):
        for index, function in enumerate(functions):
            begin = time.perf_counter()
            for _ in range(counts[index]):
                function()
            best[index] = min(best[index], (time.perf_counter() - begin) / counts[index])
    return best


def empty_call():
    pass


def overhead_cases(rows):
    import numpy as np
    from swiftcore import mathematics

    with tempfile.TemporaryDirectory() as folder:
        scaled, overhead = compiled(folder)
        function = mathematics.normal_pdf
        ours, by_ctypes, by_pybind = per_call(
            [lambda: function(0.5), lambda: scaled(0.5), lambda: overhead.normal_pdf(0.5)])
        # The lambda's own call is part of all three.
        nothing = per_call([lambda: None])[0]
        rows.append(row("scalar function", ours - nothing, {
            "ctypes": by_ctypes - nothing, "pybind11": by_pybind - nothing}, 2e-6))
        sample, small = np.array([3.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0])
        ours, theirs = per_call([lambda: mathematics.trapezoid(sample, small), lambda: np.trapezoid(sample, small)])
        rows.append(row("two arrays of 3 numbers", ours - nothing, {"numpy.trapezoid": theirs - nothing}, None))

        # Shapes that do not fit are found before any element is looked at: what is left is passing the arrays in.
        large, other = np.zeros(10_000_000), np.zeros(9_999_999)

        def mismatch():
            try:
                mathematics.trapezoid(large, other)
            except ValueError:
                return
            raise AssertionError("expected a ValueError")

        ours, theirs = per_call([mismatch, lambda: overhead.count(large)])
        rows.append(row("two arrays of 1e7 doubles in", ours - nothing, {"pybind11, one array": theirs - nothing}, 20e-6))


def row(name, ours, peers, bar, same=True):
    return {"name": name, "seconds": ours, "peers": peers, "bar": bar, "same": same}


def side_by_side(rows):
    import numpy as np
    import ot
    import torch
    import torchvision
    from sklearn.cluster import KMeans
    from swiftcore import mathematics, science

    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    torch.set_num_threads(threads)
    generator = np.random.default_rng(0)

    # Soft-NMS: torchvision has the hard rule (nms). The boxes it keeps, and their order, must be ours.
    for count in (200, 2000):
        corners = generator.random((count, 2)) * 500
        boxes = np.concatenate([corners, corners + 20 + 60 * generator.random((count, 2))], 1)
        scores = generator.random(count)
        tensors = torch.from_numpy(boxes), torch.from_numpy(scores)
        ours = science.soft_nms(boxes, scores, "hard", overlap_threshold=0.3, score_threshold=0.0).order
        theirs = torchvision.ops.nms(*tensors, 0.3).numpy()
        times = per_call([
            lambda: science.soft_nms(boxes, scores, "hard", overlap_threshold=0.3, score_threshold=0.0),
            lambda: torchvision.ops.nms(*tensors, 0.3)])
        rows.append(row(
            f"soft_nms hard, {count} boxes", times[0], {"torchvision.ops.nms": times[1]}, times[1],
            bool(np.array_equal(ours, theirs))))

    # k-means from the same centroids, to the same tolerance: both are Lloyd's iteration.
    for count, dimension, clusters in ((2000, 2, 8), (20_000, 16, 10)):
        points = np.concatenate([
            generator.normal(size=(count // clusters, dimension)) + 6 * generator.normal(size=dimension)
            for _ in range(clusters)])
        start = points[:: len(points) // clusters][:clusters].copy()
        peer = KMeans(clusters, init=start, n_init=1, max_iter=300, tol=1e-12, algorithm="lloyd")
        ours = mathematics.k_means_from(points, start, tolerance=1e-6)
        theirs = peer.fit(points)
        same = abs(ours.cost - theirs.inertia_) <= 1e-9 * theirs.inertia_ and np.array_equal(ours.labels, theirs.labels_)
        times = per_call([
            lambda: mathematics.k_means_from(points, start, tolerance=1e-6), lambda: peer.fit(points)])
        rows.append(row(
            f"k_means_from, {count} points in {dimension} dimensions", times[0], {"sklearn KMeans": times[1]}, times[1],
            bool(same)))

    # Exact transport.
    for count in (50, 500):
        x, y = generator.normal(size=(count, 2)), generator.normal(size=(count, 2)) + 1
        costs = ((x[:, None] - y[None]) ** 2).sum(-1)
        a, b = generator.random(count), generator.random(count)
        a, b = a / a.sum(), b / b.sum()
        ours = mathematics.optimal_transport(costs, a, b)
        plan = ot.emd(a, b, costs, numItermax=10**7)
        same = abs(ours.cost - (plan * costs).sum()) <= 1e-9 * ours.cost and np.allclose(ours.plan, plan, atol=1e-9)
        times = per_call([
            lambda: mathematics.optimal_transport(costs, a, b), lambda: ot.emd(a, b, costs, numItermax=10**7)])
        rows.append(row(
            f"optimal_transport, {count} × {count}", times[0], {"ot.emd": times[1]}, times[1], bool(same)))


def shown(seconds):
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=".build/bench")
    parser.add_argument("--only", default="")
    parser.add_argument("--threads", default="")
    options = parser.parse_args()
    rows = []
    if options.only in ("", "overhead"):
        overhead_cases(rows)
    if options.only in ("", "peers"):
        side_by_side(rows)
    width = max(len(each["name"]) for each in rows)
    failed, missed = False, []
    for each in rows:
        peers = ", ".join(f"{name} {shown(seconds)}" for name, seconds in each["peers"].items())
        verdict = "" if each["bar"] is None else "  held" if each["seconds"] < each["bar"] else "  MISSED"
        if not each["same"]:
            verdict, failed = "  RESULTS DIFFER", True
        if "MISSED" in verdict:
            missed.append(each["name"])
        print(f"{each['name']:{width}}  {shown(each['seconds']):>8}   {peers}{verdict}")
    pathlib.Path(options.out).mkdir(parents=True, exist_ok=True)
    (pathlib.Path(options.out) / "python.json").write_text(json.dumps(rows, indent=2))
    if missed:
        print("missed bars: " + ", ".join(missed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
