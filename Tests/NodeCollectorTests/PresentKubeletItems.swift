import BundleModel

extension PresentItem {
  /// A certificate of `system:node:ip-10-0-0-1` with three alternative names.
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIB7zCCAZSgAwIBAgIUC3WST6/uQ3PUiuQaP66BBk4sHNIwCgYIKoZIzj0EAwIw
    OTEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMSAwHgYDVQQDDBdzeXN0ZW06bm9kZTpp
    cC0xMC0wLTAtMTAeFw0yNjExMjUyMjQzMzZaFw0zNjExMjIyMjQzMzZaMDkxFTAT
    BgNVBAoMDHN5c3RlbTpub2RlczEgMB4GA1UEAwwXc3lzdGVtOm5vZGU6aXAtMTAt
    MC0wLTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASxGqmPBaVv6c9fw3+5bqYz
    cVi+koZIwudw3ObZWE+N6aOJ3VkkVPNg0zucc/R7dWcJoOsJNwZnwPlXmZoRmHHS
    o3oweDAdBgNVHQ4EFgQULQrlbATsynC2VwKoR+7FmdayDPwwHwYDVR0jBBgwFoAU
    LQrlbATsynC2VwKoR+7FmdayDPwwDwYDVR0TAQH/BAUwAwEB/zAlBgNVHREEHjAc
    gglhLmV4YW1wbGWCCWIuZXhhbXBsZYcECgAAATAKBggqhkjOPQQDAgNJADBGAiEA
    smfa59stuLVDpScdkqMcaY+R1YPI2DUPf5W01UuwIN0CIQDwiJvmJaRj6nLhewNy
    C7vHXSZcDuUHwnYENtfpfpGabg==
    -----END CERTIFICATE-----
    """

  private static let runningKubelet = process(
    300, "kubelet",
    [
      "/usr/bin/kubelet", "--config", "/opt/kubelet.json", "--config-dir=/opt/kubelet.d",
      "--kubeconfig=/opt/kubeconfig", "--max-pods=58",
    ])

  static let kubelet: [PresentItem] = [
    PresentItem(
      id: .kubeletJournal, programs: ["journalctl": "echo \"$*\""], path: "kubelet/kubelet.log",
      holds: ["--unit=kubelet --unit=snap.kubelet-eks.daemon", "--no-pager --quiet"]),
    PresentItem(
      id: .kubeletFlags, files: runningKubelet, path: "kubelet/flags.json",
      holds: ["--max-pods=58", #""pid":300"#]),
    PresentItem(
      id: .kubeletEnvironment,
      files: [
        "/usr/lib/systemd/system/kubelet.service.d/10-site.conf":
          "[Service]\nEnvironmentFile=-/opt/site/kubelet.env\n",
        "/opt/site/kubelet.env": "NODEADM_KUBELET_ARGS=--max-pods=29\nSITE_SECRET=hunter2\n",
      ], path: "kubelet/environment/opt/site/kubelet.env", holds: ["--max-pods=29"],
      lacks: ["hunter2"]),
    PresentItem(
      id: .kubeletEnvironment, files: ["/etc/sysconfig/kubelet": "KUBELET_ARGS=--v=2\n"],
      path: "kubelet/environment/etc/sysconfig/kubelet", holds: ["--v=2"]),
    PresentItem(
      id: .kubeletConfiguration,
      files: runningKubelet.merging(["/opt/kubelet.json": #"{"maxPods":29}"#]) { $1 },
      path: "kubelet/config/opt/kubelet.json", holds: [#""maxPods":29"#]),
    PresentItem(
      id: .kubeletConfiguration,
      files: runningKubelet.merging(["/opt/kubelet.d/1.conf": #"{"maxPods":30}"#]) { $1 },
      path: "kubelet/config/opt/kubelet.d/1.conf", holds: [#""maxPods":30"#]),
    PresentItem(
      id: .kubeletSnap, programs: ["snap": "echo \"max-pods  29 $*\""],
      path: "kubelet/kubelet-eks_service.txt", holds: ["max-pods  29 get kubelet-eks"]),
    PresentItem(
      id: .kubeletKubeconfig,
      files: runningKubelet.merging([
        "/opt/kubeconfig": "server: https://api\ntoken: hunter2hunter2\n",
        "/var/lib/kubelet/kubeconfig": "server: https://old\n",
      ]) { $1 }, path: "kubelet/kubeconfig.redacted.yaml", holds: ["server: https://api"],
      lacks: ["hunter2", "old"]),
    PresentItem(
      id: .kubeletKubeconfig, files: ["/var/lib/kubelet/kubeconfig": "server: https://std\n"],
      path: "kubelet/kubeconfig.redacted.yaml", holds: ["https://std"]),
    PresentItem(
      id: .maximalPods,
      files: runningKubelet.merging([
        "/etc/kubernetes/kubelet/config.json": #"{"maxPods":110,"clusterDNS":["10.0.0.10"]}"#,
        "/opt/kubelet.d/9.conf": "maxPods: 35\n",
        "/sys/class/dmi/id/product_name": "m5.large\n",
        "/etc/eks/eni-max-pods.txt": "# table\nm5.large 29\nm5.xlarge 58\n",
      ]) { $1 },
      programs: ["journalctl": "echo 'nodeadm: computed maxPods 29'; echo other"],
      path: "kubelet/maxpods.json",
      holds: [
        #""kind":"configuration","place":"/etc/kubernetes/kubelet/config.json","value":"110""#,
        #""place":"/opt/kubelet.d/9.conf","value":"35""#,
        #""kind":"flag","place":"--max-pods","value":"58""#,
        #""kind":"image table","place":"/etc/eks/eni-max-pods.txt","value":"29""#,
        "nodeadm: computed maxPods 29",
      ], lacks: ["other"]),
    PresentItem(
      id: .maximalPods,
      files: ["/etc/eks/kubelet/environment": "NODEADM_KUBELET_ARGS=\"--max-pods=17 --v=2\"\n"],
      path: "kubelet/maxpods.json", holds: [#""kind":"unit""#, #""value":"17""#]),
  ]

  static let kubeletState: [PresentItem] = [
    PresentItem(
      id: .kubeletCertificates,
      files: [
        "/var/lib/kubelet/pki/kubelet-client-current.pem":
          certificate
          + "\n-----BEGIN EC PRIVATE KEY-----\naHVudGVyMg==\n-----END EC PRIVATE KEY-----\n",
        "/var/lib/kubelet/kubeconfig": "    certificate-authority: /opt/ca.crt\n",
        "/opt/ca.crt": certificate,
      ], path: "kubelet/certs.json",
      holds: [
        "/var/lib/kubelet/pki/kubelet-client-current.pem", "/opt/ca.crt",
        #""subject":"system:node:ip-10-0-0-1""#, #""not_after":"2036-11-22T22:43:36Z""#,
        #""not_before":"2026-11-25T22:43:36Z""#, #""alternative_names":3"#,
      ], lacks: ["aHVudGVyMg", "a.example"]),
    PresentItem(
      id: .podFolders,
      files: [
        "/var/lib/kubelet/pods/u1/etc-hosts":
          "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost\n10.1.2.3\tcart\n",
        "/var/lib/kubelet/pods/u1/containers/app/1": "",
        "/var/lib/kubelet/pods/u1/volumes/kubernetes.io~secret/db/password": "hunter2",
        "/var/lib/kubelet/pods/u2/etc-hosts":
          "# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n",
      ], path: "kubelet/pods_dir.json",
      holds: [
        #""address":"10.1.2.3","containers":["app"],"host_network":false"#,
        #""volumes":{"kubernetes.io~secret":1}"#, #""host_network":true"#,
      ], lacks: ["hunter2", "password"]),
    PresentItem(
      id: .kubeletState, files: ["/var/lib/kubelet/cpu_manager_state": #"{"policyName":"static"}"#],
      path: "kubelet/state/cpu_manager_state", holds: ["static"]),
    PresentItem(
      id: .kubeletPorts,
      files: [
        "/etc/kubernetes/kubelet/config.json":
          #"{"enableSystemLogHandler":false,"readOnlyPort":0}"#,
        "/proc/net/tcp6": tcpHead
          + " 0: 00000000000000000000000000000000:280A 0:0 0A 0:0 0:0 0 0 0 77\n",
      ], path: "kubelet/ports.json",
      holds: [
        #""name":"enableSystemLogHandler","place":"/etc/kubernetes/kubelet/config.json","value":"false""#,
        #""port":10250"#,
      ]),
    PresentItem(
      id: .imageCredentials,
      files: [
        "/etc/eks/image-credential-provider/config.json": #"{"providers":[{"name":"ecr"}]}"#
      ], path: "kubelet/image-credential-provider.json", holds: ["ecr", "configuration_path"]),
  ]

  static let cni: [PresentItem] = [
    PresentItem(
      id: .cniConfiguration,
      files: [
        "/etc/containerd/config.toml": "[plugins.cni]\n  conf_dir = \"/opt/cni/net.d\"\n",
        "/opt/cni/net.d/10-aws.conflist": #"{"name":"aws-cni"}"#,
      ], path: "cni/net.d/10-aws.conflist", holds: ["aws-cni"]),
    PresentItem(
      id: .cniPrograms, files: ["/opt/cni/bin/aws-cni": "abc"], path: "cni/bin.json",
      holds: [
        #""name":"aws-cni""#, #""size":3"#,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      ]),
    PresentItem(
      id: .cniResults, files: ["/var/lib/cni/results/aws-cni-1-eth0": #"{"ip":"10.1.2.3"}"#],
      path: "cni/results/aws-cni-1-eth0", holds: ["10.1.2.3"]),
    PresentItem(
      id: .egressAddresses, files: ["/run/cni/v6pd/egress-v4-ipam/169.254.172.2": "c1\neth0"],
      path: "cni/egress/v6pd/egress-v4-ipam/169.254.172.2", holds: ["c1"]),
    PresentItem(
      id: .multus, files: ["/etc/cni/net.d/multus.d/multus.kubeconfig": "token: hunter2hunter2\n"],
      path: "cni/multus/etc/cni/net.d/multus.d/multus.kubeconfig", holds: ["token:"],
      lacks: ["hunter2"]),
    PresentItem(
      id: .cniLogListing, files: ["/var/log/aws-routed-eni/ipamd.log": "1234567"],
      path: "logs/aws-routed-eni.listing.json", holds: [#""name":"ipamd.log","size":7"#]),
    PresentItem(
      id: .ipamdLog, files: ["/var/log/aws-routed-eni/ipamd-2031-04-02T09-00-00.000.log": "old\n"],
      path: "logs/aws-routed-eni/ipamd-2031-04-02T09-00-00.000.log", holds: ["old"]),
    PresentItem(
      id: .ipamdRotatedLogs, files: ["/var/log/aws-routed-eni/ipamd-2031.log.gz": "\u{1F}packed"],
      path: "logs/aws-routed-eni/ipamd-2031.log.gz", holds: ["\u{1F}packed"]),
    PresentItem(
      id: .pluginLog,
      files: [
        "/etc/cni/net.d/10-aws.conflist":
          #"{"plugins":[{"type":"aws-cni","pluginLogFile":"/opt/logs/cni-plugin.log"}]}"#,
        "/opt/logs/cni-plugin.log": "added\n",
      ], path: "logs/aws-routed-eni/cni-plugin.log", holds: ["added"]),
    PresentItem(
      id: .egressLogs, files: ["/var/log/aws-routed-eni/egress-v6-plugin.log": "v6\n"],
      path: "logs/aws-routed-eni/egress-v6-plugin.log", holds: ["v6"]),
    PresentItem(
      id: .policyAgentLogs, files: ["/var/log/aws-routed-eni/ebpf-sdk.log": "attached\n"],
      path: "logs/aws-routed-eni/ebpf-sdk.log", holds: ["attached"]),
    podLog(.agentPodLogs, "kube-system_aws-node-x_u1/aws-node/0.log"),
    podLog(.agentPodLogs, "kube-system_aws-node-x_u1/aws-vpc-cni-init/0.log.20310402-030405"),
    podLog(.proxyPodLogs, "kube-system_kube-proxy-x_u1/kube-proxy/1.log"),
    podLog(.dnsPodLogs, "kube-system_coredns-x_u1/coredns/0.log"),
    podLog(.identityPodLogs, "kube-system_eks-pod-identity-agent-x_u1/agent/0.log"),
    podLog(.monitoringPodLogs, "kube-system_eks-node-monitoring-agent-x_u1/agent/0.log"),
    podLog(.storagePodLogs, "mount-s3_mp-x_u1/mounter/0.log"),
    PresentItem(
      id: .networkJournals,
      programs: [
        "journalctl": "case \"$*\" in *NetworkManager*) echo flushed;; *@*) exit 1;; esac"
      ],
      path: "logs/journal/NetworkManager.log", holds: ["flushed"]),
    PresentItem(
      id: .autoModeJournals,
      programs: ["journalctl": "case \"$*\" in *kube-proxy*) echo synced;; esac"],
      path: "logs/journal/automode-kube-proxy.log", holds: ["synced"]),
  ]

  private static func podLog(_ id: ArtifactID, _ path: String) -> PresentItem {
    PresentItem(
      id: id, files: ["/var/log/pods/\(path)": "line of a pod\n"], path: "logs/pods/\(path)",
      holds: ["line of a pod"])
  }

  private static let tcpHead = "  sl  local_address rem_address st\n"

  static let ipamd: [PresentItem] = [
    PresentItem(
      id: .checkpoint,
      files: process(
        4711, "aws-k8s-agent", [], ["environ": "AWS_VPC_K8S_CNI_BACKING_STORE=/opt/ipam.json\0"]
      ).merging(["/opt/ipam.json": #"{"version":"vpc-cni-ipam/1"}"#]) { $1 },
      path: "ipamd/checkpoint/ipam.json", holds: ["vpc-cni-ipam/1"]),
    PresentItem(
      id: .cardCheckpoints, files: ["/var/run/aws-node/ipam-nic-1.json": "{}"],
      path: "ipamd/checkpoint/ipam-nic-1.json", holds: ["{}"]),
    PresentItem(
      id: .runFolder, files: ["/var/run/aws-node/ipam.json.tmp42": "x"],
      path: "ipamd/rundir.json", holds: ["ipam.json.tmp42", #""kind":"file""#]),
    PresentItem(
      id: .agentProcesses,
      files: process(4711, "aws-k8s-agent", ["./aws-k8s-agent"], ["exe": "abc"]),
      path: "ipamd/agent_proc.json",
      holds: [
        #""pid":4711"#, "/kubepods.slice/pod1/agent", #""VmRSS":"4096 kB""#,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "2030-03-17T17:46:50",
      ]),
    PresentItem(
      id: .agentEnvironment,
      files: process(4711, "aws-k8s-agent", [], ["environ": "WARM_IP_TARGET=5\0X=hunter2\0"]),
      path: "ipamd/agent_env.json", holds: ["WARM_IP_TARGET"], lacks: ["hunter2"]),
    PresentItem(
      id: .listeners,
      files: [
        "/proc/net/tcp": tcpHead
          + " 0: 0100007F:F0EF 00000000:0000 0A 0:0 0:0 0 0 0 99\n"
          + " 1: 0100007F:F0EE 00000000:0000 01 0:0 0:0 0 0 0 98\n"
      ], path: "ipamd/listen.json",
      holds: [#""address":"127.0.0.1","inode":99,"port":61679"#, "61678"],
      lacks: [#""inode":98"#]),
  ]
}
