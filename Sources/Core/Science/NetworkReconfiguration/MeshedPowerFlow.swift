import ComplexModule
import Mathematics

extension DistributionNetwork {
    // swiftcore: meshed_power_flow; self: network
    /// The AC power flow of any connected configuration, loops included, by current injection: the voltages solve
    /// Y V = I(V), with the nodal admittances factorised once and constant-power loads.
    ///
    /// O(buses³) once and O(buses²) for each of about ten iterations.
    ///
    /// - Parameters:
    ///   - open: the places of the open lines.
    ///   - ignoringReactance: whether a line has its resistance alone (Shirmohammadi and Hong, 1989).
    /// - Throws: ``DistributionNetworkError`` where a bus is cut off, where a line without resistance should have its
    ///   resistance alone, or where after 100 iterations a voltage still changes by more than 10⁻¹² or lies below half
    ///   of the nominal one.
    public func meshedPowerFlow(
        open: [Int] = [], ignoringReactance: Bool = false
    ) throws(DistributionNetworkError) -> PowerFlow {
        for index in open where !lines.indices.contains(index) {
            throw .invalidArgument("open", value: "\(index)", expected: "places in a list of \(lines.count) lines")
        }
        let opened = Set(open)
        guard partCount(open: opened) == 1 else {
            throw .invalidArgument("open", value: "\(open)", expected: "lines without which every bus is still reached")
        }
        var admittances = [Complex<Double>](repeating: .zero, count: lines.count)
        for (index, line) in lines.enumerated() where !opened.contains(index) {
            guard let admittance = Complex(line.resistance, ignoringReactance ? 0 : line.reactance).reciprocal else {
                throw .invalidArgument(
                    "lines[\(index)].resistance", value: "\(line.resistance)",
                    expected: "a positive number where reactances are ignored")
            }
            admittances[index] = admittance
        }
        let others = buses.indices.filter { $0 != slack }
        let (factors, injectedBySlack) = try factorised(admittances, others: others)

        let demand = others.map { Complex(buses[$0].activeLoad, buses[$0].reactiveLoad) / Complex(powerUnit, 0) }
        var voltages = [Complex<Double>](repeating: Complex(slackVoltage, 0), count: buses.count)
        for iteration in 1...RadialSweep.largestSweepCount {
            let injected = others.indices.map { injectedBySlack[$0] - (demand[$0] / voltages[others[$0]]).conjugate }
            guard let next = try? factors.solve(DenseVector(injected)) else { break }
            var change = 0.0
            for (place, bus) in others.enumerated() {
                let difference = (next[place] - voltages[bus]).length
                if !(difference <= change) { change = difference }
                voltages[bus] = next[place]
            }
            if !change.isFinite { break }
            if change <= RadialSweep.tolerance {
                guard voltages.allSatisfy({ $0.length >= 0.5 }) else { break }
                let flows = lines.indices.map { (voltages[lines[$0].from] - voltages[lines[$0].to]) * admittances[$0] }
                return powerFlow(voltages: voltages, currents: flows, iterations: iteration)
            }
        }
        throw .infeasible(open: opened.sorted())
    }

    /// The factors of the nodal admittances of all buses but the fed one, and the currents that its voltage injects.
    private func factorised(
        _ admittances: [Complex<Double>], others: [Int]
    ) throws(DistributionNetworkError) -> (LUDecomposition<Complex<Double>>, injectedBySlack: [Complex<Double>]) {
        let count = others.count
        var places = [Int](repeating: -1, count: buses.count)
        for (place, bus) in others.enumerated() { places[bus] = place }
        var elements = [Complex<Double>](repeating: .zero, count: count * count)
        var injected = [Complex<Double>](repeating: .zero, count: count)
        for (index, line) in lines.enumerated() {
            for (bus, other) in [(line.from, line.to), (line.to, line.from)] where bus != slack {
                elements[places[bus] * count + places[bus]] += admittances[index]
                if other == slack {
                    injected[places[bus]] += admittances[index] * Complex(slackVoltage, 0)
                } else {
                    elements[places[bus] * count + places[other]] -= admittances[index]
                }
            }
        }
        do {
            let matrix = DenseMatrix<Complex<Double>>(rows: count, columns: count, DenseVector(elements))
            return (try LUDecomposition(matrix), injected)
        } catch {
            throw .invalidArgument("lines", value: "\(error)", expected: "impedances with a regular nodal matrix")
        }
    }
}
