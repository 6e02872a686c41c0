import Foundation
import Gallery
import NotebookEngine
import NotebookProtocol

/// Tells a run on the terminal: the cells' own text, what they display, progress, failures, claims.
///
/// Where several notebooks run at once, each one's text is held back and told whole when it ends.
final class TerminalReporter: RunReporter {
    private let console: Console
    private let showsTimings: Bool
    private let buffers: Bool
    private var buffered = ""
    private var slug = ""
    private var folder = ""
    private var cellCount = 0
    private var cellLabel = ""
    private var lastProgress: [Int: (percent: Int, time: ContinuousClock.Instant)] = [:]

    init(console: Console, showsTimings: Bool, buffers: Bool) {
        self.console = console
        self.showsTimings = showsTimings
        self.buffers = buffers
    }

    func runBegan(_ run: NotebookRun, cellCount: Int) {
        slug = run.notebook.slug
        folder = run.folder
        self.cellCount = cellCount
        put(bold("\(run.notebook.title)") + "  (\(run.path), \(run.scale.rawValue))\n")
    }

    func cellBegan(number: Int, line: Int) {
        cellLabel = "cell \(number) of \(cellCount), line \(line)"
        console.showStatus("\(slug): \(cellLabel) \(bar(number - 1, cellCount))")
    }

    func cellGave(_ output: WorkerOutput) {
        switch output {
        case .text(.standardOutput, let text): put(text)
        case .text(.standardError, let text): buffers ? put(text) : console.writeError(text)
        case .event(.display(let bundle, _)), .event(.identifiedDisplay(let bundle, _, _)):
            line(bundle[MimeBundle.plainText] ?? "(\(bundle.representations.keys.sorted().joined(separator: ", ")))")
        case .event(.figure(let figure)):
            line("figure: \(figure.files.map { folder + "/" + $0 }.joined(separator: ", "))")
        case .event(.progress(let state)): show(state)
        case .event(.claim), .event(.ready), .event(.finished), .event(.clearOutput), .event(.inputRequest),
            .event(.checkpoint), .event(.checkpointRefused), .event(.variable), .event(.comm), .event(.commRefused):
            break
        }
    }

    private func show(_ state: ProgressState) {
        let percent = state.total == 0 ? 100 : state.done * 100 / state.total
        if console.isTerminal {
            console.showStatus("\(slug): \(cellLabel)  \(state.label) \(bar(state.done, state.total))")
            return
        }
        // Elsewhere a line now and then, for work that really is long.
        let now = ContinuousClock.now
        guard let last = lastProgress[state.identifier] else {
            lastProgress[state.identifier] = (0, now)
            return
        }
        guard now - last.time > .seconds(5) || (percent == 100 && last.percent > 0), percent > last.percent else { return }
        lastProgress[state.identifier] = (percent, now)
        console.writeError("\(slug): \(state.label): \(state.done) of \(state.total) (\(percent) %)\n")
    }

    private func bar(_ done: Int, _ total: Int) -> String {
        let width = 20
        let filled = total == 0 ? width : done * width / total
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled) + " \(done)/\(total)"
    }

    func cellEnded(number: Int, line: Int, seconds: Double, compiled: CompiledCell?, failure: String?) {
        if showsTimings {
            var text = "timing: cell \(number), line \(line): "
            if let compiled {
                text +=
                    compiled.wasCached
                    ? "compiled before"
                    : "compile \(milliseconds(compiled.compileSeconds)), link \(milliseconds(compiled.linkSeconds))"
                text += ", "
            }
            self.line(text + "waited and ran \(milliseconds(seconds))")
        } else if !console.isTerminal, seconds >= 5 {
            console.writeError("\(slug): cell \(number) of \(cellCount) took \(String(format: "%.1f", seconds)) s\n")
        }
        if let failure { buffers ? put(failure + "\n") : { console.endLine(); console.writeError(failure + "\n") }() }
    }

    func runEnded(_ record: RunRecord, folder: String) {
        console.showStatus("")
        if !record.claims.isEmpty {
            put("\n" + renderedClaims(record.claims, width: console.width, colour: console.usesColour) + "\n")
        }
        put(Summary.line(record, folder: folder) + "\n")
        if buffers { console.write(buffered + "\n") }
    }

    private func put(_ text: String) {
        if buffers { buffered += text } else { console.write(text) }
    }

    private func line(_ text: String) {
        if buffers {
            if !buffered.isEmpty, !buffered.hasSuffix("\n") { buffered += "\n" }
        } else {
            console.endLine()
        }
        put(text + "\n")
    }

    private func milliseconds(_ seconds: Double) -> String { String(format: "%.0f ms", seconds * 1000) }

    private func bold(_ text: String) -> String { console.usesColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}

/// A run in one line.
enum Summary {
    static func line(_ record: RunRecord, folder: String) -> String {
        let counts = ClaimRecord.Verdict.allCases.compactMap { verdict -> String? in
            let count = record.claims.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        let claims = counts.isEmpty ? "no claims" : "claims: " + counts.joined(separator: ", ")
        return "\(record.slug): \(record.status.rawValue) in \(String(format: "%.1f", record.seconds)) s; \(claims); \(folder)"
    }
}
