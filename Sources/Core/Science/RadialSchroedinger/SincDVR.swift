import Mathematics

extension RadialProblem {
    // swiftcore: radial_levels_by_sinc_dvr; spread: self
    /// The bound levels by the sinc discrete-variable representation of the half-line.
    ///
    /// The kinetic energy is exact for functions that are band-limited to |k| < π/step and odd about the wall (Colbert
    /// and Miller, J. Chem. Phys. 96, 1982 (1992), equation 2.4); the potential is diagonal. The error falls
    /// exponentially with 1/step where V is smooth, once π/step exceeds the largest local wave number √(2μ(E − V)). The
    /// grid must reach to where the highest level has decayed.
    ///
    /// O(count³), by LAPACK.
    ///
    /// - Parameter limit: levels below this energy in Hartree are given; 0 is dissociation.
    /// - Returns: the energies in ascending order and the wave functions.
    /// - Throws: ``RadialEquationError`` where the limit is not a finite number or the eigenvalues do not converge.
    public func levelsBySincDVR(below limit: Double = 0) throws(RadialEquationError) -> RadialSpectrum {
        guard limit.isFinite else {
            throw .invalidArgument("limit", value: "\(limit)", expected: "a finite energy")
        }
        let scale = 1 / (2 * reducedMass * grid.step * grid.step)
        let effective = scaledPotential
        let hamiltonian = Matrix(rows: grid.count, columns: grid.count) { row, column in
            let (i, j) = (Double(row + 1), Double(column + 1))
            if row == column {
                return scale * (.pi * .pi / 3 - 1 / (2 * i * i)) + effective[row] / (2 * reducedMass)
            }
            let sign: Double = (row - column) % 2 == 0 ? 1 : -1
            return scale * sign * (2 / ((i - j) * (i - j)) - 2 / ((i + j) * (i + j)))
        }
        let decomposition: SymmetricEigendecomposition<Double>
        do {
            decomposition = try SymmetricEigendecomposition(hamiltonian)
        } catch {
            throw .invalidArgument("potential", value: "\(error)", expected: "a Hamiltonian with eigenvalues")
        }
        let bound = decomposition.eigenvalues.count { $0 < limit }
        let vectors = decomposition.eigenvectors
        let root = grid.step.squareRoot()
        // The sign of a component that is zero up to rounding means nothing: the first large one decides.
        let signs = (0..<bound).map { level in
            (0..<grid.count).first { abs(vectors[$0, level]) > 1e-3 }.map { vectors[$0, level] < 0 ? -1.0 : 1.0 } ?? 1
        }
        return RadialSpectrum(
            energies: Vector(decomposition.eigenvalues.prefix(bound)),
            waveFunctions: Matrix(rows: bound, columns: grid.count) { level, point in
                signs[level] * vectors[point, level] / root
            })
    }
}
