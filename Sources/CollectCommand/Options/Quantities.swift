import ArgumentParser

/// A span of time on the command line: plain seconds, or a number with `s`, `m`, `h` or `d`.
struct SpanArgument: ExpressibleByArgument, Equatable {
  let seconds: Double

  init(seconds: Double) {
    self.seconds = seconds
  }

  init?(argument: String) {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = argument.last else { return nil }
    let factor = units[last]
    let digits = factor == nil ? argument[...] : argument.dropLast()
    guard let number = Double(digits), number.isFinite, number >= 0, number < 1e9 else {
      return nil
    }
    seconds = number * (factor ?? 1)
  }

  var defaultValueDescription: String { "\(Int(seconds))s" }
}

/// A size on the command line: plain bytes, or a number with K, M, G and perhaps iB; all are powers
/// of 1024.
struct SizeArgument: ExpressibleByArgument, Equatable {
  let bytes: Int

  init(bytes: Int) {
    self.bytes = bytes
  }

  init?(argument: String) {
    let digits = argument.prefix { $0.isNumber || $0 == "." }
    let shift: Int
    switch argument.dropFirst(digits.count).lowercased() {
    case "", "b": shift = 0
    case "k", "kib", "kb": shift = 10
    case "m", "mib", "mb": shift = 20
    case "g", "gib", "gb": shift = 30
    case "t", "tib", "tb": shift = 40
    default: return nil
    }
    guard let number = Double(digits) else { return nil }
    let product = number * Double(1 << shift)
    guard product < 1e18 else { return nil }
    bytes = Int(product)
  }

  var defaultValueDescription: String { ByteCount.text(bytes) }
}
