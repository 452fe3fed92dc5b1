import TestSupport
import Testing

@testable import Facts

@Suite struct EventCatalogueTests {
  private static let catalogues: [(name: String, catalogue: EventCatalogue)] = [
    ("kubelet", KubeletPatterns.catalogue), ("timeouts", KubeletPatterns.timeouts),
    ("kernel", HostPatterns.kernel), ("services", HostPatterns.services),
    ("runtime", HostPatterns.runtime), ("proxy", HostPatterns.proxy),
    ("names", HostPatterns.names), ("all", HostPatterns.all),
  ]

  @Test("every phrase of every catalogue is told apart", arguments: catalogues)
  func capacity(_ name: String, _ catalogue: EventCatalogue) {
    #expect(catalogue.phrases.count <= EventCatalogue.phraseLimit, "\(name)")
  }

  @Test("a phrase beyond the limit is never found", arguments: [(127, true), (128, false)])
  func limit(_ index: Int, _ isFound: Bool) {
    #expect(EventCatalogue.phraseLimit == 128)
    let catalogue = EventCatalogue((0...128).map { .init("e\($0)", ["<\($0)>"]) })
    #expect(catalogue.event(Array("a <\(index)> b".utf8)[...]) == (isFound ? "e\(index)" : nil))
  }

  @Test(
    "the first rule decides of which each group has a phrase and no excluded phrase occurs",
    arguments: [
      ("she sells", "she"), ("he sells", "he"), ("ushers", "he-and-hers"), ("his", nil),
      ("he who", nil), ("", nil), ("hhe sells", "he"), ("sshe", "she"),
    ] as [(String, String?)])
  func rules(_ text: String, _ event: String?) {
    let catalogue = EventCatalogue([
      .init("he-and-hers", ["he"], ["hers", "his hers"]), .init("she", ["she"]),
      .init("he", ["he"], unless: ["who"]),
    ])
    #expect(catalogue.event(Array(text.utf8)[...]) == event)
  }

  @Test("the first look at a line ignores what an excluded phrase in its prefix would hide")
  func firstLook() {
    let catalogue = EventCatalogue([.init("he", ["he"], unless: ["who"])])
    #expect(catalogue.mayHoldEvent(Array("who: he".utf8)[...]))
    #expect(!catalogue.mayHoldEvent(Array("who: x".utf8)[...]))
  }

  @Test("a search finds what a plain comparison finds")
  func search() {
    var generator = SeededGenerator(seed: 1)
    let letters = Array("abc".utf8)
    func text(_ length: Int) -> [UInt8] {
      (0..<length).map { _ in letters[Int.random(in: 0..<3, using: &generator)] }
    }
    for _ in 0..<200 {
      let phrases = (0..<20).map { _ in text(Int.random(in: 1...5, using: &generator)) }
      let line = text(40)[...]
      let expected = phrases.enumerated().reduce(UInt128(0)) { bits, phrase in
        line.firstRange(of: phrase.element) == nil ? bits : bits | 1 << UInt128(phrase.offset)
      }
      #expect(PhraseSearch(phrases).found(in: line) == expected)
    }
  }
}

@Suite struct HostTextTests {
  @Test(
    "what ctime prints is a point in time",
    arguments: [
      ("Wed Apr  2 09:22:10 2031", 1_932_888_130_000_000),
      ("Thu Apr 10 09:22:10 2031", 1_933_579_330_000_000),
      ("Wed Apr  2 09:22:10 203", nil), ("Wed Xyz  2 09:22:10 2031", nil),
      ("Wed Apr  2 09:62:10 2031", nil), ("", nil),
    ] as [(String, Int64?)])
  func ctime(_ text: String, _ us: Int64?) {
    #expect(Timestamp.ctime(Array(text.utf8)[...]) == us)
  }

  @Test(
    "times of systemctl are read in seconds and in words",
    arguments: [
      ("@1932887719", 1_932_887_719_000_000),
      ("Wed 2031-04-02 09:15:19 UTC", 1_932_887_719_000_000),
      ("@0", nil), ("@", nil), ("@9223372036854775807", nil), ("Wed 2031-04-02 09:15:19 CET", nil),
    ] as [(String, Int64?)])
  func systemdTimes(_ text: String, _ us: Int64?) {
    #expect(Timestamp.systemd(text) == us)
  }

  @Test(
    "sizes of df are bytes",
    arguments: [
      ("512", 512), ("20G", 21_474_836_480), ("7.8M", 8_178_893), ("0", 0), ("-", nil), ("x", nil),
      ("99999G", nil), ("-1G", nil), ("", nil), ("8191E", nil),
    ] as [(String, Int64?)])
  func amounts(_ text: String, _ bytes: Int64?) {
    #expect(MountText.amount(Array(text.utf8)[...]) == bytes)
  }

  @Test(
    "processor times of ps are microseconds",
    arguments: [
      ("0:12", 12_000_000), ("62:03", 3_723_000_000), ("01:02:03", 3_723_000_000),
      ("1-02:03:04", 93_784_000_000), ("12", nil), ("-1:02", nil), ("a:b", nil), ("1:2:3:4", nil),
      ("99999999-00:00", nil),
    ] as [(String, Int64?)])
  func durations(_ text: String, _ us: Int64?) {
    #expect(ProcessText.duration(Array(text.utf8)[...]) == us)
  }

  @Test(
    "a block has as many addresses as its length leaves",
    arguments: [
      ("10.42.3.17/32", 1), ("10.42.9.2/31", 2), ("10.42.8.16/28", 16),
      ("0.0.0.0/0", 4_294_967_296),
      ("2001:db8::/80", 281_474_976_710_656), ("2001:db8::/66", 4_611_686_018_427_387_904),
      ("2001:db8::/65", nil), ("10.42.3.17", nil), ("10.42.3.17/33", nil), ("MY-IP", nil),
      ("10.42.3.17/x", nil),
    ] as [(String, Int64?)])
  func sizes(_ cidr: String, _ size: Int64?) {
    #expect(IntrospectionPool.size(cidr) == size)
  }
}
