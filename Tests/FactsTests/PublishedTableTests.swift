import BundleModel
import Testing

@testable import Facts

@Suite("Published tables")
struct PublishedTableTests {
  @Test("an address has a key that sorts by number")
  func keys() {
    let four = "00000000000000000000ffff"
    for (text, key) in [
      ("10.42.7.19", four + "0a2a0713"), ("0.0.0.0", four + "00000000"),
      ("255.255.255.255", four + "ffffffff"), ("10.42.7.0/24", four + "0a2a0700"),
      ("::", "00000000000000000000000000000000"), ("::1", "00000000000000000000000000000001"),
      ("::1%eth0", "00000000000000000000000000000001"),
      ("2600:1f13:d:d200::/64", "26001f13000dd2000000000000000000"),
      ("fe80::1", "fe800000000000000000000000000001"), ("1::", "00010000000000000000000000000000"),
      ("::ffff:10.0.0.1", four + "0a000001"),
      ("1:2:3:4:5:6:7:8", "00010002000300040005000600070008"),
      ("A::B", "000a000000000000000000000000000b"),
    ] {
      #expect(AddressKey.of(text) == key, "\(text)")
    }
  }

  @Test(
    "what is no address has no key",
    arguments: [
      "", "all", "default", "10.0.0", "10.0.0.256", "10.0.0.1.2", "10.0.0.1/", "10.0.0.1/x",
      "10.0.0.1/1000", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::",
      "g::",
      "1:2:3:4:5:6:7::8", "02:42:ac:11:00:02", "10.0.0.1 ", "1.2.3.4:80", ":1", "1:",
      "10.0..1", "::10.0.0", String(repeating: "1", count: 10_000),
    ])
  func noKeys(_ text: String) {
    #expect(AddressKey.of(text) == nil)
  }

  @Test("every table of the catalogue can be published: no name stands twice")
  func unique() {
    for table in FactCatalog.descriptions {
      let names = PublishedTable(table, hasEvidence: true).columns.map(\.name)
      #expect(Set(names).count == names.count, "\(table.name)")
      #expect(
        names.prefix(6) == ["bundle_id", "cluster", "node_id", "collected_at", "artifact", "line"])
    }
  }

  @Test("every time has its text and every address its key beside it")
  func companions() {
    for table in FactCatalog.descriptions {
      let names = Set(PublishedTable(table, hasEvidence: true).columns.map(\.name))
      for column in table.columns where column.holdsTime {
        let stem = column.name.dropLast(3)
        #expect(
          names.contains(String(stem)) || names.contains(stem + "_at"), "\(table.name).\(stem)")
      }
      for column in table.columns where column.holdsAddress {
        let hasKey = ["_key", "_first_key"].contains { names.contains(column.name + $0) }
        #expect(hasKey, "\(table.name).\(column.name)")
      }
    }
  }

  @Test("a companion never hides a column of the table")
  func collisions() {
    let columns = ["time", "time_us", "address_key", "address", "bundle_id", "collected_at_us"].map
    {
      ColumnDescription(
        name: $0, type: $0.hasSuffix("_us") ? .integer : .text, isNullable: true,
        summary: $0 + ", since 1970")
    }
    let table = PublishedTable(
      TableDescription(name: "t", summary: "", artifacts: [], columns: columns), hasEvidence: false)
    #expect(
      table.columns.map(\.name) == [
        "bundle_id", "cluster", "node_id", "collected_at", "time", "time_us", "address_key",
        "address", "collected_at_us",
      ])
    #expect(table.columns[0].source == .bundle)
    #expect(table.columns[4].source == .fact)
  }

  @Test("a column that says when something was says since when it counts")
  func pointsInTime() {
    for table in FactCatalog.descriptions {
      for column in table.columns where column.name.hasSuffix("_us") {
        let says = ["since 1970", "since boot", "since the start"].contains(
          where: column.summary.contains)
        #expect(says || !column.summary.hasPrefix("When"), "\(table.name).\(column.name)")
      }
    }
  }

  @Test("spans of time, and names that stand for other things, have nothing beside them")
  func spans() {
    for (name, type, summary) in [
      ("duration_us", FactType.integer, "How long it took, in microseconds."),
      ("boot_us", .integer, "When it was written, in microseconds since boot."),
      ("source", .text, "Program that wrote the line."), ("address", .integer, "A number."),
    ] {
      let column = ColumnDescription(name: name, type: type, isNullable: true, summary: summary)
      #expect(!column.holdsTime && !column.holdsAddress, "\(name)")
    }
    let source = ColumnDescription(
      name: "source", type: .text, isNullable: true, summary: "Source address or CIDR.")
    #expect(source.holdsAddress)
  }
}
