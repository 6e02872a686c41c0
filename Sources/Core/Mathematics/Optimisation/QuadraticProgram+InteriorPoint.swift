/// A quadratic program after scaling: x = diag(columnScale) · size · x', rows of unit size, an objective of unit size.
struct EquilibratedQuadraticProgram {
    private let p: Matrix
    private let q: Vector
    private let a: Matrix
    private let b: Vector
    private let g: Matrix
    /// The right-hand sides of all inequalities: those of G, −lower, upper.
    private let h: Vector
    private let keptRows: [Int]
    private let lowered: [Int]
    private let uppered: [Int]
    private let columnScale: Vector
    private let equalityScale: Vector
    private let inequalityScale: Vector
    private let size: Double
    private let costScale: Double

    /// Primal and dual variables; `z` and `s` belong to the rows of G, then lower bounds, then upper bounds.
    struct State {
        var x: Vector
        var y: Vector
        var z: Vector
        var s: Vector
    }

    private var n: Int { q.count }
    private var m: Int { h.count }

    init(_ program: QuadraticProgram) {
        let n = program.linear.count
        var p = program.hessian
        var (a, b) = program.equalities ?? (.zeros(0, n), .zeros(0))
        let (allG, allH) = program.inequalities ?? (.zeros(0, n), .zeros(0))
        keptRows = allH.indices.filter { allH[$0] < .infinity }
        var g = keptRows.count == allH.count ? allG : allG.selectingRows(keptRows)
        var h = Vector(keptRows.map { allH[$0] })
        lowered = program.lower.map { bounds in bounds.indices.filter { bounds[$0] > -.infinity } } ?? []
        uppered = program.upper.map { bounds in bounds.indices.filter { bounds[$0] < .infinity } } ?? []
        // Ruiz's equilibration of [P Aᵀ Gᵀ; A 0 0; G 0 0] in the maximum norm.
        var columns = Vector.ones(n)
        var rowsOfA = Vector.ones(a.rows)
        var rowsOfG = Vector.ones(g.rows)
        for _ in 0..<10 {
            var norms = largestOfColumns(p)
            for matrix in [a, g] where matrix.rows > 0 { norms = norms.combined(with: largestOfColumns(matrix), "equilibration", max) }
            func factor(_ norm: Double) -> Double { norm > 0 ? 1 / norm.squareRoot() : 1 }
            let (c, r, t) = (norms.map(factor), largestOfRows(a).map(factor), largestOfRows(g).map(factor))
            p = p.scalingRows(by: c).scalingColumns(by: c)
            a = a.scalingRows(by: r).scalingColumns(by: c)
            g = g.scalingRows(by: t).scalingColumns(by: c)
            (columns, rowsOfA, rowsOfG) = (columns .* c, rowsOfA .* r, rowsOfG .* t)
        }
        var q = program.linear .* columns
        b = b .* rowsOfA
        h = h .* rowsOfG
        let bounds = Vector(
            lowered.map { -(program.lower?[$0] ?? 0) / columns[$0] } + uppered.map { (program.upper?[$0] ?? 0) / columns[$0] })
        // The smallest of the sizes that the data suggest for x: residuals are relative to what is larger.
        let curvature = p.maximumMagnitude
        let suggestions = [
            b.maximumMagnitude, h.maximumMagnitude, bounds.maximumMagnitude,
            curvature > 0 ? q.maximumMagnitude / curvature : 0,
        ]
        size = suggestions.filter { $0 > 0 && $0.isFinite }.min() ?? 1
        q *= size
        p = size * size * p
        let cost = max(p.maximumMagnitude, q.maximumMagnitude)
        costScale = cost > 0 ? 1 / cost : 1
        self.p = costScale * p
        self.q = costScale * q
        self.a = a
        self.b = b / size
        self.g = g
        self.h = Vector(Array(h / size) + Array(bounds / size))
        columnScale = columns
        equalityScale = rowsOfA
        inequalityScale = rowsOfG
    }

