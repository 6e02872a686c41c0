// `import Core` brings every field.
@_exported import Alignment
@_exported import Architectures
@_exported import Decisions
@_exported import DeepLearning
@_exported import Efficiency
@_exported import Language
@_exported import Mathematics
@_exported import ReinforcementLearning
@_exported import Science
@_exported import Statistics
