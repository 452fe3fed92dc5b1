/// Logs beside ipamd's and the plugin's. A file whose name ends in `.gz` is compressed when the node
/// starts.
struct LogFiles {
  let node: NodeModel

  private let folder = "/var/log/aws-routed-eni"

  var all: [String: String] {
    var files = podLogs
    guard node.variant.image.hasCNI else { return files }
    files.merge(rotated) { $1 }
    files["\(folder)/egress-v6-plugin.log"] = ""
    files["\(folder)/ebpf-sdk.log"] = sdkLog
    return files
  }

  // A time as the log's rotation writes it into names: dashes where a time has colons.
  private func stamp(_ moment: Moment) -> String {
    String(moment.milliseconds.dropLast()).replacing(":", with: "-")
  }

  private var rotated: [String: String] {
    var old = CNILog()
    let start = node.booted - 172_000
    for index in 0..<200 {
      old.debug(
        "IP stats for Network Card 0 - total IPs: 27, assigned IPs: 9, cooldown IPs: 0",
        at: start + Double(index) * 5)
    }
    return [
      "\(folder)/ipamd-\(stamp(start + 1_000)).log.gz": old.text,
      "\(folder)/plugin-\(stamp(start + 1_000)).log.gz": old.text,
    ]
  }

  private var sdkLog: String {
    var log = CNILog()
    log.info("Starting the SDK", at: node.ipamdStarted + 2.3, caller: "maps/loader.go:118")
    return log.text
  }

  // In the runtime's format: time, stream, whether the line is whole, text.
  private func line(_ moment: Moment, _ text: String) -> String {
    let time = moment.goTime.dropLast()
    let padded = time.contains(".") ? "\(time)000Z" : "\(time).000000000Z"
    return "\(padded) stderr F \(text)\n"
  }

  private var podLogs: [String: String] {
    guard node.variant.image.hasSystemPods else { return [:] }
    var files: [String: String] = [:]
    for pod in ContainerPlan(node: node).pods where pod.namespace == "kube-system" {
      for container in pod.containers {
        let start = node.ipamdStarted - 4
        let path = "\(pod.logFolder)/\(container.name)/0.log"
        files[path] = texts(container.name).enumerated().map { index, text in
          line(start + Double(index) * 0.4, text)
        }.joined()
      }
    }
    for pod in ContainerPlan(node: node).pods where pod.labels["k8s-app"] == "kube-proxy" {
      files["\(pod.logFolder)/kube-proxy/0.log.20260101-010203.gz"] = line(
        node.booted - 170_000, "\"Syncing iptables rules\"")
    }
    return files
  }

  private func texts(_ container: String) -> [String] {
    switch container {
    case "aws-node":
      [
        "Installed /host/opt/cni/bin/aws-cni", "Installed /host/opt/cni/bin/egress-cni",
        "time=\"\(node.ipamdStarted.zulu)\" level=info msg=\"Starting IPAM daemon... \"",
        "time=\"\((node.ipamdStarted + 6).zulu)\" level=info msg=\"Copying config file... \"",
      ]
    case "kube-proxy":
      [
        "I\(node.ipamdStarted.klog)       1 server_linux.go:66] \"Using iptables proxy\"",
        "I\((node.ipamdStarted + 1).klog)       1 shared_informer.go:318] Caches are synced for "
          + "service config",
      ]
    case "coredns": [".:53", "CoreDNS-1.12.2", "linux/amd64, go1.24.4"]
    default: ["started"]
    }
  }

  /// Links that the kubelet makes below /var/log/containers, by their paths.
  var links: [String: String] {
    var links: [String: String] = [:]
    for pod in ContainerPlan(node: node).pods where pod.namespace == "kube-system" {
      for container in pod.containers {
        let id = Invented.containerID("\(pod.namespace)/\(pod.name)/\(container.name)")
        links["/var/log/containers/\(pod.name)_\(pod.namespace)_\(container.name)-\(id).log"] =
          "\(pod.logFolder)/\(container.name)/0.log"
      }
    }
    return node.variant.image.hasSystemPods ? links : [:]
  }
}
