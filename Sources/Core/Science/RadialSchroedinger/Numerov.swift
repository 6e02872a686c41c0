import Mathematics

extension RadialProblem {
    // swiftcore: radial_levels; spread: self
    /// The bound levels by the renormalised Numerov method.
    ///
    /// Ratios of neighbouring values are propagated from both ends (Johnson, J. Chem. Phys. 69, 4678 (1978)), so that
    /// nothing overflows under a barrier. A level is bracketed by counting nodes and then refined by Newton's method on
    /// the mismatch where the two sweeps meet, which for Numerov's equations is Cooley's correction
    /// ΔE = −F(m) [F(m+1) − U(m)F(m) + F(m−1)] / (2μ step² ∑u²) with F = (1 − T)u. The sweeps end where a level has
    /// decayed by e⁻³⁵. The energies have an error of order step⁴.
    ///
    /// O(count) for each of the about ten sweeps that a level takes.
    ///
    /// - Parameter limit: levels below this energy in Hartree are given; 0 is dissociation.
    /// - Returns: the energies in ascending order and the wave functions.
    /// - Throws: ``RadialEquationError`` where the limit is not a finite number, the step is too coarse for the
    ///   potential or a level does not converge.
    public func levels(below limit: Double = 0) throws(RadialEquationError) -> RadialSpectrum {
        let solver = try NumerovSolver(self, limit: limit)
        let count = solver.nodeCount(at: limit)
        var energies: [Double] = [], functions: [[Double]] = []
        for level in 0..<count {
            let (energy, function) = try solver.level(level, below: limit, above: energies.last)
            energies.append(energy)
            functions.append(function)
        }
        return RadialSpectrum(
            energies: Vector(energies),
            waveFunctions: Matrix(rows: count, columns: grid.count) { functions[$0][$1] })
    }

    /// The energy of one level in Hartree, by ``levels(below:)``'s method; nil where there are not so many levels.
    ///
    /// - Parameters:
    ///   - level: the vibrational quantum number, at least 0.
    ///   - limit: the energy in Hartree below which a level counts; 0 is dissociation.
    /// - Throws: as ``levels(below:)``, and where the level is negative.
    public func energy(ofLevel level: Int, below limit: Double = 0) throws(RadialEquationError) -> Double? {
        guard level >= 0 else { throw .invalidArgument("level", value: "\(level)", expected: "at least 0") }
        let solver = try NumerovSolver(self, limit: limit)
        return level < solver.nodeCount(at: limit) ? try solver.level(level, below: limit, above: nil).energy : nil
    }

    // swiftcore: radial_level_count; spread: self
    /// How many levels lie below an energy: the number of nodes of the solution that starts at the wall. O(count).
    ///
    /// - Parameter limit: the energy in Hartree; 0 is dissociation.
    /// - Throws: ``RadialEquationError`` where the limit is not finite or the step is too coarse for the potential.
    public func levelCount(below limit: Double = 0) throws(RadialEquationError) -> Int {
        try NumerovSolver(self, limit: limit).nodeCount(at: limit)
    }
}

/// Numerov's three-term recursion F(n+1) = U(n)F(n) − F(n−1), F = (1 − T)u, T = step²(2μ(V − E) + J(J+1)/R²)/12.
private struct NumerovSolver {
    let problem: RadialProblem
    let scaled: [Double]
    let lowest: Double

    init(_ problem: RadialProblem, limit: Double) throws(RadialEquationError) {
        guard limit.isFinite else {
            throw .invalidArgument("limit", value: "\(limit)", expected: "a finite energy")
        }
        self.problem = problem
        scaled = problem.scaledPotential
        let bottom = scaled.min() ?? 0
        lowest = bottom / (2 * problem.reducedMass)
        try requireFineStep(scaled, bottom: bottom, top: 2 * problem.reducedMass * limit, step: problem.grid.step)
    }

    /// T at a point.
    private func term(_ index: Int, _ energy: Double) -> Double {
        problem.grid.step * problem.grid.step * (scaled[index] - 2 * problem.reducedMass * energy) / 12
    }

    private func factor(_ index: Int, _ energy: Double) -> Double {
        let term = term(index, energy)
        return (2 + 10 * term) / (1 - term)
    }

