import Foundation
import Mathematics
import Testing

@Suite struct ProjectionTests {
    /// Each set with a way to draw its points.
    private func sets(
        _ generator: inout Philox
    ) throws -> [(name: String, set: ConvexSet, member: (inout Philox) -> Vector)] {
        let weights = generator.normalMatrix(rows: 9, columns: 9)
        let metric = weights.rowGram + 0.5 * Matrix.identity(9)
        let factor = try CholeskyDecomposition(metric).lower
        let normal = generator.normalVector(count: 9)
        let a = generator.normalMatrix(rows: 4, columns: 9)
        let origin = generator.normalVector(count: 9)
        func exponentials(_ g: inout Philox) -> Vector { Vector((0..<9).map { _ in g.exponential() }) }
        func ballPoint(_ g: inout Philox, _ radius: Double) -> Vector {
            let x = g.normalVector(count: 9)
            return radius * pow(g.uniform(), 0.2) / x.norm * x
        }
        return [
            ("simplex", try .simplex(total: 2), { g in let x = exponentials(&g); return 2 / x.sum * x }),
            ("l1 ball", try .l1Ball(radius: 1.5), { g in
                let x = exponentials(&g)
                return 1.5 * g.uniform() / x.sum * Vector(x.map { g.bernoulli(0.5) ? $0 : -$0 })
            }),
            ("l2 ball", try .l2Ball(radius: 0.7, center: origin), { origin + ballPoint(&$0, 0.7) }),
            ("box", try .box(lower: Vector(repeating: -0.3, count: 9), upper: Vector((0..<9).map { $0 == 0 ? .infinity : 0.5 })),
             { $0.uniformVector(count: 9, in: -0.3..<0.5) }),
            ("half-space", try .halfspace(normal: normal, offset: -1), { g in
                let x = g.normalVector(count: 9)
                return x - (max(normal.dot(x) + 1, 0) / normal.squaredNorm) * normal
            }),
            ("hyperplane", try .hyperplane(normal: normal, offset: 1), { g in
                let x = g.normalVector(count: 9)
                return x - ((normal.dot(x) - 1) / normal.squaredNorm) * normal
            }),
            ("ellipsoid", try .ellipsoid(metric: metric, radius: 0.8, center: origin), { g in
                let y = ballPoint(&g, 0.8)
                // x = L⁻ᵀy has xᵀLLᵀx = ‖y‖².
                return origin + ((try? LUDecomposition(factor.transposed).solve(y)) ?? y)
            }),
            ("second-order cone", .secondOrderCone, { g in
                let x = g.normalVector(count: 8)
                return Vector([x.norm + g.exponential()] + Array(x))
            }),
            ("semidefinite cone", try .positiveSemidefinite(order: 3), { g in
                g.normalMatrix(rows: 3, columns: 3).rowGram.flattened
            }),
            ("affine", try .affine(a, a * origin), { g in
                let x = g.normalVector(count: 9)
                let inner = try? LUDecomposition(a.rowGram).solve(a * (x - origin))
                return x - a.transposeMultiplied(by: inner ?? .zeros(4))
            }),
            ("orthant", .nonNegative, { g in exponentials(&g) }),
            ("everything", .everything, { $0.normalVector(count: 9) }),
        ]
    }

    @Test func projectionsSatisfyTheVariationalInequality() throws {
        // P(x) is the nearest point exactly if ⟨x − P(x), v − P(x)⟩ ≤ 0 for every member v, and members are fixed.
        var generator = Philox(seed: 1)
        for (name, set, member) in try sets(&generator) {
            for scale in [0.1, 1, 10] {
                for _ in 0..<20 {
                    let x = generator.normalVector(count: 9, standardDeviation: scale)
                    let projected = set.project(x)
                    let again = set.project(projected)
                    #expect((again - projected).norm <= 1e-12 * max(1, scale), "\(name): P(P(x)) = P(x)")
                    for _ in 0..<10 {
                        let v = member(&generator)
                        #expect((set.project(v) - v).norm < 1e-9, "\(name): members are fixed")
                        #expect((x - projected).dot(v - projected) < 1e-9 * max(1, scale * scale), "\(name)")
                    }
                    #expect(abs(set.distance(from: x) - (x - projected).norm) < 1e-14)
                }
            }
        }
    }

