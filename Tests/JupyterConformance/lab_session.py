"""JupyterLab in headless Chromium: a notebook is opened, run and looked at.

    lab_session.py FOLDER

FOLDER takes the notebook and the screenshots.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

CELLS = {
    "markdown": "# A session\nA formula: $e^{i\\pi} + 1 = 0$",
    "text": 'import Core\nvar kept = [1, 2, 3]\nprint("printed", kept)\nkept.count',
    "figure": 'import PyBridge\nlet plt = try Python.import("matplotlib.pyplot")\nlet figure = try plt.figure()\n'
              'try figure.subplots().plot([1, 4, 9, 16])\ntry display(figure, as: "squares")',
    "table": 'struct Point { var x: Double; var label: String }\n(0..<4).map { Point(x: Double($0) / 2, label: "p\\($0)") }',
    "error": "struct Broken: Error { var why: String }\nkept = []\nthrow Broken(why: \"no data\")",
    "after error": "kept",
    "interrupt": 'kept = []\nprint("begun")\nwhile true {}',
    "after interrupt": "kept + [4]",
    "crash": "kept = []\nprint(kept[7])",
    "after crash": "kept.map { $0 * 10 }",
    "input": 'print("Hello,", readLine(prompt: "Name? ") ?? "nobody")',
}
PORT = 18888


def notebook():
    cells = []
    for number, (name, source) in enumerate(CELLS.items()):
        cell = {"id": f"cell-{number}", "metadata": {}, "source": source, "cell_type": "markdown" if name == "markdown" else "code"}
        if cell["cell_type"] == "code":
            cell.update(execution_count=None, outputs=[])
        cells.append(cell)
    kernel = {"name": "repl-kit", "display_name": "Swift (repl-kit)", "language": "swift"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


class Lab:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "session.ipynb").write_text(json.dumps(notebook(), indent=1))
        if configuration := os.environ.get("JUPYTER_CONFIG_DIR"):
            # No question about news lies over the notebook.
            page = Path(configuration) / "labconfig/page_config.json"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text('{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}')
        self.log = open(folder / "jupyterlab.log", "w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={PORT}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0",
             "--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={folder}", "--allow-root",
             "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
            stdout=self.log, stderr=self.log, start_new_session=True)
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api", timeout=2)
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"JupyterLab does not start; see {folder / 'jupyterlab.log'}")
                time.sleep(0.3)

    def close(self):
        # The server and the kernels that it started, which are one session of processes.
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.log.close()


class Session:
    """The notebook in the browser."""

    def __init__(self, page, folder):
        self.page, self.folder = page, folder
        self.order = list(CELLS)

    def open(self):
        self.page.goto(f"http://127.0.0.1:{PORT}/lab/tree/session.ipynb?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        expect(self.page.locator(".jp-NotebookPanel-toolbar")).to_contain_text("Swift", timeout=30_000)
        self.idle()

    def idle(self):
        self.page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000)

    def cell(self, name):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self.order.index(name))

    def focus(self, name):
        editor = self.cell(name).locator(".cm-content").first
        editor.scroll_into_view_if_needed()
        editor.click()

    def begin(self, name):
        self.focus(name)
        self.page.keyboard.press("Control+Enter")

    def output(self, name):
        return self.cell(name).locator(".jp-OutputArea-output")

    def run(self, name, *expected):
        self.begin(name)
        # The number in brackets is there when the cell has ended.
        expect(self.cell(name).locator(".jp-InputPrompt").first).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
        for text in expected:
            expect(self.cell(name).locator(".jp-OutputArea")).to_contain_text(text, timeout=20_000)

    def screenshot(self, name):
        path = self.folder / f"{name}.png"
        self.page.screenshot(path=path)
        print(f"  {path}")

    # -- What is tried

    def run_everything(self):
        self.run("text", "printed [1, 2, 3]", "3")
        self.run("figure")
        image = self.output("figure").locator("img")
        expect(image).to_have_count(1, timeout=20_000)
        width = image.evaluate("image => image.naturalWidth")
        assert width > 100, f"the figure is {width} pixels wide"
        self.run("table", "Array of 4 Point", "p3")
        expect(self.output("table").locator("table")).to_have_count(1)
        self.run("error", "threw Broken", "no data", "Every variable is as it was before this cell.")
        self.run("after error", "[1, 2, 3]")
        self.begin("interrupt")
        expect(self.cell("interrupt").locator(".jp-OutputArea")).to_contain_text("begun", timeout=30_000)
        self.page.keyboard.press("Escape")
        # The key for "interrupt the kernel".
        self.page.keyboard.press("i")
        self.page.keyboard.press("i")
        expect(self.cell("interrupt").locator(".jp-OutputArea")).to_contain_text("the cell was interrupted", timeout=20_000)
        self.idle()
        self.run("after interrupt", "[1, 2, 3, 4]")
        self.run("crash", "Index out of range", "Every variable is as it was before this cell.")
        self.run("after crash", "[10, 20, 30]")
        # No dialogue says that the kernel has died.
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)

    def answer_a_question(self):
        self.begin("input")
        box = self.cell("input").locator("input.jp-Stdin-input")
        box.wait_for(timeout=20_000)
        box.fill("Ada")
        box.press("Enter")
        expect(self.cell("input").locator(".jp-OutputArea")).to_contain_text("Hello, Ada", timeout=20_000)
        self.idle()

    def complete(self):
        """Tab offers the members of an earlier cell's value, and Enter takes one."""
        self.focus("after crash")
        self.page.keyboard.press("Control+End")
        editor = self.cell("after crash").locator(".cm-content")
        menu = self.page.locator(".jp-Completer:not(.lm-mod-hidden)")
        for typed, whole in (("kept.isEm", "kept.isEmpty"), ("Matrix.identi", "Matrix.identity(")):
            self.page.keyboard.type("\n" + typed)
            self.page.keyboard.press("Tab")
            expect(menu).to_contain_text(whole.split(".")[1], timeout=20_000)
            self.page.keyboard.press("Enter")
            expect(editor).to_contain_text(whole, timeout=10_000)
        # Brackets that the editor has closed by itself are behind the cursor.
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type("\nkept.re")
        self.page.keyboard.press("Tab")
        expect(menu).to_contain_text("reversed", timeout=20_000)
        items = menu.locator(".jp-Completer-item")
        assert items.count() > 3, items.all_inner_texts()
        self.screenshot("completion")
        self.page.keyboard.press("Escape")

    def inspect(self):
        """Shift-Tab shows the documentation comment and the type."""
        self.focus("text")
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type("\nMatrix.identity(3)")
        for _ in range(4):
            self.page.keyboard.press("ArrowLeft")
        self.page.keyboard.press("Shift+Tab")
        tooltip = self.page.locator(".jp-Tooltip")
        tooltip.wait_for(timeout=20_000)
        expect(tooltip).to_contain_text("identity")
        expect(tooltip).to_contain_text("func")
        self.screenshot("inspection")
        self.page.keyboard.press("Escape")


def main():
    folder = Path(sys.argv[1]).resolve()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("chromium is not on PATH")
    lab = Lab(folder)
    try:
        with sync_playwright() as playwright:
            # As root Chromium's sandbox does not start; it opens this notebook alone.
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=arguments)
            page = browser.new_page(viewport={"width": 1200, "height": 2600})
            session = Session(page, folder)
            try:
                session.open()
                session.run_everything()
                session.screenshot("notebook")
                session.answer_a_question()
                session.complete()
                session.inspect()
            except BaseException:
                session.screenshot("failure")
                raise
            finally:
                browser.close()
    finally:
        lab.close()
    print("text, a table, a figure, an error, an interrupt, a crash, input, completion and inspection work in JupyterLab")


if __name__ == "__main__":
    main()
