import Mathematics

/// A monotone inclusion with finite-sum structure: find u with 0 ∈ F(u) + G(u), F = (1/n) Σ Fᵢ.
///
/// G is maximally monotone and known by its resolvent J_{ηG} = (I + ηG)⁻¹, for example the normal cone of a convex
/// set, whose resolvent is the projection; without G the inclusion is the equation F(u) = 0. Methods see the components
/// only through differences Fᵢ(u) − Fᵢ(v), and count one call for each component evaluated at each point.
///
/// The numbers of vectors are those of `dimension`; methods check them once, at their start.
public protocol FiniteSumInclusion: Sendable {
    /// The number d of unknowns.
    var dimension: Int { get }

    /// The number n of components.
    var componentCount: Int { get }

    /// F(u), the mean of all components. It costs n component calls.
    func value(at point: Vector) -> Vector

    /// sum ← sum + factor · Σ (Fᵢ(point) − Fᵢ(reference)) over the components named. It costs two component calls each.
    func addComponentDifferences(
        _ components: ArraySlice<Int>, at point: Vector, from reference: Vector, factor: Double, into sum: inout Vector)

    /// The resolvent J_{ηG}(v) with η = step; v itself where there is no G.
    func resolvent(of point: Vector, step: Double) -> Vector
}

extension FiniteSumInclusion {
    public func resolvent(of point: Vector, step: Double) -> Vector { point }

    /// How far a point is from solving the inclusion: ‖u − J_G(u − F(u))‖, which is ‖F(u)‖ where there is no G.
    ///
    /// With G the normal cone of a set it is the natural residual ‖u − P(u − F(u))‖. It is zero at solutions only.
    public func residual(at point: Vector) -> Double {
        (point - resolvent(of: point - value(at: point), step: 1)).norm
    }

    func requireStart(_ start: Vector) throws(OptimisationError) {
        if start.count != dimension {
            throw .lengthMismatch(argument: "start", count: start.count, expected: dimension)
        }
        try requireFinite(start, "start")
    }
}

/// A finite sum given by functions, for problems of one's own.
///
/// ```swift
/// // F(u) = u − mean of the targets, constrained to the unit ball.
/// let problem = try FiniteSumOperator(
///     dimension: 2, componentCount: targets.count, component: { index, u in u - targets[index] },
///     constraint: try .l2Ball())
/// ```
public struct FiniteSumOperator: FiniteSumInclusion {
    public let dimension: Int
    public let componentCount: Int
    private let component: @Sendable (Int, Vector) -> Vector
    private let constraint: ConvexSet?

    /// A sum of components.
    ///
    /// - Parameters:
    ///   - dimension: the number of unknowns, positive.
    ///   - componentCount: the number of components, positive.
    ///   - component: Fᵢ(u), with as many elements as u.
    ///   - constraint: the set whose normal cone is G; no G if nil.
    /// - Throws: `OptimisationError.invalid` for a count that is not positive.
    public init(
        dimension: Int, componentCount: Int, component: @escaping @Sendable (_ index: Int, _ point: Vector) -> Vector,
        constraint: ConvexSet? = nil
    ) throws(OptimisationError) {
        try requireArgument(dimension > 0, "dimension", dimension, "a positive number of unknowns")
        try requireArgument(componentCount > 0, "componentCount", componentCount, "a positive number of components")
        self.dimension = dimension
        self.componentCount = componentCount
        self.component = component
        self.constraint = constraint
    }

    public func value(at point: Vector) -> Vector {
        var sum = Vector.zeros(dimension)
        for index in 0..<componentCount { sum += component(index, point) }
        return sum / Double(componentCount)
    }

    public func addComponentDifferences(
        _ components: ArraySlice<Int>, at point: Vector, from reference: Vector, factor: Double, into sum: inout Vector
    ) {
        for index in components {
            sum.add(factor, times: component(index, point))
            sum.add(-factor, times: component(index, reference))
        }
    }

    public func resolvent(of point: Vector, step: Double) -> Vector { constraint?.project(point) ?? point }
}
