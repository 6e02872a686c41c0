import Mathematics

/// Calls linear algebra and wraps its error.
func linearAlgebra<R>(_ body: () throws(LinearAlgebraError) -> R) throws(StatisticsError) -> R {
    do throws(LinearAlgebraError) { return try body() } catch { throw .linearAlgebra(error) }
}

func requirePositive(_ value: Double, _ argument: String) throws(StatisticsError) {
    guard value > 0, value.isFinite else {
        throw .outOfRange(argument: argument, value: value, expected: "a positive finite number")
    }
}

func requireNonNegative(_ value: Double, _ argument: String) throws(StatisticsError) {
    guard value >= 0, value.isFinite else {
        throw .outOfRange(argument: argument, value: value, expected: "a finite number not below 0")
    }
}

func requireResponse(_ response: Vector, of predictors: Matrix) throws(StatisticsError) {
    if response.count != predictors.rows {
        throw .shapeMismatch(
            argument: "response", shape: "(\(response.count))", other: "predictors",
            otherShape: "(\(predictors.rows), \(predictors.columns))",
            expected: "one response a row of the predictors")
    }
}
