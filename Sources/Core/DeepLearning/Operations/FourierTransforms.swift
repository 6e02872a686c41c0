import Mathematics

extension ComplexTensor {
    /// The discrete Fourier transform along the last axis: X_k = Σ_j x_j exp(−2πijk/n), as in `numpy.fft.fft`.
    public func fourierTransformed() -> ComplexTensor { transformed(isInverse: false) }

    /// The inverse transform along the last axis: x_j = (1/n) Σ_k X_k exp(2πijk/n).
    public func inverseFourierTransformed() -> ComplexTensor {
        let count = shape.last ?? 1
        return transformed(isInverse: true) * (1 / Scalar(count))
    }

    private func transformed(isInverse: Bool) -> ComplexTensor {
        guard let count = shape.last, count > 0 else {
            fatalError("a Fourier transform needs a last axis of at least one element: the shape is \(shape)")
        }
        let parts = Tensor.stacking([real, imaginary]).fourierTransformedParts(isInverse: isInverse)
        return ComplexTensor(real: parts[0], imaginary: parts[1])
    }
}

extension Tensor where Scalar: TensorScalar {
    /// The transform, without a factor, of the numbers whose parts lie along the first axis.
    ///
    /// As a linear map of the parts, its transpose is the transform with the other sign of the exponent.
    fileprivate func fourierTransformedParts(isInverse: Bool) -> Tensor {
        Tensor.recording(self, .linear, { $0.fourierKernel(isInverse: isInverse) }) { _, _ in
            { $0.fourierTransformedParts(isInverse: !isInverse) }
        }
    }

    private func fourierKernel(isInverse: Bool) -> Tensor {
        let x = packed(), length = shape[rank - 1]
        let lines = count / 2 / length
        let result = Tensor(uninitialized: shape)
        guard let transform = try? FourierTransform(count: length) else {
            fatalError("a Fourier transform of the length \(length) does not exist")
        }
        var real = [Double](repeating: 0, count: length), imaginary = real
        for line in 0..<lines {
            let first = line * length, second = (lines + line) * length
            for index in 0..<length {
                real[index] = Double(x.pointer[first + index])
                imaginary[index] = Double(x.pointer[second + index])
            }
            real.withUnsafeMutableBufferPointer { real in
                imaginary.withUnsafeMutableBufferPointer { imaginary in
                    transform.transformInPlace(real: real, imaginary: imaginary, inverse: isInverse)
                }
            }
            for index in 0..<length {
                result.pointer[first + index] = Scalar(real[index])
                result.pointer[second + index] = Scalar(imaginary[index])
            }
        }
        return result
    }
}
