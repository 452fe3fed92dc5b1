/// A rule to begin with: it is complete, and its examples hold.
public enum RuleTemplate {
  /// The text of the file.
  public static let text = """
    # What it states when it fires: one line, no full stop.
    title: The node does not forward packets
    # critical, error, warning or info; a row can say otherwise in a column `severity`.
    severity: critical
    # high, medium or low: how sure the statement is.
    confidence: high
    status: preview
    # bundle and live for nodes, rootfs for images.
    scopes: [bundle, live]
    # Without these items the rule is not judged. `a|b`: one of them. A `?` at the end: the node may
    # rightly lack it. Items: cnitriage collect --list
    needs: [sysctl.net]
    # Every row is a violation; no row is quiet. `artifact` and `line` are the evidence. `severity`,
    # `cause`, `subject`, `first_us`, `count` and `resolved` mean something to the report; any other
    # column can stand in the message. Tables: cnitriage query BUNDLE .tables
    query: |
      SELECT artifact, line, key AS subject, value
      FROM sysctl
      WHERE key = 'net.ipv4.ip_forward' AND value <> '1'
    subject: setting
    message: "{subject} is {value}."
    why: >-
      Every packet of a pod is forwarded between its veth and an ENI.
    fix:
      text: Turn forwarding on, and find the file that turns it off.
      commands: ["sysctl -w net.ipv4.ip_forward=1"]
    references: ["https://docs.kernel.org/networking/ip-sysctl.html"]
    # Inputs in the format of the real tools, and what must come out: a list of findings, [] for
    # quiet, unknown, or not_applicable. At least one fires and one is quiet.
    examples:
      - name: forwarding is off
        given:
          sysctl.net: |
            net.ipv4.ip_forward = 0
        expect: [{ subject: net.ipv4.ip_forward, value: "0", severity: critical }]
      - name: forwarding is on
        given:
          sysctl.net: |
            net.ipv4.ip_forward = 1
        expect: []

    """
}
