/// A line of a cell that speaks to the session instead of to the compiler: `%time`, `%help` and so on.
public struct Directive: Sendable {
    public let name: String
    /// How it is written: `%load FILE`.
    public let usage: String
    /// What it does, in a line.
    public let summary: String
    /// What else there is to know.
    public let details: String

    /// All directives, in the order in which help lists them.
    public static let all: [Directive] = [
        Directive(
            name: "help", usage: "%help [NAME]", summary: "List the directives, or explain one.",
            details: "Directives stand in the first lines of a cell, one a line; what follows them is code."),
        Directive(
            name: "time", usage: "%time [CODE]", summary: "Show what compiling, linking and running took.",
            details: """
                Alone on its line it times the rest of the cell; followed by code it runs and times that line. Running \
                is wall-clock time and includes showing the result.
                """),
        Directive(
            name: "optimize", usage: "%optimize [automatic|speed|none]", summary: "Choose how later cells are compiled.",
            details: """
                automatic (the default) optimises a cell that has a loop, a closure or a function; speed optimises every \
                cell; none compiles fastest and keeps every line of a trace. Without a word it shows the present choice. \
                It holds from this cell on.
                """),
        Directive(
            name: "session", usage: "%session", summary: "Show the session: its cells, their times, its checkpoint and memory.",
            details: ""),
        Directive(
            name: "reset", usage: "%reset", summary: "Begin an empty session: every variable and declaration is gone.",
            details: "The execution numbers go on. Packages that were added stay."),
        Directive(
            name: "variables", usage: "%variables", summary: "List the session's variables with type and size.",
            details: """
                The size counts what a value refers to: elements, strings, objects; what two variables share is counted \
                for both. Large collections are estimated from their first elements.
                """),
        Directive(
            name: "load", usage: "%load FILE", summary: "Run a file's cells in this session.",
            details: "A .swiftscript runs cell by cell; a .swift file is one cell, a .py file one Python cell."),
        Directive(
            name: "shell", usage: "%shell COMMAND", summary: "Run a command with sh and show what it prints.",
            details: "It runs in the folder in which the session was started, beside the session's process. A status other than 0 fails the cell."),
        Directive(
            name: "package", usage: "%package PATH-OR-URL [from VERSION | branch NAME]",
            summary: "Add a Swift package, to be imported from the next cell on.",
            details: """
                Its library products are built once, in release mode, and kept in the cache; a package on this machine is \
                built again when a file of it has changed. Without a version a URL means its newest release, else its \
                main branch.
                """),
        Directive(
            name: "save", usage: "%save FILE", summary: "Write the session's cells to a .swiftscript notebook.",
            details: "Cells that failed are left out. An existing file is replaced."),
        Directive(
            name: "checkpoints", usage: "%checkpoints [on|off]", summary: "Switch the process that saves the session from a dying cell.",
            details: """
                With checkpoints off a cell that traps costs a replay of the session, and what a cell changed before it \
                threw stays changed.
                """),
        Directive(
            name: "python", usage: "%python", summary: "The rest of the cell is Python.",
            details: "It runs in the embedded interpreter, whose names stay from cell to cell; PyBridge reads them from Swift."),
    ]

    /// The directive of a name.
    public static func named(_ name: String) -> Directive? { all.first { $0.name == (aliases[name] ?? name) } }

    static let aliases = [
        "sh": "shell", "vars": "variables", "who": "variables", "optimise": "optimize", "optimization": "optimize",
        "write": "save", "timeit": "time", "cells": "session",
    ]

    static func help(_ name: String) -> String? {
        let name = name.drop { $0 == "%" }
        if name.isEmpty {
            let width = all.map(\.usage.count).max() ?? 0
            let lines = all.map { "  " + $0.usage.padding(toLength: width + 2) + $0.summary }
            return (["Directives, in the first lines of a cell:"] + lines + ["`%help NAME` says more about one."]).joined(separator: "\n")
        }
        guard let directive = named(name.lowercased()) else { return nil }
        return [directive.usage, directive.summary, directive.details].filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

extension String {
    func padding(toLength length: Int) -> String { self + String(repeating: " ", count: max(0, length - count)) }
}
