"""`repl-kit repl` on a pseudo-terminal, as a person sees it, and in a pipe."""

import os
import re
import subprocess
import tempfile
import time
import unittest

import pexpect
import pyte

REPL_KIT = os.environ["REPL_KIT"]
COLUMNS, ROWS = 100, 40


class Terminal:
    """The program on a terminal whose screen is kept."""

    def __init__(self, state, *arguments):
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        environment.update(XDG_STATE_HOME=state, TERM="xterm-256color", LC_ALL="C.UTF-8")
        self.process = pexpect.spawn(
            REPL_KIT, ["repl", "--out", state + "/figures", *arguments], env=environment, dimensions=(ROWS, COLUMNS), timeout=60, encoding=None)
        self.process.delaybeforesend = None
        self.screen = pyte.HistoryScreen(COLUMNS, ROWS, history=1000)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""

    def feed(self, seconds=0.05):
        try:
            data = self.process.read_nonblocking(1 << 16, timeout=seconds)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        return "\n".join(self.lines).rstrip()

    def wait(self, pattern, seconds=60):
        """Waits until the screen shows something."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text, re.MULTILINE):
            if time.monotonic() > end:
                raise AssertionError(f"{pattern!r} does not come; the screen:\n{self.text}")
            self.feed()

    def prompt(self, number, seconds=60):
        """Waits for the prompt of a number with nothing behind it, where the cursor is."""
        end = time.monotonic() + seconds
        while not re.fullmatch(rf"{number}>", self.lines[self.screen.cursor.y]):
            if time.monotonic() > end:
                raise AssertionError(f"no prompt {number}; the screen:\n{self.text}")
            self.feed()

    def type(self, text):
        self.process.send(text)

    def enter(self, line, number):
        """Types a cell and waits for the next prompt."""
        self.type(line + "\r")
        self.prompt(number)

    def close(self):
        self.process.close(force=True)


class TerminalTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def start(self, *arguments):
        terminal = Terminal(self.folder.name, *arguments)
        self.addCleanup(terminal.close)
        terminal.prompt(1)
        return terminal

    def test_a_line_and_its_value(self):
        terminal = self.start()
        terminal.enter("let x = 20", 2)
        terminal.enter("x + 22", 3)
        self.assertIn("\n42\n", terminal.text)

    def test_lines_until_the_parser_is_content(self):
        terminal = self.start()
        terminal.type("func twice(_ n: Int) -> Int {\r")
        # The next line is indented by what it continues: the cursor stands behind four spaces.
        terminal.wait(r"^ \.$")
        end = time.monotonic() + 10
        while terminal.screen.cursor.x < len(" . ") + 4 and time.monotonic() < end:
            terminal.feed()
        self.assertEqual(terminal.screen.cursor.x, len(" . ") + 4)
        terminal.type("n * 2\r")
        terminal.type("\x15}\r")
        terminal.prompt(2)
        terminal.enter("twice(21)", 3)
        self.assertIn("\n42\n", terminal.text)

    def test_tab_completes(self):
        terminal = self.start()
        terminal.enter("let learningRate = 0.1", 2)
        terminal.type("learn\t")
        terminal.wait(r"^2> learningRate$")
        terminal.enter(" * 10", 3)
        self.assertIn("\n1.0\n", terminal.text)
        terminal.enter("let learningSteps = 3", 4)
        terminal.type("learni\t")
        terminal.wait(r"^4> learning$")
        terminal.type("\t")
        terminal.wait(r"learningRate.*learningSteps|learningSteps.*learningRate")
        terminal.wait(r"^4> learning$")
        terminal.type("S\t")
        terminal.wait(r"^4> learningSteps$")
        terminal.enter("", 5)
        # A member, and a name of an unfinished cell's own first line.
        terminal.type("[3, 1].isEm\t")
        terminal.wait(r"^5> \[3, 1\]\.isEmpty$")
        terminal.enter("", 6)
        terminal.type("%var\t")
        terminal.wait(r"^6> %variables$")
        terminal.enter("", 7)
        self.assertIn("learningSteps", terminal.text)

    def test_tab_indents_at_the_beginning_of_a_line(self):
        terminal = self.start()
        terminal.type("\tlet a = 1")
        terminal.wait(r"^1>     let a = 1$")
        terminal.enter("", 2)

    def test_the_history_goes_on_in_the_next_session(self):
        terminal = self.start()
        terminal.enter("let first = 11", 2)
        terminal.enter("let second = 22", 3)
        terminal.type("\x1b[A\x1b[A")
        terminal.wait(r"^3> let first = 11$")
        terminal.type("\x1b[B")
        terminal.wait(r"^3> let second = 22$")
        terminal.enter("", 4)
        terminal.type("\x04")
        terminal.process.expect(pexpect.EOF)
        again = self.start()
        again.type("\x1b[A")
        again.wait(r"^1> let second = 22$")
        # And it can be searched.
        again.type("\x15\x12first")
        again.wait(r"let first = 11")

    def test_control_c_ends_the_cell_and_keeps_the_variables(self):
        terminal = self.start()
        terminal.enter("var kept = [1, 2, 3]", 2)
        terminal.type('kept = []; print("begun"); while true {}\r')
        terminal.wait(r"^begun$")
        terminal.type("\x03")
        terminal.prompt(3, seconds=10)
        self.assertIn("the cell was interrupted", terminal.text)
        terminal.enter("kept", 4)
        self.assertIn("\n[1, 2, 3]\n", terminal.text)
        # Several at once cost no more.
        terminal.type('kept = []; print("again"); while true {}\r')
        terminal.wait(r"^again$")
        for _ in range(5):
            terminal.type("\x03")
        terminal.wait(r"^\s*\d> *$")
        terminal.wait(r"^5>")
        terminal.enter("kept.count + 4", 6)
        self.assertIn("\n7\n", terminal.text)

    def test_control_c_gives_a_line_up(self):
        terminal = self.start()
        terminal.type("let nonsense = (((")
        terminal.wait(r"nonsense")
        terminal.type("\x03")
        terminal.prompt(1)
        terminal.type("func f() {\r")
        terminal.wait(r"^ \.")
        terminal.type("\x03")
        terminal.prompt(1)
        terminal.enter("40 + 2", 2)
        self.assertIn("\n42\n", terminal.text)

    def test_a_crash_costs_a_line(self):
        terminal = self.start()
        terminal.enter("var kept = 1", 2)
        terminal.enter("kept = 2; [Int]()[kept]", 3)
        self.assertIn("Index out of range", terminal.text)
        self.assertIn("Every variable is as it was before this cell.", terminal.text)
        terminal.enter("kept + 41", 4)
        self.assertIn("\n42\n", terminal.text)

    def colours(self, word):
        """How the places are coloured where a word stands on the screen."""
        for y, line in enumerate(self.terminal.screen.display):
            x = line.find(word)
            if x >= 0:
                return {self.terminal.screen.buffer[y][x + i].fg for i in range(len(word))}
        raise AssertionError(f"{word!r} is not on the screen:\n{self.terminal.text}")

    def test_diagnostics_are_coloured(self):
        self.terminal = self.start()
        self.terminal.enter("let y: String = 7", 2)
        self.assertEqual(self.colours("error:"), {"red"})
        self.assertIn("let y: String = 7", self.terminal.text.split("error:")[1])
        self.terminal.enter("func unused() { let z = 1 }", 3)
        self.assertEqual(self.colours("warning:"), {"magenta"})
        self.assertEqual(self.colours("1>"), {"blue"})

    def test_a_cell_asks_for_a_line(self):
        terminal = self.start()
        terminal.type('let name = readLine(prompt: "Name? ") ?? "nobody"\r')
        terminal.wait(r"^Name\?")
        terminal.type("Ada\r")
        terminal.prompt(2)
        terminal.enter('print("Hello, " + name)', 3)
        self.assertIn("\nHello, Ada\n", terminal.text)
        terminal.type("%python\rinput('Age? ')\r")
        terminal.wait(r"^Age\?")
        terminal.type("36\r")
        terminal.prompt(4)
        self.assertIn("'36'", terminal.text)

    def test_control_d_leaves(self):
        terminal = self.start()
        terminal.enter("1", 2)
        terminal.type("\x04")
        terminal.process.expect(pexpect.EOF)
        terminal.process.close()
        self.assertEqual(terminal.process.exitstatus, 0)

    # -- In a pipe

    def piped(self, text, **options):
        return subprocess.run(
            [REPL_KIT, "repl", "--out", self.folder.name], input=text, capture_output=True, text=True, timeout=120,
            env={**os.environ, "XDG_STATE_HOME": self.folder.name}, **options)

    def test_piped_lines(self):
        result = self.piped("let x = 20\nfunc f(_ n: Int) -> Int {\n    n * 2\n}\nf(x)\nprint(x)\n%python\nprint('Python')\n")
        self.assertEqual((result.stdout, result.stderr, result.returncode), ("40\n20\nPython\n", "", 0))

    def test_a_failure_in_a_pipe(self):
        result = self.piped("var x = 1\nx = 2; fatalError(\"oh\")\nx\nlet y: String = 7\n")
        self.assertEqual((result.stdout, result.returncode), ("1\n", 1))
        self.assertIn("oh", result.stderr)
        self.assertIn("error: cannot convert value", result.stderr)
        self.assertNotIn("\x1b", result.stderr + result.stdout)

    def test_a_reader_that_goes(self):
        result = subprocess.run(
            ["bash", "-c", f"yes 'print(1)' | head -200 | '{REPL_KIT}' repl --out '{self.folder.name}' | head -2"],
            capture_output=True, text=True, timeout=120, env={**os.environ, "XDG_STATE_HOME": self.folder.name})
        self.assertEqual(result.stdout, "1\n1\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
