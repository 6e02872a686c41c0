/// The right-hand side of y′ = f(t, y): reads t and y and writes f into the last argument.
public typealias ODEFunction = (
    _ time: Double, _ state: UnsafeBufferPointer<Double>, _ derivative: UnsafeMutableBufferPointer<Double>
) -> Void

/// Writes ∂fᵢ/∂yⱼ into `jacobian`, row-major.
public typealias ODEJacobian = (
    _ time: Double, _ state: UnsafeBufferPointer<Double>, _ jacobian: UnsafeMutableBufferPointer<Double>
) -> Void

/// A method for ordinary differential equations with error control.
public enum ODEMethod: Sendable, Equatable {
    /// Dormand and Prince's explicit pair 5(4) with continuous output of order 4: for problems that are not
    /// stiff.
    case dormandPrince
    /// The implicit Radau IIA method of order 5 with continuous output of order 3: for stiff problems.
    case radau
}

/// Tolerances and limits of an integration.
///
/// The step is chosen so that the error of component i in one step is about
/// `absoluteTolerance` + `relativeTolerance`·|yᵢ|, in the root mean square over the components.
public struct ODEOptions: Sendable, Equatable {
    /// Error allowed relative to the component.
    public var relativeTolerance: Double
    /// Error allowed whatever the component.
    public var absoluteTolerance: Double
    /// The first step; chosen by the method if nil.
    public var initialStep: Double?
    /// The largest step.
    public var maximumStep: Double
    /// How many steps may be tried.
    public var maximumSteps: Int

    /// Tolerances and limits.
    public init(
        relativeTolerance: Double = 1e-6, absoluteTolerance: Double = 1e-9, initialStep: Double? = nil,
        maximumStep: Double = .infinity, maximumSteps: Int = 1_000_000
    ) {
        self.relativeTolerance = relativeTolerance
        self.absoluteTolerance = absoluteTolerance
        self.initialStep = initialStep
        self.maximumStep = maximumStep
        self.maximumSteps = maximumSteps
    }

    func validate() throws(ODEError) {
        guard relativeTolerance >= 1e-14, relativeTolerance < 1 else {
            throw .invalidArgument(argument: "relativeTolerance", value: relativeTolerance, expected: "1e-14 to 1")
        }
        guard absoluteTolerance >= 0, absoluteTolerance < .infinity else {
            throw .invalidArgument(
                argument: "absoluteTolerance", value: absoluteTolerance, expected: "a finite number ≥ 0")
        }
        if let initialStep, !(initialStep > 0 && initialStep < .infinity) {
            throw .invalidArgument(argument: "initialStep", value: initialStep, expected: "a positive finite number")
        }
        guard maximumStep > 0 else {
            throw .invalidArgument(argument: "maximumStep", value: maximumStep, expected: "a positive number")
        }
    }
}

/// Something to watch for during an integration: a zero of g(t, y).
public struct ODEEvent {
    /// Which zeros count.
    public enum Direction: Sendable, Equatable {
        /// Any change of sign.
        case any
        /// From negative to positive as the integration proceeds.
        case rising
        /// From positive to negative as the integration proceeds.
        case falling
    }

    /// Which zeros count.
    public var direction: Direction
    /// Whether the integration ends at the first zero.
    public var isTerminal: Bool
    /// g(t, y).
    public var function: (_ time: Double, _ state: UnsafeBufferPointer<Double>) -> Double

    /// An event at the zeros of a function.
    ///
    /// A zero is found where the sign differs between two steps; a pair of zeros within one step is
    /// missed (limit `maximumStep` where that matters). A zero at the start does not count.
    public init(
        direction: Direction = .any, isTerminal: Bool = false,
        _ function: @escaping (_ time: Double, _ state: UnsafeBufferPointer<Double>) -> Double
    ) {
        (self.direction, self.isTerminal, self.function) = (direction, isTerminal, function)
    }

    func fires(from old: Double, to new: Double) -> Bool {
        let rises = old < 0 && new >= 0
        let falls = old > 0 && new <= 0
        return switch direction {
        case .any: rises || falls
        case .rising: rises
        case .falling: falls
        }
    }
}

/// One occurrence of an event.
public struct ODEEventOccurrence: Sendable, Equatable {
    /// The index of the event in the list given.
    public let event: Int
    /// When it happened.
    public let time: Double
    /// The state then.
    public let state: Vector
}

/// How much work an integration took.
public struct ODEStatistics: Sendable, Equatable {
    /// Calls of the right-hand side, those for numerical Jacobians included.
    public var evaluations = 0
    /// Steps taken.
    public var acceptedSteps = 0
    /// Steps tried in vain.
    public var rejectedSteps = 0
    /// Jacobians computed (implicit methods).
    public var jacobians = 0
    /// Pairs of matrices factored (implicit methods).
    public var factorizations = 0
}

/// Why an integration stopped early.
public enum ODEError: Error, Equatable, CustomStringConvertible {
    /// An argument is out of its range.
    case invalidArgument(argument: String, value: Double, expected: String)
    /// The right-hand side is infinite or not a number.
    case notFinite(time: Double, component: Int, value: Double)
    /// An event function is not a number.
    case eventNotANumber(event: Int, time: Double)
    /// The tolerance asks for a step below the resolution of time: a singularity, or for the explicit
    /// method a tolerance too small.
    case stepTooSmall(time: Double, step: Double)
    /// The limit of steps was reached.
    case tooManySteps(time: Double, limit: Int)

    /// What is wrong, with the value and what was expected.
    public var description: String {
        switch self {
        case .invalidArgument(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .notFinite(let time, let component, let value):
            "component \(component) of the right-hand side is \(value) at time \(time): expected a finite number"
        case .eventNotANumber(let event, let time):
            "event \(event) is not a number at time \(time)"
        case .stepTooSmall(let time, let step):
            "at time \(time) the tolerance asks for a step of \(step): expected a step the time can resolve"
        case .tooManySteps(let time, let limit):
            "\(limit) steps led to time \(time) only: raise maximumSteps, or use the method for stiff problems"
        }
    }
}
