import BundleModel
import Foundation
import Redaction
import SystemPackage
import Testing

@testable import NodeCollector

@Suite("The pairs behind pseudonyms")
struct PairStoreTests {
  private func pairs(_ range: Range<Int>) -> [String: String] {
    Dictionary(uniqueKeysWithValues: range.map { ("pod-\($0)", "clear-\($0)") })
  }

  @Test("a store takes what it has room for, and says that there was more")
  func pairLimit() {
    let store = PairStore(pairLimit: 100)
    store.add(pairs(0..<60))
    store.add(pairs(40..<100))
    #expect(store.pairs.count == 100 && !store.leavesPairsOut)
    // What is known already takes no room.
    store.add(pairs(0..<100))
    #expect(!store.leavesPairsOut)
    store.add(pairs(100..<101))
    #expect(store.pairs.count == 100 && store.leavesPairsOut)
  }

  @Test("long names fill a store as many names do")
  func textLimit() {
    let store = PairStore(textBytesLimit: 1000)
    store.add(["a": String(repeating: "x", count: 999)])
    #expect(!store.leavesPairsOut)
    store.add(["b": "y"])
    #expect(store.leavesPairsOut && store.pairs.keys.sorted() == ["a"])
  }

  @Test("what one item could not remember is not in the store either")
  func itemLimit() {
    let store = PairStore()
    store.add(["a": "b"], leavesOut: true)
    #expect(store.leavesPairsOut)
  }

  @Test("a map says whether it is whole")
  func map() async throws {
    let scratch = try FakeNode()
    for isFull in [false, true] {
      let masking = Masking(level: .addresses, names: NameDictionary())
      var texts = masking.texts()
      #expect(texts.masked("src 10.1.2.3") != "src 10.1.2.3")
      if isFull {
        var filter = masking.filter(.log, path: "x")
        var output: [UInt8] = []
        // More addresses than one item remembers.
        for high in 0..<4 {
          var bytes: [UInt8] = []
          for low in 0..<65_536 {
            bytes += Array("10.\(high).\(low >> 8).\(low & 255)\n".utf8)
          }
          filter.feed(bytes[...], into: &output)
          output.removeAll(keepingCapacity: true)
        }
        filter.finish(into: &output)
      }
      #expect(masking.leavesPairsOut == isFull)
      let path = FilePath(scratch.root.path).appending("\(isFull).map.json")
      try MapFile.write(masking, of: "b", to: path)
      let text = try String(contentsOfFile: path.string, encoding: .utf8)
      #expect(text.contains("\"complete\":\(!isFull)"))
    }
  }
}
