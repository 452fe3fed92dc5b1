import BundleModel
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

@Suite("Files of a node, wherever it is mounted and whatever happens to them")
struct NodeFilesTests {
  private func link(_ node: FakeNode, _ path: String, to target: String) throws {
    let url = node.root.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: target)
  }

  @Test(
    "a link is followed inside the node, not inside the collector's own file system",
    arguments: [
      "/usr/lib/os-release", "../usr/lib/os-release", "../../../../../usr/lib/os-release",
      "/usr/../usr/./lib//os-release", "/lib/os-release",
    ])
  func links(_ target: String) async throws {
    let node = try FakeNode()
    try node.file("/usr/lib/os-release", "ID=node\n")
    try link(node, "/lib", to: "/usr/lib")
    try link(node, "/etc/os-release", to: target)
    let result = try await node.items(.osRelease)[0]
    #expect(result.text == "ID=node\n")
    let place = node.host.path("/etc/os-release").string
    #expect(place == node.root.path + "/usr/lib/os-release")
  }

  @Test("a link that leads out of the node or in circles is a missing file")
  func escapes() async throws {
    let node = try FakeNode()
    try link(node, "/etc/outside", to: "/etc/passwd")
    try link(node, "/etc/circle", to: "/etc/circle")
    for path in ["/etc/outside", "/etc/circle"] {
      let item = try await node.run(.test(.file([path])))[0].item
      #expect(item.status == .missing || item.status == .error, "\(path)")
      #expect(item.path == nil)
    }
  }

  @Test("a folder that a link below the pattern names is not entered")
  func linkedFolders() async throws {
    let node = try FakeNode()
    try node.file("/secret/key", "hunter2")
    try node.file("/var/log/pods/kube-system_aws-node-a_u/aws-node/0.log", "mine\n")
    try node.file("/var/lib/docker/containers/c/c-json.log", "docker\n")
    try link(node, "/var/log/pods/kube-system_aws-node-a_u/aws-node/all", to: "/secret")
    try link(
      node, "/var/log/pods/kube-system_aws-node-a_u/aws-node/1.log",
      to: "/var/lib/docker/containers/c/c-json.log")
    let results = try await node.items(.agentPodLogs)
    #expect(Set(results.map(\.text)) == ["mine\n", "docker\n"])
  }

  @Test("a network file system is not touched, and the bundle says so")
  func network() async throws {
    let node = try FakeNode()
    try node.file("/var/log/aws-routed-eni/plugin.log", "remote\n")
    try node.file("/etc/os-release", "ID=remote\n")
    try link(node, "/usr/lib/os-release", to: "/var/log/os-release")
    let root = node.root.path
    let table = """
      22 1 8:1 / / rw - ext4 /dev/root rw
      30 22 0:40 / \(root)/var/log rw shared:5 - nfs4 fs-1:/ rw
      31 22 0:41 / \(root)/etc rw - fuse.s3 s3 rw

      """
    let log = try await node.items(.pluginLog, mountInfo: table)
    #expect(log.map(\.item.status) == [.skipped])
    #expect(log[0].item.reason?.contains("nfs4") == true)
    #expect(try await node.items(.osRelease, mountInfo: table)[0].item.status == .skipped)
    #expect(try await node.items(.cniLogListing, mountInfo: table)[0].item.status == .skipped)
    let local = try await node.items(.pluginLog, mountInfo: "22 1 8:1 / / rw - ext4 /dev/root rw\n")
    #expect(local.map(\.text) == ["remote\n"])
  }

  @Test("ipamd's log is found where its container says, through the container's mounts")
  func containerPath() async throws {
    let node = try FakeNode()
    let root = node.root.path
    try node.file("/data/eni/ipamd-site.log", "replay me\n")
    try node.file("/data/eni/ipamd-site-2031-04-02T09-00-00.000.log", "older\n")
    let inside = """
      50 49 0:99 / / rw - overlay overlay rw
      51 50 8:1 /data/eni /host/var/log/aws-routed-eni rw - ext4 /dev/root rw

      """
    let agent = PresentItem.process(
      4711, "aws-k8s-agent", [],
      [
        "mountinfo": inside,
        "environ": "AWS_VPC_K8S_CNI_LOG_FILE=/host/var/log/aws-routed-eni/ipamd-site.log\0",
      ])
    for (path, text) in agent { try node.file(path, text) }
    let results = try await node.items(
      .ipamdLog, mountInfo: "22 1 8:1 / \(root) rw - ext4 /dev/root rw\n")
    #expect(Set(results.map(\.text)) == ["replay me\n", "older\n"])
    #expect(results.allSatisfy { $0.item.source.origin?.hasPrefix("/data/eni/") == true })
  }

  @Test("a log that goes to the container's output is no file")
  func standardOutput() async throws {
    let node = try FakeNode()
    let agent = PresentItem.process(
      4711, "aws-k8s-agent", [], ["environ": "AWS_VPC_K8S_CNI_LOG_FILE=stdout\0"])
    for (path, text) in agent { try node.file(path, text) }
    #expect(try await node.items(.ipamdLog)[0].item.status == .missing)
  }

  @Test("a log that is renamed before it is read comes under its new name, and only once")
  func rotation() async throws {
    let node = try FakeNode()
    let folder = "/var/log/aws-routed-eni"
    try node.file("\(folder)/ipamd.log", "first\n")
    try node.file("\(folder)/ipamd-0.log", "zeroth\n")
    let artifact = try #require(Catalog.artifact(.ipamdLog))
    let host = node.host
    let listed = FileListing(host: host, limit: 9).files(matching: ["\(folder)/ipamd*.log"])
    let disk = node.root.appending(path: folder)
    try FileManager.default.moveItem(
      at: disk.appending(path: "ipamd.log"), to: disk.appending(path: "ipamd-1.log"))
    try node.file("\(folder)/ipamd.log", "second\n")
    try FileManager.default.moveItem(
      at: disk.appending(path: "ipamd-0.log"), to: disk.appending(path: "ipamd-00.log"))
    let source = FileSource(
      host: host, limits: .test, spoolFolder: node.root.appending(path: "out").path)
    var copy = GroupCopy(artifact)
    let deadline = host.clock.monotonic() + 10_000_000
    await copy.take(listed.files, with: source, until: deadline)
    let again = FileListing(host: host, limit: 9).files(matching: ["\(folder)/ipamd*.log"])
    await copy.takeLate(again.files, with: source, until: deadline)
    let texts = try copy.members.map {
      String(decoding: try $0.spool?.contents() ?? [], as: UTF8.self)
    }
    #expect(texts.sorted() == ["first\n", "second\n", "zeroth\n"])
    #expect(copy.members.allSatisfy { $0.item.status == .ok })
    #expect(Set(copy.members.compactMap(\.item.originInode)).count == 3)
  }

  @Test("of a group with a bound the newest files are kept, and the rest is named")
  func newestFirst() async throws {
    let node = try FakeNode()
    for number in 1...5 {
      try node.file("/r/\(number)", String(repeating: "\(number)", count: 100))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(number) * 1000)],
        ofItemAtPath: node.root.appending(path: "r/\(number)").path)
    }
    let artifact = Artifact(
      "test.item", "A test.", source: .files(["/r"]), path: "r", capBytes: 100, groupBytes: 250,
      naming: .fileName)
    let results = try await node.items(artifact)
    #expect(results.map(\.item.source.origin) == ["/r/5", "/r/4", "/r/3", "/r/2", "/r/1"])
    #expect(results.map { $0.text?.utf8.count } == [100, 100, 50, nil, nil])
    #expect(results[3].item.status == .skipped)
    var few = CollectLimits.test
    few.filesPerGroup = 2
    let limited = try await node.items(artifact, limits: few)
    #expect(limited.map(\.item.status) == [.ok, .ok, .skipped])
    #expect(limited[2].item.reason == "3 older files over the limit of 2 files")
  }

  @Test("of 5 GiB of a log that is mostly a hole, the beginning and the end are there at once")
  func sparse() async throws {
    let node = try FakeNode()
    try node.file("/var/log/huge.log", "first line\n")
    let path = FilePath(node.root.appending(path: "var/log/huge.log").path)
    let file = try FileDescriptor.open(path, .writeOnly)
    try file.seek(offset: 5 << 30, from: .start)
    try file.writeAll(Array("\nlast line\n".utf8))
    try file.close()
    let start = ContinuousClock.now
    let result = try await node.items(
      .test(.file(["/var/log/huge.log"]), seconds: 60, cap: 2 << 20, keeps: .headAndTail))[0]
    #expect(result.item.status == .partial)
    #expect(result.item.bytesSource > 5 << 30 - 1)
    #expect(result.text?.hasPrefix("first line\n") == true)
    #expect(result.text?.hasSuffix("\nlast line\n") == true)
    #expect(result.text?.contains(" bytes omitted ###") == true)
    // Reading all of it would take far longer, on any machine.
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("a log that is shorter than it was when it was opened is marked")
  func emptied() async throws {
    // The kernel gives its settings the size of a page, and less when they are read: just what a
    // log does that is emptied meanwhile.
    var host = try FakeNode().host
    host.root = "/"
    let artifact = Artifact(
      "test.item", "A test.", source: .file(["/sys/kernel/uevent_seqnum"]), path: "x",
      redaction: .log)
    let context = RunContext(host: host, limits: .test, spoolFolder: "/tmp")
    let member = await ItemRunner(context: context).run(artifact)[0]
    #expect(member.item.status == .partial)
    #expect(member.item.reason?.contains("emptied") == true)
  }

  @Test("compressed logs keep every byte, plain ones lose their secrets")
  func compressed() async throws {
    let node = try FakeNode()
    let packed = String(repeating: "password=hunter2secret ", count: 4000)
    let folder = "/var/log/pods/kube-system_aws-node-a_u/aws-node"
    try node.file("\(folder)/0.log.20310402-030405.gz", packed)
    try node.file("\(folder)/0.log", "password=hunter2secret\n")
    let results = try await node.items(.agentPodLogs)
    let byName = Dictionary(
      uniqueKeysWithValues: results.map {
        ($0.item.source.origin?.hasSuffix("gz") == true, $0.text)
      })
    #expect(byName[true] == packed)
    #expect(byName[false]??.contains("hunter2secret") == false)
  }
}
