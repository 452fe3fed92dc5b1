import Analysis
public import ArgumentParser
import BundleReader
import CollectCommand
import PathRendering

/// The verb `path`.
struct PathCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path",
    abstract: "Say what the node's kernel does with a packet, step by step.",
    discussion: """
      Follows the packet through the collected rules of policy routing, routes, rp_filter and the \
      packet filters of both iptables backends and nft, and then its answer. Each step names the \
      line that did it. What can't be known, such as an eBPF program, makes the verdict `cannot \
      tell`; docs/path.md says what is followed.

      Examples:

        cnitriage path BUNDLE --from shop/cart-6d8f7c9b5d-x2k4q --to 10.100.0.1:443
        cnitriage path BUNDLE --from 10.0.3.9 --to 10.0.12.77:8080
        cnitriage path BUNDLE --from ens5 --to 10.0.12.41:30080 --proto tcp
        cnitriage path BUNDLE --from node --to 10.0.12.77:8080 --format html -o path.html

      Exit codes: 0 done, whatever the verdict; 2 wrong usage or an end that is not known, 3 the \
      input is no readable bundle, 4 it holds no routes, 6 the output cannot be written.
      """)

  @Argument(help: "A bundle, the folder that it was unpacked into, or - for standard input.")
  var bundle: String

  @Option(
    help: ArgumentHelp(
      "A pod (namespace/name or name), an address, an interface, or `node`.", valueName: "END"))
  var from: String

  @Option(
    help: ArgumentHelp("A pod or an address, with :PORT if one matters.", valueName: "END[:PORT]"))
  var to: String

  @Option(help: "tcp, udp or icmp.")
  var proto: PathTrace.Transport = .tcp

  @Option(help: "text, json or html.")
  var format: PathFormat = .text

  @Flag(help: "The same as --format json.")
  var json = false

  @Flag(help: "Read a damaged archive as far as it goes.")
  var partial = false

  @OptionGroup var target: TextOutput

  mutating func run() throws {
    do throws(AnalysisError) {
      let report = try PathTrace(from: from, to: to, transport: proto).answer(
        bundle == "-" ? .standardInput : .path(bundle), acceptsDamage: partial)
      try write(report)
    } catch {
      Console.report(error, json: json || format == .json)
      throw ExitCode(error.exitCode)
    }
  }

  private func write(_ report: PathReport) throws(AnalysisError) {
    switch json ? .json : format {
    case .text: try target.write(PathTextRenderer(target.style).text(report))
    case .html: try target.write(PathHTMLRenderer().text(report))
    case .json:
      try target.write(TextOutput.document { try PathJSONRenderer().text(report) })
    }
  }
}

/// How the way of a packet is written.
enum PathFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, html
}

extension PathTrace.Transport: ExpressibleByArgument {}
