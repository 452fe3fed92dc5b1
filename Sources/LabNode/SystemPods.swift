/// The pods of kube-system that share the host's network, as the shipped manifests declare them.
extension KubernetesObjects {
  var agent: JSON {
    let registry = "602401143452.dkr.ecr.\(node.instance.region).amazonaws.com"
    let version = "\(node.instance.cniVersion)-eksbuild.1"
    let environment = node.agentEnvironment.map { pair -> JSON in
      pair.name.hasPrefix("MY_")
        ? [
          "name": .string(pair.name),
          "valueFrom": [
            "fieldRef": [
              "apiVersion": "v1",
              "fieldPath": .string(pair.name == "MY_NODE_NAME" ? "spec.nodeName" : "metadata.name"),
            ]
          ],
        ]
        : ["name": .string(pair.name), "value": .string(pair.value)]
    }
    let container: JSON = [
      "name": "aws-node", "image": .string(node.instance.cniImage),
      "ports": [["containerPort": 61678, "hostPort": 61678, "name": "metrics", "protocol": "TCP"]],
      "env": .array(environment), "livenessProbe": probe(delay: 60),
      "readinessProbe": probe(delay: 1),
      "resources": ["requests": ["cpu": "25m"]],
      "securityContext": ["capabilities": ["add": ["NET_ADMIN", "NET_RAW"]]],
      "volumeMounts": .array(
        [
          ("/host/opt/cni/bin", "cni-bin-dir"), ("/host/etc/cni/net.d", "cni-net-dir"),
          ("/host/var/log/aws-routed-eni", "log-dir"), ("/var/run/aws-node", "run-dir"),
          ("/run/xtables.lock", "xtables-lock"),
        ].map { ["mountPath": .string($0.0), "name": .string($0.1)] }),
    ]
    return hostPod(
      node.agentPodName, daemonSet: "aws-node", created: node.ipamdStarted - 21,
      containers: [
        container,
        [
          "name": "aws-eks-nodeagent",
          "image": .string("\(registry)/amazon/aws-network-policy-agent:v1.4.2-eksbuild.1"),
          "args": ["--enable-network-policy=false", "--metrics-bind-addr=:8162"],
          "resources": ["requests": ["cpu": "25m"]], "securityContext": ["privileged": true],
        ],
      ],
      initContainers: [
        [
          "name": "aws-vpc-cni-init",
          "image": .string("\(registry)/amazon-k8s-cni-init:\(version)"),
          "env": [
            ["name": "DISABLE_TCP_EARLY_DEMUX", "value": "false"],
            ["name": "ENABLE_IPv6", "value": "false"],
          ],
          "resources": ["requests": ["cpu": "25m"]], "securityContext": ["privileged": true],
        ]
      ])
  }

  var proxy: JSON {
    hostPod(
      "kube-proxy-x9d2f", daemonSet: "kube-proxy", created: node.ipamdStarted - 21,
      containers: [
        [
          "name": "kube-proxy",
          "image": .string(
            "602401143452.dkr.ecr.\(node.instance.region).amazonaws.com/eks/kube-proxy:"
              + "v1.33.3-minimal-eksbuild.4"),
          "command": [
            "kube-proxy", "--v=2", "--config=/var/lib/kube-proxy-config/config",
          ],
          "securityContext": ["privileged": true],
        ]
      ], initContainers: [])
  }

  private func probe(delay: Int64) -> JSON {
    [
      "exec": [
        "command": [
          "/app/grpc-health-probe", "-addr=unix:///var/run/aws-node/ipamd.sock",
          "-connect-timeout=5s", "-rpc-timeout=5s",
        ]
      ],
      "initialDelaySeconds": .number(delay), "timeoutSeconds": 10, "periodSeconds": 10,
      "successThreshold": 1, "failureThreshold": 3,
    ]
  }

  private func hostPod(
    _ name: String, daemonSet: String, created: Moment, containers: [JSON], initContainers: [JSON]
  ) -> JSON {
    let names = containers.compactMap { container -> String? in
      guard case .object(let members) = container, case .string(let name)? = members.first?.1
      else { return nil }
      return name
    }
    let address = node.instance.enis[0].primary
    return [
      "kind": "Pod", "apiVersion": "v1",
      "metadata": metadata(
        name, namespace: "kube-system", owner: ("DaemonSet", daemonSet), created: created,
        labels: [("k8s-app", .string(daemonSet))]),
      "spec": [
        "nodeName": .string(node.instance.name), "hostNetwork": true,
        "serviceAccountName": .string(daemonSet), "priorityClassName": "system-node-critical",
        "restartPolicy": "Always", "tolerations": [["operator": "Exists"]],
        "initContainers": .array(initContainers), "containers": .array(containers),
      ],
      "status": running(names, address: address, hostIP: address, since: created + 21),
    ]
  }
}
