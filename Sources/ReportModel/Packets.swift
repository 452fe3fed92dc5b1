extension Report {
  /// What the node's kernel does with the packets of the standard set.
  public struct Packets: Sendable, Codable, Equatable {
    /// What was asked, with how often which answer came.
    public var questions: [Question]
    /// The ways of packets that do not get through, one for each line that decides.
    public var ways: [Way]
    /// Further ways that are not listed.
    public var omittedWays: Int

    /// Collects answers.
    public init(questions: [Question], ways: [Way], omittedWays: Int) {
      self.questions = questions
      self.ways = ways
      self.omittedWays = omittedWays
    }

    enum CodingKeys: String, CodingKey {
      case questions, ways
      case omittedWays = "omitted_ways"
    }
  }

  /// A question of the standard set.
  public struct Question: Sendable, Codable, Equatable {
    /// Its name, such as pod_to_internet.
    public var name: String
    /// forward or reply.
    public var direction: String
    /// Packets that get where they should.
    public var delivered: Int
    /// Packets that end without a word.
    public var dropped: Int
    /// Packets whose senders hear that they ended.
    public var rejected: Int
    /// Packets that go elsewhere.
    public var rerouted: Int
    /// Packets of which nothing can be said.
    public var unknown: Int

    /// A question without answers.
    public init(name: String, direction: String) {
      self.name = name
      self.direction = direction
      (delivered, dropped, rejected, rerouted, unknown) = (0, 0, 0, 0, 0)
    }
  }

  /// The way of a packet through the node's kernel.
  public struct Way: Sendable, Codable, Equatable {
    /// The question that it answers.
    public var question: String
    /// forward or reply.
    public var direction: String
    /// How many packets share its end.
    public var packets: Int
    /// The packet as it comes in.
    public var packet: String
    /// delivered, dropped, rejected, rerouted or cannot tell.
    public var verdict: String
    /// Why, in a sentence.
    public var detail: String
    /// The steps in their order.
    public var steps: [WayStep]

    /// A way.
    public init(
      question: String, direction: String, packets: Int, packet: String, verdict: String,
      detail: String, steps: [WayStep]
    ) {
      self.question = question
      self.direction = direction
      self.packets = packets
      self.packet = packet
      self.verdict = verdict
      self.detail = detail
      self.steps = steps
    }
  }

  /// A step of a way.
  public struct WayStep: Sendable, Codable, Equatable {
    /// Where in the kernel.
    public var place: String
    /// The line that did something, or what happened.
    public var text: String
    /// What it changed about the packet, in words; nil for nothing.
    public var change: String?
    /// `path:line`; nil without evidence.
    public var location: String?
    /// Whether it decides that the packet does not get through.
    public var isCause: Bool

    /// A step.
    public init(place: String, text: String, change: String?, location: String?, isCause: Bool) {
      self.place = place
      self.text = text
      self.change = change
      self.location = location
      self.isCause = isCause
    }

    enum CodingKeys: String, CodingKey {
      case place, text, change, location
      case isCause = "is_cause"
    }
  }
}
