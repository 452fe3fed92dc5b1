/// The node's objects as the API server holds them.
struct KubernetesObjects {
  let node: NodeModel

  func list(_ kind: String, _ items: [JSON]) -> JSON {
    [
      "kind": .string(kind), "apiVersion": "v1", "metadata": ["resourceVersion": "48211"],
      "items": .array(items),
    ]
  }

  /// Every pod that is bound to this node.
  var pods: [JSON] {
    let image = node.variant.image
    let agents = image.hasCNI ? [agent, proxy] : [proxy]
    return (image.hasSystemPods ? agents : [])
      + node.runningPods.map { workload($0.pod, address: $0.allocation.address) }
      + node.waitingPods.map { workload($0, address: nil) }
  }

  var nodeObject: JSON {
    let instance = node.instance
    return [
      "kind": "Node", "apiVersion": "v1",
      "metadata": [
        "name": .string(instance.name), "uid": .string(Invented.uuid("node")),
        "creationTimestamp": .string((node.booted + 19).zulu),
        "labels": [
          "kubernetes.io/hostname": .string(instance.name),
          "node.kubernetes.io/instance-type": .string(instance.type),
          "topology.kubernetes.io/zone": .string(instance.zone),
        ],
      ],
      "spec": ["providerID": .string("aws:///\(instance.zone)/\(instance.id)")],
      "status": [
        "capacity": ["cpu": "2", "memory": "7934Mi", "pods": .string(String(instance.maxPods))],
        "nodeInfo": ["kubeletVersion": .string(instance.kubeletVersion)],
        "conditions": [["type": "Ready", "status": "True"]],
      ],
    ]
  }

  func metadata(
    _ name: String, namespace: String, owner: (kind: String, name: String), created: Moment,
    labels: [(String, JSON)]
  ) -> JSON {
    [
      "name": .string(name), "namespace": .string(namespace),
      "uid": .string(Invented.uuid("\(namespace)/\(name)")), "resourceVersion": "48102",
      "creationTimestamp": .string(created.zulu), "labels": .object(labels),
      "ownerReferences": [
        [
          "apiVersion": "apps/v1", "kind": .string(owner.kind), "name": .string(owner.name),
          "uid": .string(Invented.uuid("owner \(owner.name)")), "controller": true,
        ]
      ],
    ]
  }

  func running(
    _ containers: [String], address: String, hostIP: String, since: Moment
  ) -> JSON {
    let conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map {
      type -> JSON in
      [
        "type": .string(type), "status": "True", "lastTransitionTime": .string(since.zulu),
      ]
    }
    let statuses = containers.map { name -> JSON in
      [
        "name": .string(name), "ready": true, "started": true, "restartCount": 0,
        "state": ["running": ["startedAt": .string(since.zulu)]],
      ]
    }
    return [
      "phase": "Running", "hostIP": .string(hostIP), "podIP": .string(address),
      "podIPs": [["ip": .string(address)]], "startTime": .string((since - 4).zulu),
      "conditions": .array(conditions), "containerStatuses": .array(statuses),
      "qosClass": "Burstable",
    ]
  }

  private func pending(since: Moment) -> JSON {
    [
      "phase": "Pending", "hostIP": .string(node.instance.enis[0].primary),
      "startTime": .string(since.zulu),
      "conditions": [
        ["type": "PodScheduled", "status": "True", "lastTransitionTime": .string(since.zulu)],
        [
          "type": "Ready", "status": "False", "reason": "ContainersNotReady",
          "lastTransitionTime": .string(since.zulu),
        ],
      ],
      "containerStatuses": [
        [
          "name": "main", "ready": false, "started": false, "restartCount": 0,
          "state": ["waiting": ["reason": "ContainerCreating"]],
        ]
      ],
      "qosClass": "Burstable",
    ]
  }

  private func workload(_ pod: Pod, address: String?) -> JSON {
    let app = pod.application
    let isSet = pod.name.split(separator: "-").count == 2
    let owner =
      isSet ? ("StatefulSet", app) : ("ReplicaSet", "\(app)-\(pod.name.split(separator: "-")[1])")
    let status =
      address.map {
        running(
          ["main"], address: $0, hostIP: node.instance.enis[0].primary, since: pod.created + 2)
      } ?? pending(since: pod.created)
    return [
      "kind": "Pod", "apiVersion": "v1",
      "metadata": metadata(
        pod.name, namespace: pod.namespace, owner: owner, created: pod.created,
        labels: [("app", .string(app))]),
      "spec": [
        "nodeName": .string(node.instance.name), "serviceAccountName": .string(pod.serviceAccount),
        "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
        "containers": [
          [
            "name": "main", "image": .string("registry.example.org/\(app):4.2.0"),
            "resources": ["requests": ["cpu": "50m", "memory": "64Mi"]],
          ]
        ],
      ],
      "status": status,
    ]
  }
}
