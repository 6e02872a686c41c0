import Testing

/// One interpreter, one `__main__`, one pyplot: the suites run one after the other.
@Suite(.serialized) enum PyBridgeTests {}