    /// All inequality rows times x.
    private func rows(_ x: Vector) -> Vector {
        Vector(Array(g * x) + lowered.map { -x[$0] } + uppered.map { x[$0] })
    }

    /// The transpose of all inequality rows times z.
    private func transposedRows(_ z: Vector) -> Vector {
        var result = g.transposeMultiplied(by: Vector(z[..<g.rows]))
        for (place, index) in lowered.enumerated() { result[index] -= z[g.rows + place] }
        for (place, index) in uppered.enumerated() { result[index] += z[g.rows + lowered.count + place] }
        return result
    }

    /// P + rowsᵀ diag(weights) rows, with Aᵀ and A beside it.
    private func system(_ weights: Vector, regularisation: Double) -> Matrix {
        var block = p
        if g.rows > 0 {
            block = block + g.transposeMultiplied(by: g.scalingRows(by: Vector(weights[..<g.rows])))
        }
        for (place, index) in lowered.enumerated() { block[index, index] += weights[g.rows + place] }
        for (place, index) in uppered.enumerated() { block[index, index] += weights[g.rows + lowered.count + place] }
        for index in 0..<n { block[index, index] += regularisation }
        return block.bordered(by: a, corner: -regularisation)
    }

    /// The largest relative violation of a condition of optimality.
    private func residual(_ state: State) -> Double {
        for part in [state.x, state.y, state.z, state.s] where !part.allSatisfy(\.isFinite) { return .infinity }
        let (px, aty, gtz) = (p * state.x, a.transposeMultiplied(by: state.y), transposedRows(state.z))
        let (ax, gx) = (a * state.x, rows(state.x))
        let stationarity = (px + q + aty + gtz).maximumMagnitude
            / max(1, px.maximumMagnitude, q.maximumMagnitude, aty.maximumMagnitude, gtz.maximumMagnitude)
        let equality = (ax - b).maximumMagnitude / max(1, ax.maximumMagnitude, b.maximumMagnitude)
        let inequality = (gx + state.s - h).maximumMagnitude / max(1, gx.maximumMagnitude, h.maximumMagnitude)
        let value = state.x.dot(px) / 2 + q.dot(state.x)
        let gap = state.s.dot(state.z) / max(1, value.magnitude)
        let worst = max(stationarity, equality, inequality, gap)
        return worst.isNaN ? .infinity : worst
    }

    func interiorPointSolution(tolerance: Double) -> (state: State, residual: Double, iterations: Int) {
        var state = start()
        var best = (state: state, residual: residual(state), iteration: 0)
        var regularisation = 1e-13
        for iteration in 1...150 {
            let next = iterate(state, regularisation)
            let worst = next.map(residual) ?? .infinity
            // Once converged, go on only while it pays.
            let isWorse = !(worst < best.residual)
            if let next, !isWorse { best = (next, worst, iteration) }
            if best.residual <= tolerance * 1e-3 || (best.residual <= tolerance && isWorse) {
                return (best.state, best.residual, iteration)
            }
            if let next, worst.isFinite, iteration - best.iteration < 20 {
                state = next
            } else {
                // Rounding has the upper hand: from the best point on, with more regularisation.
                regularisation *= 100
                if regularisation > 1e-6 { return (best.state, best.residual, iteration) }
                (state, best.iteration) = (best.state, iteration)
            }
        }
        return (best.state, best.residual, 150)
    }

    /// The minimiser of the objective plus ½‖s‖², moved into the interior.
    private func start() -> State {
        var state = State(x: .zeros(n), y: .zeros(b.count), z: .ones(m), s: .ones(m))
        let right = Vector(Array(transposedRows(h) - q) + Array(b))
        let factors = try? LUDecomposition(system(.ones(m), regularisation: 1e-8))
        if let solution = try? factors?.solve(right), solution.allSatisfy(\.isFinite) {
            state.x = Vector(solution[..<n])
            state.y = Vector(solution[n...])
            let slack = h - rows(state.x)
            let (low, high) = (slack.min() ?? 1, slack.max() ?? -1)
            state.s = low > 0 ? slack : slack + (1 - low)
            state.z = high < 0 ? -slack : -slack + (1 + high)
        }
        return state
    }

