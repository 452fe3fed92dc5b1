import Foundation
import PathOracle

/// `path-oracle N SEED`: N random nodes from a seed on, judged by the kernel. `path-oracle show SEED`
/// prints what such a node has.
if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "show",
  let seed = UInt64(CommandLine.arguments[2])
{
  let oracle = try PathOracle("cnipath-\(getpid())")
  print(try oracle.texts(seed: seed))
  exit(0)
}

let words = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
guard words.count == 2, words[0] > 0 else {
  print("usage: scripts/path-oracle NODES SEED")
  exit(2)
}

exit(run(nodes: words[0], from: words[1]))

/// Ends the oracle before the process, so that its namespaces go.
func run(nodes: UInt64, from first: UInt64) -> Int32 {
  do {
    var tally = PathOracle.Tally()
    var oracle = try PathOracle("cnipath-\(getpid())")
    oracle.isExplaining = nodes == 1
    for seed in first..<first + nodes {
      let before = tally.disagreements.count
      try oracle.run(seed: seed, into: &tally)
      for text in tally.disagreements.dropFirst(before) { print(text) }
    }
    print(tally.summary(nodes: Int(nodes)))
    return tally.disagreements.isEmpty ? 0 : 1
  } catch {
    print("error: \(error)")
    return 6
  }
}
