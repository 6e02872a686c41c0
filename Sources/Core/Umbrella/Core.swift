// `import Core` brings every field.
@_exported import Alignment
@_exported import DeepLearning
@_exported import Mathematics
@_exported import Science
@_exported import Statistics
