import BundleModel
import FoundationEssentials
import WireFormats

/// The container runtime's own view of the node: its versions, pods, containers and images.
struct RuntimeItems: Sendable {
  let request: DerivedSource.Request

  private typealias Failure = RuntimeClient.Failure

  /// Pods of the cluster's own whose containers are inspected, by the beginning of their name.
  static let systemPods = ["aws-node-", "kube-proxy-", "coredns-", "eks-pod-identity-agent-"]
  private static let inspectLimit = 500

  // MARK: - Items

  /// Which runtime the node has, and where it listens.
  static func detect(_ request: DerivedSource.Request) async -> DerivedSource.Output {
    await request.blocking { .json(RuntimeEndpoint(host: request.host).detect()) }
  }

  /// The runtime's name and version, and what its programs say of themselves.
  func version() async -> DerivedSource.Output {
    let client = await RuntimeClient.detected(request.context)
    var programs: [String: String] = [:]
    for name in ["containerd", "runc", "crictl", "docker", "crio"] {
      if let line = await versionLine(name) { programs[name] = line }
    }
    let encoded = Self.encoded(programs)
    do {
      let answer = try await client.json(.version, seconds: request.seconds)
      return Self.bytes(JSONText.adding("programs", encoded, to: answer))
    } catch {
      // The programs' own words remain when the runtime is silent.
      guard !programs.isEmpty else { return .none(error.status, error.reason) }
      let empty = JSONText.adding("programs", encoded, to: Array("{}".utf8))
      return .partial(empty ?? encoded, error.reason)
    }
  }

  /// One answer as it comes.
  func answer(_ query: RuntimeClient.Query) async -> DerivedSource.Output {
    let client = await RuntimeClient.detected(request.context)
    do {
      return Self.bytes(try await client.json(query, seconds: request.seconds))
    } catch {
      return .none(error.status, error.reason)
    }
  }

  /// Every image, and what they take of the disk.
  func images() async -> DerivedSource.Output {
    let client = await RuntimeClient.detected(request.context)
    do {
      let images = try await client.json(.images, seconds: request.seconds / 2)
      do {
        let usage = try await client.json(.imageUsage, seconds: request.seconds / 2)
        return Self.bytes(JSONText.adding("status", usage, to: images))
      } catch {
        return .partial(images, "no usage of the image file system: \(error.reason)")
      }
    } catch {
      return .none(error.status, error.reason)
    }
  }

  /// Every pod sandbox with its addresses and its network namespace: the list as the runtime gives
  /// it, and beside it the state of each one.
  func sandboxes() async -> DerivedSource.Output {
    let deadline = self.deadline
    let client = await RuntimeClient.detected(request.context)
    do {
      let list = try await client.json(.sandboxes, seconds: request.seconds)
      var parts: [[UInt8]] = []
      var lost: [String] = []
      let ids = Self.decoded(Sandboxes.self, list)?.items.map(\.id) ?? []
      for id in ids.prefix(Self.inspectLimit) {
        let left = secondsLeft(until: deadline)
        guard left > 0, !Task.isCancelled else { break }
        do {
          parts.append(try await client.json(.sandbox(id), seconds: left))
        } catch {
          // A pod that ended between the list and the question is no loss of the item.
          lost.append(error.reason)
        }
      }
      let inspected = Self.list(parts)
      guard let all = JSONText.adding("inspect", inspected, to: list) else {
        return .none(.failed, "the list of sandboxes is no object")
      }
      let missing = ids.count - parts.count
      return missing == 0
        ? Self.bytes(all)
        : .partial(
          all + [UInt8(ascii: "\n")],
          "\(missing) of \(ids.count) sandboxes not inspected"
            + (lost.first.map { ": \($0)" } ?? " in \(request.seconds) s"))
    } catch {
      return .none(error.status, error.reason)
    }
  }

