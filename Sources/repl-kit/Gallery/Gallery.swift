import Foundation
import NotebookProtocol

/// The gallery of a folder of runs: static pages that need no network.
///
/// Every `<folder>/<slug>/run.json` is a run. ``write()`` makes `<folder>/index.html`, with a card for each, and
/// `<folder>/<slug>/index.html`, with the notebook's cells, outputs, figures and claims.
public struct Gallery: Sendable {
    public let folder: String

    /// - Throws: ``GalleryError`` when there is no such folder.
    public init(folder: String) throws(GalleryError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw GalleryError(path: folder, reason: "there is no such folder")
        }
        self.folder = folder
    }

    /// The runs in the folder, sorted by field and title. A record that cannot be read is an entry with the reason.
    public func entries() throws(GalleryError) -> [GalleryEntry] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw GalleryError(path: folder, reason: "the folder cannot be read: \(error.localizedDescription)")
        }
        return names.sorted().compactMap { GalleryEntry(folder: "\(folder)/\($0)", name: $0) }.sorted(by: GalleryEntry.precedes)
    }

    /// Writes the pages. Each is replaced in one step, and runs that write at the same time wait for each other, so
    /// that the last one's index holds them all.
    ///
    /// - Throws: ``GalleryError`` when the folder cannot be read or a page cannot be written.
    public func write() throws(GalleryError) {
        let lock = FolderLock(path: "\(folder)/.gallery.lock")
        defer { lock.release() }
        let entries = try entries()
        for entry in entries {
            try Self.write(NotebookPage(entry: entry).html(), to: "\(folder)/\(entry.name)/index.html")
        }
        try Self.write(IndexPage(entries: entries).html(), to: "\(folder)/index.html")
    }

    private static func write(_ html: String, to path: String) throws(GalleryError) {
        do {
            try Data(html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw GalleryError(path: path, reason: "the page cannot be written: \(error.localizedDescription)")
        }
    }
}

/// Why the gallery could not be made.
public struct GalleryError: Error, Sendable, Equatable, CustomStringConvertible {
    public var path: String
    public var reason: String

    public var description: String { "\(path): \(reason)" }
}

/// A lock that processes hold while they read a folder and write its pages. Where the file system has no locks, or the
/// file cannot be made, writing goes on without one: each page is still whole.
private struct FolderLock {
    private let descriptor: Int32

    init(path: String) {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    func release() {
        if descriptor >= 0 { close(descriptor) }
    }
}
