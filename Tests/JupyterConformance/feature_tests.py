"""What a cell can do through the kernel beside computing: comms, input, displays, packages, completion; and how it can die."""

import os
import statistics
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from kernels import Kernel, text

RECORDS = 'struct Point { var x: Double; var label: String }\n(0..<30).map { Point(x: Double($0) / 2, label: "p\\($0)") }'


class FeatureTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = Kernel("--memory-limit", "1G")
        cls.kernel.shown("import Foundation\nimport Core\nvar kept = [1, 2, 3]")

    @classmethod
    def tearDownClass(cls):
        cls.kernel.close()

    # -- Comms

    def comm(self, kind, **content):
        client = self.kernel.client
        message = client.session.msg(kind, content)
        client.shell_channel.send(message)
        return list(self.kernel.messages(message["header"]["msg_id"]))

    def test_a_cell_opens_a_comm(self):
        _, messages = self.kernel.run('let plot = try Comm(target: "plot", data: ["width": 640])\nvar points = 0\nplot.onMessage { message in\n'
                                      '    points += try message.decoded(as: [String: Int].self)["points"] ?? 0\n    print("points", points)\n'
                                      '    try plot.send(["total": points])\n}')
        opened = messages[0]["content"]
        self.assertEqual((messages[0]["msg_type"], opened["target_name"], opened["data"]), ("comm_open", "plot", {"width": 640}))
        identifier = opened["comm_id"]
        client = self.kernel.client
        request = client.comm_info("plot")
        self.assertEqual(self.kernel.reply(request)["comms"], {identifier: {"target_name": "plot"}})
        for total in (2, 4):
            answers = self.comm("comm_msg", comm_id=identifier, data={"points": 2})
            self.assertEqual(text(answers), f"points {total}\n")
            sent = [m["content"] for m in answers if m["msg_type"] == "comm_msg"]
            self.assertEqual(sent, [{"comm_id": identifier, "data": {"total": total}}])
        # A handler that throws has done nothing, and says why.
        answers = self.comm("comm_msg", comm_id=identifier, data={"points": "two"})
        self.assertIn("DecodingError", text(answers))
        self.assertEqual(self.kernel.shown("points"), "4")
        # What a handler has changed is there after a later death.
        self.kernel.run("points = -1; fatalError()")
        self.assertEqual(self.kernel.shown("points"), "4")
        answers = self.comm("comm_msg", comm_id=identifier, data={"points": 1})
        self.assertEqual(text(answers), "points 5\n")
        _, messages = self.kernel.run("plot.close()")
        self.assertEqual([m["msg_type"] for m in messages], ["comm_close"])
        self.assertIn("is closed", self.kernel.run("try plot.send([String: Int]())")[0]["evalue"])

    def test_a_front_end_opens_a_comm(self):
        self.assertEqual([m["msg_type"] for m in self.comm("comm_open", comm_id="a", target_name="nobody", data={})], ["comm_close"])
        self.kernel.shown('Comm.register(target: "echo") { comm, first in\n    try comm.send(["hello": first.json.count])\n'
                          '    comm.onMessage { if $0.json.contains("die") { fatalError("told to") }; try comm.send(["again": $0.json]) }\n'
                          '    comm.onClose { _ in print("closed") }\n}')
        answers = self.comm("comm_open", comm_id="b", target_name="echo", data={"a": 1})
        self.assertEqual([m["content"]["data"] for m in answers], [{"hello": 7}])
        answers = self.comm("comm_msg", comm_id="b", data={"x": [1.5]})
        self.assertEqual([m["content"]["data"] for m in answers], [{"again": '{"x":[1.5]}'}])
        answers = self.comm("comm_msg", comm_id="b", data={"die": 1})
        self.assertIn("told to", text(answers))
        answers = self.comm("comm_msg", comm_id="b", data={})
        self.assertEqual([m["content"]["data"] for m in answers], [{"again": "{}"}])
        self.assertEqual(text(self.comm("comm_close", comm_id="b", data={})), "closed\n")

    def test_comms_of_a_dead_cell_are_closed(self):
        _, messages = self.kernel.run('let lost = try Comm(target: "lost")\nfatalError()')
        kinds = [m["msg_type"] for m in messages if m["msg_type"].startswith("comm")]
        self.assertEqual(kinds, ["comm_open", "comm_close"])

    # -- Input

    def test_a_front_end_that_takes_no_input(self):
        reply, messages = self.kernel.run('let line = readLine()\nprint(line ?? "nothing")')
        self.assertEqual(reply["status"], "ok")
        self.assertIn("the front end takes no input (allow_stdin is false)", text(messages))
        self.assertIn("nothing\n", text(messages))
        reply, _ = self.kernel.run("%python\ninput('Name? ')")
        self.assertEqual((reply["status"], reply["ename"]), ("error", "EOFError"))
        self.assertIn("allow_stdin is false", reply["evalue"])

    def answered(self, code, lines):
        request = self.kernel.begin(code, allow_stdin=True)
        prompts = []
        for line in lines:
            content = self.kernel.client.get_stdin_msg(timeout=20)["content"]
            prompts.append((content["prompt"], content["password"]))
            self.kernel.client.input(line)
        messages = list(self.kernel.messages(request))
        self.assertEqual(self.kernel.reply(request)["status"], "ok")
        return prompts, text(messages)

    def test_cells_ask_the_front_end(self):
        prompts, shown = self.answered('print(readLine() ?? "", readLine(prompt: "Age? ") ?? "", readLine(prompt: "Key? ", isSecret: true) ?? "")', ["Ada", "36", "x"])
        self.assertEqual((prompts, shown), ([("", False), ("Age? ", False), ("Key? ", True)], "Ada 36 x\n"))
        prompts, shown = self.answered("%python\nimport getpass\nprint(input('Name? '), getpass.getpass())", ["Grace", "y"])
        self.assertEqual((prompts, shown), ([("Name? ", False), ("Password: ", True)], "Grace y\n"))

    # -- Deaths

    def dies(self, code, *parts):
        reply, _ = self.kernel.run("kept = []\n" + code)
        report = "\n".join(reply["traceback"])
        for part in parts + ("as it was before this cell",):
            self.assertIn(part, report)
        self.assertEqual(self.kernel.shown("kept"), "[1, 2, 3]")

    def test_endless_recursion(self):
        self.dies("func deeper(_ n: Int) -> Int { let a = [n, n + 1]; return deeper(a[1]) + a.count }\nprint(deeper(0))", "endless recursion", "deeper")

    def test_memory_exhaustion(self):
        self.dies("var hoard: [[UInt8]] = []\nwhile true { hoard.append([UInt8](repeating: 1, count: 1 << 24)) }", "the session's limit is 1024 MB")

    def test_python_that_takes_all_memory(self):
        reply, _ = self.kernel.run("%python\nhoard = bytearray(1 << 40)")
        self.assertEqual(reply["ename"], "MemoryError")
        self.assertEqual(self.kernel.shown("kept"), "[1, 2, 3]")

    def test_dispatch_means_a_replay_that_is_told(self):
        with Kernel() as kernel:
            kernel.shown("import Dispatch\nvar done = 0\nDispatchQueue.global().sync { done = 7 }\nlet group = DispatchGroup()\n"
                         "DispatchQueue.global().async(group: group) { done += 1 }\ngroup.wait()")
            reply, _ = kernel.run("done = 0; fatalError()")
            report = "\n".join(reply["traceback"])
            self.assertIn("running its earlier cells again", report)
            self.assertIn("Dispatch", report)
            self.assertEqual(kernel.shown("done"), "8")

    # -- Displays

    def bundle(self, code):
        reply, messages = self.kernel.run(code)
        self.assertEqual(reply["status"], "ok", reply)
        return messages[-1]["content"]["data"]

    def test_values_are_shown_with_shape_and_truncated(self):
        vector = self.bundle("Vector((0..<1000).map { Double($0) })")["text/plain"]
        self.assertIn("1000", vector)
        self.assertIn("…", vector)
        self.assertLess(len(vector), 400)
        matrix = self.bundle("Matrix.identity(100)")
        self.assertIn("100 × 100", matrix["text/plain"])
        self.assertIn("100 × 100", matrix["text/html"])
        self.assertIn("<table", matrix["text/html"])
        self.assertLess(len(matrix["text/html"]), 20_000)
        tensor = self.bundle("Tensor<Float>(repeating: 0.5, shape: [40, 30, 20])")["text/plain"]
        self.assertIn("40 × 30 × 20", tensor)
        self.assertIn("…", tensor)
        self.assertLess(len(tensor), 3000)
        records = self.bundle(RECORDS)
        self.assertTrue(records["text/plain"].startswith("Array of 30 Point\n"), records)
        self.assertIn("… and 10 more", records["text/plain"])
        self.assertIn("<table", records["text/html"])
        table = self.bundle("Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, $0 * $0) })")
        self.assertIn("Dictionary of 100", table["text/plain"])
        self.assertIn("… and 80 more", table["text/html"])

    def test_a_value_says_how_it_is_displayed(self):
        bundle = self.bundle('struct Gauge: Displayable {\n    var share: Double\n    var displayed: MimeBundle {\n        MimeBundle(["text/plain": "\\(share)", '
                             '"text/html": "<meter value=\\"\\(share)\\"></meter>", "image/svg+xml": "<svg/>", "text/latex": "$\\(share)$"])\n    }\n}\nGauge(share: 0.5)')
        self.assertEqual(set(bundle), {"text/plain", "text/html", "image/svg+xml", "text/latex"})

    # -- Packages

    def package(self, folder, name, body):
        (folder / f"Sources/{name}").mkdir(parents=True)
        (folder / "Package.swift").write_text(
            f'// swift-tools-version: 5.9\nimport PackageDescription\nlet package = Package(name: "{name}", products: [.library(name: "{name}", '
            f'targets: ["{name}"])], targets: [.target(name: "{name}")])\n')
        (folder / f"Sources/{name}/{name}.swift").write_text(body)

    def test_packages_from_a_path_and_a_url(self):
        with tempfile.TemporaryDirectory() as place, Kernel() as kernel:
            local, remote = Path(place) / "Lanterns", Path(place) / "Kites"
            self.package(local, "Lanterns", "/// How bright it is.\npublic func brightness() -> Int { 42 }\n")
            self.package(remote, "Kites", "public struct Kite {\n    public var height = 7\n    public init() {}\n}\n")
            identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
            for words in ("init -q -b trunk", "add .", "commit -q -m first"):
                subprocess.run(["git", *words.split()], cwd=remote, check=True, env={**os.environ, **identity})
            kernel.shown("var kept = 5")
            kernel.shown(f"%package {local}", timeout=240)
            self.assertEqual(kernel.shown("import Lanterns\nbrightness()"), "42")
            # Without a tag the newest commit of the repository's own branch counts, whatever it is called.
            kernel.shown(f"%package file://{remote}", timeout=240)
            self.assertEqual(kernel.shown("import Kites\nKite().height + kept"), "12")
            kernel.run("kept = 0; fatalError()")
            self.assertEqual(kernel.shown("Kite().height + kept + brightness()"), "54")
            start = time.monotonic()
            kernel.shown(f"%package {local}")
            self.assertLess(time.monotonic() - start, 5)
            reply, _ = kernel.run("%package https://127.0.0.1:9/nothing.git")
            self.assertIn("cannot be reached", reply["evalue"])

    # -- Completion

    def matches(self, code):
        self.kernel.client.complete(code)
        content = self.kernel.client.get_shell_msg(timeout=60)["content"]
        return content["matches"]

    def test_completion_knows_earlier_cells_and_core(self):
        self.kernel.shown("/// The rate.\nlet learningRate = 0.1\nlet weights = Matrix.identity(3)")
        for number in range(7):
            self.kernel.shown(f"let filler{number} = {number}")
        self.assertIn("learningRate", self.matches("let a = learn"))
        self.assertTrue(any(match.startswith("transposed") for match in self.matches("weights.transp")))

    def test_completion_hides_what_is_internal(self):
        for code in ("", "weights.", "Matrix.", "Tensor<Float>.", "let v: Vector = .", "M"):
            found = self.matches(code)
            self.assertTrue(found, code)
            hidden = [match for match in found if match.startswith("_")]
            self.assertEqual(hidden, [], code)
        # Internal names of Core's modules and the notebook's runtime, none of which is public.
        for code, name in INTERNAL:
            self.assertFalse([match for match in self.matches(code) if match.startswith(name)], f"{code!r} offers {name}")

    def test_completion_is_quick_once_warm(self):
        self.matches("weights.transp")
        for kind in ("weights.transp", "let a = learn", "Matrix.", "weig"):
            samples = []
            for number in range(9):
                start = time.perf_counter()
                self.matches(f"let q{number} = 1\n{kind}")
                samples.append(time.perf_counter() - start)
            print(f"completion of {kind!r}: median {statistics.median(samples) * 1000:.0f} ms, longest {max(samples) * 1000:.0f} ms")

    def test_inspection(self):
        client = self.kernel.client
        client.inspect("Matrix.identity", 9)
        content = client.get_shell_msg(timeout=60)["content"]
        self.assertTrue(content["found"])
        self.assertIn("identity", content["data"]["text/plain"])
        self.assertGreater(len(content["data"]["text/markdown"]), 60)


INTERNAL = [
    ("Notebook", "NotebookContext"), ("CommC", "CommCenter"), ("InputR", "InputRefusal"), ("provide", "provideInput"),
    ("Checkp", "Checkpoint"), ("runPy", "runPythonCell"), ("Worker", "WorkerDescriptors"),
]


if __name__ == "__main__":
    unittest.main(verbosity=2)
