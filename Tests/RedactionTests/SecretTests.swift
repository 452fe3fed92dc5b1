import Redaction
import Testing

@Suite("Secrets in text")
struct SecretTests {
  /// A secret inside the text of one format.
  struct Seed: CustomTestStringConvertible, Sendable {
    let format: String
    let text: String
    /// What may not be left.
    let secrets: [String]
    let count: Int

    init(_ format: String, _ text: String, _ secrets: String..., count: Int? = nil) {
      self.format = format
      self.text = text
      self.secrets = secrets
      self.count = count ?? secrets.count
    }

    var testDescription: String { format }
  }

  static let keyID = "AKIA" + "Q7EXAMPLEX2YZABC"
  static let temporaryKeyID = "ASIA" + "Z3EXAMPLEW5QRSTU"
  static let accessSecret = "pLq8Tz/Xv2+NfG7hJkM4sRw9YbCdE1aUiO6eQx3V"
  static let sessionToken =
    "IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMiJHMEUCIQDk3vPq7Tt9mZyXwVu5s+R2Q1pOnMlKjIhGf=="
  static let jwt =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyIn0.eyJzdWIiOiJjYXJ0IiwiZXhwIjoxOTN9.Sg-9_kQ2wErTyUiOp"
  static let bootstrap = "q4x8zk.7h2m9p0v3c5b1n6d"
  static let blob = "cm9ib3Q6czNjcjN0LXB3"

