import CLibCrypto

/// Signs messages as the connection file says: HMAC over the four parts of a message, in hexadecimal.
public struct MessageSigner: Sendable {
    /// The digest's name for libcrypto: "sha256" of the scheme "hmac-sha256".
    private let digest: String
    private let key: [UInt8]

    /// Whether messages are signed at all; an empty key switches it off, as the protocol has it.
    public var isSigning: Bool { !key.isEmpty }

    /// - Parameters:
    ///   - key: The shared secret; empty for none.
    ///   - scheme: "hmac-" and the name of a digest, such as "hmac-sha256".
    /// - Throws: ``ConnectionFileError`` for a scheme that libcrypto does not have.
    public init(key: String, scheme: String = "hmac-sha256") throws(ConnectionFileError) {
        let name = scheme.hasPrefix("hmac-") ? String(scheme.dropFirst(5)) : ""
        guard !name.isEmpty, EVP_get_digestbyname(name) != nil else {
            throw ConnectionFileError(
                field: "signature_scheme", reason: "\"\(scheme)\" is not known; expected \"hmac-sha256\" or another \"hmac-\" digest")
        }
        digest = name
        self.key = Array(key.utf8)
    }

    /// The signature of a message's parts: header, parent header, metadata and content, as they go over the wire.
    public func signature(of parts: some Sequence<[UInt8]>) -> [UInt8] {
        guard isSigning else { return [] }
        let message = parts.flatMap(\.self)
        var length: UInt32 = 0
        var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        HMAC(EVP_get_digestbyname(digest), key, Int32(key.count), message, message.count, &code, &length)
        let digits = Array("0123456789abcdef".utf8)
        return code[..<Int(length)].flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// Whether a signature belongs to the parts. The time that this takes says nothing about where the two differ.
    public func verifies(_ signature: [UInt8], of parts: some Sequence<[UInt8]>) -> Bool {
        guard isSigning else { return true }
        let expected = self.signature(of: parts)
        return signature.count == expected.count && CRYPTO_memcmp(signature, expected, expected.count) == 0
    }
}
