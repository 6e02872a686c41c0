"""500 cells, of which many die or are interrupted; the cell after each shows that the session is what it was before it.

    soak.py [--cells 500] [--seed N]

The seed is the time unless one is given, so that every run takes another way; it is printed.
"""

import argparse
import random
import sys
import time

from kernels import Kernel

PREPARE = """\
import Foundation
import PyBridge
var total = 0
var log: [Int] = []
var table: [String: [Int]] = [:]
final class Box { var value = 0; var next: Box? }
let box = Box()
struct Broken: Error { var why: String }
func deeper(_ n: Int) -> Int { let a = [n, n + 1]; return deeper(a[1]) + a.count }
"""
# Every dying cell changes all of this before it dies.
SPOIL = 'total = -1; log.removeAll(); table = ["spoilt": [1]]; box.value = -1; box.next = Box(); var stray{n} = {n}\n'
STATE = 'print(total, log.count, log.reduce(0, +), table.keys.sorted().map { "\\($0)\\(table[$0]!)" }.joined(), box.value, box.next == nil)'

DEATHS = {
    "trap": "print(log[log.count + {n}])",
    "fatal error": 'fatalError("round {n}")',
    "overflow": "var wide = Int.max - {n}; for _ in 0...{n} {{ wide += 1 }}; print(wide)",
    "nil": "let none: Int? = {n} < 0 ? 1 : nil; print(none!)",
    "throw": 'throw Broken(why: "round {n}")',
    "exit": "exit({status})",
    "_exit": "_exit({status})",
    "abort": "abort()",
    "kill": "kill(getpid(), SIGKILL); sleep(5)",
    "wild pointer": "UnsafeMutablePointer<Int>(bitPattern: {n} * 8)!.pointee = 1",
    "endless recursion": "print(deeper({n}))",
    "too large an array": "let huge{n} = [Double](repeating: {n}, count: 1 << 33); print(huge{n}.count)",
    "all memory": "var hoard{n}: [[UInt8]] = []; while true {{ hoard{n}.append([UInt8](repeating: 1, count: 1 << 24)) }}",
    "Python exception": None,
}
# How often each is drawn.
WEIGHTS = {"endless recursion": 0.3, "all memory": 0.3, "too large an array": 0.3}


class Soak:
    def __init__(self, kernel, seed):
        self.kernel = kernel
        self.random = random.Random(seed)
        self.total, self.log, self.table, self.box, self.python = 0, [], {}, 0, []
        self.counts = {}
        kernel.shown(PREPARE)
        kernel.shown("%python\nvalues = []")

    def count(self, kind):
        self.counts[kind] = self.counts.get(kind, 0) + 1

    @property
    def state(self):
        keys = "".join(f"{key}{self.table[key]}" for key in sorted(self.table))
        return f"{self.total} {len(self.log)} {sum(self.log)} {keys} {self.box} true\n"

    def python_is_right(self, number):
        found = self.kernel.shown(f"%python\nprint(values == {self.python})")
        assert found == "True\n", f"cell {number}: Python's values are not {self.python}"

    def correct(self, number):
        """Shows the whole state as it finds it, and changes all of it."""
        self.count("correct")
        self.python_is_right(number)
        if self.random.random() < 0.2:
            self.python.append(number)
            self.kernel.shown(f"%python\nvalues.append({number})")
        key = self.random.choice("abcde")
        before = self.state
        self.total += number
        self.log.append(number)
        self.table.setdefault(key, []).append(number)
        self.box += 1
        found = self.kernel.shown(
            f'{STATE}\ntotal += {number}; log.append({number}); table["{key}", default: []].append({number}); box.value += 1\nlet kept{number} = total\nkept{number}')
        assert found == before + str(self.total), f"cell {number}: expected {before!r} and {self.total}, found {found!r}"

    def dies(self, number):
        way = self.random.choices(list(DEATHS), [WEIGHTS.get(way, 1) for way in DEATHS])[0]
        self.count(way)
        if way == "Python exception":
            code = f"%python\nvalues.clear(); stray = {number}\n1 / 0"
        else:
            code = SPOIL.format(n=number) + DEATHS[way].format(n=number, status=number % 7 + 1)
        reply, messages = self.kernel.run(code)
        assert reply["status"] == "error", f"cell {number}, {way}: {reply}"
        self.judge(number, way, reply, messages)

    def is_interrupted(self, number):
        self.count("interrupt")
        loop = self.random.choice(["while true {}", "while true { usleep(100) }", "sleep(60)", "%python"])
        if loop == "%python":
            code = f"%python\nvalues.clear()\nprint('begun')\nwhile True: pass"
        else:
            code = SPOIL.format(n=number) + f'print("begun")\nvar turns{number} = {number}; turns{number} += 1\n{loop}'
        request = self.kernel.begin(code)
        messages = []
        for message in self.kernel.messages(request):
            messages.append(message)
            if message["msg_type"] == "stream" and "begun" in message["content"]["text"]:
                time.sleep(self.random.uniform(0, 0.1))
                self.kernel.manager.interrupt_kernel()
        reply = self.kernel.reply(request)
        assert reply["status"] == "error" and reply["ename"] == "Interrupted", f"cell {number}: {reply}"
        self.judge(number, "interrupt", reply, messages)

    def judge(self, number, way, reply, messages):
        assert [m["msg_type"] for m in messages].count("error") == 1, f"cell {number}, {way}: {messages}"
        report = "\n".join(reply["traceback"])
        assert "as it was before" in report, f"cell {number}, {way}: {report}"
        assert "earlier cells again" not in report, f"cell {number}, {way} was repaired by a replay: {report}"

    def run(self, cells):
        start = time.monotonic()
        way = self.correct
        for number in range(1, cells + 1):
            # After what fails comes a cell that looks at everything.
            way = self.random.choices([self.correct, self.dies, self.is_interrupted], [2, 3, 1])[0] if way == self.correct else self.correct
            way(number)
            if number % 10 == 0:
                print(f"\r{number} of {cells} cells, {time.monotonic() - start:.0f} s ", end="", flush=True)
        print()
        self.correct(cells + 1)
        # What the first cells after the preparation have declared is there, too.
        for number in self.log[:3]:
            self.kernel.shown(f"kept{number}")
        print(", ".join(f"{kind}: {count}" for kind, count in sorted(self.counts.items())))
        print(f"no value was lost in {cells} cells, {time.monotonic() - start:.0f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=500)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with Kernel("--memory-limit", "1G") as kernel:
        Soak(kernel, arguments.seed).run(arguments.cells)


if __name__ == "__main__":
    sys.exit(main())