  static let seeds: [Seed] = [
    Seed("plain key id", "key \(keyID) was used\n", keyID),
    Seed("key id behind an escape", #"{"msg":"x\n\#(keyID)\ty"}"#, keyID),
    Seed("key id in a query", "a%3D\(temporaryKeyID)%2F2031\n", temporaryKeyID),
    Seed("pair with a colon", "\(keyID):\(accessSecret)\n", keyID, accessSecret),
    Seed("pair in CSV", "cart,\(keyID),\(accessSecret)\n", keyID, accessSecret),
    Seed(
      "credentials file",
      "[default]\naws_access_key_id = \(keyID)\n"
        + "aws_secret_access_key = \(accessSecret)\naws_session_token=\(sessionToken)\n",
      keyID, accessSecret, sessionToken),
    Seed(
      "metadata answer",
      #"{"Code":"Success","AccessKeyId" : "\#(temporaryKeyID)","#
        + #""SecretAccessKey" : "\#(accessSecret)","Token" : "\#(sessionToken)"}"#,
      temporaryKeyID, accessSecret, sessionToken),
    Seed(
      "answer in XML",
      "<Credentials><SecretAccessKey>\(accessSecret)</SecretAccessKey>"
        + "<SessionToken>\(sessionToken)</SessionToken></Credentials>", accessSecret, sessionToken),
    Seed(
      "Go structure",
      "{AccessKeyID:\(temporaryKeyID) SecretAccessKey:\(accessSecret) "
        + "SessionToken:\(sessionToken) Source:x}\n", temporaryKeyID, accessSecret, sessionToken),
    Seed("prose before a secret", "the secret access key \(accessSecret) leaked\n", accessSecret),
    Seed("session token alone", "got \(sessionToken), ok\n", sessionToken),
    Seed("token in a log line", #"{"level":"info","msg":"jwt \#(jwt) seen"}"#, jwt),
    Seed(
      "cluster token", "k8s-aws-v1.aHR0cHM6Ly9zdHMuZXUtd2VzdC0yLmFtYXpvbmF3cw\n",
      "aHR0cHM6Ly9zdHMuZXUtd2VzdC0yLmFtYXpvbmF3cw"),
    Seed("bearer header", "Authorization: Bearer s3cr3t-abc.DEF_123~x\n", "s3cr3t-abc.DEF_123~x"),
    Seed(
      "bearer header in curl", #"curl -H "Authorization: Bearer opaque+token/42==" x"#,
      "opaque+token/42=="),
    Seed(
      "bearer in JSON", #"{"msg":"header \"Authorization\":\"Bearer Zx9yW8vU7t\""}"#,
      "Zx9yW8vU7t"),
    Seed("bearer alone", "sent bearer Zx9yW8vU7tAA to host\n", "Zx9yW8vU7tAA"),
    Seed("basic header", "authorization: Basic \(blob)\n", blob),
    Seed("basic alone", "with basic \(blob) next\n", blob),
    Seed("headers printed by Go", "map[Authorization:[Bearer Zx9yW8vU7t] Host:[a]]", "Zx9yW8vU7t"),
    Seed(
      "metadata token", "X-aws-ec2-metadata-token: AQAEAK9xQ2w3ErTyUiOpAsDfGh==\n",
      "AQAEAK9xQ2w3ErTyUiOpAsDfGh=="),
    Seed("environment line", "DB_PASSWORD=hunter2!x\n", "hunter2!x"),
    Seed("exported", "export API_KEY='se cr et'\n", "se cr et"),
    Seed("shell option", "app --token tk9Qx77 --port 80\n", "tk9Qx77"),
    Seed("shell option with equals", "app --client-secret=tk9Qx77 --port 80\n", "tk9Qx77"),
    Seed("options as JSON", #"["app","--password","hunter2","--port","80"]"#, "hunter2"),
    Seed("JSON value", #"{"apiKey":"tk9Qx77","port":80}"#, "tk9Qx77"),
    Seed("JSON inside JSON", #"{"msg":"{\"password\":\"a\\\"b7\",\"x\":1}"}"#, "b7"),
    Seed(
      "JSON twice inside JSON", #"{"m":"{\"n\":\"{\\\"token\\\":\\\"tk9Qx77\\\"}\"}"}"#,
      "tk9Qx77"),
    Seed("JSON number", #"{"password":8154711,"port":80}"#, "8154711"),
    Seed("environment in JSON", #"[{"name":"DB_PASSWORD","value":"hunter2"}]"#, "hunter2"),
    Seed(
      "environment of a container runtime", #"[{"key":"API_TOKEN","value":"tk9Qx77"}]"#,
      "tk9Qx77"),
    Seed(
      "environment in printed JSON", "  \"name\": \"DB_PASSWORD\",\n  \"value\": \"hunter2\"\n",
      "hunter2"),
    Seed("environment in YAML", "  - name: DB_PASSWORD\n    value: hunter2 x\n", "hunter2 x"),
    Seed("YAML", "user:\n  password: correct horse 7 # old\n  name: x\n", "correct horse 7"),
    Seed("YAML in quotes", "  token: \"tk9Qx77\"\n", "tk9Qx77"),
    Seed("YAML in apostrophes", "  token: 'tk9''Qx77'\n", "tk9", "Qx77", count: 1),
    Seed(
      "YAML block", "a:\n  password: |\n    hunter2\n    more7\n  name: x\n", "hunter2", "more7",
      count: 1),
    Seed(
      "journal line", "Apr 02 09:21:31 ip-10-42-7-19 app[3]: login password=hunter2, user=x\n",
      "hunter2"),
    Seed(
      "klog line", #"E0402 09:21:40.002 3456 log.go:32] "Failed" password="hunter2" pod="a""#,
      "hunter2"),
    Seed("query of a URL", "GET https://api.example/x?api_key=tk9Qx77&page=2\n", "tk9Qx77"),
    Seed("user in a URL", "proxy https://cart:hunter2@proxy.example:3128/\n", "hunter2"),
    Seed(
      "presigned URL",
      "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=\(temporaryKeyID)%2F20310402%2Feu-west-2%2Fs3%2Faws4_request"
        + "&X-Amz-Security-Token=IQoJabc%2Fdef&X-Amz-Signature="
        + "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9\n",
      temporaryKeyID, "IQoJabc%2Fdef", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
    Seed(
      "presigned URL in JSON",
      #"{"u":"https://b/k?X-Amz-Credential=\#(temporaryKeyID)%2Fs3"#
        + #"\u0026X-Amz-Security-Token=IQoJabc%2Fdef\u0026x=1"}"#, temporaryKeyID, "IQoJabc%2Fdef"),
    Seed(
      "signed header",
      "Authorization: AWS4-HMAC-SHA256 Credential=\(keyID)/20310402/a/b, "
        + "SignedHeaders=host, Signature=0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071\n",
      keyID, "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
    Seed("registry", #"{"auths":{"r.example":{"auth":"\#(blob)"}}}"#, blob),
    Seed("registry in TOML", "  auth = \"\(blob)\"\n", blob),
    Seed("bootstrap token", "kubeadm join --x \(bootstrap) y\n", bootstrap),
    Seed("bootstrap token in a flag", "--bootstrap-token=\(bootstrap)\n", bootstrap),
    Seed(
      "private key",
      "a\n-----BEGIN RSA PRIVATE KEY-----\n\(body)\n-----END RSA PRIVATE KEY-----\nb\n",
      line1, line2, line3, count: 1),
    Seed(
      "private key with carriage returns",
      "-----BEGIN PRIVATE KEY-----\r\n\(line1)\r\n\(line3)\r\n-----END PRIVATE KEY-----\r\nb\r\n",
      line1, line3, count: 1),
    Seed(
      "private key in a journal",
      [
        "-----BEGIN EC PRIVATE KEY-----", line1, line2, line3,
        "-----END EC PRIVATE KEY-----",
      ].map { "Apr 02 09:21:31 host app[3]: \($0)\n" }.joined(),
      line1, line2, line3, count: 1),
    Seed(
      "private key between other lines",
      "Apr 02 h app[3]: -----BEGIN PRIVATE KEY-----\n"
        + "Apr 02 h app[3]: \(line1)\nApr 02 h kubelet[9]: sync done\n"
        + "Apr 02 h app[3]: \(line3)\nApr 02 h app[3]: -----END PRIVATE KEY-----\n",
      line1, line3, count: 1),
    Seed(
      "private key in YAML",
      "k: |\n  -----BEGIN PRIVATE KEY-----\n  \(line1)\n  \(line3)\n"
        + "  -----END PRIVATE KEY-----\nb: 1\n", line1, line3, count: 1),
    Seed(
      "private key in JSON",
      #"{"k":"-----BEGIN PRIVATE KEY-----\n\#(line1)\n\#(line3)\n"#
        + #"-----END PRIVATE KEY-----\n","b":1}"#, line1, line3, count: 1),
    Seed(
      "private key on one line",
      "K=\"-----BEGIN PRIVATE KEY----- \(line1) \(line3)"
        + " -----END PRIVATE KEY-----\"\n", line1, line3, count: 1),
    Seed(
      "private key without an end", "-----BEGIN PRIVATE KEY-----\n\(line1)\n\(line2)",
      line1, line2, count: 1),
    Seed(
      "private key in base64",
      "client-key-data: "
        + "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFb3dJQkFBS0NBUUVB\n",
      "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFb3dJQkFBS0NBUUVB"),
  ]

  static let line1 = "MIIEpAIBAAKCAQEA7bq3Xz9Qm2LwErTyUiOpAsDfGhJkLzXcVbNm1Q2W3E4R5T6Y"
  static let line2 = "Zq3Xz9Qm2LwErTyUiOpAsDfGhJkLzXcVbNm1Q2W3E4R5T6Y7U8I9O0PaSdFgHjKl"
  static let line3 = "xC7vBnM8=="
  static let body = [line1, line2, line3].joined(separator: "\n")

  @Test("no seeded secret is left, and each one is counted once", arguments: seeds)
  func masks(seed: Seed) {
    let (text, counts) = redact(seed.text)
    for secret in seed.secrets {
      #expect(!text.contains(secret), "\(text)")
    }
    #expect(counts[.secrets] == seed.count, "\(text)")
    #expect(text.count { $0.isNewline } == seed.text.count { $0.isNewline })
  }

  @Test("a masked text stays as it is when it is masked again", arguments: seeds)
  func isStable(seed: Seed) {
    let once = redact(seed.text)
    let twice = redact(once.text)
    #expect(twice.text == once.text)
    #expect(twice.counts[.secrets] == 0)
  }
}
