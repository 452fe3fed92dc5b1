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

  /// How many addresses a CIDR has; nil if it is none or has more than a number can hold.
  static func size(_ cidr: String) -> Int64? {
    guard let slash = cidr.utf8.lastIndex(of: UInt8(ascii: "/")),
      let length = Int(cidr[cidr.utf8.index(after: slash)...])
    else { return nil }
    let bits = (cidr.utf8.contains(UInt8(ascii: ":")) ? 128 : 32) - length
    return (0...62).contains(bits) ? 1 << Int64(bits) : nil
  }

  /// The address family of an address or CIDR; nil where the text is neither.
  static func family(_ text: String) -> String? {
    if text.utf8.contains(UInt8(ascii: ":")) { return "ipv6" }
    return text.utf8.contains(UInt8(ascii: ".")) ? "ipv4" : nil
  }

  /// The oldest release that answers in the shape of a datastore: keys came one after the other.
  static func oldestRelease(_ card: Card, of document: JSONValue) -> String {
    let enis = enis(card).map(\.object)
    func has(_ key: String) -> Bool { enis.contains { $0[key] != nil } }
    let used = enis.flatMap { cidrs($0) }.flatMap(\.addresses).map(\.1)
    if document["ENIIPPools"] != nil {
      return used.contains { $0["Address"] != nil } ? "1.5" : "1.0"
    }
    let isBlanked = used.contains {
      guard let key = $0["IPAMKey"], key["networkName"]?.filledString != nil else { return false }
      return key["containerID"]?.string?.isEmpty == true
    }
    if isBlanked { return "1.23" }
    if has("IsExcludedForPodIPs") || has("SubnetID") { return "1.22" }
    if has("RouteTableID") { return "1.20.3" }
    if document["ENIs"] == nil { return "1.20" }
    if used.contains(where: { $0["AssignedTime"] != nil || $0["IPAMMetadata"] != nil }) {
      return "1.11"
    }
    if has("IPv6Cidrs") { return "1.10" }
    return has("AvailableIPv4Cidrs") ? "1.9" : "1.7"
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

  /// What becomes of an address that the pool lists.
  enum AddressState: String {
    case assigned, released, unused
  }

  /// Releases before 1.9 list addresses that no pod ever had, without a time of release.
  static func state(_ address: JSONObject) -> AddressState {
    if isAssigned(address) { return .assigned }
    return Timestamp.whole(address["UnassignedTime"]?.string) == nil ? .unused : .released
  }
}
