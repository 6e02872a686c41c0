"""The peer's side of a benchmark: reads one request a line, does the work, answers in one line.

A case is a function (settings, arrays) -> (work, results): `work()` is what is measured, `results(what work
returned)` gives the arrays that are compared with ours. See PeerProcess.swift for the requests.
"""

import gc
import json
import os
import sys
import time
import traceback

import numpy as np

cases = {}


def case(function):
    """Registers a case under the function's name."""
    cases[function.__name__] = function
    return function


def array(description):
    numbers = np.fromfile(description["file"], dtype=description["kind"])
    return numbers.reshape([int(length) for length in description["shape"]])


def serve(versions):
    # What a library prints must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    answer({"versions": versions})
    work = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "case" in request:
                arrays = {name: array(value) for name, value in request["arrays"].items()}
                work, results = cases[request["case"]](request["settings"], arrays)
                outputs = results(work())
                for index, output in enumerate(outputs):
                    np.ascontiguousarray(output, dtype=np.float64).tofile(f"{request['results']}-{index}")
                answer({"results": len(outputs)})
            else:
                calls = int(request["calls"])
                gc.collect()
                gc.disable()
                start = time.perf_counter()
                for _ in range(calls):
                    work()
                seconds = time.perf_counter() - start
                gc.enable()
                answer({"seconds": seconds / calls})
        except Exception as error:
            traceback.print_exc()
            answer({"error": f"{type(error).__name__}: {error}"})