    @Test func jacobiansAreFiniteDifferences() throws {
        var generator = Philox(seed: 2)
        for (name, set, _) in try sets(&generator) {
            for scale in [0.3, 3] {
                for _ in 0..<10 {
                    let x = generator.normalVector(count: 9, standardDeviation: scale)
                    let v = generator.normalVector(count: 9)
                    let difference = (set.project(x + 1e-6 * v) - set.project(x - 1e-6 * v)) / 2e-6
                    let product = set.jacobianProduct(at: x, v)
                    #expect((product - difference).norm < 1e-6 * v.norm, "\(name)")
                    // Symmetric.
                    let w = generator.normalVector(count: 9)
                    #expect(abs(product.dot(w) - v.dot(set.jacobianProduct(at: x, w))) < 1e-12 * v.norm * w.norm, "\(name)")
                }
            }
        }
    }

    @Test func simplexJacobianIsTheSupportsCentring() throws {
        // diag(s) − ssᵀ/|s|₁ with s the indicator of the support.
        let x: Vector = [0.5, 0.9, -1, 0.4]
        let s: Vector = [1, 1, 0, 1]
        let simplex = try ConvexSet.simplex()
        expectClose(simplex.project(x), [7.0 / 30, 19.0 / 30, 0, 4.0 / 30], within: 1e-15)
        for index in 0..<4 {
            let unit = Vector(count: 4) { $0 == index ? 1 : 0 }
            expectClose(simplex.jacobianProduct(at: x, unit), s[index] * (unit - s / 3), within: 1e-15)
        }
    }

