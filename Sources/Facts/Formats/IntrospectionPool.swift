/// The pool as ipamd's introspection shows it, in the shapes of all releases.
struct IntrospectionPool {
  struct Card {
    var index: Int64
    var object: JSONObject
  }

  /// The datastores of a document, one for each network card.
  static func cards(_ document: JSONValue) -> [Card] {
    guard let object = document.object else { return [] }
    if object["ENIs"] != nil || object["ENIIPPools"] != nil {
      return [Card(index: 0, object: object)]
    }
    return object.members.compactMap { key, value in
      guard let index = Int64(key), let card = value.object else { return nil }
      return Card(index: index, object: card)
    }.sorted { $0.index < $1.index }
  }

  /// The ENIs of a datastore with their ids, in the order of the ids.
  static func enis(_ card: Card) -> [(id: String, object: JSONObject)] {
    let map = card.object["ENIs"]?.object ?? card.object["ENIIPPools"]?.object
    return (map?.members ?? []).compactMap { key, value in
      value.object.map { (value["ID"]?.filledString ?? key, $0) }
    }.sorted { $0.id < $1.id }
  }

  /// The CIDRs of an ENI with the addresses in them that were ever used. Releases before 1.9 list
  /// plain addresses, which are CIDRs of one address each.
  static func cidrs(
    _ eni: JSONObject
  ) -> [(cidr: String, isPrefix: Bool, addresses: [(String, JSONObject)])] {
    var found: [(String, Bool, [(String, JSONObject)])] = []
    for key in ["AvailableIPv4Cidrs", "IPv6Cidrs"] {
      for (name, value) in eni[key]?.object?.members ?? [] {
        let cidr = name.utf8.contains(UInt8(ascii: "/")) ? name : name + mask(value)
        let inner = value["IPAddresses"]?.object ?? value["IPv4Addresses"]?.object
        let isSingle = cidr.hasSuffix("/32") || cidr.hasSuffix("/128")
        found.append((cidr, value["IsPrefix"]?.bool ?? !isSingle, addresses(inner)))
      }
    }
    for (name, value) in addresses(eni["IPv4Addresses"]?.object) {
      found.append((name + "/32", false, [(name, value)]))
    }
    return found.sorted { $0.0 < $1.0 }
  }

  private static func addresses(_ map: JSONObject?) -> [(String, JSONObject)] {
    (map?.members ?? []).compactMap { key, value in
      value.object.map { (value["Address"]?.filledString ?? key, $0) }
    }.sorted { $0.0 < $1.0 }
  }

  /// The length behind a base64 mask, as `/28`; empty if there is none.
  private static func mask(_ cidr: JSONValue) -> String {
    guard let text = cidr["Cidr"]?["Mask"]?.string else { return "" }
    var bits = 0
    for byte in text.utf8 {
      guard let value = alphabet.firstIndex(of: byte) else { break }
      bits += value.nonzeroBitCount
    }
    return bits == 0 ? "" : "/\(bits)"
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Whether a pod holds the address: any part of the key says so, or the flag of old releases.
  static func isAssigned(_ address: JSONObject) -> Bool {
    if let flag = address["Assigned"]?.bool { return flag }
    guard let key = address["IPAMKey"]?.object else { return false }
    return key.members.contains { $0.value.filledString != nil }
  }
}
