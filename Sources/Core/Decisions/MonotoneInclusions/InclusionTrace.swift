import Mathematics

/// How long a method for inclusions runs, and when its residual is noted.
public struct EpochBudget: Sendable, Hashable {
    /// The method stops at the first iteration that ends at or beyond so many epochs; an epoch is n component calls.
    public var epochs: Double
    /// The residual is noted at the start, then at each iteration that ends so many epochs or more after the last
    /// note, and at the end. Zero notes every iteration. Noting is not counted as calls.
    public var recordingInterval: Double
    /// The method stops when a noted residual is at most this.
    public var tolerance: Double

    /// A budget of component calls.
    public init(epochs: Double, recordingInterval: Double = 1, tolerance: Double = 0) {
        self.epochs = epochs
        self.recordingInterval = recordingInterval
        self.tolerance = tolerance
    }

    func validate() throws(OptimisationError) {
        try requirePositive(epochs, "budget.epochs")
        try requireArgument(
            recordingInterval >= 0 && recordingInterval.isFinite, "budget.recordingInterval", recordingInterval,
            "a finite number not below 0")
        try requireArgument(tolerance >= 0, "budget.tolerance", tolerance, "a number not below 0")
    }
}

/// The course of a method for a finite-sum inclusion.
public struct InclusionTrace: Sendable, Hashable {
    /// The last iterate.
    public let point: Vector
    /// Component calls so far, divided by n, at each note; the first is 0.
    public let epochs: [Double]
    /// The residual ‖u − J_G(u − F(u))‖ at each note.
    public let residuals: [Double]
    /// The iterations done at each note.
    public let iterations: [Int]
    /// All component calls; F in full counts n.
    public let componentCalls: Int

    /// The residual of the last iterate.
    public var finalResidual: Double { residuals.last ?? .nan }

    /// The epochs at the first note with a residual of at most `tolerance`; nil if there is none.
    public func epochs(toResidual tolerance: Double) -> Double? {
        residuals.firstIndex { $0 <= tolerance }.map { epochs[$0] }
    }
}

/// Counts calls and notes residuals for a method that runs.
struct InclusionRecorder<Problem: FiniteSumInclusion> {
    let problem: Problem
    let budget: EpochBudget
    private(set) var calls = 0
    private(set) var iteration = 0
    private var epochs: [Double] = []
    private var residuals: [Double] = []
    private var iterations: [Int] = []
    private var nextNote = 0.0

    init(_ problem: Problem, start: Vector, budget: EpochBudget) throws(OptimisationError) {
        self.problem = problem
        self.budget = budget
        try budget.validate()
        try problem.requireStart(start)
        try note(start)
    }

    private var epochsSoFar: Double { Double(calls) / Double(problem.componentCount) }

    mutating func count(_ calls: Int) { self.calls += calls }
    mutating func countFullEvaluation() { calls += problem.componentCount }

    /// Ends an iteration at a point; says whether to go on.
    mutating func advance(to point: Vector) throws(OptimisationError) -> Bool {
        iteration += 1
        let isLast = epochsSoFar >= budget.epochs
        if isLast || epochsSoFar >= nextNote { try note(point) }
        return !isLast && (residuals.last ?? 0) > budget.tolerance
    }

    private mutating func note(_ point: Vector) throws(OptimisationError) {
        let residual = problem.residual(at: point)
        if !residual.isFinite {
            throw .notFinite(
                what: "the residual after \(iteration) iterations (a smaller step may help)", value: residual)
        }
        epochs.append(epochsSoFar)
        residuals.append(residual)
        iterations.append(iteration)
        nextNote = epochsSoFar + budget.recordingInterval
    }

    func trace(_ point: Vector) -> InclusionTrace {
        InclusionTrace(
            point: point, epochs: epochs, residuals: residuals, iterations: iterations, componentCalls: calls)
    }
}

/// a + b + …, each with a factor, in one pass.
func combination(_ a: Double, _ x: Vector, _ b: Double, _ y: Vector, _ c: Double, _ z: Vector) -> Vector {
    Vector(count: x.count) { a * x[$0] + b * y[$0] + c * z[$0] }
}
