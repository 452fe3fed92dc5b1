import BundleModel
import Foundation
import Glibc
import Testing

@testable import NodeCollector

@Suite("Forms of the kernel's and the system's files")
struct HostParsingTests {
  @Test("mounts are read with escapes, optional fields and shadowing")
  func mountInfo() throws {
    let table = MountTable(
      """
      22 1 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/root rw
      23 22 0:40 / /a\\040b rw - nfs4 srv:/x\\134y rw
      24 22 8:2 / /a\\040b rw - xfs /dev/b rw
      25 22 0:41 / /auto rw - autofs systemd-1 rw
      26 22 0:42 / /proc/stat rw - fuse.lxcfs lxcfs rw
      nonsense
      27 22 0:43 / /short rw -

      """)
    #expect(table.mounts.count == 5)
    #expect(table.mounts[1].point == "/a b")
    #expect(table.mounts[1].source == "srv:/x\\y")
    // The mount that was made last is the one that is seen.
    #expect(table.networkType(at: "/a b/c") == nil)
    #expect(table.networkType(at: "/auto") == "autofs")
    #expect(table.networkType(at: "/automatic") == nil)
    #expect(table.networkType(at: "/proc/stat") == nil)
    #expect(table.holding("/etc/x")?.type == "ext4")
  }

  @Test("boots and shutdowns are read from records of both sizes")
  func loginRecords() {
    for (is64Bit, size, timeAt) in [(false, 384, 340), (true, 400, 344)] {
      var bytes: [UInt8] = []
      for (kind, user) in [(2, "reboot"), (1, "shutdown"), (7, "alice")] {
        var record = [UInt8](repeating: 0, count: size)
        record[0] = UInt8(kind)
        record.replaceSubrange(44..<(44 + user.utf8.count), with: Array(user.utf8))
        record.replaceSubrange(76..<79, with: Array("6.1".utf8))
        let seconds: UInt32 = 1_900_000_000
        for index in 0..<4 { record[timeAt + index] = UInt8(seconds >> (index * 8) & 255) }
        bytes += record
      }
      let records = BootRecords.records(bytes + [1, 2, 3], is64Bit: is64Bit)
      #expect(records.map(\.kind) == ["boot", "shutdown"])
      #expect(records[0].kernel == "6.1")
      #expect(records[0].time.hasPrefix("2030-03-17T17:46:40"))
    }
  }

  @Test("a certificate that is none, or is cut, is refused without a crash")
  func certificates() throws {
    #expect(Certificate.all(inPEM: PresentItem.certificate).count == 1)
    let two = PresentItem.certificate + "\n" + PresentItem.certificate
    #expect(Certificate.all(inPEM: two).count == 2)
    let base64 = PresentItem.certificate.split(separator: "\n").dropFirst().dropLast().joined()
    let der = Array(try #require(Data(base64Encoded: base64)))
    #expect(Certificate(der: der) != nil)
    for length in 0..<der.count { _ = Certificate(der: Array(der[..<length])) }
    for index in der.indices {
      var damaged = der
      damaged[index] ^= 0xFF
      _ = Certificate(der: damaged)
    }
    #expect(Certificate(der: [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
    #expect(Certificate.all(inPEM: "-----BEGIN CERTIFICATE-----\nnot base64\n") == [])
  }

  @Test("addresses of sockets are read in the machine's byte order")
  func sockets() {
    let text = """
      head
       0: 00000000:280A 0:0 0A 0:0 0:0 0 0 0 1
       1: 0000000000000000FFFF00000100007F:280A 0:0 0A 0:0 0:0 0 0 0 2
       2: 00000000000000000000000001000000:280A 0:0 0A 0:0 0:0 0 0 0 3
       3: 000080FE00000000FF005450AB3412FE:280A 0:0 0A 0:0 0:0 0 0 0 4

      """
    #expect(
      Listeners.listening(text).map(\.address) == [
        "0.0.0.0", "::ffff:127.0.0.1", "::1", "fe80:0:0:0:5054:ff:fe12:34ab",
      ])
  }

  @Test("the owner of a listening socket is found", .enabled(if: geteuid() == 0))
  func owner() throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    #expect(listen(socket, 1) == 0)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(socket, $0, &length)
      }
    }
    let port = Int(UInt16(bigEndian: address.sin_port))
    let host = NodeCollector.Host(clock: .system, effectiveUserID: 0)
    let found = try #require(Listeners(host: host, ports: [port]).listeners())
    #expect(found.map(\.pid) == [Int(getpid())])
  }

  @Test(
    "a flag is found in every spelling",
    arguments: [
      (["kubelet", "--max-pods=29"], "29"), (["kubelet", "--max-pods", "30"], "30"),
      (["kubelet", "--max-pods=1", "--max-pods=2"], "2"), (["kubelet", "--max-pods-x=3"], nil),
    ] as [([String], String?)])
  func flags(_ arguments: [String], _ expected: String?) throws {
    let node = try FakeNode()
    for (path, text) in PresentItem.process(300, "kubelet", arguments) { try node.file(path, text) }
    #expect(KubeletArguments(host: node.host).value(of: "max-pods") == expected)
  }

  @Test("settings are read from JSON and from YAML")
  func settings() {
    let json = KubeletSettings.values(Array(#"{"a":1,"b":true,"c":"x","d":{"e":2}}"#.utf8))
    #expect(json == ["a": "1", "b": "true", "c": "x"])
    let yaml = KubeletSettings.values(Array("a: 1\nb: \"true\"\nd:\n  e: 2\n# x: y\n".utf8))
    #expect(yaml == ["a": "1", "b": "true"])
  }
}
