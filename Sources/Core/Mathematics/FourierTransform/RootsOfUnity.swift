import Foundation

/// exp(−2πi k / n) to the last bit or two.
///
/// The angle is brought into the first eighth of the circle with integer arithmetic, so that no digits
/// are lost for large k.
func rootOfUnity(_ index: Int, of order: Int) -> (real: Double, imaginary: Double) {
    // In units of an eighth of 1/order of the circle: angle = 2π · eighths / (8 · order).
    let eighths = 8 * (index % order)
    let octant = eighths / order
    let rest = eighths - octant * order
    func sineAndCosine(_ part: Int) -> (Double, Double) {
        let angle = Double.pi / 4 * (Double(part) / Double(order))
        return (sin(angle), cos(angle))
    }
    let (real, imaginary): (Double, Double)
    if octant % 2 == 0 {
        let (s, c) = sineAndCosine(rest)
        (real, imaginary) = (c, s)
    } else {
        let (s, c) = sineAndCosine(order - rest)
        (real, imaginary) = (s, c)
    }
    switch octant / 2 {
    case 0: return (real, -imaginary)
    case 1: return (-imaginary, -real)
    case 2: return (-real, imaginary)
    default: return (imaginary, real)
    }
}
