import BundleModel
import Facts
import FuzzDriver
import IPAMEngine
import IPAMReplay

/// What a log of these bytes says.
func journal(_ bytes: ArraySlice<UInt8>, path: String) -> IPAMDJournal {
  var input = ArtifactInput(artifact: .ipamdLog, path: path, bytes: Array(bytes))
  guard let journal = try? IPAMDJournal.read(&input) else { return IPAMDJournal() }
  return journal
}

/// The first byte says into how many rotated logs the rest is cut.
let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let first = input.first else { return 0 }
  let bytes = input.dropFirst()
  let parts = Int(first % 3) + 1
  let size = max(1, bytes.count / parts)
  var journals: [IPAMDJournal] = []
  for part in 0..<parts {
    let rest = bytes.dropFirst(part * size)
    journals.append(journal(part + 1 == parts ? rest : rest.prefix(size), path: "\(part).log"))
  }
  var context = ReplayContext()
  if first & 4 != 0 {
    // A pool at the end, so that lines are undone as well.
    var eni = PoolSnapshot.ENI(
      attributes: ENIAttributes(id: "eni-0a", isPrimary: true), card: 0, isExcluded: false)
    eni.cidrs = [CIDR(IPAddress(v4: 0x0A00_000A)), CIDR(IPAddress(v4: 0x0A00_0020), length: 28)]
    context.snapshot = PoolSnapshot(timeUs: nil, enis: [eni])
  }
  var replay = LogReplay(journals, context: context)
  let result = replay.finish()
  precondition(result.checks.different <= result.checks.compared, "more differs than was compared")
  for store in replay.engine.datastores {
    let statistics = store.statistics
    precondition(statistics.assigned >= 0 && statistics.cooling >= 0, "less than nothing is held")
    precondition(
      statistics.assigned + statistics.cooling <= statistics.total, "more is held than is")
  }
  let counterfactual = Counterfactual(result)
  if counterfactual.obstacle == nil {
    let outcome = counterfactual.outcome(of: Alternative(environment: ["WARM_IP_TARGET": "3"]))
    precondition(outcome.failedStarts >= 0 && outcome.emptyUs >= 0, "less than nothing happened")
  }
  return 0
}

fuzz(check)
