import Foundation
import Testing

/// Python and Swift cells in one session.
@Suite(.serialized) struct PythonCellTests {
    @Test func valuesGoBothWays() throws {
        let session = try SessionHarness()
        #expect(session.run("import Core\nimport PyBridge\nlet x = [1.0, 2.0, 4.0]\ntry Python.publish(x, as: \"x\")").failure == nil)
        let python = session.runPython("import numpy as np\ny = np.cumsum(x)\nprint(\"sum\", y[-1])\ny.shape")
        #expect(python.failure == nil)
        #expect(python.shown == "sum 7.0\n(3,)\n")
        let back = session.run("let y = try [Double](Python.published(\"y\"))\ny")
        #expect(back.shown == "[1.0, 3.0, 7.0]\n")
    }

    @Test func anExceptionNamesTheNotebooksLineAndLeavesTheSession() throws {
        let session = try SessionHarness()
        #expect(session.runPython("kept = 5\ndef half(v):\n    return v / 0").failure == nil)
        let failed = session.runPython("half(kept)")
        #expect(failed.failure?.contains("threw ZeroDivisionError") == true)
        #expect(failed.failure?.contains("line 4, in <module>") == true)
        #expect(failed.failure?.contains("line 3, in half") == true)
        #expect(session.runPython("kept").shown == "5\n")
        let syntax = session.runPython("a = 1\nb = = 2")
        #expect(syntax.failure?.contains("line 7") == true)
        #expect(syntax.failure?.contains("SyntaxError") == true)
    }

    @Test func aMissingPackageIsToldWithItsRemedy() throws {
        let session = try SessionHarness()
        let failed = session.run("import PyBridge\nlet missing = try Python.import(\"no_such_package_for_plots\")")
        #expect(failed.failure?.contains("no_such_package_for_plots") == true)
        #expect(failed.failure?.contains("install") == true)
    }

    @Test func aPythonErrorInASwiftCellEndsThatCellAlone() throws {
        let session = try SessionHarness()
        #expect(session.run("import PyBridge\nlet math = try Python.import(\"math\")").failure == nil)
        #expect(session.run("try math.sqrt(-1)").failure?.contains("ValueError: math domain error") == true)
        #expect(session.run("try math.sqrt(16)").shown == "4.0\n")
    }

    @Test func afterATrapPythonsStateIsThereAgain() throws {
        let session = try SessionHarness()
        #expect(session.runPython("count = 41").failure == nil)
        #expect(session.run("let none: [Int] = []\nprint(none[3])").failure?.contains("Index out of range") == true)
        #expect(session.runPython("count + 1").shown == "42\n")
    }

    @Test func plottingCallsAndNoneShowNothingAsResults() throws {
        let session = try SessionHarness()
        #expect(session.run("import PyBridge\nlet plt = try Python.import(\"matplotlib.pyplot\")\nlet axes = try plt.figure().subplots()").failure == nil)
        #expect(session.run("try axes.plot([1, 2], [3, 4])").shown == "")
        #expect(session.run("Python.None").shown == "")
        #expect(session.run("try axes.get_xlim()").shown.hasPrefix("("))
    }
}