    @Test func uglyNumbersAndArgumentsAreHandled() throws {
        let simplex = try ConvexSet.simplex()
        expectClose(simplex.project([1e300, -1e300]), [1, 0], within: 0)
        expectClose(simplex.project([.leastNonzeroMagnitude, 0]), [0.5, 0.5], within: 0)
        expectClose(simplex.project([-7]), [1], within: 0)
        expectClose(simplex.project([1e17, 1e17 - 16]), [1, 0], within: 0)
        expectClose(try ConvexSet.l1Ball().project([-1e300, 3]), [-1, 0], within: 0)
        for set in [simplex, try .l1Ball(), try .l2Ball(), .nonNegative, .secondOrderCone] {
            #expect(set.project([1, .nan]).contains { $0.isNaN })
        }
        #expect(try ConvexSet.l1Ball().project([0, 0]) == [0, 0])
        #expect(ConvexSet.secondOrderCone.project([-1]) == [0])
        #expect(ConvexSet.secondOrderCone.project([-2, 1, 0]) == [0, 0, 0])
        #expect(throws: OptimisationError.invalid(argument: "total", value: "-1.0", expected: "a positive finite number")) {
            try ConvexSet.simplex(total: -1)
        }
        #expect(throws: OptimisationError.self) { try ConvexSet.l1Ball(radius: .nan) }
        #expect(throws: OptimisationError.self) { try ConvexSet.l2Ball(radius: 0) }
        #expect(throws: OptimisationError.lengthMismatch(argument: "upper", count: 1, expected: 2)) {
            try ConvexSet.box(lower: [0, 0], upper: [1])
        }
        #expect(throws: OptimisationError.invalid(argument: "lower[1]", value: "2.0", expected: "at most upper[1] = 1.0")) {
            try ConvexSet.box(lower: [0, 2], upper: [1, 1])
        }
        #expect(throws: OptimisationError.self) { try ConvexSet.hyperplane(normal: [0, 0], offset: 1) }
        #expect(throws: OptimisationError.self) { try ConvexSet.ellipsoid(metric: [[1, 0], [0, -1]]) }
        #expect(throws: OptimisationError.infeasible) { try ConvexSet.affine([[1, 1], [2, 2]], [1, 3]) }
        expectClose(try ConvexSet.affine([[1, 1], [2, 2]], [1, 2]).project([0, 0]), [0.5, 0.5], within: 1e-15)
        #expect(throws: OptimisationError.self) { try ConvexSet.positiveSemidefinite(order: 0) }
    }

    @Test func intersectionsAgreeWithQuadraticPrograms() throws {
        var generator = Philox(seed: 6)
        for _ in 0..<10 {
            let x = generator.normalVector(count: 6, standardDeviation: 2)
            let g = generator.normalMatrix(rows: 3, columns: 6)
            let h = generator.uniformVector(count: 3)
            let box = try ConvexSet.box(lower: Vector(repeating: -1, count: 6), upper: .ones(6))
            let halfspaces = try (0..<3).map { try ConvexSet.halfspace(normal: g.row($0), offset: h[$0]) }
            let point = try ConvexSet.project(x, ontoIntersectionOf: [box] + halfspaces)
            var program = QuadraticProgram(hessian: .identity(6), linear: -x)
            program.inequalities = (g, h)
            program.lower = Vector(repeating: -1, count: 6)
            program.upper = .ones(6)
            expectClose(point, try program.solve().point, within: 1e-9)
        }
        let apart = [try ConvexSet.halfspace(normal: [1], offset: 0), try ConvexSet.halfspace(normal: [-1], offset: -1)]
        #expect(throws: OptimisationError.self) {
            try ConvexSet.project([0.5], ontoIntersectionOf: apart, maximumIterations: 1000)
        }
    }

    @Test func projectionInAMetricMeetsItsVariationalInequality() throws {
        var generator = Philox(seed: 8)
        let h = generator.normalMatrix(rows: 5, columns: 5).rowGram + 0.1 * Matrix.identity(5)
        let center = generator.normalVector(count: 5)
        for _ in 0..<20 {
            let x = center + generator.normalVector(count: 5, standardDeviation: 2)
            let p = try ConvexSet.project(x, ontoBallOfRadius: 0.9, center: center, metric: h)
            #expect((p - center).norm <= 0.9 * (1 + 1e-11) || p == x)
            for _ in 0..<50 {
                let y = generator.normalVector(count: 5)
                let v = center + 0.9 / y.norm * y
                #expect((x - p).dot(h * (v - p)) < 1e-9)
            }
            let plain = try ConvexSet.project(x, ontoBallOfRadius: 0.9, center: center, metric: .identity(5))
            expectClose(plain, try ConvexSet.l2Ball(radius: 0.9, center: center).project(x), within: 1e-11)
        }
        #expect(throws: OptimisationError.self) {
            try ConvexSet.project([2, 2], ontoBallOfRadius: 1, metric: [[1, 0], [0, -1]])
        }
    }

    @Test func birkhoffProjectionIsAQuadraticProgramsAndPermutationsAreFixed() throws {
        var generator = Philox(seed: 7)
        for order in [1, 2, 3, 5] {
            let m = generator.normalMatrix(rows: order, columns: order, standardDeviation: 1)
            let projected = try m.projectedOntoBirkhoffPolytope()
            expectClose(projected.rowSums, .ones(order), within: 1e-12)
            expectClose(projected.columnSums, .ones(order), within: 1e-12)
            #expect(projected.flattened.allSatisfy { $0 >= 0 })
            var program = QuadraticProgram(hessian: .identity(order * order), linear: -m.flattened)
            var a = Matrix.zeros(2 * order, order * order)
            for i in 0..<order {
                for j in 0..<order { (a[i, i * order + j], a[order + j, i * order + j]) = (1, 1) }
            }
            program.equalities = (a, .ones(2 * order))
            program.lower = .zeros(order * order)
            expectClose(projected.flattened, try program.solve().point, within: 1e-9)
        }
        let permutation: Matrix = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
        #expect((try permutation.projectedOntoBirkhoffPolytope() - permutation).maximumMagnitude < 1e-12)
        #expect((try (50 * permutation).projectedOntoBirkhoffPolytope() - permutation).maximumMagnitude < 1e-12)
        // Huge entries: the projection is the best permutation of the assignment problem, here by brute force.
        let huge = 1e6 * generator.normalMatrix(rows: 4, columns: 4)
        var best = (value: -Double.infinity, matrix: Matrix.zeros(4, 4))
        for code in 0..<256 {
            let order = [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6]
            guard Set(order).count == 4 else { continue }
            let value = (0..<4).reduce(0.0) { $0 + huge[$1, order[$1]] }
            if value > best.value { best = (value, Matrix(rows: 4, columns: 4) { order[$0] == $1 ? 1 : 0 }) }
        }
        #expect((try huge.projectedOntoBirkhoffPolytope() - best.matrix).maximumMagnitude < 1e-12)
        // Between the two regimes, with ties.
        let ties = Matrix(rows: 9, columns: 9) { Double(($0 * 7 + $1 * 5) % 11) * 300 }
        let tied = try ties.projectedOntoBirkhoffPolytope()
        for _ in 0..<300 {
            let order = generator.permutation(9)
            let v = Matrix(rows: 9, columns: 9) { order[$0] == $1 ? 1 : 0 }
            #expect((ties - tied).flattened.dot((v - tied).flattened) < 1e-7)
        }
        // A large one, by the variational inequality against permutations.
        let m = generator.normalMatrix(rows: 60, columns: 60, standardDeviation: 3)
        let x = try m.projectedOntoBirkhoffPolytope()
        for _ in 0..<200 {
            let order = generator.permutation(60)
            let v = Matrix(rows: 60, columns: 60) { order[$0] == $1 ? 1 : 0 }
            #expect((m - x).flattened.dot((v - x).flattened) < 1e-9)
        }
        // Nearest matrix of given sums: X = max(M + u1ᵀ + 1vᵀ, 0) is the condition of optimality.
        let (r, c): (Vector, Vector) = ([1, 2, 3], [0.5, 1.5, 2.5, 1.5])
        let plan = try generator.normalMatrix(rows: 3, columns: 4).projectedOntoTransportPolytope(rowSums: r, columnSums: c)
        expectClose(plan.rowSums, r, within: 1e-11)
        expectClose(plan.columnSums, c, within: 1e-11)
        #expect(throws: OptimisationError.self) { try (Matrix.zeros(2, 3)).projectedOntoBirkhoffPolytope() }
        #expect(throws: OptimisationError.notFinite(what: "matrix[3]", value: .nan)) {
            try ([[0, 1], [1, .nan]] as Matrix).projectedOntoBirkhoffPolytope()
        }
        #expect(throws: OptimisationError.self) {
            try Matrix.zeros(2, 2).projectedOntoTransportPolytope(rowSums: [1, 1], columnSums: [1, 2])
        }
    }

    @Test func semidefiniteAndSingularValueMaps() throws {
        // numpy.linalg.eigh of [[1, 2], [2, 1]]: −1 and 3 along (1, 1)/√2.
        let projected = try ([[1, 2], [2, 1]] as Matrix).projectedOntoPositiveSemidefinite()
        #expect((projected - [[1.5, 1.5], [1.5, 1.5]]).maximumMagnitude < 1e-15)
        let floored = try ([[1, 2], [2, 1]] as Matrix).projectedOntoPositiveSemidefinite(minimum: 0.5)
        expectClose(try floored.symmetricEigenvalues(), [0.5, 3], within: 1e-14)
        var generator = Philox(seed: 4)
        let m = generator.normalMatrix(rows: 4, columns: 6)
        let thresholded = try m.singularValuesThresholded(by: 0.8)
        let values = try SingularValueDecomposition(m).singularValues
        expectClose(try SingularValueDecomposition(thresholded).singularValues, values.map { max($0 - 0.8, 0) }, within: 1e-13)
        // The remainder lies in the subdifferential 0.8 ∂‖·‖*: its norm is at most 0.8 and it is aligned.
        let rest = m - thresholded
        #expect(try SingularValueDecomposition(rest).singularValues[0] <= 0.8 + 1e-13)
        let nuclear = try SingularValueDecomposition(thresholded).singularValues.sum
        #expect(abs(rest.flattened.dot(thresholded.flattened) - 0.8 * nuclear) < 1e-12)
        let flat = ProximalOperator.nuclearNorm(weight: 0.4, rows: 4, columns: 6).apply(m.flattened, step: 2)
        expectClose(flat, thresholded.flattened, within: 1e-14)
    }
}
