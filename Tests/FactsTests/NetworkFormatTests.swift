import BundleModel
import Testing

@testable import Facts

@Suite struct NetworkFormatTests {
  @Test(
    "addresses and ranges have keys that sort as text",
    arguments: [
      ("10.42.3.17", "ffff0a2a0311", "ffff0a2a0311"),
      ("10.42.3.17/20", "ffff0a2a0000", "ffff0a2a0fff"),
      ("10.42.0.0/255.255.240.0", "ffff0a2a0000", "ffff0a2a0fff"),
      ("169.254/16", "ffffa9fe0000", "ffffa9feffff"),
      ("0.0.0.0/0", "ffff00000000", "ffffffffffff"),
      ("::1", "000000000001", "000000000001"), ("::ffff:10.0.0.1", "ffff0a000001", "ffff0a000001"),
      ("fd00::ac:0/118", "000000ac0000", "000000ac03ff"),
    ])
  func keys(_ text: String, _ first: String, _ last: String) throws {
    let range = try #require(IPRange(text))
    #expect(range.firstKey.count == 32)
    #expect(range.firstKey.hasSuffix(first))
    #expect(range.lastKey.hasSuffix(last))
  }

  @Test("an IPv6 address fills all digits of its key")
  func longKeys() {
    #expect(
      IPRange("2001:db8:1:2:3:4:5:6")?.firstKey == "20010db8000100020003000400050006")
    #expect(IPRange("fe80::1%eth0")?.firstKey == "fe800000000000000000000000000001")
    #expect(IPRange("fd00::/8")?.lastKey == "fd" + String(repeating: "f", count: 30))
    #expect(IPRange("::/0")?.lastKey == String(repeating: "f", count: 32))
    #expect(IPRange("fd00::/64")?.lastKey == "fd00000000000000ffffffffffffffff")
  }

  @Test(
    "what is no address has no key",
    arguments: [
      "", "MY-IP", "10.x.x.12", "10.42.3", "10.42.3.256", "10.42.3.17/33", "10.42.3.17/-1",
      "1::2::3",
      ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::1/129", "10.0.0.0/255.0.255.0",
      ":::",
      "1.2.3.4.5", "fe80::g",
    ])
  func noKeys(_ text: String) {
    #expect(IPRange(text) == nil)
  }

  @Test(
    "marks mean the same in every spelling",
    arguments: [
      ("--set-xmark 0x80/0x80", "CONNMARK or 0x80", "set 0x80 0x80 -"),
      ("--set-mark 0x80/0x80", "CONNMARK or 0x80", "set 0x80 0x80 -"),
      ("--or-mark 128", "MARK or 0x80", "set 0x80 0x80 -"),
      ("--set-mark 0x1", "MARK set 0x1", "set 0x1 0xffffffff -"),
      ("--set-xmark 0x1/0xff", "MARK xset 0x1/0xff", "set 0x1 0xff -"),
      ("--and-mark 0xff", "MARK and 0xff", "set 0x0 0xffffff00 -"),
      ("--xor-mark 0xff", "MARK xor 0xff", "set 0xff 0x0 -"),
      (
        "--restore-mark --nfmask 0x80 --ctmask 0x80", "CONNMARK restore mask 0x80",
        "restore - 0x80 0x80"
      ),
      ("--restore-mark --mask 0x80", "CONNMARK restore mask 0x80", "restore - 0x80 0x80"),
      (
        "--restore-mark --nfmask 0x1 --ctmask 0x3", "CONNMARK restore ctmask 0x3 nfmask ~0x1",
        "restore - 0x1 0x3"
      ),
      ("--save-mark", "CONNMARK save", "save - 0xffffffff 0xffffffff"),
    ])
  func marks(_ options: String, _ listing: String, _ meaning: String) {
    func words(_ text: String) -> [String] { text.split(separator: " ").map { String($0) } }
    func text(_ mark: MarkText?) -> String? {
      mark.map {
        [$0.action, $0.value ?? "-", $0.mask ?? "-", $0.connectionMask ?? "-"].joined(
          separator: " ")
      }
    }
    #expect(text(MarkText(options: words(options))) == meaning)
    #expect(text(MarkText(listing: words(listing))) == meaning)
  }

  @Test(
    "targets without marks have none",
    arguments: ["", "--to-source 10.0.0.1", "--set-mark x", "--set-mark"])
  func noMarks(_ options: String) {
    #expect(MarkText(options: options.split(separator: " ").map { String($0) }) == nil)
  }

  @Test(
    "priorities of nft chains are numbers by their names",
    arguments: [
      ("filter", "ip", 0), ("filter - 10", "ip", -10), ("dstnat + 10", "inet", -90),
      ("-90", "ip", -90), ("filter", "bridge", -200), ("srcnat", "bridge", 300),
      ("mangle", "ip6", -150),
    ])
  func priorities(_ text: String, _ family: String, _ number: Int64) {
    #expect(NftRuleset.priority(text, family: family) == number)
  }

  @Test(
    "a priority without a known name is not known", arguments: ["", "late", "filter x y", "out"])
  func noPriorities(_ text: String) {
    #expect(NftRuleset.priority(text, family: "ip") == nil)
  }
}
