import BundleModel
import Foundation
import Testing

@testable import BundleReader

@Suite("Files that hold what several commands printed")
struct TextPartsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let form: TextParts.Form
    let text: String
    let parts: [(ArtifactID, Int, String)]
    var testDescription: String { "\(form)" }
  }

  static let cases: [Case] = [
    Case(
      form: .tracking,
      text: """
        *** Output of conntrack -S ***
        cpu=0 found=12
        cpu=1 found=3
        *** Output of conntrack -L ***
        tcp      6 86399 ESTABLISHED src=10.0.0.1

        """,
      parts: [
        (.foreignTrackingCounters, 2, "cpu=0 found=12\ncpu=1 found=3\n"),
        (.trackedConnections, 5, "tcp      6 86399 ESTABLISHED src=10.0.0.1\n"),
      ]),
    Case(
      form: .tracking, text: "tcp 6 1 SYN_SENT\n",
      parts: [(.trackedConnections, 1, "tcp 6 1 SYN_SENT\n")]),
    Case(
      form: .tracking, text: "*** Output of conntrack -S ***",
      parts: [
        (.foreignTrackingCounters, 2, "")
      ]),
    Case(
      form: .tracking6, text: "*** Output of conntrack -L -f ipv6 ***\nudp 17 29\n",
      parts: [(.trackedConnections6, 2, "udp 17 29\n")]),
    Case(
      form: .mounts,
      text: """
        sysfs on /sys type sysfs (rw)
        /dev/nvme0n1p1 on / type xfs (rw)

        Filesystem      Size  Used Avail Use% Mounted on
        /dev/nvme0n1p1   80G   10G   71G  13% /

        """,
      parts: [
        (
          .foreignMounts, 1,
          "sysfs on /sys type sysfs (rw)\n/dev/nvme0n1p1 on / type xfs (rw)\n\n"
        ),
        (
          .foreignDiskUse, 4,
          "Filesystem      Size  Used Avail Use% Mounted on\n/dev/nvme0n1p1   80G   10G   71G  13% /\n"
        ),
      ]),
    Case(
      form: .sysctls, text: "kernel.a = 1\nnet.b = 2\nnet.c = 3\nvm.d = 4",
      parts: [
        (.otherSysctls, 1, "kernel.a = 1\n"), (.networkSysctls, 2, "net.b = 2\nnet.c = 3\n"),
        (.otherSysctls, 4, "vm.d = 4"),
      ]),
    Case(
      form: .sets, text: "Name: a\nType: hash:ip\nMembers:\n\ncreate a hash:ip\nadd a 10.0.0.1\n",
      parts: [
        (.foreignIPSets, 1, "Name: a\nType: hash:ip\nMembers:\n\n"),
        (.ipset, 5, "create a hash:ip\nadd a 10.0.0.1\n"),
      ]),
    Case(
      form: .virtualServers,
      text: "-A -t 10.100.0.1:443 -s rr\n-e \nIP Virtual Server version 1.2.1\nx\n",
      parts: [
        (.foreignVirtualServers, 1, "-A -t 10.100.0.1:443 -s rr\n-e \n"),
        (.foreignVirtualServerCounters, 3, "IP Virtual Server version 1.2.1\nx\n"),
      ]),
    Case(
      form: .files(.unitFiles),
      text: "# /etc/a.service\n[Unit]\n# no path\n\n# /etc/a.service.d/b.conf\n[Service]\n",
      parts: [
        (.unitFiles, 1, "# /etc/a.service\n[Unit]\n# no path\n\n"),
        (.unitFiles, 5, "# /etc/a.service.d/b.conf\n[Service]\n"),
      ]),
    Case(form: .sets, text: "", parts: []),
  ]

  private func parts(
    _ form: TextParts.Form, _ text: String, chunk: Int, limit: Int = 64
  ) throws -> [(ArtifactID, Int, String)] {
    let bytes = Array(text.utf8)
    var at = 0
    let parts = TextParts(form, limit: limit) { () throws(BundleError) in
      guard at < bytes.count else { return nil }
      defer { at += chunk }
      return bytes[at..<min(bytes.count, at + chunk)]
    }
    var found: [(ArtifactID, Int, String)] = []
    while let part = try parts.next() {
      var text: [UInt8] = []
      while let more = try parts.nextChunk() { text += more }
      found.append((part.artifact, part.firstLine, String(decoding: text, as: UTF8.self)))
    }
    return found
  }

  @Test("each part comes with its lines and the number of the first", arguments: cases)
  func split(_ example: Case) throws {
    for chunk in [1, 3, 16, 47, 48, 49, 4096] {
      let found = try parts(example.form, example.text, chunk: chunk)
      #expect(found.count == example.parts.count, "chunks of \(chunk)")
      for (part, wanted) in zip(found, example.parts) {
        #expect(part == wanted, "chunks of \(chunk)")
      }
    }
  }

  @Test("a part that was a file on the node knows its path", arguments: [1, 100])
  func origins(_ chunk: Int) throws {
    let bytes = Array("no path\n# /etc/a.service\n[Unit]\n# /run/b.conf".utf8)
    var at = 0
    let parts = TextParts(.files(.unitFiles), limit: 9) { () throws(BundleError) in
      guard at < bytes.count else { return nil }
      defer { at += chunk }
      return bytes[at..<min(bytes.count, at + chunk)]
    }
    var origins: [String?] = []
    while let part = try parts.next() { origins.append(part.origin) }
    #expect(origins == [nil, "/etc/a.service", "/run/b.conf"])
  }

  @Test("what is not read of a part is skipped")
  func skipping() throws {
    let bytes = Array("kernel.a = 1\nnet.b = 2\nvm.c = 3\n".utf8)
    var at = 0
    let parts = TextParts(.sysctls, limit: 9) { () throws(BundleError) in
      guard at < bytes.count else { return nil }
      defer { at += 5 }
      return bytes[at..<min(bytes.count, at + 5)]
    }
    #expect(try parts.next()?.firstLine == 1)
    #expect(try parts.next()?.firstLine == 2)
    #expect(try parts.next()?.firstLine == 3)
    #expect(try parts.next()?.firstLine == nil)
  }

  @Test(
    "a text that changes on every line gives no more parts than are allowed", arguments: [3, 4])
  func limit(_ limit: Int) throws {
    let text = "kernel.a = 1\nnet.b = 2\nkernel.c = 3\nnet.d = 4\n"
    let found = try parts(.sysctls, text, chunk: 4096, limit: limit)
    #expect(found.count == limit)
    #expect(found.map(\.2).joined() == text)
  }
}
