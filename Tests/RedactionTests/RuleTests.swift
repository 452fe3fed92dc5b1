import Redaction
import Testing

@Suite("Rules")
struct RuleTests {
  @Test(
    "an environment keeps the values of known names only",
    arguments: [
      ("WARM_IP_TARGET=5", "WARM_IP_TARGET=5"),
      ("export MAX_ENI=\"4\"", "export MAX_ENI=\"4\""),
      ("HOME=/root", "HOME=<redacted:R3>"),
      ("  export FOO = 'a b' ", "  export FOO = <redacted:R3>"),
      ("EMPTY=", "EMPTY="),
      ("MY_PASSWORD=x7", "MY_PASSWORD=<redacted:R3>"),
      ("# a comment = x", "# a comment = x"),
      ("# password=hunter2", "# password=<redacted:R1>"),
      ("AWS_USE_FIPS_ENDPOINT=true", "AWS_USE_FIPS_ENDPOINT=true"),
      ("HTTPS_PROXY=http://u:p@proxy:1", "HTTPS_PROXY=http://<redacted:R2>@proxy:1"),
      ("http_proxy=\"u:p@proxy:1\"", "http_proxy=\"<redacted:R2>@proxy:1\""),
      (
        "NODEADM_KUBELET_ARGS=\"--max-pods=29 --token=tk9Qx77\"",
        "NODEADM_KUBELET_ARGS=\"--max-pods=29 --token=<redacted:R1>\""
      ),
      (
        "A=\"x\ny\nz\"\nMAX_ENI=1",
        "A=<redacted:R3>\n<redacted:R3>\n<redacted:R3>\nMAX_ENI=1"
      ),
      ("A=x \\\ny\nMAX_ENI=1", "A=<redacted:R3>\\\n<redacted:R3>\nMAX_ENI=1"),
      ("FOO=bar\r\nVPC_ID=vpc-1\r", "FOO=<redacted:R3>\r\nVPC_ID=vpc-1\r"),
    ])
  func environment(text: String, expected: String) {
    #expect(redact(text + "\n", .environment).text == expected + "\n")
    #expect(redact(expected + "\n", .environment).text == expected + "\n")
  }

  @Test("a variable of several lines counts once")
  func environmentCounts() {
    #expect(redact("A=\"x\ny\nz\"\nB=2\nMAX_ENI=1\n", .environment).counts.byName == ["R3": 2])
  }

  @Test(
    "names are allowed by list, prefix or pattern",
    arguments: [
      ("AWS_VPC_K8S_CNI_LOGLEVEL", true), ("AWS_ROLE_ARN", true), ("POD_SECURITY_GROUP", true),
      ("KUBERNETES_SERVICE_HOST", true), ("AWS_USE_DUALSTACK_ENDPOINT", true), ("PATH", false),
      ("AWS_SECRET_ACCESS_KEY", false), ("AWS_USE__ENDPOINTS", false), ("warm_ip_target", false),
      ("MY_TOKEN", false), ("CLUSTER_SECRET", false), ("", false),
      ("AWS_WEB_IDENTITY_TOKEN_FILE", true), ("XWARM_IP_TARGET", false),
    ])
  func allowedNames(name: String, isAllowed: Bool) {
    #expect(EnvironmentRedaction.isAllowed(name: name) == isAllowed)
  }

  @Test(
    "URLs lose user information and queries under R2",
    arguments: [
      ("https://u:p@h/x?a=b&c=d#f", "https://<redacted:R2>@h/x?<redacted:R2>"),
      ("nfs://u@h/x", "nfs://<redacted:R2>@h/x"),
      ("https://h/x", "https://h/x"),
      (
        "//h/s /m cifs rw,username=u,password=hunter2,uid=0 0 0",
        "//h/s /m cifs rw,username=<redacted:R2>,password=<redacted:R1>,uid=0 0 0"
      ),
      ("h:/s /m nfs4 rw,vers=4.1,user=u 0 0", "h:/s /m nfs4 rw,vers=4.1,user=<redacted:R2> 0 0"),
    ])
  func urls(text: String, expected: String) {
    #expect(redact(text + "\n", .urls).text == expected + "\n")
  }

  @Test(
    "YAML configuration loses credentials and keeps the rest",
    arguments: [
      ("user:\n  token: abc\n  name: x", "user:\n  token: <redacted:R4>\n  name: x"),
      ("  client-key-data: \"QUJD\"", "  client-key-data: \"<redacted:R4>\""),
      ("- client-certificate-data: QUJD # x", "- client-certificate-data: <redacted:R4> # x"),
      (
        "auth-provider:\n  config:\n    cmd-path: /x\n    id: y\n  name: gcp\nserver: z",
        "auth-provider:\n  config:\n    cmd-path: <redacted:R4>\n    id: <redacted:R4>\n"
          + "  name: gcp\nserver: z"
      ),
      (
        "exec:\n  env:\n  - name: FOO\n    value: bar\n  - name: AWS_REGION\n    value: r\n  x: y",
        "exec:\n  env:\n  - name: FOO\n    value: <redacted:R3>\n  - name: AWS_REGION\n"
          + "    value: r\n  x: y"
      ),
      (
        "client-key-data: |\n  QUJD\n  REVG\nserver: z",
        "client-key-data: |\n  <redacted:R4>\n  <redacted:R4>\nserver: z"
      ),
      (
        "[Service]\nEnvironment=FOO=bar \"BAZ=a b\" MAX_ENI=3",
        "[Service]\nEnvironment=FOO=<redacted:R3> \"BAZ=<redacted:R3>\" MAX_ENI=3"
      ),
    ])
  func yaml(text: String, expected: String) {
    #expect(redact(text + "\n", .configuration).text == expected + "\n")
    #expect(redact(expected + "\n", .configuration).text == expected + "\n")
  }

