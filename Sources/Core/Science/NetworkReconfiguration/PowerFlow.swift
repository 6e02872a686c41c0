import ComplexModule
import Mathematics
import RealModule

/// Voltages, currents and losses of a network (dnr-methods, arXiv:2511.22957).
public struct PowerFlow: Sendable {
    /// The active power lost in the lines, in kW.
    public let loss: Double
    /// The voltage of each bus over the nominal one.
    public let voltages: DenseVector<Complex<Double>>
    /// |I| of each line in A; 0 where it is open.
    public let currents: [Double]
    /// The active power lost in each line, in kW.
    public let lineLosses: [Double]
    /// How many sweeps or iterations it took.
    public let iterations: Int

    // swiftcore: field
    /// |V| of each bus over the nominal voltage.
    public var magnitudes: [Double] { voltages.map(\.length) }

    // swiftcore: field
    /// The lowest |V| over the nominal voltage.
    public var lowestVoltage: Double { magnitudes.min() ?? .nan }
}

extension DistributionNetwork {
    /// The power in kVA that is 1 in units in which the nominal voltage and 1 ohm are 1.
    var powerUnit: Double { 1000 * nominalVoltage * nominalVoltage }

    /// The current in A that is 1 in those units.
    var currentUnit: Double { 1000 * nominalVoltage / 3.0.squareRoot() }

    /// The result in physical units.
    ///
    /// - Parameters:
    ///   - voltages: one a bus, in nominal voltages.
    ///   - currents: one a line, in ``currentUnit``.
    ///   - iterations: how many there were.
    func powerFlow(
        voltages: [Complex<Double>], currents: [Complex<Double>], iterations: Int
    ) -> PowerFlow {
        let lineLosses = lines.indices.map { lines[$0].resistance * currents[$0].lengthSquared * powerUnit }
        return PowerFlow(
            loss: lineLosses.reduce(0, +), voltages: DenseVector(voltages),
            currents: currents.map { $0.length * currentUnit }, lineLosses: lineLosses, iterations: iterations)
    }
}
