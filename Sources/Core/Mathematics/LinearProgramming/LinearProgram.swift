/// A linear program, with or without integer variables.
///
/// Minimise (or maximise) cᵀx subject to lᵢ ≤ aᵢᵀx ≤ uᵢ for every constraint and to bounds on every variable.
/// Rows are sparse. `solve` hands it to Clp, or to Cbc when a variable must be an integer.
///
/// ```swift
/// var program = LinearProgram(maximising: [3, 2])     // variables are ≥ 0 unless said otherwise
/// program.constrain([1, 1], .atMost(4))
/// program.constrain([1, 3], .atMost(6))
/// try program.solve().point                           // [4, 0]
/// ```
public struct LinearProgram: Sendable, Hashable {
    /// The range that a constraint or a variable is held in.
    public enum Bounds: Sendable, Hashable {
        /// At most this number.
        case atMost(Double)
        /// At least this number.
        case atLeast(Double)
        /// Exactly this number.
        case equalTo(Double)
        /// In the closed range between two numbers, either of which may be infinite.
        case between(Double, Double)
        /// Any number.
        case free

        /// The lower end, −∞ when there is none.
        public var lower: Double {
            switch self {
            case .atMost, .free: -.infinity
            case .atLeast(let value), .equalTo(let value), .between(let value, _): value
            }
        }

        /// The upper end, ∞ when there is none.
        public var upper: Double {
            switch self {
            case .atLeast, .free: .infinity
            case .atMost(let value), .equalTo(let value), .between(_, let value): value
            }
        }
    }

    /// One sparse row: Σ coefficients[k] · x[indices[k]] lies within bounds.
    public struct Constraint: Sendable, Hashable {
        /// The variables of the row; a variable named twice counts with the sum of its coefficients.
        public var indices: [Int]
        /// The coefficient of each of them.
        public var coefficients: [Double]
        /// The range of the row's value.
        public var bounds: Bounds

        /// A sparse row.
        public init(indices: [Int], coefficients: [Double], bounds: Bounds) {
            self.indices = indices
            self.coefficients = coefficients
            self.bounds = bounds
        }
    }

    /// The coefficients c of the objective.
    public var objective: Vector

    /// Whether the objective is maximised; otherwise it is minimised.
    public var maximises: Bool

    /// The constraints, in the order of the duals.
    public private(set) var constraints: [Constraint] = []

    /// The bounds of each variable; at least 0 unless set.
    public private(set) var variableBounds: [Bounds]

    /// Whether each variable must be an integer.
    public private(set) var isInteger: [Bool]

    /// The program of minimising cᵀx over x ≥ 0, without constraints so far.
    public init(minimising objective: Vector) { self.init(objective, maximises: false) }

    /// The program of maximising cᵀx over x ≥ 0, without constraints so far.
    public init(maximising objective: Vector) { self.init(objective, maximises: true) }

    /// A program given as a whole.
    ///
    /// - Parameters:
    ///   - objective: the coefficients c of the objective.
    ///   - maximises: whether the objective is maximised.
    ///   - constraints: the sparse rows.
    ///   - variableBounds: the bounds of each variable; at least 0 if nil.
    ///   - isInteger: whether each variable must be an integer; none if nil.
    /// - Throws: `LinearProgramError.invalid` unless there are as many bounds and flags as variables.
    public init(
        objective: Vector, maximises: Bool = false, constraints: [Constraint] = [], variableBounds: [Bounds]? = nil,
        isInteger: [Bool]? = nil
    ) throws(LinearProgramError) {
        self.init(objective, maximises: maximises)
        for (argument, count) in [("variableBounds", variableBounds?.count), ("isInteger", isInteger?.count)] {
            if let count, count != objective.count {
                throw .invalid(
                    argument: argument, value: "\(count) elements",
                    expected: "\(objective.count), one for each coefficient of objective")
            }
        }
        self.constraints = constraints
        if let variableBounds { self.variableBounds = variableBounds }
        if let isInteger { self.isInteger = isInteger }
    }

    private init(_ objective: Vector, maximises: Bool) {
        self.objective = objective
        self.maximises = maximises
        variableBounds = Array(repeating: .atLeast(0), count: objective.count)
        isInteger = Array(repeating: false, count: objective.count)
    }

    /// The number of variables.
    public var variableCount: Int { objective.count }

    /// Adds a dense row.
    public mutating func constrain(_ row: Vector, _ bounds: Bounds) {
        let indices = row.indices.filter { row[$0] != 0 }
        if row.count != variableCount {
            shapeMismatch(
                "constrain", "(\(row.count))", "(\(variableCount))", "the row must have a coefficient for each variable")
        }
        constraints.append(Constraint(indices: indices, coefficients: indices.map { row[$0] }, bounds: bounds))
    }

    /// Adds a sparse row Σ coefficients[k] · x[indices[k]].
    public mutating func constrain(indices: [Int], coefficients: [Double], _ bounds: Bounds) {
        constraints.append(Constraint(indices: indices, coefficients: coefficients, bounds: bounds))
    }

    /// Adds one row for each row of a matrix: all at most the elements of `right`, for example.
    public mutating func constrain(_ rows: Matrix, _ bounds: (Int) -> Bounds) {
        for row in 0..<rows.rows { constrain(rows.row(row), bounds(row)) }
    }

