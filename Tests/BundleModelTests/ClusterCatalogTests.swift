import BundleModel
import Testing

@Suite("The catalogue of a cluster's items")
struct ClusterCatalogTests {
  /// A command of the catalogue.
  struct Command: CustomTestStringConvertible, Sendable {
    let id: ArtifactID
    let program: String
    let arguments: [String]
    var testDescription: String { id.rawValue }
  }

  static let commands = Catalog.cluster.compactMap { artifact -> Command? in
    guard case .command(let program, let arguments) = artifact.source else { return nil }
    return Command(id: artifact.id, program: program, arguments: arguments)
  }

  @Test("every item is a command of one of the two programs")
  func sources() {
    #expect(Self.commands.count == Catalog.cluster.count)
    #expect(Set(Self.commands.map(\.program)) == ["kubectl", "aws"])
  }

  @Test("every command only gets, lists or describes, and none asks for a credential")
  func readOnly() {
    let services: Set<String> = ["sts", "eks", "ec2", "iam"]
    // These only read, but what they read is a credential.
    let credentials = ["token", "password", "secret", "credential", "access-key"]
    for command in Self.commands {
      if command.program == "kubectl" {
        #expect(command.arguments.prefix(2) == ["get", "--raw"], "\(command.id)")
        // One path and nothing else: no file, no output, no second verb.
        #expect(command.arguments.count == 3, "\(command.id)")
        let path = command.arguments.last ?? ""
        #expect(path.hasPrefix("/"), "\(command.id)")
        for word in ["/secrets", "/proxy", "/exec", "/attach", "/portforward", "/token"] {
          #expect(!path.contains(word), "\(command.id)")
        }
      } else {
        #expect(services.contains(command.arguments[0]), "\(command.id)")
        let verb = command.arguments[1]
        #expect(
          ["get-", "list-", "describe-"].contains { verb.hasPrefix($0) }, "\(command.id): \(verb)")
        #expect(!credentials.contains { verb.contains($0) }, "\(command.id): \(verb)")
      }
    }
  }

  @Test("no ConfigMap is read but the named ones, and no Secret at all")
  func namedObjectsOnly() {
    let paths = Self.commands.filter { $0.program == "kubectl" }.compactMap(\.arguments.last)
    let maps = paths.filter { $0.contains("/configmaps") }
    #expect(
      maps.allSatisfy { $0.hasSuffix("/amazon-vpc-cni") || $0.hasSuffix("/kube-proxy-config") })
    #expect(maps.count == 2)
  }

  @Test("lists are bounded by the server as well")
  func boundedLists() {
    let lists: Set<ArtifactID> = [
      .eniConfigs, .cniNodes, .securityGroupPolicies, .clusterNodes, .networkPolicies,
      .policyEndpoints, .systemEvents,
    ]
    for command in Self.commands where lists.contains(command.id) {
      #expect(command.arguments.last?.hasSuffix("?limit=500") == true, "\(command.id)")
    }
  }

  @Test("ids and paths are those of no item of a node, and every id finds its declaration")
  func idsAndPaths() {
    var ids = Set(Catalog.all.map(\.id))
    var paths = Set(Catalog.all.map(\.path))
    for artifact in Catalog.cluster {
      #expect(ids.insert(artifact.id).inserted, "\(artifact.id)")
      #expect(paths.insert(artifact.path).inserted, "\(artifact.path)")
      #expect(Catalog.artifact(artifact.id)?.path == artifact.path)
      #expect(artifact.summary.hasSuffix("."))
      #expect(artifact.timeoutSeconds <= 120 && artifact.capBytes <= 128 << 20)
    }
  }
}
