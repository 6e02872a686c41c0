import NotebookProtocol

/// Gathers what the cells of a run give out.
struct RunRecorder {
    private(set) var cells: [CellRecord]
    /// Bytes of text that a cell's record keeps: a cell that prints forever must not fill the memory.
    private static let textLimit = 1 << 20
    private var textBytes = 0
    private var isFailed = false
    /// Where the displays that can be updated stand, and what stands there.
    private var identified: [String: [(cell: Int, output: Int, bundle: MimeBundle)]] = [:]

    init(cells: [CellRecord]) { self.cells = cells }

    func place(ofLine line: Int) -> Int? { cells.firstIndex { $0.line == line && $0.kind != .markdown } }

    mutating func add(_ output: WorkerOutput, toCell index: Int) {
        switch output {
        case .text(let stream, let text): addText(text, stream: stream, toCell: index)
        case .event(.display(let bundle, let isResult)):
            cells[index].outputs.append(.display(bundle, isResult: isResult))
        case .event(.identifiedDisplay(let bundle, let identifier, let isUpdate)):
            addIdentified(bundle, identifier, isUpdate: isUpdate, toCell: index)
        case .event(.clearOutput):
            // What a cell shows in place of something else is all that its record keeps, but for claims and figures.
            cells[index].outputs.removeAll {
                switch $0 {
                case .text, .display: true
                case .figure, .claim, .failure: false
                }
            }
        case .event(.figure(let figure)): cells[index].outputs.append(.figure(figure))
        case .event(.claim(let claim)): cells[index].outputs.append(.claim(claim))
        case .event(.ready), .event(.progress), .event(.finished), .event(.inputRequest), .event(.checkpoint),
            .event(.checkpointRefused), .event(.variable), .event(.comm), .event(.commRefused):
            break
        }
    }

    private mutating func addIdentified(_ bundle: MimeBundle, _ identifier: String, isUpdate: Bool, toCell index: Int) {
        guard isUpdate else {
            cells[index].outputs.append(.display(bundle, isResult: false))
            identified[identifier, default: []].append((index, cells[index].outputs.count - 1, bundle))
            return
        }
        for place in identified[identifier] ?? []
        where cells[place.cell].outputs.indices.contains(place.output)
            && cells[place.cell].outputs[place.output] == .display(place.bundle, isResult: false)
        {
            cells[place.cell].outputs[place.output] = .display(bundle, isResult: false)
        }
        identified[identifier] = identified[identifier]?.map { ($0.cell, $0.output, bundle) }
    }

    private mutating func addText(_ text: String, stream: CellOutput.Stream, toCell index: Int) {
        guard textBytes < RunRecorder.textLimit else { return }
        textBytes += text.utf8.count
        var kept = text
        if textBytes >= RunRecorder.textLimit { kept += "\n… (the rest of this cell's text is not kept)\n" }
        if case .text(stream, let before) = cells[index].outputs.last {
            cells[index].outputs[cells[index].outputs.count - 1] = .text(stream, before + kept)
        } else {
            cells[index].outputs.append(.text(stream, kept))
        }
    }

    mutating func finish(cell index: Int, seconds: Double, failure: String?) {
        cells[index].seconds = seconds
        cells[index].status = failure == nil ? .succeeded : .failed
        if let failure {
            cells[index].outputs.append(.failure(failure))
            isFailed = true
        }
        textBytes = 0
    }

    private var outputs: [CellOutput] { cells.flatMap(\.outputs) }

    var claims: [ClaimRecord] { outputs.compactMap { if case .claim(let claim) = $0 { claim } else { nil } } }

    /// The figures in order; one that was saved twice counts where it was saved last.
    var figures: [FigureRecord] {
        let all = outputs.compactMap { if case .figure(let figure) = $0 { figure } else { nil } }
        return all.indices.filter { index in !all[(index + 1)...].contains { $0.name == all[index].name } }.map { all[$0] }
    }

    var status: RunRecord.Status {
        if isFailed { return .failed }
        return claims.contains { $0.verdict == .failed } ? .claimFailed : .succeeded
    }
}
