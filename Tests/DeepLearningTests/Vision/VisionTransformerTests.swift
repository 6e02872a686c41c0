import DeepLearning
import Mathematics
import Testing

@Suite struct VisionTransformerTests {
    /// PyTorch's values of the same network of `Conv2d`, `LayerNorm`, `Linear`, `scaled_dot_product_attention` and `gelu`,
    /// float64, with parameter k = 0.3 sin(0.7 i + k + 1) (a linear layer's weight is PyTorch's transposed), on
    /// waves([2, 2, 4, 6], 0.2); the gradients are those of Σ y ⊙ waves([2, 3], 0.5), each ⊙ waves([count], 0.3) and added.
    @Test func agreesWithPyTorch() {
        var generator = Philox(seed: 1)
        var phase = 0.0
        let network = VisionTransformer<Double>(
            channels: 2, imageSize: PlaneSize(height: 4, width: 6), patchSize: PlaneSize(height: 2, width: 3), width: 4, depth: 2,
            heads: 2, hiddenWidth: 6, classes: 3, using: &generator
        ).mapParameters {
            phase += 1
            return waves($0.shape, phase) * 0.3
        }
        let (_, slope, logits) = valueAndGradient(at: ParameterPair(network, waves([2, 2, 4, 6], 0.2)), carrying: { pair in
            let y = pair.first(pair.second)
            return ((y * waves(y.shape, 0.5)).sum(), y.detached())
        })
        #expect(logits.shape == [2, 3])
        expectClose(logits.flattened()[0..<3], [0.24024339890539356, 0.027282603863624112, -0.19850962607765166])
        expectClose(slope.second.flattened()[0..<3], [4.0367143329318034e-05, 0.00010701471912239781, 0.00012333160036110156])
        let expected = [
            -0.002233183144801573, -0.0037841865064955184, 0.18955160386854508, 0.18806628979132767, 0.01101832802779202,
            -0.009001671357538134, -0.005193678754114084, 0.00668754569435849, 0.007478611493926628, 0, 0.020412478388077797,
            -0.12232022436776593, -0.23414320398857913, 0.1915179194066241, -0.027042447610994363, 0.0013469485182823135,
            0.07258925579948158, 0.13626311326638668, -0.05910530977464498, 0.2025895621661763, 0.00924728939812081,
            -0.00587893899391451, -0.0006775162779330456, -0.0027165705377956394, -0.0021889763696235367, 0,
            -0.00044803973933726926, 0.10355735718319689, 0.275346036425354, 0.2017124918520109, -0.030432730435385292,
            0.003015095306119528, 0.054223434681760885, -0.12175511717545177, -0.03727784017066778, 0.19047687655356782,
            0.8254558713493925, 0.0400256538125241, 0.2190533605292004, 1.133484523158493,
        ]
        let sums = slope.first.parameters.map { ($0.flattened() * waves([$0.count], 0.3)).sum().scalar }
        expectClose(Tensor(sums), expected, tolerance: 1e-11)
    }
}
