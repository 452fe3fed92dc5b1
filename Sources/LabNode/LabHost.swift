import Foundation
import Glibc
import Subprocess
import SystemPackage

/// What a lab needs from the machine it runs on.
public enum LabHost {
  /// Programs, and the Debian packages that bring them.
  static let programs: [(path: String, package: String)] = [
    ("/usr/bin/unshare", "util-linux"), ("/usr/bin/nsenter", "util-linux"),
    ("/usr/bin/setsid", "util-linux"), ("/usr/sbin/ip", "iproute2"),
    ("/usr/sbin/iptables-nft-restore", "iptables"),
    ("/usr/sbin/iptables-legacy-restore", "iptables"), ("/usr/sbin/nft", "nftables"),
    ("/usr/sbin/sysctl", "procps"),
    ("/lib/systemd/systemd-journal-remote", "systemd-journal-remote"),
    ("/usr/bin/journalctl", "systemd"), ("/usr/bin/openssl", "openssl"),
  ]

  /// What a node with a real container runtime needs besides.
  static let runtimePrograms: [(path: String, package: String)] = [
    ("/usr/bin/containerd", "containerd"), ("/usr/bin/ctr", "containerd"),
    ("/usr/sbin/runc", "runc"),
  ]

  /// Fails with the reason if this machine cannot make a lab node of that variant.
  public static func check(_ variant: Variant = Variant.all[0]) async throws(LabError) {
    guard geteuid() == 0 else {
      throw LabError(
        .notAllowed, "a lab node needs root",
        why: "only root may make network and mount namespaces with real interfaces",
        try: "sudo scripts/lab …")
    }
    let needed = variant.hasRuntime ? programs + runtimePrograms : programs
    let missing = needed.filter { !FileManager.default.isExecutableFile(atPath: $0.path) }
    guard missing.isEmpty else {
      let packages = Set(missing.map(\.package)).sorted().joined(separator: " ")
      throw LabError(
        .environment,
        "missing programs: \(missing.map(\.path).joined(separator: ", "))",
        why: "the lab uses the real tools of a node",
        try: "apt-get install \(packages)")
    }
    let probe = await shell(
      "unshare --mount --net --pid --uts --fork true && unshare --mount sh -c "
        + "'mkdir -p /run/cnitriage-lab && mount -t tmpfs cnilab /run/cnitriage-lab "
        + "&& cd /run/cnitriage-lab && mkdir u w && mount -t overlay overlay "
        + "-o lowerdir=/etc,upperdir=u,workdir=w /etc'")
    guard probe.succeeded else {
      throw LabError(
        .environment, "this machine refuses namespaces or overlays to root",
        why: probe.output.isEmpty ? "unshare or mount failed" : probe.output,
        try: "run it on a virtual machine, or in a container that is started with --privileged")
    }
  }

  /// Whether this machine can make a lab node.
  public static func isCapable() async -> Bool {
    do {
      try await check()
      return true
    } catch {
      // The reason is for people; a caller that only asks "whether" loses it on purpose.
      return false
    }
  }

  /// Runs a line of shell and returns what it wrote, without the last line end.
  static func shell(_ line: String) async -> (succeeded: Bool, output: String) {
    do {
      let result = try await Subprocess.run(
        .path("/bin/bash"), arguments: ["-c", line], output: .string(limit: 1 << 20),
        error: .combinedWithOutput)
      let text = result.standardOutput
      return (
        result.terminationStatus.isSuccess,
        text.trimmingCharacters(in: .whitespacesAndNewlines)
      )
    } catch {
      return (false, "bash could not be run: \(error)")
    }
  }

  /// The current moment.
  public static func now() -> Moment {
    Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }

  /// The kernel's boot id as journals write it: 32 hex digits.
  static func bootID() -> String {
    let text = read("/proc/sys/kernel/random/boot_id") ?? ""
    return text.filter { $0 != "-" && $0 != "\n" }
  }

  /// Whole seconds since this machine booted.
  static func uptime() -> Int {
    let text = read("/proc/uptime") ?? ""
    return Int(Double(text.prefix { $0 != " " }) ?? 0)
  }

  static func read(_ path: String) -> String? {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      // Absent and unreadable are the same to every caller: there is no text.
      return nil
    }
  }
}
