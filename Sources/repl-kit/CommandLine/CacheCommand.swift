import ArgumentParser
import NotebookEngine

/// `repl-kit cache`: what the cache of compiled cells holds, and clearing it.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Show or clear the cache of compiled cells.",
        subcommands: [Show.self, Clear.self], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show where the cache is and what it holds.")

        func run() throws {
            let cache = try openCache()
            let contents = cache.contents()
            print(
                """
                folder            \(cache.folder)
                compiled cells    \(contents.cellCount), \(megabytes(contents.cellBytes)) of at most \(megabytes(cache.limit))
                compiler modules  \(megabytes(contents.compilerModuleBytes))
                """)
        }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove all compiled cells.")

        func run() throws {
            let cache = try openCache()
            do {
                try cache.clear()
            } catch {
                printError("repl-kit: \(error)")
                throw Status.cannotRun
            }
            print("cleared \(cache.folder)")
        }
    }

    private static func openCache() throws -> CellCache {
        do {
            return try CellCache()
        } catch {
            printError("repl-kit: \(error)")
            throw Status.cannotRun
        }
    }

    private static func megabytes(_ bytes: Int) -> String {
        bytes >= 1 << 30 ? "\(bytes >> 30) GB" : "\((bytes + (1 << 20) - 1) >> 20) MB"
    }
}
