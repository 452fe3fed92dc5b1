extension FilterRule {
  /// Reads a rule in the words of `iptables-save`; what is not understood can't be decided.
  public init(iptables text: String, evidence: Evidence) {
    self = IptablesRuleParser.rule(text, evidence: evidence)
  }

  /// A rule in the words of `iptables -L`, which hide what would be needed to follow it.
  public init(listed text: String, evidence: Evidence) {
    self.init(target: .unknown("a rule of a listing"), text: text, evidence: evidence)
    matches = [.unknown("a listing")]
  }

  /// Reads a rule in the words of `nft list ruleset`.
  public init(nft text: String, evidence: Evidence) {
    self = NftRuleParser.rule(text, evidence: evidence)
  }
}