  /// The containers of the cluster's own pods, each in a file of its own.
  func systemContainers() async -> DerivedSource.Output {
    let deadline = self.deadline
    let client = await RuntimeClient.detected(request.context)
    do {
      let list = try await client.json(.containers, seconds: request.seconds)
      var files: [(path: String, bytes: [UInt8])] = []
      var failure = Failure(
        status: .missing, reason: "no container of \(Self.systemPods.joined(separator: ", "))")
      for container in Self.systemContainers(in: list) {
        let left = secondsLeft(until: deadline)
        guard left > 0, !Task.isCancelled else { break }
        do {
          let bytes = try await client.json(.container(container.id), seconds: left)
          files.append((container.fileName, bytes + [UInt8(ascii: "\n")]))
        } catch {
          failure = error
        }
      }
      return files.isEmpty ? .none(failure.status, failure.reason) : .files(files)
    } catch {
      return .none(error.status, error.reason)
    }
  }

  // MARK: - Reading lists

  private struct Sandboxes: Decodable {
    var items: [Sandbox]
  }

  private struct Sandbox: Decodable {
    var id: String
  }

  private struct Containers: Decodable {
    var containers: [Container]
  }

  /// A container of a list, as far as choosing one needs it.
  struct Container: Decodable, Sendable {
    var id: String
    var metadata: Metadata?
    var state: String?
    var labels: [String: String]?

    struct Metadata: Decodable, Sendable {
      var name: String?
    }

    var name: String { metadata?.name ?? "" }
    var pod: String { labels?["io.kubernetes.pod.name"] ?? "" }
    var namespace: String { labels?["io.kubernetes.pod.namespace"] ?? "" }
    var isRunning: Bool { state == "CONTAINER_RUNNING" }

    /// A plain name from words of the cluster's users.
    var fileName: String {
      let parts = [pod, name, String(id.prefix(12))].map { part in
        String(
          decoding: part.utf8.prefix(100).map { byte in
            let isPlain =
              (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
              || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
              || byte == UInt8(ascii: "-")
            return isPlain ? byte : UInt8(ascii: "_")
          }, as: UTF8.self)
      }
      return parts.joined(separator: "-") + ".json"
    }
  }

  /// The containers of the cluster's own pods.
  static func systemContainers(in list: [UInt8]) -> [Container] {
    let all = decoded(Containers.self, list)?.containers ?? []
    return Array(
      all.filter { container in
        container.namespace == "kube-system"
          && systemPods.contains { container.pod.hasPrefix($0) }
      }.prefix(100))
  }

  // MARK: - Helpers

  private var deadline: UInt64 {
    MonotonicTime.nanoseconds + UInt64(request.seconds * 1e9)
  }

  private func secondsLeft(until deadline: UInt64) -> Double {
    let now = MonotonicTime.nanoseconds
    return now < deadline ? Double(deadline - now) / 1e9 : 0
  }

  /// The first line that a program prints about itself.
  private func versionLine(_ name: String) async -> String? {
    guard let program = await request.commands.locate(name) else { return nil }
    let sink = ItemSink(
      rule: .scan, capBytes: 4096, keeps: .head, limits: request.context.limits,
      spoolFolder: request.context.spoolFolder)
    let outcome = await request.commands.capture(
      program, ["--version"], into: sink, seconds: min(2, request.seconds))
    guard case .ended(let run) = outcome, case .completed = run.end,
      // A program whose words can't be read back has said nothing.
      let bytes = try? run.output.spool.read(0..<run.output.spool.offered), !bytes.isEmpty
    else { return nil }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func bytes(_ document: [UInt8]?) -> DerivedSource.Output {
    document.map { .bytes($0 + [UInt8(ascii: "\n")]) } ?? .none(.failed, "an answer is no object")
  }

  private static func list(_ parts: [[UInt8]]) -> [UInt8] {
    [UInt8(ascii: "[")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
  }

  private static func encoded(_ map: [String: String]) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for (index, (name, value)) in map.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      JSONText.append(name, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      JSONText.append(value, to: &bytes)
    }
    return bytes + [UInt8(ascii: "}")]
  }

  /// A document's wanted parts; `nil` if it has another form.
  static func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
    // Another form is another tool's or version's; the bytes themselves are stored all the same.
    try? JSONDecoder().decode(type, from: Data(bytes))
  }
}
