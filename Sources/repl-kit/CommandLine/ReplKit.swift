import ArgumentParser
import Foundation
import NotebookEngine

/// The program's entry: the compile service first, because repl-kit starts itself in that role.
@main
enum Program {
    static func main() {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == CompileService.argument {
            exit(CompileService.serve(sourceKitLibrary: arguments[2]))
        }
        // A reader that goes away must not kill a run before it has written its records.
        signal(SIGPIPE, SIG_IGN)
        ReplKit.main()
    }
}

struct ReplKit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl-kit",
        abstract: "A research notebook kernel in Swift.",
        version: "0.1.0",
        subcommands: [
            RunCommand.self, ListCommand.self, ReplCommand.self, KernelCommand.self, ConvertCommand.self, CacheCommand.self,
            DoctorCommand.self,
        ])
}

/// How the program ends when something is wrong.
enum Status {
    /// A cell did not compile, threw, trapped or was stopped.
    static let cellFailed = ExitCode(1)
    /// A notebook is malformed, a file is missing, or the machine lacks something.
    static let cannotRun = ExitCode(2)
    /// Every cell ran, and at least one claim does not hold.
    static let claimFailed = ExitCode(3)
    /// Stopped by Ctrl-C.
    static let interrupted = ExitCode(130)
}

func printError(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
}
