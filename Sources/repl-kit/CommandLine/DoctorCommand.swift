import ArgumentParser
import Foundation
import NotebookEngine

/// `repl-kit doctor`: what this machine has, and what to do about each thing that is missing.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the toolchain, packages, Python and matplotlib.")

    func run() throws {
        var isHealthy = true
        func check(_ name: String, _ found: String?, remedy: String) {
            if let found {
                print("ok       \(name): \(found)")
            } else {
                isHealthy = false
                print("MISSING  \(name): \(remedy)")
            }
        }
        var toolchain: Toolchain?
        do {
            toolchain = try Toolchain.find()
            check("Swift toolchain", toolchain?.root, remedy: "")
        } catch {
            check("Swift toolchain", nil, remedy: "\(error)")
        }
        check("linker", toolchain?.linker, remedy: "apt-get install binutils")
        if let toolchain {
            let exists = FileManager.default.fileExists(atPath: toolchain.symbolizer)
            check("llvm-symbolizer (lines of traps)", exists ? toolchain.symbolizer : nil, remedy: "install a complete Swift 6 toolchain")
        }
        do {
            let installation = try Installation.find()
            check("repl-kit's library", installation.library, remedy: "")
        } catch {
            check("repl-kit's library", nil, remedy: "\(error)")
        }
        let packages = [
            "libpython3-dev", "python3-matplotlib", "libopenblas-dev", "liblapacke-dev", "coinor-libclp-dev",
            "coinor-libcbc-dev", "libzmq3-dev", "libssl-dev", "libcmark-gfm-dev", "libcmark-gfm-extensions-dev",
        ]
        for package in packages {
            check("Debian package \(package)", version(of: package), remedy: "apt-get install \(package)")
        }
        check(
            "Python", output("/usr/bin/python3", ["-c", "import sys; print(sys.version.split()[0])"]),
            remedy: "apt-get install libpython3-dev python3")
        check(
            "matplotlib", output("/usr/bin/python3", ["-c", "import matplotlib; print(matplotlib.__version__)"]),
            remedy: "apt-get install python3-matplotlib")
        do {
            let cache = try CellCache()
            check("cache", cache.folder, remedy: "")
        } catch {
            check("cache", nil, remedy: "\(error)")
        }
        if !isHealthy { throw Status.cannotRun }
    }

    private func version(of package: String) -> String? {
        guard let text = output("/usr/bin/dpkg-query", ["-W", "-f=${db:Status-Status} ${Version}", package]),
            text.hasPrefix("installed ")
        else { return nil }
        return String(text.dropFirst("installed ".count))
    }

    private func output(_ program: String, _ arguments: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
