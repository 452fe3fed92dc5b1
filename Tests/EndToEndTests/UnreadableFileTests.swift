import Foundation
import Testing

/// Files that a real kernel refuses, or whose file system never answers.
@Suite("Files that can't be read", .enabled(if: Programs.canMakeNodes))
struct UnreadableFileTests {
  private struct Summary: Decodable {
    var manifest: Manifest
  }

  private struct Manifest: Decodable {
    var items: [Item]
  }

  private struct Item: Decodable {
    var id: String
    var status: String
    var reason: String?
    var duration_ms: Int
  }

  private func items(_ outcome: Programs.Outcome) throws -> [Item] {
    try JSONDecoder().decode(Summary.self, from: Data(outcome.output.utf8)).manifest.items
  }

  @Test("what another user may not read is denied, by the kernel's own word")
  func denied() throws {
    let scratch = try Scratch()
    let files = [
      ("host.os_release", "etc/os-release"), ("host.ami_release", "etc/eks/release"),
      ("host.cmdline", "proc/cmdline"), ("sysctl.files", "etc/sysctl.conf"),
      ("system.unit_files", "etc/systemd/system/kubelet.service"),
      ("system.logrotate", "etc/logrotate.conf"), ("cni.bin", "opt/cni/bin/aws-cni"),
    ]
    for (_, path) in files {
      let url = scratch.root.appending(path: "node/" + path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: url)
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: url.path)
    }
    let folder = scratch.root.appending(path: "node/opt/cni/bin").path
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder)
    let output = scratch.root.appending(path: "out")
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: output.path)
    let outcome = try Programs.run(
      "/usr/bin/setpriv",
      [
        "--reuid=65534", "--regid=65534", "--clear-groups", Programs.cnitriage, "collect",
        "--unprivileged", "--no-imds", "--json", "--host-root", scratch.path("node"), "-o",
        output.path, "--only", files.map(\.0).joined(separator: ","),
      ])
    let items = try items(outcome)
    for (id, path) in files {
      let item = try #require(items.first { $0.id == id && $0.status != "skipped" }, "\(id)")
      #expect(item.status == "denied", "\(id): \(item.status) \(item.reason ?? "")")
      #expect(item.reason?.contains(path.split(separator: "/").first ?? "") == true)
    }
  }

  @Test(
    "a file system whose server is dead is not waited for",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/fuse")))
  func dead() throws {
    let scratch = try Scratch()
    let node = scratch.root.appending(path: "node")
    let logs = node.appending(path: "var/log/aws-routed-eni")
    for folder in [logs, node.appending(path: "proc/1")] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    // Nobody answers behind this mount: whoever looks at it waits until it is taken away, which
    // the end of the shell does.
    let script = """
      exec 3<>/dev/fuse
      mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 dead '\(logs.path)' || exit 99
      sed 's| \(node.path)/| /|; s| \(node.path) | / |' /proc/self/mountinfo > '\(node.path)/proc/1/mountinfo'
      '\(Programs.cnitriage)' collect --no-imds --json --host-root '\(node.path)' \
        -o '\(scratch.path("b.tar.gz"))' --format tar.gz --only logs,host.mounts,host.logdir_usage
      """
    let outcome = try Programs.run(
      "/usr/bin/unshare", ["-m", "--propagation", "private", "bash", "-c", script])
    #expect(outcome.code != 99, "\(outcome.errors)")
    let items = try items(outcome)
    for id in ["logs.plugin", "logs.ipamd", "logs.cni_dir"] {
      let item = try #require(items.first { $0.id == id && $0.status == "skipped" })
      #expect(item.reason?.contains("network file system (fuse)") == true, "\(id)")
    }
    let mounts = try #require(items.first { $0.id == "host.mounts" })
    #expect(mounts.status == "ok", "\(mounts.reason ?? "")")
    #expect(items.allSatisfy { $0.status != "timeout" })
  }
}
