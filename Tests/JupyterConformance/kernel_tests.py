"""jupyter_kernel_test against the installed kernel, with every optional feature switched on."""

import os
import unittest

import jupyter_kernel_test

KERNEL = os.environ.get("REPL_KIT_KERNEL", "repl-kit")


class SwiftKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "swift"
    file_extension = ".swift"

    code_hello_world = 'print("hello, world")'
    code_stderr = 'import Foundation\nFileHandle.standardError.write(Data("oops".utf8))'
    code_page_something = "print?"
    code_generate_error = "struct Wrong: Error {}\nthrow Wrong()"
    code_inspect_sample = "print"
    code_clear_output = "clearOutput()"

    completion_samples = [
        {"text": "[1, 2].isEmp", "matches": {"isEmpty"}},
        {"text": "Double.greatestFiniteM", "matches": {"greatestFiniteMagnitude"}},
    ]
    complete_code_samples = ["1", 'print("hello, world")', "func f() -> Int {\n    1\n}", "// only a comment", "%help"]
    incomplete_code_samples = ["func f() {", "let a = [1,", 'print("""', "if true {\n    print(1)"]
    invalid_code_samples = ["let = 3", "1 +* )", "}"]
    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": '"a" + "b"', "result": '"ab"'},
        {"code": "(1...10).reduce(0, +)", "result": "55"},
        {"code": "[1, 2].map { $0 * 2 }", "result": "[2, 4]"},
        {"code": "1 + 2 * 3", "result": "7"},
        {"code": "1 - 2", "result": "-1"},
    ]
    code_display_data = [
        {"code": 'display(html: "<b>bold</b>")', "mime": "text/html"},
        {"code": 'display(markdown: "# Title")', "mime": "text/markdown"},
        {"code": 'display(svg: "<svg xmlns=\\"http://www.w3.org/2000/svg\\"/>")', "mime": "image/svg+xml"},
        {"code": 'display(latex: "x^2")', "mime": "text/latex"},
    ]
    code_history_pattern = "1?-*"
    supported_history_operations = ("tail", "range", "search")


class SwiftWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
