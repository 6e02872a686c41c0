import CVectorMath
import Mathematics

/// A convolution and its two transposes on contiguous memory, image by image, outside any differentiation.
enum ConvolutionKernels {
    /// y = x ∗ w
    static func forward<S: TensorScalar>(_ x: Tensor<S>, _ w: Tensor<S>, _ plan: ConvolutionPlan) -> Tensor<S> {
        let x = x.packed(), w = w.packed()
        if plan.isDepthwise {
            let y = Tensor<S>.zeros(plan.outputShape)
            forEachImage(plan) { image, output, window in
                vm_depthwise(
                    isDouble(S.self), window, Int32(plan.groupOutputs), x.pointer + image, w.pointer, y.pointer + output)
            }
            return y
        }
        let y = Tensor<S>(uninitialized: plan.outputShape)
        forEachProduct(plan, x: x) { columns, output, group in
            MatrixKernels.multiply(
                plan.groupOutputs, plan.output.area, plan.inner, w.pointer + group * plan.groupOutputs * plan.inner, plan.inner,
                false, columns, plan.output.area, false, y.pointer + output)
        }
        return y
    }

    /// The cotangent of x: every element of ȳ goes back to where its window was.
    static func imageCotangent<S: TensorScalar>(_ dy: Tensor<S>, _ w: Tensor<S>, _ plan: ConvolutionPlan) -> Tensor<S> {
        let dy = dy.packed(), w = w.packed()
        if plan.isDepthwise {
            let dx = Tensor<S>.zeros(plan.imageShape)
            forEachImage(plan) { image, output, window in
                vm_depthwise_image(
                    isDouble(S.self), window, Int32(plan.groupOutputs), dy.pointer + output, w.pointer, dx.pointer + image)
            }
            return dx
        }
        let area = plan.output.area
        func product(_ output: Int, _ group: Int, _ target: UnsafeMutablePointer<S>) {
            MatrixKernels.multiply(
                plan.inner, area, plan.groupOutputs, w.pointer + group * plan.groupOutputs * plan.inner, plan.inner, true,
                dy.pointer + output + group * plan.groupOutputs * area, area, false, target + group * plan.inner * area)
        }
        if plan.isPointwise {
            let dx = Tensor<S>(uninitialized: plan.imageShape)
            forEachImage(plan) { image, output, _ in
                for group in 0..<plan.geometry.groups { product(output, group, dx.pointer + image) }
            }
            return dx
        }
        let dx = Tensor<S>.zeros(plan.imageShape)
        let columns = Storage<S>(uninitializedCount: plan.geometry.groups * plan.inner * area)
        forEachImage(plan) { image, output, window in
            for group in 0..<plan.geometry.groups { product(output, group, columns.pointer) }
            vm_columns_to_image(isDouble(S.self), window, area, columns.pointer, dx.pointer + image)
        }
        return dx
    }

    /// The cotangent of w.
    static func filterCotangent<S: TensorScalar>(_ x: Tensor<S>, _ dy: Tensor<S>, _ plan: ConvolutionPlan) -> Tensor<S> {
        let x = x.packed(), dy = dy.packed()
        let dw = Tensor<S>.zeros(plan.filterShape)
        if plan.isDepthwise {
            forEachImage(plan) { image, output, window in
                vm_depthwise_filters(
                    isDouble(S.self), window, Int32(plan.groupOutputs), x.pointer + image, dy.pointer + output, dw.pointer)
            }
            return dw
        }
        let area = plan.output.area
        forEachProduct(plan, x: x) { columns, output, group in
            MatrixKernels.multiply(
                plan.groupOutputs, plan.inner, area, dy.pointer + output, area, false, columns, area, true,
                dw.pointer + group * plan.groupOutputs * plan.inner, accumulating: true)
        }
        return dw
    }

    /// For each image and group: the columns of the image, and where the output's part begins.
    private static func forEachProduct<S: TensorScalar>(
        _ plan: ConvolutionPlan, x: Tensor<S>, _ body: (_ columns: UnsafeMutablePointer<S>, _ output: Int, _ group: Int) -> Void
    ) {
        let area = plan.output.area
        let scratch = Storage<S>(uninitializedCount: plan.isPointwise ? 0 : plan.geometry.groups * plan.inner * area)
        forEachImage(plan) { image, output, window in
            var columns = scratch.pointer
            if plan.isPointwise {
                columns = x.pointer + image
            } else {
                vm_image_to_columns(isDouble(S.self), window, area, x.pointer + image, columns)
            }
            for group in 0..<plan.geometry.groups {
                body(columns + group * plan.inner * area, output + group * plan.groupOutputs * area, group)
            }
        }
    }

    private static func forEachImage(
        _ plan: ConvolutionPlan, _ body: (_ image: Int, _ output: Int, _ window: UnsafePointer<vm_window>) -> Void
    ) {
        withUnsafePointer(to: plan.window) { window in
            for index in 0..<plan.batch { body(index * plan.imageCount, index * plan.outputCount, window) }
        }
    }

    private static func isDouble<S: TensorScalar>(_: S.Type) -> Int32 { S.usesDoubleKernels ? 1 : 0 }
}

extension PlaneSize {
    var area: Int { height * width }
}