  @Test(
    "JSON configuration loses credentials and keeps the rest",
    arguments: [
      (
        #"{"users":[{"user":{"token":"a\"b","name":"x"}}]}"#,
        #"{"users":[{"user":{"token":"<redacted:R4>","name":"x"}}]}"#
      ),
      (#"{"client-key-data" : "QUJD","n":1}"#, #"{"client-key-data" : "<redacted:R4>","n":1}"#),
      (
        #"{"auth-provider":{"config":{"a":"b","c":["d"]},"name":"gcp"},"token":""}"#,
        #"{"auth-provider":{"config":{"a":"<redacted:R4>","c":["<redacted:R4>"]},"#
          + #""name":"gcp"},"token":""}"#
      ),
      (
        #"{"env":[{"name":"FOO","value":"b"},{"name":"MAX_ENI","value":"3"}]}"#,
        #"{"env":[{"name":"FOO","value":"<redacted:R3>"},{"name":"MAX_ENI","value":"3"}]}"#
      ),
      (#"{"env":["FOO=b=c","MAX_ENI=3"]}"#, #"{"env":["FOO=<redacted:R3>","MAX_ENI=3"]}"#),
    ])
  func json(text: String, expected: String) {
    #expect(redact(text, .configuration).text == expected)
    #expect(redact(expected, .configuration).text == expected)
  }

  @Test("pods keep what a diagnosis needs, by namespace")
  func pods() {
    func list(_ system: String, _ user: String) -> String {
      #"{"kind":"List","items":[{"metadata":{"annotations":{\#(system)},"namespace":"kube-system"},"#
        + #""spec":{"containers":[{"args":["-v=2"],"env":[{"name":"WARM_IP_TARGET","value":"5"},"#
        + #"{"name":"X","value":"<redacted:R3>"}],"livenessProbe":{"exec":{"command":["#
        + #""/app/grpc-health-probe","-addr=:50051"]}}}]}},"#
        + #"{"metadata":{"annotations":{\#(system)},"namespace":"shop"},"spec":{\#(user)}}]}"#
    }
    let before = list(
      #""kubectl.kubernetes.io/last-applied-configuration":"{\"a\":1}","vpc.amazonaws.com/x":"1""#,
      #""containers":[{"args":["-p","x7"],"command":["sh","-c","y"],"#
        + #""env":[{"name":"WARM_IP_TARGET","value":"5"}]}],"imagePullSecrets":[{"name":"r"}]"#
    ).replacing("\"X\",\"value\":\"<redacted:R3>\"", with: "\"X\",\"value\":\"abc\"")
    let after = list(
      #""kubectl.kubernetes.io/last-applied-configuration":"<redacted:R10>","#
        + #""vpc.amazonaws.com/x":"1""#,
      #""containers":[{"args":["<redacted:R5>","<redacted:R5>"],"#
        + #""command":["sh","<redacted:R5>","<redacted:R5>"],"#
        + #""env":[{"name":"WARM_IP_TARGET","value":"<redacted:R3>"}]}],"#
        + #""imagePullSecrets":[{"name":"r"}]"#)
    let (text, counts) = redact(before, .kubernetesObjects)
    #expect(text == after)
    #expect(counts.byName == ["R3": 2, "R5": 4, "R10": 2])
  }

  @Test("command lines keep the arguments of known programs")
  func commandLines() {
    let text = "/usr/bin/kubelet --max-pods=29 --token=tk9Qx77\nsh -c 'a b' c\ninit\n"
    let (masked, counts) = redact(text, .commandLines)
    #expect(
      masked
        == "/usr/bin/kubelet --max-pods=29 --token=<redacted:R1>\nsh <redacted:R5> (4 arguments)\n"
        + "init\n")
    #expect(counts.byName == ["R1": 1, "R5": 1])
    #expect(
      CommandLineRedaction.masked(["/bin/sh", "-c", "x"])
        == ["/bin/sh", "<redacted:R5>", "(2 arguments)"])
    #expect(CommandLineRedaction.masked(["/usr/bin/kubelet", "-v"]) == ["/usr/bin/kubelet", "-v"])
    #expect(CommandLineRedaction.isAllowed(executable: "/usr/lib/systemd/systemd-networkd"))
  }

  @Test("counts add up by rule")
  func counts() {
    var counts = redact("password=hunter2\ntoken=tk9Qx77\n").counts
    counts.add(redact("A=b\npassword=hunter2\n", .environment).counts)
    #expect(counts[.secrets] == 2)
    #expect(counts[.environment] == 2)
    #expect(counts.total == 4)
    #expect(counts.byName == ["R1": 2, "R3": 2])
  }
}
