import Foundation
import NotebookEngine
import NotebookProtocol
import Testing

@Suite(.serialized) struct ScratchTests {
    @Test func scratch() async throws {
        let text = try String(contentsOfFile: "/tmp/scratch/cells.txt", encoding: .utf8)
        let harness = try InteractiveHarness(memoryLimit: 1 << 30)
        for cell in text.components(separatedBy: "\n----\n") {
            let start = ContinuousClock.now
            if cell.hasPrefix("?") {
                let source = String(cell.dropFirst())
                let list = await harness.session.complete(source, at: source.utf8.count)
                print("COMPLETE \(source): \(list.items.count) in \(ContinuousClock.now - start)")
                for item in list.items.prefix(12) { print("   ", item) }
                continue
            }
            if cell.hasPrefix("!") {
                let source = String(cell.dropFirst())
                let found = await harness.session.inspect(source, at: source.utf8.count, detail: 1)
                print("INSPECT \(source): in \(ContinuousClock.now - start)\n\(found?.bundle.representations["text/markdown"] ?? "nil")")
                continue
            }
            let result = await harness.run(cell)
            print(">>> \(cell)\n\(result.shown)\n\(result.errors)\(result.report) [\(result.status!) \(result.recovery!) \(ContinuousClock.now - start)]")
        }
        await harness.session.shutdown()
    }
}
