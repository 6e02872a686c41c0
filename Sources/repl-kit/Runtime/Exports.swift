@_exported import struct NotebookProtocol.MimeBundle
@_exported import enum NotebookProtocol.Scale
