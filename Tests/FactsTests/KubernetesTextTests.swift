import BundleModel
import Testing

@testable import Facts

@Suite struct KubernetesTextTests {
  private func json(_ yaml: String) -> [String] {
    YAMLReader.documents(Array(yaml.utf8)[...]).values.map(\.json)
  }

  @Test(
    "YAML means what the same JSON means",
    arguments: [
      ("a: 1\nb: two\n", #"{"a":1,"b":"two"}"#),
      ("a:\n  b:\n    c: true\nd: ~\n", #"{"a":{"b":{"c":true}},"d":null}"#),
      ("a:\n- 1\n- x: y\n  z: 2\nb: c\n", #"{"a":[1,{"x":"y","z":2}],"b":"c"}"#),
      ("a:\n  - - 1\n    - 2\n  -\n    - 3\n", #"{"a":[[1,2],[3]]}"#),
      ("a: {b: c, d: [1, \"x, y\", {}]}\n", #"{"a":{"b":"c","d":[1,"x, y",{}]}}"#),
      ("a: [\n  1,\n  2\n]\nb: 3\n", #"{"a":[1,2],"b":3}"#),
      ("a: \"q\\n\\u00e9\\x41\"\nb: 'it''s'\n", #"{"a":"q\néA","b":"it's"}"#),
      ("a: \"one\n  two\n\n  three\"\n", #"{"a":"one two\nthree"}"#),
      ("a: \"one\\\n  \\ two\"\n", #"{"a":"one two"}"#),
      ("a: one\n  two # not this\nb: c\n", #"{"a":"one two","b":"c"}"#),
      ("a: |\n  x\n    y\n\n  z\nb: 1\n", #"{"a":"x\n  y\n\nz\n","b":1}"#),
      ("a: |-\n  x # kept\n", #"{"a":"x # kept"}"#), ("a: >\n  x\n  y\n", #"{"a":"x y\n"}"#),
      ("a: http://x:80/#y\n", #"{"a":"http://x:80/#y"}"#), ("a: x #c\n", #"{"a":"x"}"#),
      ("a: !!str 1\nb: &x 2\n", #"{"a":1,"b":2}"#), ("\"a b\": 1\n'c': 2\n", #"{"a b":1,"c":2}"#),
      ("a: 007\nb: 1.5\nc: -3\nd: 1e3\ne: -\n", #"{"a":"007","b":1.5,"c":-3,"d":1e3,"e":"-"}"#),
      ("a: yes\nb: ''\nc:\nd: 10.42.0.1\n", #"{"a":"yes","b":"","c":null,"d":"10.42.0.1"}"#),
      ("# c\n%YAML 1.1\n---\na: 1\n...\n", #"{"a":1}"#), ("- a\n- b: c\n", #"["a",{"b":"c"}]"#),
      ("f:k: 1\n", #"{"f:k":1}"#), ("a:\r\n  b: c\r\n", #"{"a":{"b":"c"}}"#),
    ])
  func yaml(_ text: String, _ expected: String) {
    #expect(json(text) == [expected])
    #expect(YAMLReader.documents(Array(text.utf8)[...]).problems.isEmpty)
  }

  @Test("documents of YAML stand behind three minus signs")
  func yamlDocuments() {
    #expect(json("---\na: 1\n---\n# nothing\n---\nb: 2\n") == [#"{"a":1}"#, #"{"b":2}"#])
    #expect(json("") == [])
  }

  @Test(
    "a damaged line of YAML is left out and reported; the others are read",
    arguments: [
      ("a: 1\nbroken\nb: 2\n", #"{"a":1,"b":2}"#, 2),
      ("a: 1\n    c: 3\nb: 2\n", #"{"a":1,"b":2}"#, 2),
      ("a: *x\nb: 2\n", #"{"a":null,"b":2}"#, 1), ("a: \"open\nb: 2\n", #"{"a":"open","b":2}"#, 1),
      ("a: [1, 2\nb: 2\n", #"{"a":[1,2],"b":2}"#, 1),
      ("a: {b c: d\nb: 2\n", #"{"a":{"b c":"d"},"b":2}"#, 1),
      ("a: 1\n\tb: 3\nc: 2\n", #"{"a":1,"b":3,"c":2}"#, 0),
    ])
  func damagedYAML(_ text: String, _ expected: String, _ line: Int) {
    let (values, problems) = YAMLReader.documents(Array(text.utf8)[...])
    #expect(values.first?.json == expected)
    #expect(problems.map(\.line) == (line == 0 ? [] : [line]))
  }

  @Test("YAML may be nested to its limit and no deeper", arguments: [(4, true), (5, false)])
  func yamlDepth(_ depth: Int, _ isRead: Bool) {
    var text = ""
    for level in 0..<depth { text += String(repeating: " ", count: level) + "a:\n" }
    let (_, problems) = YAMLReader.documents(Array(text.utf8)[...], depthLimit: 4)
    #expect(problems.isEmpty == isRead)
    let flow =
      "a: " + String(repeating: "[", count: depth - 1)
      + String(repeating: "]", count: depth - 1)
    #expect(YAMLReader.documents(Array(flow.utf8)[...], depthLimit: 4).problems.isEmpty == isRead)
  }

  @Test("YAML may hold values to its limit and no more", arguments: [(4, true), (6, false)])
  func yamlValues(_ count: Int, _ isRead: Bool) {
    let text = (0..<count).map { "a\($0): \($0)\n" }.joined()
    let (_, problems) = YAMLReader.documents(Array(text.utf8)[...], valueLimit: 6)
    #expect(problems.isEmpty == isRead)
  }

  @Test("hostile YAML takes no more than time that grows with its length")
  func hostileYAML() {
    for text in ["a: \"", "a: [", "- ", "a:\n ", "[", "|\n", "a: 'x\n", "? ", "\t", "{a: "] {
      let long = String(repeating: text + "\n", count: 20_000)
      _ = YAMLReader.documents(Array(long.utf8)[...])
      let line = String(repeating: text, count: 20_000)
      _ = YAMLReader.documents(Array(line.utf8)[...])
    }
  }

  @Test(
    "a command line is taken apart as a shell does it",
    arguments: [
      ("a  b\tc", ["a", "b", "c"]), ("--x='a b' \"c d\"e", ["--x=a b", "c de"]),
      ("a\\ b '\\'", ["a b", "\\"]), ("'' a", ["", "a"]), ("'open a", ["open a"]), ("", []),
      ("a \\\n b", ["a", "", "b"]),
    ])
  func commandLines(_ text: String, _ words: [String]) {
    #expect(CommandLine.words(Array(text.utf8)[...]) == words)
  }

  @Test("a command line has words to its limit and no more")
  func commandWords() {
    #expect(FactLimits.commandWords == 10_000)
    for (count, kept) in [(10_000, 10_000), (10_002, 10_000)] {
      let text = String(repeating: "a ", count: count)
      #expect(CommandLine.words(Array(text.utf8)[...]).count == kept)
    }
  }

  @Test(
    "amounts of processors and memory have one unit",
    arguments: [
      ("25m", 25, nil), ("0.5", 500, 1), ("2", 2000, 2), ("574Mi", nil, 601_882_624),
      ("1G", nil, 1_000_000_000), ("128974848", nil, 128_974_848), ("x", nil, nil), ("", nil, nil),
      ("m", nil, nil), ("1e400", nil, nil),
    ] as [(String, Int64?, Int64?)])
  func quantities(_ text: String, _ millicores: Int64?, _ bytes: Int64?) {
    if let millicores { #expect(Quantity.millicores(text) == millicores) }
    if let bytes { #expect(Quantity.bytes(text) == bytes) }
    if millicores == nil, bytes == nil {
      #expect(Quantity.millicores(text) == nil)
      #expect(Quantity.bytes(text) == nil)
    }
  }

  @Test("times that kubectl prints for people are times")
  func peoplesTimes() {
    #expect(Timestamp.rfc1123("Wed, 02 Apr 2031 09:15:00 +0000") == "2031-04-02T09:15:00+0000")
    #expect(Timestamp.rfc1123("Wed, 02 Foo 2031 09:15:00 +0000") == nil)
    #expect(Timestamp.before(100_000_000, age: "1m30s") == 10_000_000)
    #expect(Timestamp.before(100_000_000, age: "2d") == 100_000_000 - 172_800_000_000)
    #expect(Timestamp.before(100_000_000, age: "soon") == nil)
    #expect(Timestamp.before(nil, age: "1s") == nil)
  }

  @Test(
    "only values that say how the CNI is set up are shown",
    arguments: [
      ("WARM_IP_TARGET", true), ("AWS_ROLE_ARN", true), ("MY_NODE_NAME", true), ("MY_TOKEN", false),
      ("AWS_SECRET_ACCESS_KEY", false), ("PATH", false), ("AWS_USE_DUALSTACK_ENDPOINT", true),
      ("ENABLE_PASSWORD", false),
    ])
  func allowedSettings(_ name: String, _ isShown: Bool) {
    #expect(AllowedSetting.mayShow(name) == isShown)
  }

  @Test("a damaged JSON document keeps its whole items and leaves out the damaged one")
  func wholeParts() throws {
    let text = #"{"kind":"PodList","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"},"#
    for length in [text.utf8.count, text.utf8.count - 10] {
      let parsed = try ParsedRows.of(.nodePods, Array(text.utf8.prefix(length)))
      #expect(parsed.texts("pod", "name") == [["a"]])
      #expect(!parsed.issues.isEmpty)
    }
  }

  @Test("a document between two damaged ones is read, and every line number is right")
  func resynchronised() {
    let text = "{\"a\":\n{\"x\" 1}\n{\"b\":\n 2}\nnoise\n[3]\n"
    let read = JSONSequence.read(Array(text.utf8)[...])
    #expect(read.values.map(\.json) == ["{\"a\":{}}", "{\"b\":2}", "[3]"])
    #expect(read.values[1].object?.line == 3)
    #expect(read.problems.map(\.line) == [2, 5])
  }
}
