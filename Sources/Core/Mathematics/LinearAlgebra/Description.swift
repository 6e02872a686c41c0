extension DenseVector: CustomStringConvertible {
    /// The scalars, the middle left out where there are more than ten, and the length.
    public var description: String {
        let shown = Self.shown(count, limit: 10)
        let text = shown.map { $0.map { self[$0].shortDescription } ?? "…" }.joined(separator: ", ")
        return "Vector(\(count)) [\(text)]"
    }

    static func shown(_ count: Int, limit: Int) -> [Int?] {
        guard count > limit else { return Array(0..<count) }
        let ends = limit / 2
        return Array(0..<ends) + [nil] + Array(count - ends..<count)
    }
}

extension DenseMatrix: CustomStringConvertible {
    /// The shape and the scalars, aligned in columns, the middle left out of a large matrix.
    public var description: String {
        let shownColumns = DenseVector<Scalar>.shown(columns, limit: 8)
        let cells = DenseVector<Scalar>.shown(rows, limit: 10).map { row in
            shownColumns.map { column in
                guard let row, let column else { return "…" }
                return self[row, column].shortDescription
            }
        }
        let width = cells.joined().map(\.count).max() ?? 0
        let lines = cells.map { line in
            "  [" + line.map { String(repeating: " ", count: width - $0.count) + $0 }.joined(separator: ", ") + "]"
        }
        return (["Matrix(\(rows) × \(columns))"] + lines).joined(separator: "\n")
    }
}

extension BLASScalar {
    /// At most six significant digits in each part.
    var shortDescription: String {
        guard Self.blasType.isComplex else { return realPart.sixDigits }
        let sign = imaginaryPart.sign == .minus ? "-" : "+"
        return "\(realPart.sixDigits) \(sign) \(imaginaryPart.magnitude.sixDigits)i"
    }
}

extension LinearAlgebraScalar {
    /// At most six significant digits.
    fileprivate var sixDigits: String {
        let value = Double(self)
        guard value.isFinite else { return "\(self)" }
        if value == value.rounded(), abs(value) < 1e6 { return String(Int(value)) }
        // Rounding in decimal through the exponent keeps this file free of Foundation's formatter.
        var exponent = 0
        var scaled = abs(value)
        while scaled >= 10 {
            scaled /= 10
            exponent += 1
        }
        while scaled < 1 {
            scaled *= 10
            exponent -= 1
        }
        var digits = Int((scaled * 1e5).rounded())
        if digits >= 1_000_000 {
            digits /= 10
            exponent += 1
        }
        var mantissa = String(digits)
        while mantissa.count > 1, mantissa.last == "0" { mantissa.removeLast() }
        let sign = value < 0 ? "-" : ""
        switch exponent {
        case 0..<6:
            let padded = mantissa + String(repeating: "0", count: max(0, exponent + 1 - mantissa.count))
            let whole = padded.prefix(exponent + 1)
            let fraction = padded.dropFirst(exponent + 1)
            return sign + whole + (fraction.isEmpty ? "" : ".\(fraction)")
        case -4 ..< 0:
            return sign + "0." + String(repeating: "0", count: -exponent - 1) + mantissa
        default:
            let fraction = mantissa.dropFirst()
            return sign + mantissa.prefix(1) + (fraction.isEmpty ? "" : ".\(fraction)") + "e\(exponent)"
        }
    }
}
