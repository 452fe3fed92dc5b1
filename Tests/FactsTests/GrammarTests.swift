import Testing

@testable import Facts

@Suite struct GrammarTests {
  @Test(
    "points in time are read in every spelling",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2031-04-02T09:15:22.418Z", 1_932_887_722_418_000),
      ("2031-04-02T18:15:22.418+0900", 1_932_887_722_418_000),
      ("2031-04-02T04:15:22.418-05:00", 1_932_887_722_418_000),
      ("2031-04-02 09:15:22,418", 1_932_887_722_418_000),
      ("2031-04-02T09:15:22.418514339Z", 1_932_887_722_418_514),
      ("2032-02-29T00:00:00Z", 1_961_625_600_000_000),
    ])
  func timestamps(_ text: String, _ us: Int64) {
    #expect(Timestamp.whole(text) == us)
  }

  @Test(
    "what is no point in time is nil",
    arguments: [
      "", "2031-04-02", "2031-13-02T09:15:22Z", "2031-04-02T24:15:22Z", "2031-04-02T09:15:22+",
      "2031-04-02T09:15:22Zx", "0001-01-01T00:00:00Z", "2031-04-02T09:61:22Z",
    ])
  func noTimestamps(_ text: String) {
    #expect(Timestamp.whole(text) == nil)
  }

  @Test(
    "a year is taken from the reference, going back over a change of the year",
    arguments: [
      ("Apr 02 09:15:22", 1_932_887_722_000_000), ("Apr  2 09:15:22", 1_932_887_722_000_000),
      ("Dec 31 23:59:59", 1_924_991_999_000_000),
    ])
  func years(_ text: String, _ us: Int64) {
    let found = Timestamp.syslog(Array(text.utf8)[...], reference: 1_932_888_000_000_000)
    #expect(found?.us == us)
  }

  @Test(
    "errors of AWS calls give code and operation in both spellings",
    arguments: [
      (
        "operation error EC2: CreateNetworkInterface, https response error StatusCode: 403, "
          + "RequestID: 5b0c, api error UnauthorizedOperation: You are not authorized",
        "UnauthorizedOperation", "CreateNetworkInterface"
      ),
      (
        "InsufficientCidrBlocks: no block\n\tstatus code: 400, request id: 1",
        "InsufficientCidrBlocks", nil
      ),
      (
        "Failed: x: Client.Throttling: slow\n\tstatus code: 503, request id: 1",
        "Client.Throttling", nil
      ),
      ("RequestError: send request failed\ncaused by: Get http://a", "RequestError", nil),
      ("failed to call ec2:DescribeSubnets due to missing permissions", nil, "DescribeSubnets"),
      ("AssignPodIPv4Address: no available IP addresses", nil, nil),
      ("datastore: unknown pod", nil, nil),
    ] as [(String, String?, String?)])
  func awsErrors(_ text: String, _ code: String?, _ operation: String?) {
    let error = AWSError(Array(text.utf8)[...])
    #expect(error.code == code)
    #expect(error.operation == operation)
  }

  @Test("a string of JSON is read with all its escapes, and written again")
  func jsonStrings() throws {
    var reader = JSONReader(Array(#""a\"\\\/\n\t\u00e9\ud83d\ude00\u0000\ud800\q""#.utf8)[...])
    let text = try reader.value().string
    #expect(text == "a\"\\/\n\té😀\u{fffd}\u{fffd}\\q")
    #expect(JSONValue.quoted("a\"\\\n\u{1}") == #""a\"\\\n\u0001""#)
  }

  @Test(
    "what is not JSON is refused",
    arguments: [
      "{", "[1,", "{\"a\"}", "{\"a\":}", "tru", "1e999", "--1", "\"a", "{\"a\":1,}", "[1 2]",
    ])
  func brokenJSON(_ text: String) {
    let (values, failure) = JSONReader.documents(Array(text.utf8)[...])
    #expect(values.isEmpty)
    #expect(failure != nil)
  }

  @Test("JSON may be nested to its limit and no deeper", arguments: [(64, true), (65, false)])
  func jsonDepth(_ depth: Int, _ isRead: Bool) {
    #expect(FactLimits.jsonDepth == 64)
    let text =
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect((JSONReader.documents(Array(text.utf8)[...]).failure == nil) == isRead)
  }

  @Test("JSON may hold values to its limit and no more", arguments: [(4, true), (5, false)])
  func jsonValues(_ count: Int, _ isRead: Bool) throws {
    let text = "[" + Array(repeating: "1", count: count - 1).joined(separator: ",") + "]"
    var reader = JSONReader(Array(text.utf8)[...], valueLimit: 4)
    if isRead {
      #expect(try reader.value().array?.count == count - 1)
    } else {
      #expect(throws: JSONReader.Failure.self) { try reader.value() }
    }
  }

  @Test("several documents in one file are all read, and what follows them is reported")
  func documents() {
    let (values, failure) = JSONReader.documents(Array("{\"a\":1}\n[2] oops".utf8)[...])
    #expect(values.map(\.json) == ["{\"a\":1}", "[2]"])
    #expect(failure?.line == 2)
  }

  @Test(
    "shell patterns describe whole texts",
    arguments: [
      ("*", "veth", true), ("eni*", "eni39d9", true), ("e?i*", "eni", true), ("eni", "eni1", false),
      ("*a*b", "xaxb", true), ("", "", true), ("?", "", false),
    ])
  func globs(_ pattern: String, _ text: String, _ matches: Bool) {
    #expect(Glob.matches(pattern, text) == matches)
  }

  @Test(
    "durations of Go are seconds",
    arguments: [("5s", 5), ("1m30s", 90), ("500ms", 0.5), ("1.5h", 5400)] as [(Substring, Double)])
  func durations(_ text: Substring, _ seconds: Double) {
    #expect(GoDuration.seconds(text) == seconds)
    #expect(GoDuration.seconds(text + "x") == nil)
  }

  @Test(
    "host interfaces are named after their pods",
    arguments: [
      ("shop", "cart-6d8f7c9b5d-x2k4q", "39d9ca4a246"),
      ("shop", "cart-6d8f7c9b5d-9wq7t", "33d55e3a30c"),
      ("kube-system", "coredns-7f4c8d6b9-lm2vd", "0db7f4ab39c"),
    ])
  func vethNames(_ namespace: String, _ pod: String, _ suffix: String) {
    #expect(SHA1.vethSuffix(namespace: namespace, pod: pod) == suffix)
    #expect(SHA1.hex(Array("abc".utf8)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test(
    "kernel parameters have one spelling",
    arguments: [
      ("net.ipv4.ip_forward", "net.ipv4.ip_forward"),
      ("net/ipv4/ip_forward", "net.ipv4.ip_forward"),
      ("/proc/sys/net/ipv4/conf/vlan.eth.2/rp_filter", "net.ipv4.conf.vlan/eth/2.rp_filter"),
      ("net.ipv4.conf.vlan/eth/2.rp_filter", "net.ipv4.conf.vlan/eth/2.rp_filter"),
    ])
  func sysctlKeys(_ text: String, _ key: String) {
    #expect(SysctlLine.canonical(Array(text.utf8)[...]) == key)
  }

  @Test(
    "versions are taken from the tags of images",
    arguments: [
      ("r/amazon-k8s-cni:v1.18.5-eksbuild.1", "v1.18.5"), ("r:5000/a:1.2.3", "v1.2.3"),
      ("r:5000/a", nil), ("a@sha256:00", nil), ("a:v1.18.5@sha256:00", "v1.18.5"),
      ("a:latest", nil), ("a:v1.2", nil),
    ] as [(String, String?)])
  func imageVersions(_ image: String, _ version: String?) {
    #expect(ContainerImage.version(of: image) == version)
  }
}
