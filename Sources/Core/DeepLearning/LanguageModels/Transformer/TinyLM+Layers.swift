extension TinyLM {
    /// The names of all linear layers of the blocks, in the order of the computation.
    public var linearLayerNames: [LinearLayerName] {
        blocks.enumerated().flatMap { index, block -> [LinearLayerName] in
            var names = [LinearLayerName.Role.query, .key, .value, .output].map { LinearLayerName(block: index, role: $0) }
            func network(_ network: FeedForward<Scalar>, _ expert: Int?) {
                let roles: [LinearLayerName.Role] = network.gate == nil ? [.up, .down] : [.gate, .up, .down]
                names += roles.map { LinearLayerName(block: index, role: $0, expert: expert) }
            }
            if let feedForward = block.feedForward { network(feedForward, nil) }
            for (expert, part) in (block.experts?.experts ?? []).enumerated() { network(part, expert) }
            return names
        }
    }

    /// A linear layer of a block by its name, to look at or to replace; key paths such as
    /// `\TinyLM<Float>.blocks[0].attention.query` reach the same.
    ///
    /// Stops the program if there is no such layer.
    public subscript(name: LinearLayerName) -> AdaptableLinear<Scalar> {
        get {
            guard let layer = layer(name) else { fatalError("TinyLM: there is no layer \(name)") }
            return layer
        }
        set {
            guard layer(name) != nil else { fatalError("TinyLM: there is no layer \(name)") }
            switch name.role {
            case .query: blocks[name.block].attention.query = newValue
            case .key: blocks[name.block].attention.key = newValue
            case .value: blocks[name.block].attention.value = newValue
            case .output: blocks[name.block].attention.output = newValue
            case .gate, .up, .down:
                if let expert = name.expert {
                    blocks[name.block].experts?.experts[expert].set(name.role, newValue)
                } else {
                    blocks[name.block].feedForward?.set(name.role, newValue)
                }
            }
        }
    }

    private func layer(_ name: LinearLayerName) -> AdaptableLinear<Scalar>? {
        guard blocks.indices.contains(name.block) else { return nil }
        let block = blocks[name.block]
        switch name.role {
        case .query: return block.attention.query
        case .key: return block.attention.key
        case .value: return block.attention.value
        case .output: return block.attention.output
        case .gate, .up, .down:
            guard let expert = name.expert else { return block.feedForward?.layer(name.role) }
            guard let experts = block.experts?.experts, experts.indices.contains(expert) else { return nil }
            return experts[expert].layer(name.role)
        }
    }

    /// Puts low-rank adapters on the layers of some roles, in every block; from then on they alone are trained.
    ///
    /// - Parameters:
    ///   - rank: of each adapter.
    ///   - scale: the factor of the adapters' products.
    ///   - roles: which layers.
    ///   - generator: gives the adapters' first matrices; the second are zero, so that the model computes what it did.
    public mutating func addAdapters<G: RandomNumberGenerator>(
        rank: Int, scale: Scalar = 1, to roles: Set<LinearLayerName.Role> = [.query, .value], using generator: inout G
    ) {
        for name in linearLayerNames where roles.contains(name.role) {
            self[name].addAdapter(rank: rank, scale: scale, using: &generator)
        }
    }

    /// Adds all adapters to their layers' weights, which are trained again from then on.
    public mutating func mergeAdapters() {
        for name in linearLayerNames { self[name].mergeAdapter() }
        unembedding?.mergeAdapter()
    }
}

extension FeedForward {
    func layer(_ role: LinearLayerName.Role) -> AdaptableLinear<Scalar>? {
        switch role {
        case .gate: gate
        case .up: up
        case .down: down
        default: nil
        }
    }

    mutating func set(_ role: LinearLayerName.Role, _ layer: AdaptableLinear<Scalar>) {
        switch role {
        case .gate: gate = layer
        case .up: up = layer
        case .down: down = layer
        default: break
        }
    }
}
