import DeepLearning
import Mathematics

/// An iterative solver made of tensor operations, whose result can be differentiated in two ways: by the condition that
/// the solution satisfies, or by unrolling, through every iteration (`implicit-diff`, arXiv:2105.15183, section 4).
///
/// The step sizes are numbers, not functions of θ: they do not matter to the derivative at the solution.
public struct DifferentiableSolver<Parameters: Parameterized> where Parameters.Scalar == Double {
    /// The iterate first, behind it what the method remembers.
    public typealias State = [Tensor<Double>]

    /// What the solution satisfies.
    public let condition: OptimalityCondition<Parameters>
    private let start: (Tensor<Double>, Parameters) -> State
    private let step: (State, Parameters) -> State

    /// A solver of one's own.
    ///
    /// - Parameters:
    ///   - condition: what the solution satisfies.
    ///   - start: the state at the first iterate; that alone by default.
    ///   - step: the next state.
    public init(
        condition: OptimalityCondition<Parameters>,
        start: @escaping (_ x: Tensor<Double>, _ parameters: Parameters) -> State = { x, _ in [x] },
        step: @escaping (_ state: State, _ parameters: Parameters) -> State
    ) {
        (self.condition, self.start, self.step) = (condition, start, step)
    }

    /// What a run found.
    public struct Run: Sendable {
        /// The last iterate.
        public let solution: Tensor<Double>
        /// How many steps were made.
        public let iterations: Int
        /// The norm of the last step over 1 + the norm of the iterate.
        public let change: Double
    }

    /// Runs outside any differentiation.
    ///
    /// - Parameters:
    ///   - start: the first iterate.
    ///   - parameters: θ.
    ///   - iterations: the most steps.
    ///   - tolerance: stop when the change, relative to 1 + ‖x‖, is not larger; 0 stops at changes of nothing alone.
    public func run(
        from start: Tensor<Double>, parameters: Parameters, iterations: Int, tolerance: Double = 0
    ) -> Run {
        let parameters = parameters.detached()
        var state = self.start(start.detached(), parameters)
        var change = Double.infinity
        var count = 0
        while count < iterations, change > tolerance {
            let next = step(state, parameters)
            change = (next[0] - state[0]).norm().scalar / (1 + next[0].norm().scalar)
            state = next
            count += 1
        }
        return Run(solution: state[0], iterations: count, change: change)
    }

    /// The solution as a function of θ by the implicit function theorem. Memory does not depend on the iterations.
    ///
    /// - Parameters:
    ///   - start: the first iterate.
    ///   - parameters: θ.
    ///   - iterations: the most steps.
    ///   - tolerance: as in `run`.
    ///   - condition: another condition of the same problem; nil for the solver's own.
    ///   - linearSolver: of the systems with A and Aᵀ.
    public func implicit(
        from start: Tensor<Double>, parameters: Parameters, iterations: Int, tolerance: Double = 0,
        condition: OptimalityCondition<Parameters>? = nil,
        linearSolver: ImplicitLinearSolver<Double> = .normalConjugateGradient()
    ) -> Tensor<Double> {
        let solution = run(from: start, parameters: parameters, iterations: iterations, tolerance: tolerance).solution
        return (condition ?? self.condition).root(solution, parameters: parameters, solver: linearSolver)
    }

    /// The iterate after so many steps as a function of θ, through every step. In reverse mode the memory grows in
    /// proportion to the steps; in forward mode it does not.
    public func unrolled(from start: Tensor<Double>, parameters: Parameters, iterations: Int) -> Tensor<Double> {
        var state = self.start(start, parameters)
        for _ in 0..<iterations { state = step(state, parameters) }
        return state[0]
    }

    /// All iterates, the first included, as a function of θ through every step: [iterations + 1] and the shape of x.
    public func unrolledIterates(from start: Tensor<Double>, parameters: Parameters, iterations: Int) -> Tensor<Double> {
        var state = self.start(start, parameters)
        var iterates = [state[0]]
        for _ in 0..<iterations {
            state = step(state, parameters)
            iterates.append(state[0])
        }
        return .stacking(iterates)
    }
}

extension DifferentiableSolver {
    /// Gradient descent: x ← x − η∇ₓf(x, θ).
    public static func gradientDescent(
        of objective: SmoothObjective<Parameters>, step: Double
    ) -> DifferentiableSolver {
        DifferentiableSolver(condition: .stationarity(of: objective)) { state, parameters in
            [state[0] - objective.gradient(state[0], parameters) * step]
        }
    }

