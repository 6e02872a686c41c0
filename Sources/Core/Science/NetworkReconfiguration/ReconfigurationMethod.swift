import Mathematics

/// The methods that dnr-methods (arXiv:2511.22957) compares, by their authors' names in ``name``.
public enum ReconfigurationMethod: String, Sendable, Hashable, CaseIterable {
    /// ``DistributionNetwork/sequentialOpening(ignoringReactance:)`` with impedances.
    case sequentialOpening
    /// The same with resistances alone.
    case resistiveSequentialOpening
    /// One pass of ``DistributionNetwork/branchExchange(from:untilNoneImproves:criterion:objective:order:)``.
    case branchExchange
    /// The same until nothing improves.
    case repeatedBranchExchange
    /// The same by estimated changes of loss, until nothing improves.
    case estimatedBranchExchange
    /// ``DistributionNetwork/exhaustiveSearch(objective:limit:)``.
    case exhaustiveSearch
    /// ``DistributionNetwork/maximumSpanningTreeConfiguration(by:algorithm:)`` of currents.
    case maximumSpanningTree
    /// The same of losses.
    case maximumLossTree
    /// ``DistributionNetwork/voltageGuidedExchange(from:)``.
    case voltageGuidedExchange
    /// ``DistributionNetwork/selectiveParticleSwarm(objective:options:using:)``.
    case particleSwarm
    /// ``DistributionNetwork/geneticReconfiguration(from:objective:options:using:)``.
    case genetic
    /// ``DistributionNetwork/quadraticReconfiguration(nodeLimit:)``.
    case quadraticProgram

    /// Authors and year.
    public var name: String {
        switch self {
        case .sequentialOpening: "Merlin 1975"
        case .resistiveSequentialOpening: "Shirmohammadi 1989"
        case .branchExchange: "Baran 1989"
        case .repeatedBranchExchange: "Baran 1989, repeated"
        case .estimatedBranchExchange: "Baran 1989, estimated"
        case .exhaustiveSearch: "Morton 2000"
        case .maximumSpanningTree: "Montoya 2012, current"
        case .maximumLossTree: "Montoya 2012, loss"
        case .voltageGuidedExchange: "Salkuti 2021"
        case .particleSwarm: "Khalil 2012"
        case .genetic: "Jakus 2020"
        case .quadraticProgram: "Taylor 2012"
        }
    }

    /// Whether the result depends on the generator.
    public var isRandomized: Bool { self == .particleSwarm || self == .genetic }
}

extension DistributionNetwork {
    // swiftcore: reconfigure; self: network
    /// The radial configuration that a method finds for the least loss, with the method's default choices.
    ///
    /// - Parameters:
    ///   - method: one of the methods that dnr-methods (arXiv:2511.22957) compares.
    ///   - generator: used by the randomised methods alone.
    /// - Throws: ``DistributionNetworkError`` where the method cannot be used on this network.
    public func reconfigured<G: RandomNumberGenerator>(
        by method: ReconfigurationMethod, using generator: inout G
    ) throws(DistributionNetworkError) -> Reconfiguration {
        switch method {
        case .sequentialOpening: try sequentialOpening()
        case .resistiveSequentialOpening: try sequentialOpening(ignoringReactance: true)
        case .branchExchange: try branchExchange()
        case .repeatedBranchExchange: try branchExchange(untilNoneImproves: true)
        case .estimatedBranchExchange: try branchExchange(untilNoneImproves: true, criterion: .estimate)
        case .exhaustiveSearch: try exhaustiveSearch()
        case .maximumSpanningTree: try maximumSpanningTreeConfiguration()
        case .maximumLossTree: try maximumSpanningTreeConfiguration(by: .loss)
        case .voltageGuidedExchange: try voltageGuidedExchange()
        case .particleSwarm: try selectiveParticleSwarm(using: &generator)
        case .genetic: try geneticReconfiguration(using: &generator)
        case .quadraticProgram: try quadraticReconfiguration().configuration
        }
    }
}
