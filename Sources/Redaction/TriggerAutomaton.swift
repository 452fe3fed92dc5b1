/// What a trigger word announces, and so which matcher looks at its surroundings.
enum Trigger: UInt8, Sendable {
  case none
  case newline
  case dot
  case accessKeyID
  case jsonWebToken
  case privateKey
  case encodedPrivateKey
  case sessionToken
  case clusterToken
  case name
  case scheme
  case vendorToken
  case userOption
  case url
}

/// Finds every trigger word in one pass, whatever the text: a table with one step per byte, in
/// which small and capital letters are the same.
struct TriggerAutomaton: Sendable {
  /// The class of every byte, 0 for those that occur in no word.
  let classes: [UInt16]
  /// The next state for state + class. States are multiples of `stride`; states in which a word
  /// ends come last, so that one comparison tells them apart.
  let next: [UInt16]
  /// The first state in which a word ends.
  let firstAccepting: UInt16
  /// How many bytes of a word have passed in each state.
  private let depths: [UInt8]
  /// What each accepting state announces, in order of the states.
  let triggers: [Trigger]

  static let stride = 64

  /// The table with all words; built once.
  static let shared = TriggerAutomaton(words)

  func depth(of state: UInt16) -> Int { Int(depths[Int(state) / Self.stride]) }

  func trigger(in state: UInt16) -> Trigger {
    triggers[Int(state - firstAccepting) / Self.stride]
  }

  /// The trigger words. No word may be the end of another one, which would hide it.
  static let words: [(String, Trigger)] =
    [
      ("\n", .newline), (".", .dot), ("akia", .accessKeyID), ("asia", .accessKeyID),
      ("eyj", .jsonWebToken), ("-----begin", .privateKey), ("ls0tls1crudjtib", .encodedPrivateKey),
      ("iqojb3jpz2lu", .sessionToken), ("fwogzxivyxdz", .sessionToken),
      ("fqogzxivyxdz", .sessionToken), ("k8s-aws-v1", .clusterToken), ("passw", .name),
      ("passphrase", .name), ("_pass", .name), ("-pass", .name), ("secret", .name),
      ("token", .name),
      ("apikey", .name), ("api_key", .name), ("api-key", .name), ("privatekey", .name),
      ("private_key", .name), ("private-key", .name), ("signature", .name), ("credential", .name),
      ("auth", .name), ("username", .name), ("user=", .name), ("bearer", .scheme),
      ("basic", .scheme), ("://", .url), (" -u", .userOption), ("\"-u", .userOption),
      ("--user", .userOption),
    ] + VendorToken.prefixes.map { ($0.text.lowercased(), .vendorToken) }

  init(_ words: [(String, Trigger)]) {
    var classes = [UInt16](repeating: 0, count: 256)
    var classCount: UInt16 = 1
    for byte in words.flatMap({ Array($0.0.utf8) }) where classes[Int(byte)] == 0 {
      classes[Int(byte)] = classCount
      if byte.isLower { classes[Int(byte & 0xDF)] = classCount }
      classCount += 1
    }
    precondition(Int(classCount) <= Self.stride, "every class needs a column")
    var trie = Trie()
    for (word, trigger) in words {
      trie.insert(word.utf8.map { Int(classes[Int($0)]) }, trigger)
    }
    trie.close()

    // Accepting states move to the end; the root stays state 0.
    let order =
      trie.nodes.indices.filter { trie.nodes[$0].trigger == .none }
      + trie.nodes.indices.filter { trie.nodes[$0].trigger != .none }
    var position = [Int](repeating: 0, count: order.count)
    for (new, old) in order.enumerated() {
      position[old] = new * Self.stride
    }
    precondition(order.count * Self.stride <= 1 << 16, "states are 16 bits wide")
    next = order.flatMap { old in trie.nodes[old].next.map { UInt16(position[$0]) } }
    depths = order.map { trie.nodes[$0].depth }
    triggers = order.map { trie.nodes[$0].trigger }.filter { $0 != .none }
    firstAccepting = UInt16((order.count - triggers.count) * Self.stride)
    self.classes = classes
  }
}

/// The words as a tree, closed into an automaton after Aho and Corasick.
private struct Trie {
  struct Node {
    var next = [Int](repeating: 0, count: TriggerAutomaton.stride)
    var trigger = Trigger.none
    var depth: UInt8 = 0
  }

  var nodes = [Node()]

  mutating func insert(_ word: [Int], _ trigger: Trigger) {
    var state = 0
    for symbol in word {
      if nodes[state].next[symbol] == 0 {
        nodes.append(Node())
        nodes[nodes.count - 1].depth = nodes[state].depth + 1
        nodes[state].next[symbol] = nodes.count - 1
      }
      state = nodes[state].next[symbol]
    }
    nodes[state].trigger = trigger
  }

  /// Replaces every missing edge by the edge of the longest proper suffix.
  mutating func close() {
    var fallback = [Int](repeating: 0, count: nodes.count)
    var queue = nodes[0].next.filter { $0 != 0 }
    var head = 0
    while head < queue.count {
      let state = queue[head]
      head += 1
      if nodes[state].trigger == .none { nodes[state].trigger = nodes[fallback[state]].trigger }
      for symbol in 0..<TriggerAutomaton.stride {
        let child = nodes[state].next[symbol]
        let suffix = nodes[fallback[state]].next[symbol]
        if child == 0 {
          nodes[state].next[symbol] = suffix
        } else {
          fallback[child] = suffix
          queue.append(child)
        }
      }
    }
  }
}
