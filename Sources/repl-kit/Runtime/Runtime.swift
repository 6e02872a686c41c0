import PyBridge
