"""What jupyter_kernel_test does not ask, asked through jupyter_client."""

import os
import queue
import time
import unittest

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

KERNEL = os.environ.get("REPL_KIT_KERNEL", "repl-kit")


class ClientTests(unittest.TestCase):
    def start(self, **options):
        manager = KernelManager(kernel_name=KERNEL, **options)
        manager.start_kernel()
        self.addCleanup(manager.shutdown_kernel, now=True)
        client = manager.client()
        client.start_channels()
        self.addCleanup(client.stop_channels)
        client.wait_for_ready(timeout=30)
        return manager, client

    def run_cell(self, client, code, **options):
        messages = []
        reply = client.execute_interactive(code, timeout=60, output_hook=messages.append, allow_stdin=False, **options)
        return reply["content"], [m for m in messages if m["msg_type"] not in ("status", "execute_input")]

    def text(self, messages):
        return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream")

    def test_an_interrupt_costs_one_cell(self):
        manager, client = self.start()
        self.run_cell(client, "var kept = 41")
        client.execute("kept = 0\nwhile true {}")
        time.sleep(1.5)
        started = time.monotonic()
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=10)
        self.assertLess(time.monotonic() - started, 5)
        self.assertEqual(reply["content"]["status"], "error")
        reply, messages = self.run_cell(client, "kept + 1")
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "42")

    def test_a_trap_costs_one_cell(self):
        _, client = self.start()
        self.run_cell(client, "var kept = [1, 2, 3]")
        for code in ("kept.removeAll(); _ = kept[5]", "import Foundation\nkept = []; exit(3)", "kept = []; kill(getpid(), SIGKILL)"):
            reply, messages = self.run_cell(client, code)
            self.assertEqual(reply["status"], "error", code)
            self.assertEqual(messages[-1]["msg_type"], "error")
            reply, messages = self.run_cell(client, "kept.count")
            self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "3", code)

    def test_a_failure_aborts_the_queue(self):
        _, client = self.start()
        client.execute("import Foundation\nusleep(300_000)\nstruct E: Error {}; throw E()")
        for _ in range(3):
            client.execute("print(1)")
        self.assertEqual([client.get_shell_msg(timeout=20)["content"]["status"] for _ in range(4)], ["error"] + ["aborted"] * 3)

    def test_input(self):
        _, client = self.start()
        client.execute('print("Name?", terminator: " ")\nlet name = readLine() ?? "nobody"\nprint("Hello,", name)', allow_stdin=True)
        self.assertEqual(client.get_stdin_msg(timeout=20)["content"]["password"], False)
        client.input("Ada")
        self.assertEqual(client.get_shell_msg(timeout=20)["content"]["status"], "ok")
        text = ""
        while True:
            message = client.get_iopub_msg(timeout=5)
            if message["msg_type"] == "stream":
                text += message["content"]["text"]
            if message["content"].get("execution_state") == "idle" and text:
                break
        self.assertIn("Hello, Ada", text)

    def test_output_before_idle(self):
        _, client = self.start()
        for round in range(20):
            identifier = client.execute(f"for i in 0..<500 {{ print({round}, i) }}")
            text, state = "", ""
            while state != "idle":
                message = client.get_iopub_msg(timeout=30)
                if message["parent_header"].get("msg_id") != identifier:
                    continue
                text += message["content"].get("text", "")
                state = message["content"].get("execution_state", "")
            self.assertEqual(text, "".join(f"{round} {i}\n" for i in range(500)))

    def test_printing_streams(self):
        _, client = self.start()
        self.run_cell(client, "1")
        client.execute('import Foundation\nprint("first"); sleep(3); print("second")')
        started = time.monotonic()
        while True:
            message = client.get_iopub_msg(timeout=10)
            if message["msg_type"] == "stream":
                break
        self.assertEqual(message["content"]["text"], "first\n")
        self.assertLess(time.monotonic() - started, 2.5)

    def test_restart_forgets(self):
        manager, client = self.start()
        self.run_cell(client, "let gone = 1")
        manager.restart_kernel()
        client.wait_for_ready(timeout=30)
        reply, _ = self.run_cell(client, "gone")
        self.assertEqual(reply["status"], "error")
        self.assertEqual(reply["execution_count"], 1)

    def test_signal_interrupt(self):
        manager, client = self.start()
        manager.kernel_spec.interrupt_mode = "signal"
        self.run_cell(client, "var kept = 1")
        client.execute("while true {}")
        time.sleep(1)
        manager.interrupt_kernel()
        self.assertEqual(client.get_shell_msg(timeout=10)["content"]["status"], "error")
        reply, messages = self.run_cell(client, "kept")
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "1")

    def test_encrypted(self):
        manager, client = self.start(transport_encryption="required")
        self.assertIsNotNone(manager.curve_publickey)
        reply, messages = self.run_cell(client, "6 * 7")
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "42")
        time.sleep(2)
        self.assertTrue(client.hb_channel.is_beating())

    def test_ipc(self):
        _, client = self.start(transport="ipc")
        reply, messages = self.run_cell(client, "6 * 7")
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "42")

    def test_user_expressions_and_silent(self):
        _, client = self.start()
        reply, messages = self.run_cell(client, "let a = 20", user_expressions={"x": "a + 1", "y": "nonsense("})
        self.assertEqual(reply["user_expressions"]["x"]["data"]["text/plain"], "21")
        self.assertEqual(reply["user_expressions"]["y"]["status"], "error")
        reply, messages = self.run_cell(client, "print(a)", silent=True)
        self.assertEqual(messages, [])

    def test_python_cells(self):
        _, client = self.start()
        reply, messages = self.run_cell(client, "%python\nx = 6 * 7\nprint(x)")
        self.assertEqual(reply["status"], "ok")
        self.assertEqual(self.text(messages), "42\n")

    def test_a_figure(self):
        _, client = self.start()
        code = (
            'import PyBridge\nlet plt = try Python.import("matplotlib.pyplot")\nlet figure = try plt.figure()\n'
            'try figure.subplots().plot([1, 2, 3])\ntry display(figure, as: "line")'
        )
        reply, messages = self.run_cell(client, code)
        self.assertEqual(reply["status"], "ok", reply)
        displays = [m["content"]["data"] for m in messages if m["msg_type"] == "display_data"]
        self.assertTrue(any("image/png" in data for data in displays))

    def test_the_kernelspec(self):
        spec = KernelSpecManager().get_kernel_spec(KERNEL)
        self.assertEqual(spec.language, "swift")
        for name in ("logo-32x32.png", "logo-64x64.png", "logo-svg.svg"):
            self.assertTrue(os.path.exists(os.path.join(spec.resource_dir, name)))

    def test_an_orphan_ends(self):
        manager, client = self.start()
        process = manager.provisioner.process
        client.execute("while true {}")
        time.sleep(0.5)
        process.terminate()
        self.assertEqual(process.wait(timeout=10), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
