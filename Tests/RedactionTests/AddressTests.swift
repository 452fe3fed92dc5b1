import Redaction
import Testing

@Suite("Pseudonyms of addresses")
struct AddressTests {
  typealias Range4 = AddressMapping.Range4

  /// Addresses that lie together and apart, as in a VPC and around it.
  private func addresses(_ generator: inout SeededGenerator, count: Int) -> [UInt32] {
    let bases: [UInt32] = [
      0x0A2A_0000, 0x0A2A_2000, 0xAC14_0000, 0xAC1F_0000, 0xC0A8_0000, 0x6440_0000, 0x0345_6700,
      0, 0x7F00_0000, 0xA9FE_A9FE, 0xE000_0000, 0xFFFF_0000,
    ]
    return (0..<count).map { _ in
      let value = UInt32(truncatingIfNeeded: generator.next())
      let base = bases[Int(generator.next() % UInt64(bases.count))]
      let bits = UInt32(generator.next() % 33)
      return bits == 32 ? value : base | (value & ((1 << bits) - 1))
    }
  }

  @Test("every pair of IPv4 addresses keeps its common prefix, and none coincide", arguments: 1...8)
  func prefixes4(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var mapping = AddressMapping(
      testKey(UInt8(seed)), subnets: [Range4(0x0A2A_2000, 19), Range4(0x0A2A_0000, 20)],
      keptRanges: [Range4(0xAC14_0000, 16)])
    let clear = Array(Set(addresses(&generator, count: 400)))
    let masked = clear.map { mapping.map($0) }
    #expect(Set(masked).count == clear.count)
    for left in clear.indices {
      for right in clear.indices where right > left {
        let before = (clear[left] ^ clear[right]).leadingZeroBitCount
        let after = (masked[left] ^ masked[right]).leadingZeroBitCount
        if before != after { Issue.record("\(clear[left]) \(clear[right])") }
      }
    }
  }

  @Test("every pair of IPv6 addresses keeps its common prefix", arguments: 1...4)
  func prefixes6(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var mapping = AddressMapping(testKey(UInt8(seed)))
    let bases: [Address6] = [
      Address6(high: 0x2A05_D018_1234_5600, low: 0), Address6(high: 0xFE80 << 48, low: 0),
      Address6(high: 0xFD00_0EC2 << 32, low: 0), Address6(high: 0, low: 0),
      Address6(high: 0xFF02 << 48, low: 0x1_FF00_0000), Address6(high: 0xFD12_3456 << 32, low: 0),
      Address6(high: 0, low: 0xFFFF_0A2A_2001),
    ]
    let clear = Array(
      Set(
        (0..<250).map { _ -> Address6 in
          let base = bases[Int(generator.next() % UInt64(bases.count))]
          let bits = generator.next() % 64
          let high = generator.next() % 4 == 0 ? generator.next() & 0xFFFF : 0
          return Address6(
            high: base.high | high, low: base.low | generator.next() & ((1 << bits) - 1))
        }))
    let masked = clear.map { mapping.map($0) }
    func common(_ left: Address6, _ right: Address6) -> Int {
      let high = (left.high ^ right.high).leadingZeroBitCount
      return high < 64 ? high : 64 + (left.low ^ right.low).leadingZeroBitCount
    }
    for left in clear.indices {
      for right in clear.indices where right > left {
        if common(clear[left], clear[right]) != common(masked[left], masked[right]) {
          Issue.record("\(clear[left]) \(clear[right])")
        }
      }
    }
  }

  @Test("what has a meaning of its own stays, and the rest doesn't")
  func meanings() {
    var mapping = AddressMapping(
      testKey(), subnets: [Range4(0x0A2A_2000, 19)], keptRanges: [Range4(0xAC14_0000, 16)])
    for kept: UInt32 in [
      0, 0x7F00_0001, 0xA9FE_A9FE, 0xE000_0001, 0xFFFF_FF00, 0xFFFF_FFFF, 0xAC14_000A,
    ] {
      #expect(mapping.map(kept) == kept)
    }
    for base: UInt32 in [0x0A2A_2000, 0x0A2A_5500, 0xAC1F_0700] {
      let network = mapping.map(base)
      #expect(network != base)
      for low: UInt32 in [0, 1, 2, 3, 200, 255] {
        #expect(mapping.map(base | low) == network | low)
      }
    }
    // The last address of a subnet of the node whose length is known.
    #expect(mapping.map(0x0A2A_3FFF) == mapping.map(0x0A2A_2000) | 0x1FFF)
    for (base, length): (UInt32, Int) in [
      (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0x6440_0000, 10),
    ] {
      #expect(Range4(base, length).contains(mapping.map(base | 0x1234)))
      #expect(mapping.map(base) >> UInt32(32 - length) == base >> UInt32(32 - length))
    }
  }

