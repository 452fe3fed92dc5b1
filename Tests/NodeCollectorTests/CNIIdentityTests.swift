import BundleModel
import Foundation
import Testing

@testable import NodeCollector

@Suite("Where the CNI's permissions come from")
struct CNIIdentityTests {
  private struct Evidence: Decodable {
    struct Token: Decodable {
      var size: Int?
      var issuer: String?
      var audience: [String]?
      var expires_at: String?
      var reason: String?
    }
    struct Source: Decodable {
      var role_arn: String?
      var credentials_uri: String?
      var token_file: String?
      var token: Token?
    }
    struct Profile: Decodable {
      var status: String
    }
    var in_effect: String
    var web_identity: Source?
    var container: Source?
    var static_credentials: [String]
    var instance_profile: Profile
  }

  private static let tokenFile = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
  private static let role = "AWS_ROLE_ARN=arn:aws:iam::111122223333:role/cni"

  private static func token(_ claims: String) -> String {
    func part(_ text: String) -> String {
      Data(text.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
        .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
    return "\(part(#"{"alg":"RS256","kid":"key-1"}"#)).\(part(claims)).c2lnbmF0dXJlLWJ5dGVz"
  }

  private func run(
    _ environment: [String]?, files: [String: String] = [:]
  ) async throws -> (status: ItemStatus, text: String, evidence: Evidence) {
    let node = try FakeNode()
    if let environment {
      try node.file("/proc/77/comm", "aws-k8s-agent\n")
      try node.file("/proc/77/environ", environment.joined(separator: "\0") + "\0")
    }
    for (path, text) in files { try node.file("/proc/77/root\(path)", text) }
    let result = try await node.run(try #require(Catalog.artifact(.cniIdentity)))[0]
    let text = try #require(result.text)
    return (
      result.item.status, text, try JSONDecoder().decode(Evidence.self, from: Data(text.utf8))
    )
  }

  @Test("a role for the service account: its name, and the token's three claims")
  func webIdentity() async throws {
    let token = Self.token(
      #"{"iss":"https://oidc.example/id/1","aud":["sts.amazonaws.com"],"exp":1900000000,"#
        + #""sub":"system:serviceaccount:kube-system:aws-node","jti":"deadbeef"}"#)
    for place in [Self.tokenFile, String(Self.tokenFile.dropFirst("/var".count))] {
      let (status, text, evidence) = try await run(
        ["PATH=/app", Self.role, "AWS_WEB_IDENTITY_TOKEN_FILE=\(Self.tokenFile)"],
        files: [place: token])
      #expect(status == .ok)
      #expect(evidence.in_effect == "web_identity")
      #expect(evidence.web_identity?.role_arn == "arn:aws:iam::111122223333:role/cni")
      #expect(evidence.web_identity?.token?.issuer == "https://oidc.example/id/1")
      #expect(evidence.web_identity?.token?.audience == ["sts.amazonaws.com"])
      #expect(evidence.web_identity?.token?.expires_at == "2030-03-17T17:46:40.000Z")
      #expect(evidence.web_identity?.token?.size == token.utf8.count)
      for part in token.split(separator: ".").map(String.init) + [
        "deadbeef", "key-1", "system:serviceaccount",
      ] {
        #expect(!text.contains(part))
      }
    }
  }

  @Test("Pod Identity is recognised by its endpoint")
  func podIdentity() async throws {
    let file = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
    let (_, _, evidence) = try await run(
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=\(file)",
      ], files: [file: Self.token(#"{"aud":"pods.eks.amazonaws.com"}"#)])
    #expect(evidence.in_effect == "container")
    #expect(evidence.container?.credentials_uri == "http://169.254.170.23/v1/credentials")
    #expect(evidence.container?.token?.audience == ["pods.eks.amazonaws.com"])
  }

  @Test("of static keys only the names are kept")
  func staticKeys() async throws {
    let secret = "wJalrXUtnFEMI" + "K7MDENGbPxRfiCYEXAMPLEKEYAA"
    let (_, text, evidence) = try await run([
      "AWS_ACCESS_KEY_ID=AKIA" + "ABCDEFGHIJKLMNOP", "AWS_SECRET_ACCESS_KEY=\(secret)",
      "AWS_SESSION_TOKEN=",
    ])
    #expect(evidence.in_effect == "static_keys")
    #expect(evidence.static_credentials == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    #expect(!text.contains("AKIA") && !text.contains(secret))
  }

  @Test("without any of them the node's role acts; without the agent nothing is known")
  func nodeRole() async throws {
    #expect(try await run(["PATH=/app", "AWS_ROLE_ARN="]).evidence.in_effect == "instance_role")
    let unknown = try await run(nil).evidence
    #expect(unknown.in_effect == "unknown")
    // Nothing listens where the metadata service is expected.
    #expect(unknown.instance_profile.status == "missing")
  }

  @Test(
    "no file but a mounted secret is opened, whatever the settings name",
    arguments: [
      "/etc/shadow", "/var/run/secrets/../../etc/shadow", "/home/ec2-user/.aws/credentials",
      "relative",
    ])
  func otherFiles(_ path: String) async throws {
    let (_, text, evidence) = try await run(
      [Self.role, "AWS_WEB_IDENTITY_TOKEN_FILE=\(path)"],
      files: ["/etc/shadow": Self.token(#"{"iss":"leaked"}"#)])
    #expect(evidence.web_identity?.token?.reason != nil)
    #expect(!text.contains("leaked"))
  }

  @Test(
    "a file that holds no token gives its size and nothing else",
    arguments: ["", "plain-secret-text", "a.b", "a.!!!.c", "a.bm90IGpzb24.c"])
  func noToken(_ content: String) async throws {
    let (_, text, evidence) = try await run(
      [Self.role, "AWS_WEB_IDENTITY_TOKEN_FILE=\(Self.tokenFile)"],
      files: [Self.tokenFile: content])
    #expect(evidence.web_identity?.token?.size == content.utf8.count)
    #expect(evidence.web_identity?.token?.issuer == nil)
    #expect(!text.contains("plain-secret-text"))
  }
}
