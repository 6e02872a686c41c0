import PyBridge
import Testing

extension PyBridgeTests {
    @Suite struct ErrorTests {
        @Test func missingAttributesThrowAtTheNextUse() throws {
            let math = try Python.import("math")
            let missing = math.sqroot
            #expect(missing.carriedError?.typeName == "AttributeError")
            #expect(missing.description.contains("module 'math' has no attribute 'sqroot'"))
            let error = #expect(throws: PythonError.self) { try math.sqroot.of.this(2) }
            #expect(error?.message == "module 'math' has no attribute 'sqroot'")
            #expect(error?.hint == "did you mean sqrt?")
            #expect(throws: PythonError.self) { try Double(missing) }
            #expect(throws: PythonError.self) { try math.sqrt(missing) }
            #expect(throws: PythonError.self) { try missing + 1 }
            #expect(!missing.isNone)
            #expect(throws: PythonError.self) { try Int(PythonObject(["a": 1])["b"]) }
        }

        @Test func missingPackagesSayHowToInstallThem() throws {
            let error = #expect(throws: PythonError.self) { try Python.import("no_such_package_here") }
            #expect(error?.typeName == "ModuleNotFoundError")
            #expect(error?.description.contains("No module named 'no_such_package_here'") == true)
            #expect(error?.hint?.hasSuffix("-m pip install no_such_package_here") == true)
            let part = #expect(throws: PythonError.self) { try Python.import("json.nothing") }
            #expect(part?.hint == "json is installed but has no module json.nothing")
            // As if matplotlib were not there.
            let hidden = #expect(throws: PythonError.self) {
                try Python.run(source: "raise ModuleNotFoundError(\"No module named 'scipy'\", name='scipy')")
            }
            #expect(hidden?.hint == "install scipy with: apt-get install python3-scipy")
            #expect(try Python.isInstalled("json"))
            #expect(try !Python.isInstalled("no_such_package_here"))
            #expect(try !Python.isInstalled("no_such_package_here.part"))
            #expect(try Python.packageVersion("no_such_package_here") == nil)
            #expect(try Python.packageVersion("numpy") == String(Python.import("numpy").getAttribute("__version__")))
        }

        @Test func tracebacksNameFileLineAndText() throws {
            let source = """
                def inverse(value):
                    return 1 / value

                inverse(0)
                """
            let error = #expect(throws: PythonError.self) {
                try Python.run(source: source, file: "/notes/ein Ordner/größe.swiftscript", firstLine: 41)
            }
            #expect(
                error?.traceback == """
                    Traceback (most recent call last):
                      File "/notes/ein Ordner/größe.swiftscript", line 44, in <module>
                        inverse(0)
                      File "/notes/ein Ordner/größe.swiftscript", line 42, in inverse
                        return 1 / value
                               ~~^~~~~~~
                    ZeroDivisionError: division by zero
                    """)
            // A function of an earlier cell still shows its own lines.
            let later = #expect(throws: PythonError.self) {
                try Python.run(source: "inverse(0)", file: "/notes/ein Ordner/größe.swiftscript", firstLine: 60)
            }
            #expect(later?.traceback.contains("line 60, in <module>\n    inverse(0)") == true)
            #expect(later?.traceback.contains("line 42, in inverse\n    return 1 / value") == true)
        }

        @Test func chainedExceptionsShowBothCauses() throws {
            let error = #expect(throws: PythonError.self) {
                try Python.run(source: "try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('outer') from e")
            }
            #expect(error?.typeName == "ValueError" && error?.message == "outer")
            #expect(error?.traceback.contains("KeyError: 'k'") == true)
            #expect(error?.traceback.contains("repl-kit support") == false)
        }

        @Test func syntaxErrorsNameFileLineAndColumn() throws {
            let error = #expect(throws: PythonError.self) {
                try Python.run(source: "x = 1\ny = = 2", file: "cell.swiftscript", firstLine: 10)
            }
            #expect(
                error?.traceback == """
                      File "cell.swiftscript", line 11
                        y = = 2
                            ^
                    SyntaxError: invalid syntax
                    """)
        }

        @Test func typesOfLibrariesHaveTheirModule() throws {
            let np = try Python.import("numpy")
            let singular = try np.zeros([2, 2])
            let error = #expect(throws: PythonError.self) { try np.linalg.inv(singular) }
            #expect(error?.typeName == "numpy.linalg.LinAlgError")
            #expect(error?.message == "Singular matrix")
            #expect(error?.exception != nil)
            let own = #expect(throws: PythonError.self) {
                try Python.run(source: "class Odd(Exception):\n    pass\nraise Odd(3)")
            }
            #expect(own?.typeName == "Odd")
            #expect("\(own!)".hasSuffix("Odd: 3"))
        }

        @Test func exitIsAnErrorAndNotTheEnd() throws {
            let error = #expect(throws: PythonError.self) { try Python.run(source: "import sys; sys.exit(3)") }
            #expect(error?.typeName == "SystemExit" && error?.message == "3")
        }
    }
}