  @Test(
    "text without addresses stays",
    arguments: [
      "2031-04-02T09:15:22.418Z 09:15:22.418 00:11:22", "version 1.23.1.2, v1.19.2.0, 1.2.3.4.5",
      #""version":"10.2.3.4", kernel 6.1.127-135.201.amzn2023.x86_64"#, "0000:00:06.0 std::string",
      "1.23.1.2-eksbuild.1 app/1.55.5.1 300.1.2.3 10.0.0 01.2.3.4", "f::1x foo::bar ::",
      "ami-0a1b2c3d4e5f67890 eni-x i-12345 123456789012345 20310402091522",
      "169.254.169.254 127.0.0.1 255.255.240.0 0.0.0.0/0 ::/0 ::1/128 fe80::1%eth0 ff02::1",
      "602401143452.dkr.ecr.eu-west-2.amazonaws.com/amazon-k8s-cni:v1.19.2",
      "{\"took\":123456789012}", "ff:ff:ff:ff:ff:ff 00:00:00:00:00:00 01:00:5e:00:00:fb",
    ])
  func harmless(text: String) {
    #expect(pseudonymize(text, testRules(names: false)).text == text)
  }

  @Test(
    "an address is found in every form",
    arguments: [
      ("10.42.12.41:8080", "10.42.12.41"), ("[2a05:d018:1:2::5]:443", "2a05:d018:1:2::5"),
      ("src:2a05:d018:1:2::5", "2a05:d018:1:2::5"), ("{\"a\":\"10.42.12.41\"}", "10.42.12.41"),
      ("{\\\"a\\\":\\\"10.42.12.41\\\"}", "10.42.12.41"), ("x\\n10.42.12.41\\t", "10.42.12.41"),
      ("a%2F10.42.12.41%2F", "10.42.12.41"), ("10.42.12.41-10.42.12.44", "10.42.12.44"),
      ("ip-10-42-12-41.eu-west-2.compute.internal", "ip-10-42-12-41"),
      ("ec2-3-120-5-6.eu-west-2.compute.amazonaws.com", "3-120-5-6"),
      ("tcp://10.42.12.41:443/", "10.42.12.41"), ("(10.42.12.41)", "10.42.12.41"),
      ("10.42.12.41.", "10.42.12.41"), ("src=10.42.12.41 dst=", "10.42.12.41"),
      ("2a05:d018:1:2::5%eth0", "2a05:d018:1:2::5"), ("::ffff:10.42.12.41", "10.42.12.41"),
      ("2A05:D018:0001:0002:0000:0000:0000:0005", "2A05:D018"),
      ("link/ether 02:ab:cd:ef:01:23 brd", "ab:cd:ef:01:23"),
      ("macs/02:ab:cd:ef:01:23/", "ab:cd:ef:01:23"), ("i-0a1b2c3d4e5f67890", "a1b2c3d4e5f67890"),
      ("eni-0a1b2c3d4e5f67890/x", "a1b2c3d4e5f67890"), ("\"subnet-0f3a91c2\"", "0f3a91c2"),
      ("arn:aws:iam::123456789012:role/x", "123456789012"),
      ("\"accountId\" : \"123456789012\"", "123456789012"),
      ("123456789012.dkr.ecr.eu-west-2.amazonaws.com/x", "123456789012"),
      ("2031 worker-7 kubelet[3]:", "worker-7"), ("public 3.120.5.6", "3.120.5.6"),
    ])
  func forms(text: String, clear: String) {
    let (masked, filter) = pseudonymize(text, testRules(names: false))
    #expect(!masked.contains(clear), "\(masked)")
    #expect(filter.counts[.addresses] > 0)
    #expect(restore(masked, filter.pairs).lowercased() == text.lowercased(), "\(masked)")
  }

  @Test("the forms of one address agree, and a network's host bits stay zero")
  func consistency() {
    func mask(_ text: String) -> String { pseudonymize(text, testRules(names: false)).text }
    let address = mask("10.42.12.41")
    #expect(mask("ip-10-42-12-41") == "ip-" + address.replacing(".", with: "-"))
    #expect(mask("10.42.12.41/32") == address + "/32")
    #expect(mask("10.42.12.41/24") == address + "/24")
    #expect(mask("10.42.0.0/16").hasSuffix(".0.0/16"))
    #expect(mask("10.0.0.0/8") == "10.0.0.0/8")
    #expect(mask("10.42.64.0/255.255.192.0").hasSuffix(".0/255.255.192.0"))
    #expect(mask("10.42.12.48/28").hasSuffix(".48/28"))
    #expect(mask("2a05:d018:1:2::/64").hasSuffix("::/64"))
    #expect(mask("2a05:d018:1:2:aaaa::/80").hasSuffix("::/80"))
    #expect(mask("2a05:d018::/32").hasSuffix("::/32"))
  }

  @Test("the kernel's hexadecimal tables follow the same mapping")
  func hexadecimal() {
    let rules = testRules(names: false)
    let plain = pseudonymize("10.42.12.41", rules).text.split(separator: ".").compactMap {
      UInt8($0)
    }
    func digits(_ bytes: [UInt8]) -> String {
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
    let route = "eth0\t290C2A0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n"
    #expect(
      pseudonymize(route, rules, hexForm: .littleEndian).text
        == route.replacing("290C2A0A", with: digits(plain.reversed())))
    #expect(
      pseudonymize("TCP  0A2A0C29:01BB rr", rules, hexForm: .network).text
        == "TCP  \(digits(plain)):01BB rr")
  }
}
