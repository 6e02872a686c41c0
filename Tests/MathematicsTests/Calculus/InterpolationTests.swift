import Foundation
import Mathematics
import Testing

@Suite struct InterpolationTests {
    let x: Vector = [0, 0.5, 1.2, 2, 3.7, 4]
    let y: Vector = [1, -0.3, 2, 2.5, 2.5, -1]
    let points: Vector = [-0.4, 0.3, 1.2, 2.9, 3.95, 4.3]

    func check(_ value: Vector, _ reference: Vector, sourceLocation: SourceLocation = #_sourceLocation) {
        for index in reference.indices {
            expectRelative(value[index], reference[index], 1e-13, floor: 1, "\(index)", sourceLocation: sourceLocation)
        }
    }

    @Test func cubicSplinesMatchSciPy() throws {
        // scipy.interpolate.CubicSpline(x, y, bc_type='not-a-knot'): c(points), c(2.9, 1), c(2.9, 2), c.integrate(-0.2, 3.9)
        let notAKnot = try PiecewiseCubic.spline(abscissas: x, ordinates: y, boundary: .notAKnot)
        check(
            notAKnot(points),
            [6.813375649442186, -0.35625396713520485, 2.0, 4.6747298320512325, -0.2814192419902151, -6.608663951427762])
        check(
            [notAKnot.derivative(at: 2.9), notAKnot.derivative(at: 2.9, order: 2), notAKnot.integral(from: -0.2, to: 3.9)],
            [1.5391088881281316, -6.55234806073543, 9.719769573339981])
        // scipy.interpolate.CubicSpline(x, y, bc_type='natural'): c(points), c(2.9, 1), c(2.9, 2), c.integrate(-0.2, 3.9)
        let natural = try PiecewiseCubic.spline(abscissas: x, ordinates: y, boundary: .natural)
        check(
            natural(points),
            [2.257741310804844, -0.070321747739791, 2.0, 4.89659953622094, -0.3655806164427317, -4.5])
        check(
            [natural.derivative(at: 2.9), natural.derivative(at: 2.9, order: 2), natural.integral(from: -0.2, to: 3.9)],
            [1.7351286743672851, -7.231662523131671, 9.881774358330777])
        // scipy.interpolate.CubicSpline(x, y, bc_type=((1, 0.7), (1, -2.0))): c(points), c(2.9, 1), c(2.9, 2), c.integrate(-0.2, 3.9)
        let clamped = try PiecewiseCubic.spline(abscissas: x, ordinates: y, boundary: .clamped(left: 0.7, right: -2))
        check(
            clamped(points),
            [-3.1422265040529496, 0.26522168699338144, 2.0, 6.059946478331055, -0.7696928078323275, 5.598541403286976])
        check(
            [clamped.derivative(at: 2.9), clamped.derivative(at: 2.9, order: 2), clamped.integral(from: -0.2, to: 3.9)],
            [2.556916888306601, -10.73633852291568, 10.964448129572135])
        // scipy.interpolate.CubicSpline(x[:3], y[:3])(points)
        let through3 = try PiecewiseCubic.spline(abscissas: Vector(x.prefix(3)), ordinates: Vector(y.prefix(3)))
        check(
            through3(points),
            [3.805714285714286, -0.07428571428571423, 2.0, 27.597142857142874, 57.56964285714293, 69.96380952380962])
        // scipy.interpolate.CubicSpline(x[:4], y[:4])(points)
        let through4 = try PiecewiseCubic.spline(abscissas: Vector(x.prefix(4)), ordinates: Vector(y.prefix(4)))
        check(
            through4(points),
            [5.729142857142858, -0.2546071428571431, 2.0, -11.913285714285706, -67.57217633928568, -99.18436904761896])
        // scipy.interpolate.PchipInterpolator(x, y)(points)
        check(
            try PiecewiseCubic.monotone(abscissas: x, ordinates: y)(points),
            [3.720685714285714, -0.08491428571428569, 2.0, 2.5, -0.27488425925926196, 0.40000000000000213])
    }