    /// One predictor-corrector step; nil if the linear system cannot be solved.
    private func iterate(_ state: State, _ regularisation: Double) -> State? {
        let (x, y, z, s) = (state.x, state.y, state.z, state.s)
        let stationarity = p * x + q + a.transposeMultiplied(by: y) + transposedRows(z)
        let equality = a * x - b
        let inequality = rows(x) + s - h
        let gap = m > 0 ? s.dot(z) / Double(m) : 0
        let weights = z ./ s
        guard let solve = solver(system(weights, regularisation: regularisation)) else { return nil }
        func step(_ complementarity: Vector) -> State? {
            // Z ds + S dz = −complementarity, rows dx + ds = −inequality.
            let shifted = (complementarity - z .* inequality) ./ s
            let right = Vector(Array(transposedRows(shifted) - stationarity) + Array(-equality))
            guard var solution = solve(right) else { return nil }
            // One refinement against the system without regularisation.
            let (dx, dy) = (Vector(solution[..<n]), Vector(solution[n...]))
            let top = p * dx + transposedRows(weights .* rows(dx)) + a.transposeMultiplied(by: dy)
            if let correction = solve(right - Vector(Array(top) + Array(a * dx))), correction.allSatisfy(\.isFinite) {
                solution += correction
            }
            let move = Vector(solution[..<n])
            let ds = -inequality - rows(move)
            return State(x: move, y: Vector(solution[n...]), z: -(complementarity + z .* ds) ./ s, s: ds)
        }
        func longest(_ move: State) -> Double {
            var length = 1.0
            for index in 0..<m {
                if move.z[index] < 0 { length = min(length, -z[index] / move.z[index]) }
                if move.s[index] < 0 { length = min(length, -s[index] / move.s[index]) }
            }
            return length
        }
        guard var move = step(s .* z) else { return nil }
        var length = 1.0
        if m > 0 {
            let reach = longest(move)
            let after = s.advanced(by: reach, along: move.s).dot(z.advanced(by: reach, along: move.z)) / Double(m)
            let ratio = gap > 0 ? max(after, 0) / gap : 0
            guard let corrected = step(s .* z + move.z .* move.s - ratio * ratio * ratio * gap) else { return nil }
            move = corrected
            length = min(1, max(0.9, 1 - gap) * longest(move))
        }
        // Keep the interior an interior when rounding reaches the edge.
        return State(
            x: x.advanced(by: length, along: move.x), y: y.advanced(by: length, along: move.y),
            z: z.advanced(by: length, along: move.z).map { max($0, 1e-200) },
            s: s.advanced(by: length, along: move.s).map { max($0, 1e-200) })
    }

    private func solver(_ matrix: Matrix) -> ((Vector) -> Vector?)? {
        if b.count == 0, let factors = try? CholeskyDecomposition(matrix) { return { try? factors.solve($0) } }
        guard let factors = try? LUDecomposition(matrix) else { return nil }
        return { try? factors.solve($0) }
    }

