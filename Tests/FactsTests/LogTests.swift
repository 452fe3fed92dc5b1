import BundleModel
import Facts
import Testing

@Suite struct LogTests {
  private func line(
    _ second: Int, _ message: String, level: String = "debug"
  ) -> String {
    let time = "2031-04-02T09:\(second / 60 + 10):\(second % 60 < 10 ? "0" : "")\(second % 60)"
    return #"{"level":"\#(level)","ts":"\#(time).000Z","caller":"x.go:1","msg":"\#(message)"}"#
      + "\n"
  }

  private func read(_ text: String, as artifact: ArtifactID = .ipamdLog) throws -> ParsedRows {
    try ParsedRows.of(artifact, Array(text.utf8))
  }

  private func tick(_ second: Int, _ assigned: Int) -> String {
    line(
      second,
      "IP stats for Network Card 0 - total IPs: 18, assigned IPs: \(assigned), cooldown IPs: 0")
  }

  @Test("statistics that repeat are one row with the first and the last time and line")
  func folded() throws {
    let parsed = try read(tick(0, 3) + tick(5, 3) + tick(10, 3))
    #expect(
      parsed.texts("ipamd_event", "event", "assigned", "count", "last_line") == [
        ["TICK", "3", "3", "3"]
      ])
    let times = parsed.texts("ipamd_event", "time_us", "last_us").first ?? []
    #expect(times.compactMap { Int64($0) }.reduce(0) { $1 - $0 } == 10_000_000)
  }

  @Test("a new value and an event in between each end the row of a statistic")
  func foldsEnd() throws {
    let event = line(11, "Created a new ENI: eni-0a", level: "info")
    let parsed = try read(
      tick(0, 3) + tick(5, 3) + tick(10, 4) + event + tick(15, 4) + tick(20, 3))
    #expect(
      parsed.texts("ipamd_event", "event", "assigned", "count") == [
        ["TICK", "3", "2"], ["TICK", "4", "1"], ["EC2_CREATE_OK", "NULL", "1"],
        ["TICK", "4", "1"], ["TICK", "3", "1"],
      ])
  }

  @Test("the list of a reconcile run is a row for each entry until the entry is taken away")
  func listings() throws {
    func run(_ second: Int) -> String {
      line(second, "Adding 10.42.3.17/32 to DS for eni-0a") + line(second, "IP already in DS")
    }
    let gone = line(130, "Deleted ENI(eni-0a)'s IP 10.42.3.17/32 from datastore")
    let parsed = try read(
      run(0) + line(30, "Created a new ENI: eni-0b") + run(60) + run(120) + gone + run(180))
    let rows = parsed.texts("ipamd_event", "event", "address", "eni", "count")
    #expect(
      rows.filter { $0[0] == "CIDR_DUP" } == [
        ["CIDR_DUP", "10.42.3.17/32", "eni-0a", "3"], ["CIDR_DUP", "10.42.3.17/32", "eni-0a", "1"],
      ])
    #expect(rows.filter { $0[0] == "CIDR_ADDING" }.map { $0[3] } == ["3", "1"])
  }

  @Test("a restart of the process ends every row that counts")
  func restart() throws {
    let found = line(0, "Found ENI: eni-0a, MAC 06:5e:11:aa:20:01, device 0")
    let parsed = try read(found + found + line(5, "Starting L-IPAMD   ...") + found)
    #expect(
      parsed.texts("ipamd_event", "event", "count") == [
        ["IF_FOUND", "2"], ["PROC_START", "1"], ["IF_FOUND", "1"],
      ])
  }

  @Test("rows are bounded by what happens, not by how long nothing does")
  func idle() throws {
    func log(_ passes: Int) -> String {
      (0..<passes).map { pass in
        tick(pass % 3000, 3)
          + line(pass % 3000, "Get free IP from prefix failed - 10.42.3.\(pass % 200)/32")
          + line(
            pass % 3000, "Reconciling ENI/IP pool info because time since last 1m\(pass)s > 1m0s")
      }.joined()
    }
    let short = try read(log(10))
    let long = try read(log(400))
    #expect(long.rows("ipamd_event").count == short.rows("ipamd_event").count)
    #expect(long.rows("ipamd_event").count == 2)
    #expect(
      long.texts("log_shape", "shape", "count") == [["Get free IP from prefix failed - *", "400"]])
  }

  @Test("unknown records are counted by shape; complaints among them are rows up to a bound")
  func shapes() throws {
    let count = FactLimits.rowsPerShape + 5
    let text = (0..<count).map { number in
      line(number, "IPs allocated for the pod: \(number)")
        + line(
          number, "checkAccountENI failed on eni-0\(number), 10.42.3.\(number)", level: "error")
    }.joined()
    let parsed = try read(text)
    #expect(
      parsed.texts("log_shape", "source", "level", "shape", "count", "example") == [
        [
          "ipamd", "debug", "IPs allocated for the pod: *", "\(count)",
          "IPs allocated for the pod: 0",
        ],
        [
          "ipamd", "error", "checkAccountENI failed on *", "\(count)",
          "checkAccountENI failed on eni-00, 10.42.3.0",
        ],
      ])
    #expect(parsed.rows("ipamd_event").count == FactLimits.rowsPerShape)
    #expect(parsed.issues == [])
  }

  @Test(
    "a shape hides what differs from record to record, and nothing else",
    arguments: [
      ("total:18, assigned 10", "total:*, assigned *"),
      ("[10.0.0.1 10.0.0.2 10.0.0.3] on eni-0a1", "[*] on *"),
      ("MAC 06:5e:11:aa:20:01 and fd00::1 are here", "MAC * and * are here"),
      (
        "Required MultiNIC access false, interfaces required 0",
        "Required MultiNIC access false, interfaces required *"
      ),
      ("conf={key:1} rest", "conf={key:*} rest"),
      ("words only", "words only"),
    ])
  func shapeText(_ message: String, _ shape: String) throws {
    #expect(try read(line(0, message)).texts("log_shape", "shape") == [[shape]])
  }

  @Test(
    "shapes are kept to their number, and the rest is counted in one row",
    arguments: [(1000, false), (1010, true)])
  func manyShapes(_ number: Int, _ overflows: Bool) throws {
    #expect(FactLimits.shapesPerMember == 1000)
    func word(_ number: Int) -> String {
      String(
        String(number).map { Character(UnicodeScalar(UInt8(ascii: "g") + $0.asciiValue! - 48)) })
    }
    let text = (0..<number).map { line(0, "saw \(word($0))") }.joined()
    let rows = try read(text).texts("log_shape", "shape", "count")
    #expect(rows.count == (overflows ? 1001 : 1000))
    #expect(rows.last == (overflows ? ["NULL", "10"] : ["saw \(word(999))", "1"]))
  }

  @Test("a long message is cut in its row, and its shape is bounded")
  func longMessages() throws {
    let long = String(repeating: "word ", count: 5000)
    let parsed = try read(
      line(0, "Failed to CreateNetworkInterface " + long) + line(1, long, level: "error"))
    let messages = parsed.texts("ipamd_event", "message").compactMap(\.first)
    #expect(messages.count == 2)
    #expect(
      messages.allSatisfy { $0.utf8.count <= FactLimits.messageBytes + 3 && $0.hasSuffix("…") })
    let shape = parsed.texts("log_shape", "shape").first?.first ?? ""
    #expect(shape.utf8.count <= FactLimits.shapeBytes)
  }

  @Test("what a log covers is a row: times, levels, gaps, steps back, encodings")
  func extent() throws {
    let parsed = try read(
      tick(0, 1) + tick(5, 1) + line(300, "x", level: "warn") + line(100, "y", level: "info")
        + "nonsense of no encoding\n")
    #expect(
      parsed.texts(
        "log_extent", "source", "encoding", "records", "damaged", "debug", "info", "complaints",
        "steps_back", "longest_gap_us") == [
          ["ipamd", "json", "5", "1", "2", "1", "1", "1", "295000000"]
        ])
    #expect(parsed.issues.count == 1)
    let mixed = try read(
      tick(0, 1) + "2031-04-02T09:15:22Z [DEBUG] IP pool stats: total=9, used=7, c.x = 6\n")
    #expect(mixed.texts("log_extent", "encoding") == [["mixed"]])
  }

  @Test("records of a container's output are read through the wrapping of either runtime")
  func wrapped() throws {
    let inner =
      #"{"level":"info","ts":"2031-04-02T09:15:19.500Z","caller":"x","msg":"Created a new ENI: eni-0a"}"#
    let docker =
      #"{"log":"\#(inner.replacing("\"", with: "\\\""))\n","stream":"stderr","time":"2031-04-02T09:15:19.6Z"}"#
    let half = inner.index(inner.startIndex, offsetBy: 40)
    let cri =
      "2031-04-02T09:15:19.6Z stderr P \(inner[..<half])\n2031-04-02T09:15:19.6Z stderr F \(inner[half...])"
    for text in [docker, cri, "2031-04-02T09:15:19.6Z stdout F \(inner)"] {
      let parsed = try ParsedRows.of(
        .agentPodLogs, Array(text.utf8), path: "logs/pods/kube-system_aws-node-a_b/aws-node/0.log")
      #expect(parsed.texts("ipamd_event", "event", "eni") == [["EC2_CREATE_OK", "eni-0a"]])
      #expect(parsed.issues == [])
    }
  }

  @Test("flows that differ in their client's port are one row, and a denied answer keeps its ports")
  func flows() throws {
    func flow(_ second: Int, _ from: String, _ to: String, _ verdict: String) -> String {
      let (source, target) = (from.split(separator: " "), to.split(separator: " "))
      return line(
        second,
        "Node: n;SIP: \(source[0]);SPORT: \(source[1]);DIP: \(target[0]);DPORT: \(target[1]);PROTOCOL: TCP;PolicyVerdict: \(verdict)"
      )
    }
    let parsed = try read(
      flow(0, "10.0.0.1 40001", "10.0.0.2 80", "ACCEPT")
        + flow(1, "10.0.0.1 40002", "10.0.0.2 80", "ACCEPT")
        + flow(2, "10.0.0.2 80", "10.0.0.1 40001", "DENY"), as: .policyAgentLogs)
    #expect(
      parsed.texts("log_event", "src", "src_port", "dst_port", "verdict", "count") == [
        ["10.0.0.1", "40001", "80", "ACCEPT", "2"], ["10.0.0.2", "80", "40001", "DENY", "1"],
      ])
  }

  @Test(
    "as many statements are watched as the bound says; beyond it their repeats are rows again",
    arguments: [(0, 1), (1, 2)])
  func manyStatements(_ more: Int, _ rows: Int) throws {
    let count = FactLimits.openRepeats + more
    func run() -> String {
      (0..<count).map { line(0, "eni-0\($0) is of type: trunk", level: "info") }.joined()
    }
    let parsed = try read(run() + run())
    let first = parsed.texts("ipamd_event", "eni", "count").filter { $0[0] == "eni-00" }
    #expect(first.count == rows)
    #expect(
      parsed.texts("ipamd_event", "count").compactMap { $0.first.flatMap { Int($0) } }.reduce(0, +)
        == 2 * count)
  }

  @Test(
    "line ends are counted in any number of bytes", arguments: [0, 1, 15, 16, 17, 4080, 70_000])
  func lineEnds(_ count: Int) {
    let ends = [UInt8](repeating: 0x0a, count: count)
    #expect(LineEnds.count(in: ends[...]) == count)
    #expect(LineEnds.count(in: (Array("ab".utf8) + ends + Array("cd".utf8))[1...]) == count)
  }

  @Test(
    "a line is found and cleaned wherever its odd bytes stand",
    arguments: [0, 1, 14, 15, 16, 17, 31, 32, 100])
  func oddBytes(_ place: Int) throws {
    let message = "m" + String(repeating: "m", count: place)
    for odd in ["\u{0}", "\u{1b}[1m", "\\u0041", "\\n"] {
      let clean = odd == "\\u0041" ? "A" : odd == "\\n" ? "\n" : ""
      let parsed = try read(line(0, "Trying to add \(message)\(odd)z", level: "info"))
      #expect(
        parsed.texts("ipamd_event", "event", "address") == [
          ["REC_CIDR_ADD", message + clean + "z"]
        ])
    }
  }

  @Test("text in the encodings of container output is read with its time and level")
  func otherEncodings() throws {
    let text = """
      time="2031-04-02T09:15:19Z" level=warning msg="Retrying \\"it\\"" error="no route"
      I0402 09:15:20.123456      12 request.go:1] Throttling request took 1.04s
      """
    let parsed = try ParsedRows.of(
      .agentPodLogs, Array(text.utf8), path: "logs/pods/kube-system_aws-node-a_b/aws-node/0.log")
    #expect(
      parsed.texts("log_event", "level", "message", "time_us") == [
        ["warn", "Retrying \"it\": no route", "1932887719000000"]
      ])
    #expect(
      parsed.texts("log_shape", "level", "shape") == [
        ["warn", "Retrying \"it\": no route"], ["info", "Throttling request took *"],
      ])
    #expect(parsed.texts("log_extent", "encoding") == [["mixed"]])
  }
}
