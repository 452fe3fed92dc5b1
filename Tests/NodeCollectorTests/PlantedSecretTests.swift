import BundleModel
import Testing

@testable import NodeCollector

@Suite("Planted secrets")
struct PlantedSecretTests {
  /// A place in which a secret stands in a bundle, and how that place is masked.
  struct Format: CustomTestStringConvertible, Sendable {
    let name: String
    let rule: Artifact.RedactionRule
    /// The text around a secret; the first argument names it.
    let text: @Sendable (Secret) -> String
    var testDescription: String { name }
  }

  /// A made-up secret and the name under which it would be configured.
  struct Secret: Sendable {
    let kind: Int
    let name: String
    let value: String
    /// Whether its shape alone gives it away.
    let hasShape: Bool
  }

  /// Letters, digits and a state that repeats with its seed.
  struct Generator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var value = state
      value ^= value >> 33
      value = value &* 0xFF51_AFD7_ED55_8CCD
      return value ^ value >> 33
    }

    mutating func text(_ count: Int, _ alphabet: String) -> String {
      let letters = Array(alphabet)
      return String((0..<count).map { _ in letters[Int(next() % UInt64(letters.count))] })
    }
  }

  static let secrets: [Secret] = {
    var generator = Generator(state: 20_310_402)
    let lower = "abcdefghijklmnopqrstuvwxyz0123456789"
    let mixed = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return (0..<204).map { index in
      let kind = index % 12
      switch kind {
      case 0:
        return Secret(
          kind: 0, name: "key", value: "AKIA" + generator.text(16, upper), hasShape: true)
      case 1:
        return Secret(
          kind: 1, name: "AWS_SECRET_ACCESS_KEY", value: "aZ9/" + generator.text(36, mixed),
          hasShape: false)
      case 2:
        return Secret(
          kind: 2, name: "AWS_SESSION_TOKEN", value: "IQoJb3JpZ2lu" + generator.text(80, mixed),
          hasShape: true)
      case 3:
        return Secret(
          kind: 3, name: "jwt",
          value: "eyJ" + generator.text(20, mixed) + ".eyJ" + generator.text(30, mixed) + "."
            + generator.text(30, mixed), hasShape: true)
      case 4:
        return Secret(
          kind: 4, name: "DB_PASSWORD", value: "pW9-" + generator.text(12, mixed), hasShape: false)
      case 5:
        return Secret(
          kind: 5, name: "API_KEY", value: "k3" + generator.text(24, mixed), hasShape: false)
      case 6:
        return Secret(
          kind: 6, name: "bootstrap",
          value: "a1" + generator.text(4, lower) + ".b2" + generator.text(14, lower),
          hasShape: true)
      case 7:
        return Secret(
          kind: 7, name: "GITHUB", value: "ghp_" + generator.text(35, mixed) + "7", hasShape: true)
      case 8:
        return Secret(
          kind: 8, name: "SLACK", value: "xoxb-1" + generator.text(30, mixed), hasShape: true)
      case 9:
        return Secret(
          kind: 9, name: "STRIPE", value: "sk_live_4" + generator.text(22, mixed), hasShape: true)
      case 10:
        return Secret(
          kind: 10, name: "MAPS", value: "AIza4" + generator.text(34, mixed), hasShape: true)
      default:
        return Secret(
          kind: 11, name: "CLIENT_SECRET", value: "s9" + generator.text(28, mixed), hasShape: false)
      }
    }
  }()

  static let formats: [Format] = [
    Format(name: "ipamd's log", rule: .log) {
      #"{"level":"error","ts":"2031-04-02T09:15:26.114Z","msg":"call with \"\#($0.name)\":\"\#($0.value)\" failed"}"#
    },
    Format(name: "the kubelet's journal", rule: .log) {
      #"2031-04-02T09:21:31+0000 ip-10-42-7-19 kubelet[3]: E0402 09:21:40.002 3 a.go:32] "x" \#($0.name)="\#($0.value)""#
    },
    Format(name: "an environment file", rule: .environment) { "X_\($0.name)=\($0.value)" },
    Format(name: "a unit file", rule: .configuration) {
      "Environment=\"X_\($0.name)=\($0.value)\" MAX_ENI=3"
    },
    Format(name: "a kubeconfig", rule: .configuration) {
      "- name: a\n  user:\n    token: \($0.value)"
    },
    Format(name: "user data", rule: .scan) { "export \($0.name)='\($0.value)'" },
    Format(name: "a container's inspection", rule: .configuration) {
      #"{"info":{"config":{"envs":[{"key":"X_\#($0.name)","value":"\#($0.value)"}]}}}"#
    },
    Format(name: "a DaemonSet in YAML", rule: .configuration) {
      "        env:\n        - name: X_\($0.name)\n          value: \($0.value)"
    },
    Format(name: "a DaemonSet in JSON", rule: .kubernetesObjects) {
      #"{"metadata":{"namespace":"shop"},"spec":{"containers":[{"env":[{"name":"X_\#($0.name)","value":"\#($0.value)"}]}]}}"#
    },
    Format(name: "cloud-init's log", rule: .log) {
      "2031-04-02 09:15:26,114 - util.py[DEBUG]: Running ['app', '--\($0.name)', '\($0.value)']"
    },
    Format(name: "a command line", rule: .commandLines) { "/usr/bin/app --\($0.name)=\($0.value)" },
    Format(name: "containerd's configuration", rule: .configuration) {
      "[plugins.\"io\".registry.configs.\"r\".auth]\n  password = \"\($0.value)\""
    },
    Format(name: "an address with a password", rule: .log) {
      "pulling https://robot:\($0.value)@registry.example/v2/"
    },
    Format(name: "curl's user", rule: .log) { "+ curl -sS -u robot:\($0.value) https://x.example" },
    Format(name: "prose", rule: .log) { "the password for admin is \($0.value)." },
  ]

  private func mask(
    _ text: String, _ rule: Artifact.RedactionRule, _ level: RedactionLevel
  ) -> (text: String, counts: [String: Int]) {
    var filter = Masking(level: level, names: NameDictionary()).filter(rule, path: "x.txt")
    var output: [UInt8] = []
    filter.feed(Array(text.utf8)[...], into: &output)
    filter.finish(into: &output)
    return (String(decoding: output, as: UTF8.self), filter.masked)
  }

  /// Names that announce no secret protect none that has no shape either.
  private func belongs(_ secret: Secret, in format: Format) -> Bool {
    secret.hasShape || !["key", "bootstrap"].contains(secret.name) || format.rule != .log
  }

  @Test("none is left at any level, and the counts agree", arguments: formats)
  func masks(format: Format) {
    let texts = Self.secrets.filter { belongs($0, in: format) }.map(format.text)
    let isDocument = format.rule == .kubernetesObjects || texts[0].hasPrefix("{\"info\"")
    var counts: [[String: Int]] = []
    for level in [RedactionLevel.secrets, .names, .addresses] {
      var sum: [String: Int] = [:]
      for text in isDocument ? texts : [texts.joined(separator: "\n") + "\n"] {
        let result = mask(text, format.rule, level)
        for secret in Self.secrets {
          #expect(!result.text.contains(secret.value), "\(level): \(secret.name)")
        }
        for (rule, count) in result.counts where rule != "R7" && rule != "R8" {
          sum[rule, default: 0] += count
        }
      }
      counts.append(sum)
    }
    #expect(counts[0] == counts[1] && counts[1] == counts[2])
    #expect(counts[0].values.reduce(0, +) == texts.count, "\(counts[0])")
  }

  @Test("at the level none everything stays")
  func none() {
    for format in Self.formats {
      let text = format.text(Self.secrets[4])
      #expect(mask(text, format.rule, .none).text == text)
    }
  }
}