    /// Sets the bounds of a variable.
    public mutating func bound(variable: Int, _ bounds: Bounds) { variableBounds[variable] = bounds }

    /// Sets the bounds of all variables.
    public mutating func boundAllVariables(_ bounds: Bounds) {
        variableBounds = Array(repeating: bounds, count: variableCount)
    }

    /// Requires a variable to be an integer.
    public mutating func requireInteger(variable: Int) { isInteger[variable] = true }

    /// Requires a variable to be 0 or 1.
    public mutating func requireBinary(variable: Int) {
        isInteger[variable] = true
        variableBounds[variable] = .between(0, 1)
    }

    /// The largest violation of a bound or a constraint at a point; 0 for a feasible one.
    public func violation(at point: Vector) -> Double {
        var worst = 0.0
        func note(_ value: Double, _ bounds: Bounds) {
            worst = max(worst, bounds.lower - value, value - bounds.upper)
        }
        for (value, bounds) in zip(point, variableBounds) { note(value, bounds) }
        for constraint in constraints {
            note(
                zip(constraint.indices, constraint.coefficients).reduce(0) { $0 + $1.1 * point[$1.0] },
                constraint.bounds)
        }
        return worst
    }
}

/// What the solver found.
public struct LinearProgramSolution: Sendable, Hashable {
    /// An optimal point.
    public let point: Vector

    /// The objective cᵀx there.
    public let value: Double

    /// For each constraint the rate of change of the optimal value with its active bound; 0 where neither is
    /// active. With integer variables, of the program in which those are fixed at their optimal values.
    public let duals: Vector

    /// For each variable c − Aᵀ(duals): the rate of change of the optimal value with its active bound.
    public let reducedCosts: Vector

    /// A proven bound on the optimal value; equal to `value` unless a limit or gap stopped Cbc earlier.
    public let bestBound: Double

    /// How far the optimum may be from `value`: |value − bestBound| / max(|value|, |bestBound|); 0 when proven optimal.
    public var relativeGap: Double {
        let difference = (value - bestBound).magnitude
        return difference == 0 ? 0 : difference / max(value.magnitude, bestBound.magnitude)
    }

    /// Simplex iterations.
    public let iterations: Int

    /// Nodes of branch and bound; 0 without integer variables.
    public let nodes: Int
}

/// Why a linear program has no solution, or none was found.
public enum LinearProgramError: Error, Equatable, CustomStringConvertible {
    /// No point satisfies the bounds and constraints.
    case infeasible
    /// The objective can be improved without end.
    case unbounded
    /// A limit was reached before any feasible point was found.
    case limitReached(limit: String)
    /// The solver gave up for numerical reasons.
    case abandoned(solver: String, status: Int)
    /// The program is not well formed.
    case invalid(argument: String, value: String, expected: String)

    public var description: String {
        switch self {
        case .infeasible: "the linear program is infeasible: no point satisfies its bounds and constraints"
        case .unbounded: "the linear program is unbounded: its objective can be improved without end"
        case .limitReached(let limit): "the solver found no feasible point within \(limit)"
        case .abandoned(let solver, let status): "\(solver) gave up with status \(status)"
        case .invalid(let argument, let value, let expected): "\(argument) is \(value): expected \(expected)"
        }
    }
}

extension LinearProgram {
    /// The largest count that the solvers' 32-bit indices can hold.
    static let largestCount = Int(Int32.max) - 1

    func validate() throws(LinearProgramError) {
        for (index, value) in objective.enumerated() where !value.isFinite {
            throw .invalid(argument: "objective[\(index)]", value: "\(value)", expected: "a finite number")
        }
        for (index, bounds) in variableBounds.enumerated() { try bounds.validate("variableBounds[\(index)]") }
        for (row, constraint) in constraints.enumerated() {
            if constraint.indices.count != constraint.coefficients.count {
                throw .invalid(
                    argument: "constraints[\(row)]",
                    value: "\(constraint.indices.count) indices and \(constraint.coefficients.count) coefficients",
                    expected: "as many indices as coefficients")
            }
            try constraint.bounds.validate("constraints[\(row)].bounds")
            for index in constraint.indices where index < 0 || index >= variableCount {
                throw .invalid(
                    argument: "constraints[\(row)].indices", value: "\(index)", expected: "0 ..< \(variableCount)")
            }
            for value in constraint.coefficients where !value.isFinite {
                throw .invalid(
                    argument: "constraints[\(row)].coefficients", value: "\(value)", expected: "finite numbers")
            }
        }
        let elements = constraints.reduce(0) { $0 + $1.indices.count }
        if max(elements, variableCount, constraints.count) > Self.largestCount {
            throw .invalid(
                argument: "program", value: "\(elements) coefficients", expected: "at most \(Self.largestCount)")
        }
    }
}

extension LinearProgram.Bounds {
    fileprivate func validate(_ argument: String) throws(LinearProgramError) {
        if !(lower <= upper) || lower == .infinity || upper == -.infinity {
            throw .invalid(argument: argument, value: "\(lower)...\(upper)", expected: "a range that holds a number")
        }
    }
}
