import DeepLearning
import NotebookProtocol

extension Tensor: Displayable {
    /// The shape and the scalars, the middle of long axes left out; a table where HTML can be shown and there are two
    /// axes.
    public var displayed: MimeBundle {
        guard rank > 0 else { return MimeBundle([MimeBundle.plainText: "\(scalar)"]) }
        let title = "Tensor(\(shape.map(String.init).joined(separator: " × ")))"
        // A few hundred numbers at most, however many axes there are.
        let ends = rank == 1 ? 5 : rank == 2 ? 4 : rank == 3 ? 2 : 1
        var bundle = MimeBundle([MimeBundle.plainText: title + "\n" + Self.text(self, ends: ends, indent: "")])
        if rank == 2 { bundle[MimeBundle.html] = "<p>\(title)</p>" + table }
        return bundle
    }

    private static func text(_ tensor: Tensor, ends: Int, indent: String) -> String {
        guard tensor.rank > 0 else { return short(tensor.scalar) }
        // With one of each end, every axis doubles the numbers: from the sixth on the shape says enough.
        guard indent.count < 6 else { return "[…]" }
        let parts = places(tensor.shape[0], ends: ends).map { place in
            place.map { text(tensor[$0], ends: ends, indent: indent + " ") } ?? "…"
        }
        let separator = tensor.rank == 1 ? ", " : ",\n" + String(repeating: "\n", count: tensor.rank - 2) + indent + " "
        return "[" + parts.joined(separator: separator) + "]"
    }

    private var table: String {
        let shown = Self.places(shape[1], ends: 4)
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag) style=\"text-align:right\">\($0)</\(tag)>" }.joined() + "</tr>"
        }
        let header = row([""] + shown.map { $0.map(String.init) ?? "…" }, "th")
        let body = Self.places(shape[0], ends: 5).map { place -> String in
            guard let place else { return row(Array(repeating: "…", count: shown.count + 1), "td") }
            let line = self[place]
            return row([String(place)] + shown.map { $0.map { Self.short(line[$0].scalar) } ?? "…" }, "td")
        }
        return "<table><thead>\(header)</thead><tbody>\(body.joined())</tbody></table>"
    }

    /// The places that are shown of an axis; nil stands for those that are left out.
    private static func places(_ count: Int, ends: Int) -> [Int?] {
        guard count > 2 * ends + 1 else { return Array(0..<count) }
        return Array(0..<ends) + [nil] + Array(count - ends..<count)
    }

    private static func short(_ scalar: Scalar) -> String {
        switch scalar {
        case let number as Double: formatted(number)
        case let number as Float: formatted(Double(number))
        default: String(describing: scalar)
        }
    }
}
