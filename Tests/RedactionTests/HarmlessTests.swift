import Redaction
import Testing

@Suite("Harmless text")
struct HarmlessTests {
  /// Lines of the formats in a bundle, chosen because they come near to a secret.
  static let lines = #"""
    {"level":"debug","ts":"2031-04-02T09:15:26.114Z","caller":"ipamd/ipamd.go:805","msg":"IP stats for Network Card 0 - total IPs: 18, assigned IPs: 3"}
    {"level":"error","ts":"2031-04-02T09:15:31.772Z","caller":"awsutils/awsutils.go:990","msg":"operation error EC2: CreateNetworkInterface, https response error StatusCode: 403, RequestID: 5b0c1d2e-1111-4222-8333-444455556666, api error UnauthorizedOperation: You are not authorized"}
    {"level":"error","ts":"2031-04-02T09:15:31.772Z","caller":"x.go:1","msg":"ExpiredToken: The security token included in the request is expired\n\tstatus code: 400, request id: 0f1e2d3c"}
    {"level":"info","ts":"2031-04-02T09:15:31.772Z","caller":"x.go:1","msg":"failed to get token: timeout"}
    2031-04-02T09:15:22.418Z [DEBUG]	IP pool is too low: available (8) < ENI target (1) * addrsPerENI (9)
    {"checks":[{"origin":"host","netns":null,"method":"PUT token","status":200,"error":null},{"method":"GET without token","status":401}]}
    {"requests":[{"path":"meta-data/iam/security-credentials/","status":200,"body":"","duration_us":812}]}
    token: PUT status 200
    tokenExpiration: 3600
    serviceAccountToken:
    "automountServiceAccountToken": true,
    "secret":{"defaultMode":420,"secretName":"aws-node-tls"}
    secretName: foo
    imagePullSecrets: [{name: registry}]
    imagePullSecret: registry
    AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token
    {"name":"AWS_WEB_IDENTITY_TOKEN_FILE","value":"/var/run/secrets/eks.amazonaws.com/serviceaccount/token"}
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token
    tokenFile: /var/run/secrets/token
    token=/var/run/secrets/token
    --authentication-token-webhook=true --authorization-mode=Webhook --rotate-certificates=true
    /usr/bin/kubelet --kubeconfig=/var/lib/kubelet/kubeconfig --max-pods=29 --node-ip=10.42.7.19 --cloud-provider=external
    TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 21600")
    curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/
    password: <redacted:R1>
    password=***
    password: ${DB_PASSWORD}
      DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false
    Apr 02 09:21:31 ip-10-42-7-19 kubelet[3456]: E0402 09:21:40.002 3456 projected.go:292] Couldn't get secret shop/cart: secret "cart" not found
    Apr 02 09:21:31 ip-10-42-7-19 kubelet[3456]: MountVolume.SetUp failed for volume "token" : failed to fetch token: serviceaccounts "cart" not found
    Apr 02 09:21:31 ip-10-42-7-19 kubelet[3456]: Reading basic configuration, bearer token file is set, basic auth disabled
    Readiness probe failed: {"level":"info","ts":"2031-04-02T09:21:31.657Z","caller":"/usr/local/go/src/runtime/proc.go:271","msg":"timeout: failed to connect service \":50051\" within 5s"}
    -A KUBE-SERVICES -d 172.20.0.10/32 -p tcp -m comment --comment "shop/token:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-TCOU7JCQXEZGVUNU
    [12:3456] -A KUBE-SEP-2Q7EXAMPLEX2YZAB -s 10.42.3.17/32 -m comment --comment "vault-secret:api" -j KUBE-MARK-MASQ
    :AWS-SNAT-CHAIN-0 - [0:0]
    DROP  0  --  0.0.0.0/0  0.0.0.0/0  /* shop/password-token:http has no endpoints */ reject-with icmp-port-unreachable
    cpu=0 found=12 invalid=3 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=5
    tcp      6 431999 ESTABLISHED src=10.42.3.17 dst=10.42.12.200 sport=41234 dport=443 [ASSURED] mark=128 use=1
    net.ipv4.conf.eni39d9ca4a246.rp_filter = 2
    net.ipv4.tcp_fastopen_key = 00000000-00000000-00000000-00000000
    passwd:     files systemd
    10.42.3.17 dev eni39d9ca4a246 scope link
    container d0f631ca1ddba8db3bcfcb9e057cdc98d0379f1bee00e75a545147a27dadd982
    digest: 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12
    image: 602401143452.dkr.ecr.eu-west-2.amazonaws.com/amazon-k8s-cni:v1.19.2-eksbuild.1
    aws-node-7cx2f.17a1b2c3d4e5f607
    ip-10-42-7-19.eu-west-2.compute.internal
    "serverAddress":"https://0A1B2C3D4E5F60718293A4B5C6D7E8F9.gr7.eu-west-2.eks.amazonaws.com"
    -----BEGIN CERTIFICATE-----
    MIIC5zCCAc+gAwIBAgIBADANBgkqhkiG9w0BAQsFADAVMRMwEQYDVQQDEwprdWJl
    -----END CERTIFICATE-----
    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM1ekNDQWMrZ0F3SUJB
    {"authorization":{"mode":"Webhook","webhook":{"cacheAuthorizedTTL":"0s"}},"authentication":{"anonymous":{"enabled":false}}}
    [   11.402113] ena 0000:00:06.0 ens6: renamed from eth1
    bw_in_allowance_exceeded: 512
    awscni_ipamd_error_count{error="UnauthorizedOperation",fn="attach"} 3
    secret: {name: a}
    unexpected token: 12
    ASIA_REGION=1 AKIAS AKIA-1 ASIAPACIFICREGIONALENDPOINT
    eyJhbGciOi is not a token
    """#

  @Test("it stays byte for byte")
  func staysText() {
    for line in Self.lines.split(separator: "\n", omittingEmptySubsequences: false) {
      for rules: RedactionRules in [.secrets, .logs] {
        let (text, counts) = redact(line + "\n", rules)
        #expect(text == line + "\n")
        #expect(counts.total == 0, "\(line)")
      }
    }
    #expect(redact(Self.lines).text == Self.lines)
  }

  @Test("unit files, kubelet configuration and link files pass the structural rules unchanged")
  func staysConfiguration() {
    let texts = [
      "[Unit]\nDescription=Kubelet\n[Service]\nEnvironmentFile=/etc/eks/kubelet/environment\n"
        + "ExecStartPre=/sbin/iptables -P FORWARD ACCEPT -w 5\n"
        + "ExecStart=/usr/bin/kubelet $NODEADM_KUBELET_ARGS\nEnvironment=MAX_ENI=4 \"POD_A=b c\"\n",
      "[Match]\nName=eth*\n[Link]\nMACAddressPolicy=none\n",
      #"{"kind":"KubeletConfiguration","clusterDNS":["10.100.0.10"],"maxPods":29,"tokens":[]}"#,
      "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority: /etc/ca.crt\n"
        + "    server: https://x.example\nusers:\n- name: kubelet\n  user:\n    exec:\n"
        + "      args:\n      - token\n      - -i\n      - cart\n      env:\n"
        + "      - name: AWS_REGION\n        value: eu-west-2\n",
      "{\"cniVersion\":\"1.0.0\",\n \"plugins\":[{\"type\":\"aws-cni\",\"vethPrefix\":\"eni\"}]}\n",
    ]
    for text in texts {
      let (masked, counts) = redact(text, .configuration)
      #expect(masked == text)
      #expect(counts.total == 0)
    }
  }
}
