import BundleModel
import Facts
import Testing

@Suite struct EventTests {
  private func event(_ message: String) throws -> [String: String] {
    let quoted = message.flatMap { character -> String in
      switch character {
      case "\"": "\\\""
      case "\n": "\\n"
      case "\t": "\\t"
      default: String(character)
      }
    }
    let line = #"{"level":"error","ts":"2031-04-02T09:15:26.000Z","msg":""# + quoted + #""}"#
    let parsed = try ParsedRows.of(.ipamdLog, Array(line.utf8))
    let names = [
      "event", "eni", "address", "container_id", "namespace", "pod", "error_code", "api", "total",
      "assigned", "cooldown", "network_card", "fields",
    ]
    let table = try #require(parsed.tables.first { $0.table.name == "ipamd_event" })
    let row = try #require(table.rows.first).row
    return Dictionary(
      uniqueKeysWithValues: zip(table.table.columns.map(\.name), row.map(\.text)).filter {
        names.contains($0.0) && $0.1 != "NULL"
      })
  }

  @Test(
    "pool statistics give their numbers in the spelling of every release",
    arguments: [
      (
        "IP pool stats: total=9, used=7, c.currentMaxAddrsPerENI =5, c.maxAddrsPerENI = 6", 9, 7, -1
      ),
      (
        "IP pool stats: total = 9, used = 7, c.currentMaxAddrsPerENI = 5, c.maxAddrsPerENI = 5", 9,
        7, -1
      ),
      ("IP pool stats: total = 18, used = 10, c.maxIPsPerENI = 9", 18, 10, -1),
      ("IP pool stats: total = 18, used = 10, IPs in Cooldown = 2, c.maxIPsPerENI = 9", 18, 10, 2),
      (
        "IP pool stats: Total IPs/Prefixes = 18/0, AssignedIPs/CooldownIPs: 10/3, c.maxIPsPerENI = 9",
        18, 10, 3
      ),
      (
        "IP pool stats for network card 0: Total IPs/Prefixes = 18/0, AssignedIPs/CooldownIPs: 10/3, c.maxIPsPerENI = 9",
        18, 10, 3
      ),
      ("IP stats - total IPs: 18, assigned IPs: 10, cooldown IPs: 4", 18, 10, 4),
      (
        "Datastore Pool stats: total(/32): 18, assigned(/32): 10, cooldownIPs(/32): 1, total prefixes(/28): 0",
        18, 10, 1
      ),
      (
        "Datastore Pool stats: total(/32): 18, assigned(/32): 10, total prefixes(/28): 0", 18, 10,
        -1
      ),
      ("AssignIPv4Address: IP address pool stats: total:18, assigned 10", 18, 10, -1),
      ("AssignPodIPv4Address: IP address pool stats: total 18, assigned 10", 18, 10, -1),
      (
        "UnassignPodIPAddress: IP address pool stats: total: 18, assigned 10, sandbox aws-cni/a/eth0",
        18, 10, -1
      ),
      ("IP Address Pool stats: total: 18, assigned: 10", 18, 10, -1),
      ("IP/Prefix Address Pool stats: total: 18, assigned: 10, total prefixes: 2", 18, 10, -1),
    ])
  func statistics(_ message: String, _ total: Int, _ assigned: Int, _ cooldown: Int) throws {
    let found = try event(message)
    #expect(found["total"] == String(total))
    #expect(found["assigned"] == String(assigned))
    #expect(found["cooldown"] == (cooldown < 0 ? nil : String(cooldown)))
  }

  @Test(
    "messages give their event and what it is about",
    arguments: [
      (
        "assignPodIPAddressUnsafe: Assign IP 10.42.3.17 to sandbox aws-cni/abc/eth0 with metadata {K8SPodNamespace:shop K8SPodName:cart InterfacesCount:1}",
        [
          "event": "ASSIGN", "address": "10.42.3.17", "container_id": "abc", "namespace": "shop",
          "pod": "cart", "fields": #"{"n":1}"#,
        ]
      ),
      (
        "AssignPodIPv4Address: Reassign IP 10.42.3.17 to pod (name cart, namespace shop sandbox abc)",
        [
          "event": "ASSIGN", "address": "10.42.3.17", "container_id": "abc", "namespace": "shop",
          "pod": "cart",
        ]
      ),
      (
        "UnassignPodIPv4Address: sandbox aws-cni/abc/eth0's ipAddr 10.42.3.17, DeviceNumber 1",
        [
          "event": "UNASSIGN_DONE", "address": "10.42.3.17", "container_id": "abc",
          "fields": #"{"dev":1}"#,
        ]
      ),
      ("DataStore has no available IP addresses", ["event": "NO_IP"]),
      (
        "Using WARM_PREFIX_TARGET 1",
        ["event": "CFG_TARGET", "fields": #"{"var":"WARM_PREFIX_TARGET","v":1}"#]
      ),
      ("Using something else 1", [:]),
      (
        "eni-0aaa is of type: trunk",
        ["event": "IF_TYPE", "eni": "eni-0aaa", "fields": #"{"type":"trunk"}"#]
      ),
      (
        "Got network cardindex 1 for ENI eni-0a",
        ["event": "IF_CARD", "eni": "eni-0a", "network_card": "1"]
      ),
      (
        "Added ENI(eni-0a)'s IP/Prefix 10.42.8.16/28 to datastore",
        ["event": "CIDR_ADD", "eni": "eni-0a", "address": "10.42.8.16/28"]
      ),
      (
        "Recovered aws-cni/abc/eth0 => eni-0a/10.42.3.17",
        ["event": "RESTORE_ONE", "container_id": "abc", "eni": "eni-0a", "address": "10.42.3.17"]
      ),
      (
        "Failed to attach ENI eni-0a: AttachmentLimitExceeded: Interface count exceeds the limit\n\tstatus code: 400, request id: 1",
        [
          "event": "EC2_ATTACH_ERR", "eni": "eni-0a", "error_code": "AttachmentLimitExceeded",
          "api": "AttachNetworkInterface",
          "fields":
            #"{"err":"AttachmentLimitExceeded: Interface count exceeds the limit\n\tstatus code: 400, request id: 1"}"#,
        ]
      ),
      (
        "Starting to increase pool size for network card 1",
        ["event": "INCREASE", "network_card": "1"]
      ),
      ("Starting  to  increase pool size", ["event": "INCREASE"]),
      (
        "Insufficient IP Addresses due to: InsufficientCidrBlocks",
        ["event": "EC2_ERRCODE", "error_code": "InsufficientCidrBlocks"]
      ),
      ("Nobody knows this line", [:]),
    ])
  func events(_ message: String, _ expected: [String: String]) throws {
    #expect(try event(message) == expected)
  }
}
