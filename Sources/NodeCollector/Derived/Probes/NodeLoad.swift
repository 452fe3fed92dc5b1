/// How loaded the node is at a moment, so that a slow answer can be told from a starved node.
struct NodeLoad: Sendable, Encodable, Equatable {
  /// The first three figures of the kernel's load average.
  var load: [Double]?
  /// Pressure by resource; `nil` where the kernel doesn't measure it.
  var cpu: Pressure?
  var io: Pressure?
  var memory: Pressure?

  /// How long some task waited for a resource.
  struct Pressure: Sendable, Encodable, Equatable {
    /// Percent of the last ten seconds.
    var averageOver10: Double
    /// Microseconds since the system started.
    var totalMicroseconds: UInt64

    enum CodingKeys: String, CodingKey {
      case averageOver10 = "some_avg10"
      case totalMicroseconds = "some_total_us"
    }

    /// Reads a line such as `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`.
    init?(_ line: String?) {
      let words = line?.split(separator: " ") ?? []
      guard words.first == "some",
        let average = words.first(where: { $0.hasPrefix("avg10=") }).flatMap({
          Double($0.dropFirst(6))
        }),
        let total = words.first(where: { $0.hasPrefix("total=") }).flatMap({
          UInt64($0.dropFirst(6))
        })
      else { return nil }
      averageOver10 = average
      totalMicroseconds = total
    }
  }

  /// Reads the kernel's figures.
  static func read(_ host: Host) async -> NodeLoad {
    await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      let files = SmallFile(host: host)
      return NodeLoad(
        load: files.line("/proc/loadavg").map { line in
          line.split(separator: " ").prefix(3).compactMap { Double($0) }
        },
        cpu: Pressure(files.line("/proc/pressure/cpu")),
        io: Pressure(files.line("/proc/pressure/io")),
        memory: Pressure(files.line("/proc/pressure/memory")))
    } ?? NodeLoad()
  }

  /// The processors in use, such as `0-3`.
  static func processors(_ host: Host) async -> String? {
    let text = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      SmallFile(host: host).line("/sys/devices/system/cpu/online")
    }
    return text ?? nil
  }
}
