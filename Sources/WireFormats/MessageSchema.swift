/// What the fields of a message are called and hold, as far as a bundle wants them.
public struct MessageSchema: Sendable {
  /// The wanted fields, in the order of their declaration.
  public let fields: [Field]

  /// Declares a message.
  public init(_ fields: [Field]) {
    self.fields = fields
  }

  /// One field of a message.
  public struct Field: Sendable {
    /// Its number on the wire.
    public let number: Int
    /// Its name in JSON.
    public let name: String
    /// What it holds.
    public let kind: Kind
    /// Whether it is a list.
    public let isRepeated: Bool

    /// Declares a field.
    public init(_ number: Int, _ name: String, _ kind: Kind, isRepeated: Bool = false) {
      self.number = number
      self.name = name
      self.kind = kind
      self.isRepeated = isRepeated
    }
  }

  /// What a field holds.
  public enum Kind: Sendable {
    /// A text.
    case string
    /// A truth value.
    case bool
    /// A signed integer of 32 bits.
    case int32
    /// An unsigned integer of 32 bits.
    case uint32
    /// A signed integer of 64 bits, which JSON holds as a text.
    case int64
    /// An unsigned integer of 64 bits, which JSON holds as a text.
    case uint64
    /// One of these names, by number.
    case enumeration([String])
    /// A message of its own.
    case message(MessageSchema)
    /// A map of texts.
    case map
    /// A map of JSON documents, which stand beside the message's other members.
    case documents
  }
}
