import BenchmarkMeasuring
import Mathematics
import Numerics

/// Fourier transforms: the peer is pocketfft.
let fourierCases: [CaseMaker] = [
    { try fourier(1024) }, { try fourier(1 << 18) }, { try fourier(1000) }, { try fourier(19_683) },
    { try fourier(10_007) }, { try realFourier(1 << 16) }, { try realFourier(44_100) }, { try planeFourier(512) },
]

private func signal(_ count: Int) -> (real: Vector, imaginary: Vector, complex: [Complex<Double>]) {
    let real = normalVector(count), imaginary = normalVector(count, seed: 4)
    return (real, imaginary, zip(real, imaginary).map { Complex($0, $1) })
}

private func fourier(_ count: Int) throws -> ComparedCase {
    let signal = signal(count)
    let transform = try FourierTransform(count: count)
    return ComparedCase(
        "FFT \(count)", peerName: "fourier",
        inputs: ["real": NumericArray(signal.real), "imaginary": NumericArray(signal.imaginary)], bar: .none
    ) {
        try transform.forward(signal.complex)
    } results: {
        [Output("spectrum", interleaved($0), tolerance: 1e-12)]
    }
}

private func realFourier(_ count: Int) throws -> ComparedCase {
    let signal = normalVector(count)
    let transform = try RealFourierTransform(count: count)
    return ComparedCase(
        "real FFT \(count)", peerName: "real_fourier", inputs: ["real": NumericArray(signal)], bar: .none
    ) {
        try transform.forward(signal)
    } results: {
        [Output("spectrum", interleaved($0), tolerance: 1e-12)]
    }
}

private func planeFourier(_ side: Int) throws -> ComparedCase {
    let signal = signal(side * side)
    let transform = try FourierTransform2D(rows: side, columns: side)
    return ComparedCase(
        "2-D FFT \(side)x\(side)", peerName: "plane_fourier",
        inputs: [
            "real": NumericArray(Array(signal.real), shape: [side, side]),
            "imaginary": NumericArray(Array(signal.imaginary), shape: [side, side]),
        ], bar: .none
    ) {
        try transform.forward(signal.complex)
    } results: {
        [Output("spectrum", interleaved($0), tolerance: 1e-12)]
    }
}
