import DeepLearning
import RealModule

/// The probability that the first n of sequential draws without replacement lie in a set H that grows by one token
/// at a time.
///
/// Sequential draws are the order of arrivals of independent exponential clocks with the rates qᵢ (Efraimidis and
/// Spirakis 2006). The draws lie in H while the n-th arrival within H comes before the first outside:
/// Q(H) = ∫ e^{−(1 − q(H)) t} f(t) dt, where f is the density of the n-th arrival within H. With t = eˣ the integrand
/// falls off on both sides and is analytic in a strip, so that equal steps of x (the trapezoidal rule) converge
/// exponentially. At every node the probabilities of 0, …, n − 1 arrivals and the densities of the first n are kept;
/// a token changes each by one step of a convolution, all of whose terms are positive.
///
/// The error is below 10⁻¹² for n up to 8. O(n · nodes) a token, with about 100 nodes while the n-th largest rate is
/// not tiny and 5 more for each factor e below that.
struct SequentialDraws {
    private let count: Int
    private let times: [Double]
    private let weights: [Double]
    /// [arrivals, node].
    private var arrivals: [Double]
    /// [n, node]: the density of the n-th arrival; row 0 stays 0.
    private var densities: [Double]

    /// - Parameters:
    ///   - count: n, at least 1.
    ///   - rates: all qᵢ, with at least n positive ones and the sum 1.
    init(count: Int, rates: [Double]) {
        self.count = count
        // Poisson's bound: the n-th arrival comes before t with at most the probability tⁿ/n!.
        let order = Double(count)
        let first = (-37 + Double.logGamma(order + 1)) / order
        // Either a token outside H or n tokens within have at least the n-th largest rate.
        let slowest = Swift.max(rates.sorted(by: >)[count - 1], 1e-290)
        let last = Double.log(60 + 4 * order) - Double.log(slowest)
        let step = Swift.min(0.2, 1.6 / order)
        let nodes = Int(((last - first) / step).rounded(.up)) + 1
        times = (0..<nodes).map { Double.exp(first + step * Double($0)) }
        weights = times.map { step * $0 }
        arrivals = [Double](repeating: 0, count: count * nodes)
        densities = [Double](repeating: 0, count: (count + 1) * nodes)
        for node in 0..<nodes { arrivals[node] = 1 }
    }

    /// Takes a token into H.
    mutating func add(rate: Double) {
        if rate == 0 { return }
        let nodes = times.count, count = count
        times.withUnsafeBufferPointer { times in
            arrivals.withUnsafeMutableBufferPointer { arrivals in
                densities.withUnsafeMutableBufferPointer { densities in
                    for node in 0..<nodes {
                        // The token has arrived by then, or not.
                        let yes = -Double.expMinusOne(-rate * times[node])
                        let no = 1 - yes
                        var place = count * nodes + node
                        while place >= nodes {
                            densities[place] =
                                densities[place] * no + densities[place - nodes] * yes + rate * no * arrivals[place - nodes]
                            place -= nodes
                        }
                        place = (count - 1) * nodes + node
                        while place >= nodes {
                            arrivals[place] = arrivals[place] * no + arrivals[place - nodes] * yes
                            place -= nodes
                        }
                        arrivals[node] *= no
                    }
                }
            }
        }
    }

    /// Q(H).
    ///
    /// - Parameter outside: 1 − q(H), summed over the tokens outside, so that it keeps its digits.
    func probability(outside: Double) -> Double {
        let offset = count * times.count
        var sum = 0.0
        for node in times.indices {
            let decay = outside * times[node]
            if decay > 45 { break }
            sum += weights[node] * densities[offset + node] * Double.exp(-decay)
        }
        return Swift.min(sum, 1)
    }
}