    /// The proximal gradient method for f + g; accelerated, FISTA (Beck and Teboulle 2009).
    ///
    /// - Parameters:
    ///   - objective: f.
    ///   - step: η, at most 1/L.
    ///   - isAccelerated: whether Nesterov's momentum is used.
    ///   - proximal: prox_{ηg} of a point, with η and θ.
    public static func proximalGradient(
        of objective: SmoothObjective<Parameters>, step: Double, isAccelerated: Bool = true,
        proximal: @escaping (_ point: Tensor<Double>, _ step: Double, _ parameters: Parameters) -> Tensor<Double>
    ) -> DifferentiableSolver {
        func move(_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double> {
            proximal(x - objective.gradient(x, parameters) * step, step, parameters)
        }
        let condition = OptimalityCondition.proximalGradient(of: objective, step: step, proximal: proximal)
        guard isAccelerated else {
            return DifferentiableSolver(condition: condition) { [move($0[0], $1)] }
        }
        // The iterate, the point from which the gradient step is made, and t.
        return DifferentiableSolver(condition: condition) { x, _ in
            [x, x, Tensor(1.0)]
        } step: { state, parameters in
            let next = move(state[1], parameters)
            let t = state[2].scalar, grown = (1 + (1 + 4 * t * t).squareRoot()) / 2
            return [next, next + (next - state[0]) * ((t - 1) / grown), Tensor(grown)]
        }
    }

    /// The projected gradient method: x ← P(x − η∇ₓf(x, θ)).
    public static func projectedGradient(
        of objective: SmoothObjective<Parameters>, step: Double, isAccelerated: Bool = false,
        projection: @escaping (_ point: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>
    ) -> DifferentiableSolver {
        proximalGradient(of: objective, step: step, isAccelerated: isAccelerated) { point, _, parameters in
            projection(point, parameters)
        }
    }

    /// Mirror descent in the Kullback-Leibler geometry on the rows' simplices: x ← softmax(ln x − η∇ₓf(x, θ)). The first
    /// iterate is positive.
    public static func entropicMirrorDescent(
        of objective: SmoothObjective<Parameters>, step: Double
    ) -> DifferentiableSolver {
        DifferentiableSolver(condition: .entropicMirrorDescent(of: objective, step: step)) { state, parameters in
            [(entropicMirrorMap(state[0]) - objective.gradient(state[0], parameters) * step).softmax()]
        }
    }

    /// Block coordinate descent: one proximal gradient step of each row of x after the other, each seeing those before.
    ///
    /// What the rows' gradients share is kept and updated, so that a sweep costs about as much as one full gradient.
    ///
    /// - Parameters:
    ///   - condition: what the solution satisfies.
    ///   - steps: η of each row.
    ///   - shared: what gradients share, from x and θ: for a function of linear predictions, these.
    ///   - rowGradient: of a row, from its number, the shared part and θ.
    ///   - sharedUpdate: the shared part after a row moved by a change.
    ///   - proximal: prox_{ηg} of a row.
    public static func blockCoordinateDescent(
        condition: OptimalityCondition<Parameters>, steps: [Double],
        shared: @escaping (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>,
        rowGradient: @escaping (_ row: Int, _ shared: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>,
        sharedUpdate: @escaping (
            _ row: Int, _ change: Tensor<Double>, _ shared: Tensor<Double>, _ parameters: Parameters
        ) -> Tensor<Double>,
        proximal: @escaping (_ row: Tensor<Double>, _ step: Double, _ parameters: Parameters) -> Tensor<Double>
    ) -> DifferentiableSolver {
        DifferentiableSolver(condition: condition) { x, parameters in
            [x, shared(x, parameters)]
        } step: { state, parameters in
            var shared = state[1]
            var rows: [Tensor<Double>] = []
            for (index, step) in steps.enumerated() {
                let row = state[0][index]
                let next = proximal(row - rowGradient(index, shared, parameters) * step, step, parameters)
                shared = sharedUpdate(index, next - row, shared, parameters)
                rows.append(next)
            }
            return [.stacking(rows), shared]
        }
    }

    /// The fast inertial relaxation engine (Bitzek et al. 2006, Phys. Rev. Lett. 97, 170201) for energies of positions:
    /// molecular dynamics of unit masses that turns its velocity towards the force and stops when it goes uphill.
    ///
    /// - Parameters:
    ///   - energy: f.
    ///   - options: the engine's constants.
    public static func fire(
        of energy: SmoothObjective<Parameters>, options: FIREOptions = FIREOptions()
    ) -> DifferentiableSolver {
        DifferentiableSolver(condition: .stationarity(of: energy)) { x, parameters in
            // Position, velocity, force; time step, mixing and the steps since the last stop.
            [x, .zeros(x.shape), -energy.gradient(x, parameters), Tensor([options.timeStep, options.mixing, 0])]
        } step: { state, parameters in
            let clock = state[3].scalars
            var (timeStep, mixing, count) = (clock[0], clock[1], clock[2])
            // Velocity Verlet.
            let half = state[1] + state[2] * (timeStep / 2)
            let position = state[0] + half * timeStep
            let force = -energy.gradient(position, parameters)
            var velocity = half + force * (timeStep / 2)
            let power = (force.detached() * velocity.detached()).sum().scalar
            // Which way the engine goes is not differentiated.
            let forceNorm = force.norm(), speed = velocity.norm()
            if forceNorm.scalar > 0 { velocity = velocity * (1 - mixing) + force * (speed / forceNorm * mixing) }
            if power > 0 {
                count += 1
                if count > Double(options.patience) {
                    timeStep = min(timeStep * options.growth, options.largestTimeStep)
                    mixing *= options.mixingDecay
                }
            } else {
                (count, mixing) = (0, options.mixing)
                timeStep *= options.shrinkage
                velocity = .zeros(velocity.shape)
            }
            return [position, velocity, force, Tensor([timeStep, mixing, count])]
        }
    }
}

/// The constants of FIRE, as its authors chose them.
public struct FIREOptions: Sendable, Hashable {
    /// The first time step.
    public var timeStep: Double
    /// The largest time step.
    public var largestTimeStep: Double
    /// How many steps downhill before the time step grows.
    public var patience: Int
    /// By what the time step grows.
    public var growth: Double
    /// By what it shrinks after a step uphill.
    public var shrinkage: Double
    /// How far the velocity turns towards the force, at first.
    public var mixing: Double
    /// By what that falls.
    public var mixingDecay: Double

    /// The authors' constants.
    public init(
        timeStep: Double = 0.1, largestTimeStep: Double = 0.4, patience: Int = 5, growth: Double = 1.1,
        shrinkage: Double = 0.5, mixing: Double = 0.1, mixingDecay: Double = 0.99
    ) {
        self.timeStep = timeStep
        self.largestTimeStep = largestTimeStep
        self.patience = patience
        self.growth = growth
        self.shrinkage = shrinkage
        self.mixing = mixing
        self.mixingDecay = mixingDecay
    }
}
