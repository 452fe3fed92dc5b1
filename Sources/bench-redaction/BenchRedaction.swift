import Crypto
import Redaction

#if canImport(Glibc)
  import Glibc
#endif

/// Measures what masking costs: processor time for each kind of masking over the same log lines, and
/// beside it the time of a plain copy in memory, so that figures of different machines compare.
///
/// Without an argument the lines are made up like ipamd's and the kubelet's; with one they are those
/// of a file.
@main
struct BenchRedaction {
  static func main() {
    let seed = CommandLine.arguments.count > 1 ? file(CommandLine.arguments[1]) : lines()
    var text: [UInt8] = []
    while text.count < 64 << 20 { text += seed }
    let bench = BenchRedaction(text: text)
    let copy = bench.seconds { bench.copy() }
    print("\(text.count >> 20) MiB, one thread, best of three")
    print("kind        MB/s   of a copy")
    bench.report("copy", copy, copy)
    bench.report("R1", bench.seconds { bench.redact(.secrets) }, copy)
    bench.report("R1, R11", bench.seconds { bench.redact([.secrets, .logs]) }, copy)
    bench.report("R3", bench.seconds { bench.redact(.environment) }, copy)
    bench.report("R4", bench.seconds { bench.redact(.configuration) }, copy)
    bench.report("names", bench.seconds { bench.mask(addresses: false) }, copy)
    bench.report("addresses", bench.seconds { bench.mask(addresses: true) }, copy)
  }

  let text: [UInt8]

  /// The size of the chunks in which the collector reads.
  private static let chunk = 128 << 10

  private func report(_ name: String, _ seconds: Double, _ copy: Double) {
    let rate = Int(Double(text.count) / seconds / 1_000_000)
    let ratio = Int(seconds / copy * 10 + 0.5)
    let padding = String(repeating: " ", count: 11 - name.utf8.count)
    let number = String(rate)
    print(
      name + padding + String(repeating: " ", count: max(0, 5 - number.utf8.count)) + number
        + "   \(ratio / 10).\(ratio % 10)")
  }

  /// Processor seconds of the fastest of three runs.
  private func seconds(_ body: () -> Int) -> Double {
    var best = Double.infinity
    for _ in 0..<3 {
      let start = Self.processorTime()
      precondition(body() > 0, "a run gives bytes")
      best = min(best, Self.processorTime() - start)
    }
    return best
  }

  private static func processorTime() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func copy() -> Int {
    chunks { chunk, output in output.append(contentsOf: chunk) }
  }

  private func redact(_ rules: RedactionRules) -> Int {
    var redactor = Redactor(rules)
    return chunks { chunk, output in redactor.feed(chunk, into: &output) }
  }

  private func mask(addresses: Bool) -> Int {
    let secret = SymmetricKey(size: .bits256)
    let key = PseudonymKey { Array(HMAC<SHA256>.authenticationCode(for: $0, using: secret)) }
    var redactor = Redactor([.secrets, .logs])
    var filter = PseudonymFilter(
      PseudonymRules(key: key, masksNames: true, masksAddresses: addresses))
    var middle: [UInt8] = []
    return chunks { chunk, output in
      middle.removeAll(keepingCapacity: true)
      redactor.feed(chunk, into: &middle)
      filter.feed(middle[...], into: &output)
    }
  }

  private func chunks(_ body: (ArraySlice<UInt8>, inout [UInt8]) -> Void) -> Int {
    var output: [UInt8] = []
    var total = 0
    for start in stride(from: 0, to: text.count, by: Self.chunk) {
      output.removeAll(keepingCapacity: true)
      body(text[start..<min(text.count, start + Self.chunk)], &output)
      total += output.count
    }
    return total
  }

  private static func file(_ path: String) -> [UInt8] {
    var bytes: [UInt8] = []
    guard let file = unsafe fopen(path, "r") else { return lines() }
    defer { unsafe fclose(file) }
    while case let byte = unsafe getc(file), byte != EOF {
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
    return bytes
  }

  /// Lines of ipamd, the plugin and the kubelet, in the proportions of a busy node.
  private static func lines() -> [UInt8] {
    var text = ""
    for turn in 0..<2_000 {
      let time = "2031-04-02T09:\(10 + turn % 50):\(10 + turn * 7 % 50).\(100 + turn * 13 % 900)Z"
      let address = "10.42.\(turn % 16).\(turn * 31 % 250 + 4)"
      let eni = "eni-0a1b2c3d4e5f\(10_000 + turn * 37 % 80_000)"
      text +=
        #"{"level":"debug","ts":"\#(time)","caller":"ipamd/ipamd.go:805","msg":"IP stats for "#
        + #"Network Card 0 - total IPs: \#(turn % 30), assigned IPs: \#(turn % 17), cooldown IPs: 0"}"#
        + "\n"
      text +=
        #"{"level":"debug","ts":"\#(time)","caller":"ipamd/ipamd.go:1427","msg":"Reconciling "#
        + #"existing ENI \#(eni) IP pool"}"# + "\n"
      text +=
        #"{"level":"info","ts":"\#(time)","caller":"ipamd/rpc_handler.go:253","msg":"Send "#
        + #"AddNetworkReply: IPv4Addr: \#(address), IPv6Addr: , DeviceNumber: 0, err: <nil>"}"#
        + "\n"
      text +=
        #"{"level":"debug","ts":"\#(time)","caller":"datastore/data_store.go:738","msg":"#
        + #""AssignPodIPv4Address: Assign IP \#(address) to sandbox aws-cni/"#
        + #"999a8b491afdb046e507993c76d03256d2ae3acebfc5f96cf38f786263f7\#(1000 + turn)/eth0"}"#
        + "\n"
      text +=
        "\(time) ip-10-42-7-19 kubelet[1783]: I0402 09:30:39.818044    1783 kubelet.go:2569] "
        + #""SyncLoop (PLEG): event for pod" pod="shop/cart-7d9f8b6c5-x\#(1000 + turn)" "#
        + #"event={"ID":"84eaa173-8a1a-47f0-ac53-a0247ae86cde","Type":"ContainerStarted"}"# + "\n"
    }
    return Array(text.utf8)
  }
}
