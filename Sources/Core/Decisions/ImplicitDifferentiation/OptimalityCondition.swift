import DeepLearning
import Mathematics

/// A smooth function f(x, θ) of a point and of parameters, with its gradient by x.
public struct SmoothObjective<Parameters: Parameterized> where Parameters.Scalar == Double {
    /// f, a single number.
    public let value: (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>
    /// ∇ₓf, of the shape of x, made of tensor operations.
    public let gradient: (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>

    /// A function whose gradient is found by differentiation.
    public init(_ value: @escaping (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>) {
        self.init(value) { x, parameters in DeepLearning.gradient(at: x) { value($0, parameters) } }
    }

    /// A function with a gradient of one's own.
    public init(
        _ value: @escaping (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>,
        gradient: @escaping (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>
    ) {
        self.value = value
        self.gradient = gradient
    }
}

/// What a solution satisfies, F(x, θ) = 0 or x = T(x, θ): all that the derivative of the solution by θ needs to know
/// (`implicit-diff`, Blondel et al. 2022, arXiv:2105.15183, table 1).
///
/// Whatever solver found x, `root` makes it a function of θ. All conditions of one problem have the same root, but linear
/// systems of different condition.
///
/// ```swift
/// let ridge = SmoothObjective<Tensor<Double>> { x, θ in
///     ((matmul(X, x) - y).squared().sum() + θ * x.squared().sum()) * 0.5
/// }
/// let slope = derivative(at: Tensor(10), along: Tensor(1)) { θ in
///     OptimalityCondition.stationarity(of: ridge).root(solution, parameters: θ)
/// }
/// ```
public struct OptimalityCondition<Parameters: Parameterized> where Parameters.Scalar == Double {
    /// F, of the shape of x.
    public let residual: (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>

    /// A root F(x, θ) = 0 of one's own.
    public init(rootOf residual: @escaping (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>) {
        self.residual = residual
    }

    /// A fixed point x = T(x, θ) of one's own.
    public init(fixedPointOf map: @escaping (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>) {
        self.init(rootOf: { map($0, $1) - $0 })
    }

    /// The solution as a function of θ, differentiable in both modes and to any order.
    ///
    /// - Parameters:
    ///   - solution: x for these parameters, found by any means.
    ///   - parameters: θ.
    ///   - solver: of the linear systems with A = ∂F/∂x and Aᵀ; conjugate gradients on the normal equations by default,
    ///     which give the solution of least norm where A is singular.
    public func root(
        _ solution: Tensor<Double>, parameters: Parameters,
        solver: ImplicitLinearSolver<Double> = .normalConjugateGradient()
    ) -> Tensor<Double> {
        implicitRoot(of: residual, solution: solution, parameters: parameters, solver: solver)
    }

    /// ∇ₓf(x, θ) = 0: a minimum without constraints. A is the Hessian, so that conjugate gradients
    /// serve.
    public static func stationarity(of objective: SmoothObjective<Parameters>) -> OptimalityCondition {
        OptimalityCondition(rootOf: objective.gradient)
    }

    /// x = prox_{ηg}(x − η∇ₓf(x, θ)): a minimum of f + g.
    ///
    /// - Parameters:
    ///   - objective: f.
    ///   - step: η > 0; every η has the same fixed points.
    ///   - proximal: prox_{ηg} of a point, with this η and θ.
    public static func proximalGradient(
        of objective: SmoothObjective<Parameters>, step: Double,
        proximal: @escaping (_ point: Tensor<Double>, _ step: Double, _ parameters: Parameters) -> Tensor<Double>
    ) -> OptimalityCondition {
        OptimalityCondition(fixedPointOf: { x, parameters in
            proximal(x - objective.gradient(x, parameters) * step, step, parameters)
        })
    }

    /// x = P(x − η∇ₓf(x, θ)): a minimum of f over a convex set with the Euclidean projection P, which may depend on θ.
    public static func projectedGradient(
        of objective: SmoothObjective<Parameters>, step: Double,
        projection: @escaping (_ point: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>
    ) -> OptimalityCondition {
        proximalGradient(of: objective, step: step) { point, _, parameters in projection(point, parameters) }
    }

    /// x = P_φ(∇φ(x) − η∇ₓf(x, θ)): a minimum of f over a convex set, in the geometry of φ.
    ///
    /// - Parameters:
    ///   - objective: f.
    ///   - step: η > 0.
    ///   - mirrorMap: ∇φ.
    ///   - projection: the point of the set nearest in the Bregman divergence of φ, from the mirrored point.
    public static func mirrorDescent(
        of objective: SmoothObjective<Parameters>, step: Double, mirrorMap: @escaping (Tensor<Double>) -> Tensor<Double>,
        projection: @escaping (_ mirrored: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>
    ) -> OptimalityCondition {
        OptimalityCondition(fixedPointOf: { x, parameters in
            projection(mirrorMap(x) - objective.gradient(x, parameters) * step, parameters)
        })
    }

    /// `mirrorDescent` with the entropy on the rows' simplices {x ≥ 0, Σx = 1}: x = softmax(ln x − η∇ₓf(x, θ)), the
    /// Kullback-Leibler geometry.
    public static func entropicMirrorDescent(
        of objective: SmoothObjective<Parameters>, step: Double
    ) -> OptimalityCondition {
        mirrorDescent(of: objective, step: step, mirrorMap: entropicMirrorMap) { mirrored, _ in mirrored.softmax() }
    }

    /// x = x − η(∂G/∂x)⁻¹G(x, θ): a root of G by Newton's map. At the root and with η = 1, A = −I: the linear system is in the
    /// map itself, solved by LU factors. The matrix must be regular; NaN where it is not.
    public static func newton(
        of equations: @escaping (_ x: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>, step: Double = 1
    ) -> OptimalityCondition {
        OptimalityCondition(fixedPointOf: { x, parameters in
            let matrix = jacobian(at: x) { equations($0, parameters).flattened() }
            let right = equations(x, parameters).reshaped(to: [x.count, 1])
            let change = (try? solve(matrix, right)) ?? Tensor(repeating: .nan, shape: [x.count, 1])
            return x - change.reshaped(to: x.shape) * step
        })
    }

    /// xⱼ = prox_{ηⱼgⱼ}(xⱼ − ηⱼ∇ⱼf(x, θ)) for each block j: what block coordinate descent leaves unchanged.
    ///
    /// - Parameters:
    ///   - objective: f.
    ///   - steps: η of each element; broadcasts to x: [blocks, 1] for blocks that are rows.
    ///   - proximal: the blocks' proximal maps, all at once, with these steps.
    public static func blockProximalGradient(
        of objective: SmoothObjective<Parameters>, steps: Tensor<Double>,
        proximal: @escaping (_ point: Tensor<Double>, _ steps: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>
    ) -> OptimalityCondition {
        OptimalityCondition(fixedPointOf: { x, parameters in
            proximal(x - objective.gradient(x, parameters) * steps, steps, parameters)
        })
    }

    /// The conditions of Karush, Kuhn and Tucker for min f(z, θ) subject to h(z, θ) = 0 and g(z, θ) ≤ 0:
    ///
    /// ∇f + (∂h)ᵀν + (∂g)ᵀμ = 0, h = 0, μ ∘ g = 0.
    ///
    /// x is the vector of z, ν and μ one after the other. A is regular where the active constraints are independent, each has
    /// a positive multiplier, and f is curved along them.
    ///
    /// - Parameters:
    ///   - objective: f.
    ///   - equalities: h, a vector; nil for none.
    ///   - equalityCount: the length of h.
    ///   - inequalities: g, a vector; nil for none.
    ///   - inequalityCount: the length of g.
    public static func karushKuhnTucker(
        of objective: SmoothObjective<Parameters>,
        equalities: ((_ z: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>)? = nil, equalityCount: Int = 0,
        inequalities: ((_ z: Tensor<Double>, _ parameters: Parameters) -> Tensor<Double>)? = nil, inequalityCount: Int = 0
    ) -> OptimalityCondition {
        OptimalityCondition(rootOf: { x, parameters in
            let count = x.count - equalityCount - inequalityCount
            precondition(x.rank == 1 && count >= 0, "karushKuhnTucker: x has the shape \(x.shape): expected [z + ν + μ]")
            let parts = x.split(sizes: [count, equalityCount, inequalityCount])
            let (z, equalityMultipliers, inequalityMultipliers) = (parts[0], parts[1], parts[2])
            var slope = objective.gradient(z, parameters)
            var rows: [Tensor<Double>] = []
            if let equalities {
                let (value, pullback) = valueWithPullback(at: z) { equalities($0, parameters) }
                slope = slope + pullback(equalityMultipliers)
                rows.append(value)
            }
            if let inequalities {
                let (value, pullback) = valueWithPullback(at: z) { inequalities($0, parameters) }
                slope = slope + pullback(inequalityMultipliers)
                rows.append(inequalityMultipliers * value)
            }
            return .concatenating([slope] + rows)
        })
    }
}

/// ∇φ of the entropy φ = Σ x ln x − x, with a floor: below it x is zero for all purposes.
func entropicMirrorMap(_ x: Tensor<Double>) -> Tensor<Double> { log(maximum(x, Tensor(1e-300))) }
