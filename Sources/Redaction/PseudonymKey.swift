/// The secret function from which every pseudonym of a run is made. Whoever lacks it can neither
/// reverse a pseudonym nor check a guess.
public struct PseudonymKey: Sendable {
  /// Gives 32 bytes that look random, always the same ones for the same input.
  public typealias Function = @Sendable ([UInt8]) -> [UInt8]

  private let function: Function

  /// Wraps a keyed pseudo-random function, HMAC-SHA256 for instance.
  public init(_ function: @escaping Function) {
    self.function = function
  }

  /// The function for one purpose; purposes never share results.
  func bytes(_ purpose: String, _ input: some Sequence<UInt8>) -> [UInt8] {
    let result = function(Array(purpose.utf8) + [0] + input)
    precondition(result.count >= 32, "the function gives 32 bytes")
    return result
  }

  /// `pod-k3x…`: a kind and sixty bits as twelve letters and digits that fit into any name.
  public func name(_ kind: String, _ clear: some StringProtocol) -> String {
    let bytes = bytes("name:" + kind, clear.utf8)
    let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    var text = Array(kind.utf8) + [Byte.dash]
    var bits = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    for _ in 0..<12 {
      text.append(digits[Int(bits & 31)])
      bits >>= 5
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A permutation of all numbers below 2^(2 · `halfBits`): four rounds after Feistel, Luby and
  /// Rackoff. Different numbers never get the same pseudonym.
  func permute(_ purpose: String, high: UInt64, low: UInt64, halfBits: Int) -> (UInt64, UInt64) {
    precondition((1...40).contains(halfBits), "halves are small numbers")
    let mask = (UInt64(1) << UInt64(halfBits)) - 1
    var (left, right) = (high & mask, low & mask)
    for round in UInt8(0)..<4 {
      var input = [round, UInt8(halfBits)]
      for shift in stride(from: 32, through: 0, by: -8) {
        input.append(UInt8(truncatingIfNeeded: right >> UInt64(shift)))
      }
      let output = bytes(purpose, input).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      (left, right) = (right, left ^ (output & mask))
    }
    return (left, right)
  }
}
