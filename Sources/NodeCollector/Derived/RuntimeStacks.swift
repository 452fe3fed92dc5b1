import BundleModel
import FoundationEssentials
import Glibc
import SystemPackage

/// The stacks of all of containerd's threads of execution, which it writes when it is signalled.
/// This is a side effect on the node, so it is done only when the user allowed such.
struct RuntimeStacks: Sendable {
  let request: DerivedSource.Request

  func output() async -> DerivedSource.Output {
    guard request.context.settings.allowsSideEffects else {
      return .none(
        .skipped,
        "needs --allow-side-effects: containerd is signalled, and writes its stacks to a file")
    }
    let host = request.host
    let found = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      ProcessTable(host: host).processes(named: "containerd").first?.pid
    }
    guard let pid = found ?? nil else { return .none(.missing, "no process named containerd runs") }
    let path = "/tmp/containerd.\(pid).stacks.log"
    let before = await size(path)
    guard kill(pid_t(pid), SIGUSR1) == 0 else {
      return .none(.denied, "process \(pid) may not be signalled")
    }
    let deadline = MonotonicTime.nanoseconds + UInt64(request.seconds * 1e9)
    var last = before
    while MonotonicTime.nanoseconds < deadline {
      // Sleeping ends early only because the run has ended.
      guard (try? await Task.sleep(for: .milliseconds(200))) != nil else { break }
      let now = await size(path)
      // The file is whole when it has stopped growing.
      if let now, now > 0, now == last, now != before || before == nil { return await read(path) }
      last = now
    }
    if let now = await size(path), now > 0 { return await read(path) }
    return .none(.timeout, "containerd wrote no \(path) in \(request.seconds) s")
  }

  private func size(_ path: String) async -> Int? {
    let host = request.host
    let size = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      // A file that is not there yet has no size.
      let attributes = try? FileManager.default.attributesOfItem(atPath: host.path(path).string)
      return (attributes?[.size] as? UInt64).map { Int(clamping: $0) }
    }
    return size ?? nil
  }

  private func read(_ path: String) async -> DerivedSource.Output {
    let host = request.host
    let limit = request.artifact.capBytes
    return await request.blocking {
      SmallFile(host: host).bytes(path, limit: limit).map { .bytes($0) }
        ?? .none(.denied, "\(path) cannot be read")
    }
  }
}