    /// The outermost allowed point and the last point of the sweeps.
    private func range(at energy: Double) -> (turning: Int, last: Int) {
        let target = 2 * problem.reducedMass * energy
        guard let turning = scaled.lastIndex(where: { $0 < target }) else { return (0, scaled.count - 1) }
        var decay = 0.0
        var last = turning
        while last < scaled.count - 1, decay < 35 {
            last += 1
            decay += (scaled[last] - target).squareRoot() * problem.grid.step
        }
        return (turning, last)
    }

    /// The number of levels below an energy.
    func nodeCount(at energy: Double) -> Int {
        let last = range(at: energy).last
        var ratio = Double.infinity
        var nodes = 0
        for index in 0...last {
            ratio = factor(index, energy) - 1 / ratio
            if ratio < 0 { nodes += 1 }
        }
        return nodes
    }

    /// A level, given the energy of the one below it.
    func level(
        _ level: Int, below limit: Double, above previous: Double?
    ) throws(RadialEquationError) -> (energy: Double, function: [Double]) {
        var (low, high) = (previous ?? lowest, limit)
        var energy = (low + high) / 2
        let tolerance = 4e-14 * max(abs(lowest), abs(limit))
        for _ in 0..<400 {
            let trial = trial(at: energy)
            // The previous level itself counts as below or not by rounding, so that `low` is only ever raised.
            if trial.nodes <= level { low = max(low, energy) } else { high = energy }
            let next = energy + trial.correction
            let isIsolated = trial.nodes == level || trial.nodes == level + 1
            if isIsolated, abs(trial.correction) <= tolerance { return (next, trial.function) }
            let isInside = isIsolated && next > low && next < high
            let following = isInside ? next : (low + high) / 2
            if high - low <= 4 * (abs(low) + abs(high)).ulp { return (following, trial.function) }
            energy = following
        }
        throw .notConverged(level: level, energy: energy)
    }

    private func trial(at energy: Double) -> (nodes: Int, correction: Double, function: [Double]) {
        let (turning, last) = range(at: energy)
        var ratios = [Double](repeating: 0, count: last + 1)
        var ratio = Double.infinity
        var nodes = 0
        for index in 0...last {
            ratio = factor(index, energy) - 1 / ratio
            if ratio < 0 { nodes += 1 }
            ratios[index] = ratio
        }
        let meeting = min(max(turning, 1), last - 1)
        // F at the points, with F = 1 where the sweeps meet; inwards F(n−1)/F(n) is propagated.
        var function = [Double](repeating: 0, count: scaled.count)
        function[meeting] = 1
        for index in stride(from: meeting - 1, through: 0, by: -1) {
            function[index] = function[index + 1] / ratios[index]
        }
        var inward = [Double](repeating: 0, count: last + 1)
        ratio = .infinity
        for index in stride(from: last, to: meeting, by: -1) {
            ratio = factor(index, energy) - 1 / ratio
            inward[index] = ratio
        }
        for index in stride(from: meeting + 1, through: last, by: 1) {
            function[index] = function[index - 1] / inward[index]
        }
        let mismatch = function[meeting + 1] - factor(meeting, energy) + function[meeting - 1]
        var sum = 0.0
        for index in 0...last {
            function[index] /= 1 - term(index, energy)
            sum += function[index] * function[index]
        }
        let step = problem.grid.step
        let correction = -mismatch / (2 * problem.reducedMass * step * step * sum)
        // Positive next to the wall: the number of nodes up to the meeting point gives the sign there.
        let sign: Double = ratios[..<meeting].count { $0 < 0 } % 2 == 0 ? 1 : -1
        let norm = sign / (sum * step).squareRoot()
        for index in 0...last { function[index] *= norm }
        return (nodes, correction, function)
    }
}

/// Numerov's recursion needs T < 1 under barriers and a few points a wave length in wells.
func requireFineStep(
    _ scaled: [Double], bottom: Double, top: Double, step: Double
) throws(RadialEquationError) {
    let highest = scaled.max() ?? 0
    let needed = max(top - bottom, (highest - bottom) / 6)
    guard step * step * needed <= 1 else {
        throw .invalidArgument(
            "grid.step", value: "\(step)",
            expected: "at most \(1 / needed.squareRoot()) for this potential and mass, "
                + "or a grid that starts farther out")
    }
}
