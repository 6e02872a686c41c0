import Foundation
import PackagePlugin

/// Writes the Python wrappers of Core's marked functions when Core's sources have changed.
@main
struct ExportToPython: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let core = context.package.directoryURL.appendingPathComponent("Sources/Core")
        let output = context.pluginWorkDirectoryURL.appendingPathComponent("Exports.swift")
        var sources: [URL] = []
        let listing = FileManager.default.enumerator(at: core, includingPropertiesForKeys: nil)
        while let file = listing?.nextObject() as? URL {
            if file.pathExtension == "swift" { sources.append(file) }
        }
        return [
            .buildCommand(
                displayName: "Exporting Core to Python",
                executable: try context.tool(named: "swiftcore-generator").url,
                arguments: ["--core", core.path, "--swift", output.path],
                inputFiles: sources.sorted { $0.path < $1.path }, outputFiles: [output])
        ]
    }
}
