"""Speed of the Jupyter kernel as a client sees it. Run by `Scripts/bench kernel`, in a virtual environment of its own.

Prints the table and writes the JSON of the other suites (see docs/benchmarks.md).
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

ROUNDS = 25
WARM = 5


class Kernel:
    """A kernel and its client."""

    def __init__(self, name, *arguments):
        self.manager = KernelManager(kernel_name=name)
        # ipykernel warns at every start that loopback sockets are not encrypted.
        silence = {"stderr": subprocess.DEVNULL} if name == "python3" else {}
        self.manager.start_kernel(extra_arguments=list(arguments), **silence)
        self.client = self.manager.client()
        self.client.start_channels()

    def __enter__(self):
        self.client.wait_for_ready(timeout=60)
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code, expected=None):
        """Seconds from the request until both the reply and "idle" are here; the result is checked."""
        start = time.perf_counter()
        request = self.client.execute(code, allow_stdin=False)
        found = []
        while True:
            message = self.client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "execute_result":
                found.append(content["data"]["text/plain"])
            elif message["msg_type"] == "stream":
                found.append(content["text"])
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                break
        reply = self.client.get_shell_msg(timeout=120)
        seconds = time.perf_counter() - start
        if reply["content"]["status"] != "ok" or (expected is not None and found != [expected]):
            raise RuntimeError(f"{code!r} gave {found} and {reply['content']}; expected {expected!r}")
        self.output = "".join(found)
        return seconds


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.folder = Path(tempfile.mkdtemp(prefix="repl-kit-bench-kernel-"))
        self.measurements, self.failures = [], []
        # A cache of this run's own: no cell has been compiled before.
        os.environ["REPL_KIT_CACHE"] = str(self.folder / "cache")
        os.environ["XDG_STATE_HOME"] = str(self.folder / "state")
        self.swift = shutil.which("swift")
        self.peer = f"ipykernel {version('ipykernel')} (Python {platform.python_version()}), `swift FILE`; jupyter_client {version('jupyter_client')}"

    # -- Measuring

    def trivial(self):
        """One round is a cell on each side in turn, so that other work on the machine meets all of them alike."""
        file = self.folder / "trivial.swift"
        offset = int(time.time()) % 1_000_000
        samples = {"off": [], "on": [], "ipykernel": [], "swift": []}
        with Kernel("repl-kit", "--no-checkpoints") as off, Kernel("repl-kit") as on, Kernel("python3") as python:
            for number in range(ROUNDS + WARM):
                # A value and a name of its own for every round and side: no cell is found in a cache.
                value = offset + 2 * number
                taken = {
                    "off": off.run(f"let x{value} = {value}; x{value} + 1", str(value + 1)),
                    "on": on.run(f"let y{value} = {value}; y{value} + 1", str(value + 1)),
                    "ipykernel": python.run(f"x{value} = {value}; x{value} + 1", str(value + 1)),
                    "swift": self.swift_file(file, value),
                }
                if number >= WARM:
                    for side, seconds in taken.items():
                        samples[side].append(seconds)
        note = f"median of {ROUNDS}, peer: `swift FILE`; every cell is new"
        self.record("trivial cell, checkpoints off", samples["off"], samples["swift"], most=0.7, note=note)
        self.record("trivial cell, checkpoints on", samples["on"], samples["swift"], most=0.8, note=note)
        self.record("trivial cell, checkpoints off, against ipykernel", samples["off"], samples["ipykernel"], note="median, peer: ipykernel")
        self.record("trivial cell, checkpoints on, against ipykernel", samples["on"], samples["ipykernel"], note="median, peer: ipykernel")

    def swift_file(self, file, value):
        start = time.perf_counter()
        file.write_text(f"let x{value} = {value}; print(x{value} + 1)\n")
        result = subprocess.run([self.swift, file], capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if result.stdout != f"{value + 1}\n":
            raise RuntimeError(f"swift {file}: {result.stdout!r} {result.stderr!r}")
        return seconds

    def start(self):
        """From the start of the process to the first cell's result, with nothing warmed by hand."""
        ours, peer = [], []
        # Another empty cache: the first start of all makes the compiler's own modules.
        os.environ["REPL_KIT_CACHE"] = str(self.folder / "start-cache")
        for number in range(7):
            for name, samples in (("repl-kit", ours), ("python3", peer)):
                value = int(time.time() * 1000) % 1_000_000_000
                begin = time.perf_counter()
                with Kernel(name) as kernel:
                    kernel.run(f"{value} + {number}", str(value + number))
                    samples.append(time.perf_counter() - begin)
        first = ours.pop(0)
        peer.pop(0)
        self.record(
            "start to first result", ours, peer, seconds=1.5,
            note=f"median of {len(ours)}, peer: ipykernel; {first:.2f} s with an empty compiler cache")

    def checkpoint(self):
        """What 500 MB of live data make a checkpoint cost."""
        with Kernel("repl-kit") as kernel:
            kernel.run("import Foundation")
            # Several arrays and many small objects, every page written.
            kernel.run(
                "var live = (0..<8).map { part in [Double](unsafeUninitializedCapacity: 7_000_000) { buffer, count in "
                "for index in 0..<7_000_000 { buffer.initializeElement(at: index, to: Double(index + part)) }; count = 7_000_000 } }")
            kernel.run("final class Node { let value: Int; init(_ value: Int) { self.value = value } }\nvar nodes = (0..<1_000_000).map { Node($0) }")
            kernel.run("live.reduce(0) { $0 + $1.count } * 8 / 1_000_000 + nodes.count * 40 / 1_000_000", "488")
            forks, on = [], []
            for number in range(ROUNDS):
                on.append(kernel.run(f"live[{number % 8}][{number}] += 1; let a{number} = {number}; a{number}", str(number)))
                kernel.run("%checkpoints")
                words = kernel.output
                if "took" not in words:
                    raise RuntimeError(f"there is no checkpoint: {words!r}")
                forks.append(float(words.split("took ")[1].split(" ms")[0]) / 1000)
            kernel.run("%checkpoints off")
            off = [kernel.run(f"live[{number % 8}][{number}] += 1; let b{number} = {number}; b{number}", str(number)) for number in range(ROUNDS)]
            # The bill that a checkpoint leaves: pages that both processes share are copied when they are written.
            sweep = "for part in 0..<8 {{ for index in stride(from: 0, to: 7_000_000, by: 512) {{ live[part][index] += {0} }} }}; {0}"
            without = [kernel.run(sweep.format(number), str(number)) for number in range(1, 6)]
            kernel.run("%checkpoints on")
            rewriting = [kernel.run(sweep.format(number), str(number)) for number in range(11, 16)]
        self.record("checkpoint with 500 MB live", forks, seconds=0.020, note=f"median of {ROUNDS}: how long the worker stands still for it")
        self.record("trivial cell with 500 MB live, checkpoints on", on, off, note="median, peer: the same kernel with checkpoints off")
        self.record("cell that writes to every page of the 448 MB of arrays", rewriting, without, note="median, peer: the same with checkpoints off")

    def completion(self):
        with Kernel("repl-kit") as kernel:
            kernel.run("import Core")
            kernel.run("let learningRate = 0.1\nlet weights = Matrix.identity(3)")
            for number in range(3, 9):
                kernel.run(f"let filler{number} = {number}")
            def ask(code, expected):
                start = time.perf_counter()
                kernel.client.complete(code)
                matches = kernel.client.get_shell_msg(timeout=60)["content"]["matches"]
                seconds = time.perf_counter() - start
                if not any(match.startswith(expected) for match in matches):
                    raise RuntimeError(f"completing {code!r} gave {matches[:10]}; expected {expected}")
                return seconds
            first = ask("let next = learn", "learningRate")
            names, members = [], []
            for number in range(ROUNDS):
                names.append(ask(f"let next{number} = learn", "learningRate"))
                members.append(ask(f"let t{number} = weights.transp", "transposed"))
        self.record("completion of a name of cell 2 in cell 9", names, seconds=0.150, note=f"median of {ROUNDS}; the first took {first:.2f} s")
        self.record("completion of a member of Core's Matrix", members, seconds=0.150, note=f"median of {ROUNDS}")

    # -- Telling

    def record(self, name, ours, peer=None, most=None, seconds=None, note=""):
        """`most`: at most so many times the peer's time; `seconds`: at most so many."""
        ours, peer = timing(ours), timing(peer) if peer else None
        is_met, bar = None, ""
        if most is not None:
            is_met, bar = ours["median"] <= most * peer["median"], f"≤ {most} ×"
        if seconds is not None:
            is_met, bar = ours["median"] <= seconds, f"≤ {duration(seconds)}"
        verdict = "reported" if is_met is None else "met" if is_met else "MISSED"
        speed = peer["median"] / ours["median"] if peer else None
        self.measurements.append({
            "name": name, "ours": ours, "bar": bar, "verdict": verdict, "statistic": "median", "note": note,
            **({"peer": peer, "speed": speed, "share": 1 / speed} if peer else {}),
        })
        share = f"{ours['median'] / peer['median']:.2f}" if peer else ""
        print(row(name, duration(ours["median"]), duration(peer["median"]) if peer else "", share, bar, verdict) + f"  ({note})", flush=True)

    def run(self):
        print(f"kernel, against {self.peer}")
        print(row("case", "ours", "peer", "share", "bar", ""))
        for name, measure in (("trivial cell", self.trivial), ("start", self.start), ("checkpoint", self.checkpoint), ("completion", self.completion)):
            if self.arguments.only not in name:
                continue
            try:
                measure()
            except Exception as error:
                self.failures.append(f"{name}: {error}")
                print(f"{name}: FAILED: {error}", flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        missed = [entry["name"] for entry in self.measurements if entry["verdict"] == "MISSED"]
        print("\nshare: our time over the peer's, medians")
        print("missed bars: " + ("; ".join(missed) or "none"))
        print("failed: " + ("; ".join(self.failures) or "none"))
        out = Path(self.arguments.out)
        out.mkdir(parents=True, exist_ok=True)
        record = {
            "suite": "kernel", "peer": self.peer, "failures": self.failures, "processors": os.cpu_count(),
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "measurements": self.measurements,
        }
        (out / "kernel.json").write_text(json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        print(f"written to {out / 'kernel.json'}")
        return 1 if self.failures else 0


def timing(samples):
    return {"best": min(samples), "median": statistics.median(samples), "repeats": len(samples)}


def duration(seconds):
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def row(name, *cells):
    return name.ljust(56) + "".join(cell.rjust(width) for cell, width in zip(cells, (10, 10, 8, 10))) + "  " + cells[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", default=".build/bench")
    # The other suites' option; a cell has the threads that it has.
    parser.add_argument("--threads", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if "repl-kit" not in KernelSpecManager().find_kernel_specs():
        parser.error("the kernel is not installed in this environment")
    return Bench(arguments).run()


if __name__ == "__main__":
    sys.exit(main())