    @Test func splinesReproduceWhatTheyMust() throws {
        let cubic = { (x: Double) in 1 - 2 * x + 0.5 * x * x * x }
        let spline = try PiecewiseCubic.spline(abscissas: x, ordinates: Vector(x.map(cubic)))
        for t in [-1.0, 0.2, 1.9, 3.8, 5] {
            expectRelative(spline(t), cubic(t), 1e-13, floor: 1)
            expectRelative(spline.derivative(at: t), -2 + 1.5 * t * t, 1e-12, floor: 1)
            expectRelative(spline.derivative(at: t, order: 2), 3 * t, 1e-12, floor: 1)
            expectRelative(spline.derivative(at: t, order: 3), 3, 1e-11)
        }
        expectRelative(spline.integral(from: -1, to: 5), 6 - 24 + 0.125 * 624, 1e-13)
        // Two points: a line.
        expectRelative(try PiecewiseCubic.spline(abscissas: [0, 2], ordinates: [1, 5])(0.5), 2, 1e-15)
        expectRelative(try PiecewiseCubic.monotone(abscissas: [0, 2], ordinates: [1, 5])(0.5), 2, 1e-15)
        // PCHIP keeps a monotone step monotone and does not overshoot; the spline overshoots.
        let step: Vector = [0, 0, 0, 1, 1, 1]
        let grid = Vector.linearlySpaced(from: 0, to: 5, count: 301)
        let pchip = try PiecewiseCubic.monotone(abscissas: [0, 1, 2, 3, 4, 5], ordinates: step)(grid)
        for index in 1..<301 { #expect(pchip[index] >= pchip[index - 1] && pchip[index] >= 0 && pchip[index] <= 1) }
        #expect(try PiecewiseCubic.spline(abscissas: [0, 1, 2, 3, 4, 5], ordinates: step)(grid).max() ?? 0 > 1.05)
    }

    @Test func linearAndBilinear() throws {
        let line = try LinearInterpolant(abscissas: x, ordinates: y)
        // numpy.interp([-0.4, 0.3, 1.2, 2.9, 3.95, 4.3], x, y)
        check(line(points), [1, 0.22, 2, 2.5, -0.4166666666666674, -1])
        #expect(line(4) == -1 && line(.nan).isNaN)
        let open = try LinearInterpolant(abscissas: x, ordinates: y, extrapolation: .continuation)
        expectRelative(open(-1), 1 + 2.6, 1e-15)
        #expect(try LinearInterpolant(abscissas: x, ordinates: y, extrapolation: .notANumber)(9).isNaN)
        let f = { (a: Double, b: Double) in 2 - a + 3 * b + 0.5 * a * b }
        let u: Vector = [0, 1, 3]
        let v: Vector = [-1, 2, 2.5, 4]
        let values = Matrix(rows: 3, columns: 4) { f(u[$0], v[$1]) }
        let plane = try BilinearInterpolant(x: u, y: v, values: values, extrapolation: .continuation)
        for (a, b) in [(0.3, 0.1), (2.9, 3.9), (3, 4), (-1, 7)] { expectRelative(plane(a, b), f(a, b), 1e-14) }
        expectRelative(try BilinearInterpolant(x: u, y: v, values: values)(9, -5), f(3, -1), 1e-15)
    }

    @Test func bSplines() throws {
        let knots: Vector = [0, 0, 0, 0, 0.3, 0.3, 0.7, 1, 1, 1, 1]
        let basis = try BSplineBasis(knots: knots, degree: 3)
        let spline = try BSpline(basis: basis, coefficients: [1, -2, 0.5, 3, 1, 0, 2])
        // scipy.interpolate.BSpline(knots, coefficients, 3), its values and those of .derivative()
        check(
            Vector([0.0, 0.1, 0.3, 0.5, 0.99, 1.0, 1.2].map { spline($0) }),
            [1.0, -0.42328042328042326, 1.5714285714285712, 2.147959183673469, 1.8080120937263793, 2.0, 9.90325018896447])
        check(
            Vector([0.1, 0.5, 0.99].map { spline.derivative($0) }),
            [-1.0317460317460287, -3.137755102040817, 18.405895691609974])
        let uniform = try BSplineBasis(uniformOn: -1...2, count: 9)
        let points = Vector.linearlySpaced(from: -1, to: 2, count: 37)
        let design = uniform.designMatrix(at: points)
        for row in 0..<37 {
            let values = uniform.values(at: points[row])
            expectRelative(values.sum, 1, 1e-15)
            for column in 0..<9 { #expect(design[row, column] == values[column] && values[column] >= 0) }
        }
        #expect(uniform.values(at: 2)[8] == 1 && uniform.values(at: -1)[0] == 1)
        // The derivative of the spline against its central difference, and the identity x = Σ ξᵢ Bᵢ (Greville).
        let greville = Vector(count: 9) { index in (1...3).reduce(0) { $0 + uniform.knots[index + $1] } / 3 }
        let identity = try BSpline(basis: uniform, coefficients: greville)
        for t in [-1.5, -0.3, 1.1, 2] {
            expectRelative(identity(t), t, 1e-14, floor: 1)
            expectRelative(identity.derivative(t), 1, 1e-13)
        }
        let constant = try BSplineBasis(knots: [0, 1, 2], degree: 0)
        #expect(constant.values(at: 1.5) == [0, 1] && constant.count == 2)
    }

    @Test func chebyshevInterpolationConverges() throws {
        let f = { (x: Double) in exp(x) * sin(3 * x) }
        let interpolant = try BarycentricInterpolant(chebyshev: 30, on: -1...2, of: f)
        for t in [-1, -0.77, 0, 0.123, 1.99, 2] { expectRelative(interpolant(t), f(t), 1e-13, floor: 1) }
        let slopes = interpolant.differentiationMatrix() * interpolant.values
        for (index, t) in interpolant.nodes.enumerated() {
            expectRelative(slopes[index], exp(t) * (sin(3 * t) + 3 * cos(3 * t)), 1e-10, floor: 1)
        }
        // Any nodes: the parabola through three points.
        let parabola = try BarycentricInterpolant(nodes: [0, 1, 3], values: [1, 2, 10])
        expectRelative(parabola(2), 5, 1e-15)
        expectRelative(parabola(-1), 2, 1e-15)
    }

    @Test func badDataIsNamed() {
        #expect(throws: InterpolationError.tooFew(argument: "abscissas", count: 1, minimum: 2)) {
            _ = try LinearInterpolant(abscissas: [1], ordinates: [2])
        }
        #expect(throws: InterpolationError.notIncreasing(argument: "abscissas", index: 2, value: 1, previous: 1)) {
            _ = try PiecewiseCubic.spline(abscissas: [0, 1, 1], ordinates: [2, 3, 4])
        }
        #expect(throws: InterpolationError.countMismatch(argument: "ordinates", count: 1, expected: 2)) {
            _ = try PiecewiseCubic.monotone(abscissas: [0, 1], ordinates: [2])
        }
        #expect(throws: InterpolationError.self) {
            _ = try PiecewiseCubic.spline(abscissas: [0, 1, .infinity], ordinates: [2, 3, 4])
        }
        #expect(throws: InterpolationError.self) { _ = try BSplineBasis(knots: [0, 0, 1], degree: 1) }
        #expect(throws: InterpolationError.self) { _ = try BSplineBasis(knots: [0, 0, 0, 0], degree: 1) }
        #expect(throws: InterpolationError.self) { _ = try BarycentricInterpolant(chebyshev: 1, on: 0...1) { $0 } }
    }
}
