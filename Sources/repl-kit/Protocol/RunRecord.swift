/// What one run of one notebook produced: written as `figures/<slug>/run.json`, read by the gallery.
public struct RunRecord: Codable, Sendable, Equatable {
    public enum Status: String, Codable, Sendable {
        case succeeded
        /// Every cell ran, and at least one claim does not hold.
        case claimFailed = "claim failed"
        /// A cell did not compile, threw, trapped or was stopped.
        case failed
    }

    public var slug: String
    public var title: String
    /// The front matter's `summary`: one sentence.
    public var summary: String?
    /// The front matter's `paper`, such as "arXiv:1704.04503".
    public var paper: String?
    /// The folder under `notebooks/` that the notebook lies in, such as "statistics".
    public var field: String?
    /// The notebook's path as given to the run.
    public var path: String
    public var scale: Scale
    /// Parameters that the command line set.
    public var parameters: [String: String]
    public var status: Status
    /// ISO 8601, UTC.
    public var startedAt: String
    /// Wall-clock seconds of the whole run.
    public var seconds: Double
    public var cells: [CellRecord]
    public var claims: [ClaimRecord]
    public var figures: [FigureRecord]

    public init(
        slug: String, title: String, summary: String? = nil, paper: String?, field: String?, path: String, scale: Scale,
        parameters: [String: String], status: Status, startedAt: String, seconds: Double,
        cells: [CellRecord], claims: [ClaimRecord], figures: [FigureRecord]
    ) {
        self.slug = slug
        self.title = title
        self.summary = summary
        self.paper = paper
        self.field = field
        self.path = path
        self.scale = scale
        self.parameters = parameters
        self.status = status
        self.startedAt = startedAt
        self.seconds = seconds
        self.cells = cells
        self.claims = claims
        self.figures = figures
    }
}

/// One cell of a run, with what it gave out, in order.
public struct CellRecord: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable { case markdown, swift, python }
    public enum Status: String, Codable, Sendable { case succeeded, failed, notRun = "not run" }

    public var kind: Kind
    /// The cell's text without the marker line; Markdown and Python without their comment slashes.
    public var source: String
    /// The notebook line on which the source begins, counted from 1.
    public var line: Int
    public var tags: [String]
    public var status: Status
    public var seconds: Double
    public var outputs: [CellOutput]

    public init(
        kind: Kind, source: String, line: Int, tags: [String] = [], status: Status = .notRun,
        seconds: Double = 0, outputs: [CellOutput] = []
    ) {
        self.kind = kind
        self.source = source
        self.line = line
        self.tags = tags
        self.status = status
        self.seconds = seconds
        self.outputs = outputs
    }
}

/// One thing that a cell gave out.
public enum CellOutput: Codable, Sendable, Equatable {
    public enum Stream: String, Codable, Sendable { case standardOutput, standardError }

    /// Text that was printed.
    case text(Stream, String)
    /// A value that was displayed, or (`isResult`) the value of the cell's last expression.
    case display(MimeBundle, isResult: Bool)
    /// A figure that was saved beside the record.
    case figure(FigureRecord)
    /// A claim that the cell made.
    case claim(ClaimRecord)
    /// Why the cell failed, as the terminal shows it.
    case failure(String)
}

/// A figure in the run's output folder: `<name>.png` and `<name>.svg`.
public struct FigureRecord: Codable, Sendable, Equatable {
    public var name: String
    public var caption: String?
    /// File names in the output folder, such as "risk.png" and "risk.svg".
    public var files: [String]
    /// The figure shows measured times, so that two runs differ.
    public var isTiming: Bool

    public init(name: String, caption: String? = nil, files: [String], isTiming: Bool = false) {
        self.name = name
        self.caption = caption
        self.files = files
        self.isTiming = isTiming
    }
}
