/// What the name of a setting says about its value.
enum SecretName {
  /// A secret whatever it looks like.
  case password
  /// A secret unless the value is plainly something else: a path, an address, a placeholder.
  case key
  /// The same, but logs use the word in prose, so that a value must not read like prose.
  case word
  /// The header with a scheme and credentials.
  case authorization
  /// A registry's `user:password` in base64.
  case registryAuth
  /// A signature of a request, in hexadecimal digits.
  case signature
  /// A credential of mount options, under R2 only.
  case mountOption

  /// Judges a name between two positions of a window; dashes, underscores, capital letters and
  /// digits at its end make no difference.
  init?(_ window: Window, _ start: Int, _ end: Int) {
    var name: [UInt8] = []
    name.reserveCapacity(end - start)
    for index in start..<end where window[index].isAlphanumeric {
      name.append(window[index].lowercased)
    }
    while let last = name.last, last.isDigit {
      name.removeLast()
    }
    self.init(normalized: name[...], raw: window.bytes[start..<end])
  }

  private init?(normalized name: ArraySlice<UInt8>, raw: ArraySlice<UInt8>) {
    func ends(_ word: String) -> Bool {
      name.count >= word.utf8.count && name.suffix(word.utf8.count).elementsEqual(word.utf8)
    }
    func equals(_ word: String) -> Bool { name.elementsEqual(word.utf8) }

    if Self.references.contains(where: ends) { return nil }
    if Self.passwords.contains(where: ends) || Self.isShortPassword(raw) {
      self = .password
    } else if Self.keys.contains(where: ends) {
      self = .key
    } else if ends("secret") || ends("token") {
      self = .word
    } else if equals("authorization") || equals("proxyauthorization") {
      self = .authorization
    } else if equals("auth") {
      self = .registryAuth
    } else if equals("signature") || ends("amzsignature") {
      self = .signature
    } else if ["username", "user", "credentials", "cred"].contains(where: equals) {
      self = .mountOption
    } else {
      return nil
    }
  }

  /// Names of things that refer to a secret by its name.
  private static let references = [
    "pullsecret", "existingsecret", "nosecret", "withouttoken", "nopasswd",
  ]
  private static let passwords = [
    "password", "passwd", "passphrase", "secretaccesskey", "amzcredential",
  ]
  private static let keys = [
    "secretkey", "secretstring", "apikey", "apikeys", "privatekey", "sessiontoken",
    "securitytoken", "accesstoken", "refreshtoken", "idtoken", "bearertoken", "authtoken",
    "metadatatoken", "identitytoken", "registrytoken", "authorizationtoken", "clientsecret",
  ]

  /// `DB_PASS`, `--pass`: the short word only as a word of its own.
  private static func isShortPassword(_ raw: ArraySlice<UInt8>) -> Bool {
    guard raw.count >= 5, raw.suffix(4).map(\.lowercased).elementsEqual("pass".utf8) else {
      return false
    }
    let before = raw[raw.endIndex - 5]
    return before == Byte.underscore || before == Byte.dash
  }
}