    /// The solution of the program whose active inequalities are equalities and whose others are dropped.
    func polished(_ state: State) -> (state: State, residual: Double)? {
        let active = (0..<m).filter { state.z[$0] > state.s[$0] }
        var constraints = Matrix.zeros(active.count, n)
        for (place, row) in active.enumerated() {
            if row < g.rows {
                constraints.setRow(place, to: g.row(row))
            } else if row < g.rows + lowered.count {
                constraints[place, lowered[row - g.rows]] = -1
            } else {
                constraints[place, uppered[row - g.rows - lowered.count]] = 1
            }
        }
        let all = a.appendingRows(of: constraints)
        let targets = Vector(Array(b) + active.map { h[$0] })
        var block = p
        for index in 0..<n { block[index, index] += 1e-9 }
        guard let factors = try? LUDecomposition(block.bordered(by: all, corner: -1e-9)) else { return nil }
        var x = state.x
        var multipliers = Vector(Array(state.y) + active.map { state.z[$0] })
        for _ in 0..<5 {
            let top = -(p * x + q + all.transposeMultiplied(by: multipliers))
            guard let step = try? factors.solve(Vector(Array(top) + Array(targets - all * x))) else { return nil }
            x += Vector(step[..<n])
            multipliers += Vector(step[n...])
        }
        var result = State(x: x, y: Vector(multipliers[..<b.count]), z: .zeros(m), s: .zeros(m))
        for (place, row) in active.enumerated() { result.z[row] = max(multipliers[b.count + place], 0) }
        for row in active where row >= g.rows {
            // Active bounds hold exactly.
            if row < g.rows + lowered.count {
                result.x[lowered[row - g.rows]] = -h[row]
            } else {
                result.x[uppered[row - g.rows - lowered.count]] = h[row]
            }
        }
        result.s = (h - rows(result.x)).map { max($0, 0) }
        for row in active { result.s[row] = 0 }
        return (result, residual(result))
    }

    /// The solution in the units of the program.
    func solution(
        _ state: State, of program: QuadraticProgram, residual: Double, iterations: Int
    ) -> QuadraticProgramSolution {
        var point = size * (columnScale .* state.x)
        for index in point.indices {
            // Undoing the scales may leave an active bound by a rounding.
            if let bound = program.lower?[index] { point[index] = max(point[index], bound) }
            if let bound = program.upper?[index] { point[index] = min(point[index], bound) }
        }
        for (place, index) in lowered.enumerated() where state.s[g.rows + place] == 0 {
            point[index] = program.lower?[index] ?? point[index]
        }
        for (place, index) in uppered.enumerated() where state.s[g.rows + lowered.count + place] == 0 {
            point[index] = program.upper?[index] ?? point[index]
        }
        let unit = 1 / (costScale * size)
        var inequalityMultipliers = Vector.zeros(program.inequalities?.right.count ?? 0)
        for (place, row) in keptRows.enumerated() {
            inequalityMultipliers[row] = unit * inequalityScale[place] * state.z[place]
        }
        var (below, above) = (Vector.zeros(n), Vector.zeros(n))
        for (place, index) in lowered.enumerated() { below[index] = unit * state.z[g.rows + place] / columnScale[index] }
        for (place, index) in uppered.enumerated() {
            above[index] = unit * state.z[g.rows + lowered.count + place] / columnScale[index]
        }
        return QuadraticProgramSolution(
            point: point, value: point.dot(program.hessian * point) / 2 + program.linear.dot(point),
            equalityMultipliers: unit * (equalityScale .* state.y), inequalityMultipliers: inequalityMultipliers,
            lowerMultipliers: below, upperMultipliers: above, residual: residual, iterations: iterations)
    }
}

private func largestOfRows(_ matrix: Matrix) -> Vector {
    Vector(count: matrix.rows) { matrix.row($0).maximumMagnitude }
}

private func largestOfColumns(_ matrix: Matrix) -> Vector { largestOfRows(matrix.transposed) }

extension DenseMatrix where Scalar == Double {
    /// [self borderᵀ; border corner·I].
    fileprivate func bordered(by border: Matrix, corner: Double) -> Matrix {
        if border.rows == 0 { return self }
        var lower = Matrix.zeros(border.rows, border.rows)
        lower.addToDiagonal(corner)
        return appendingColumns(of: border.transposed).appendingRows(of: border.appendingColumns(of: lower))
    }
}
