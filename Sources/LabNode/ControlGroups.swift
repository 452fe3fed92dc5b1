/// The control groups of a node: a subtree of the machine's, of which the node sees nothing else.
/// Works with both versions of control groups.
struct ControlGroups {
  let name: String

  private var group: String { "cnilab-\(name)" }

  /// A script that goes into the subtree, and there becomes the command that it is given.
  var entering: String {
    """
    #!/bin/bash
    # Puts a lab node into control groups of its own. Made by cnitriage-lab; not meant to be edited.
    folders=/sys/fs/cgroup
    [ -f /sys/fs/cgroup/cgroup.controllers ] || folders=$(ls -d /sys/fs/cgroup/*/)
    for folder in $folders; do
      [ -f "$folder/cgroup.procs" ] || continue
      own=$folder/\(group)
      mkdir -p "$own" || continue
      if [ -f "$own/cpuset.cpus" ] && [ -f "$own/cgroup.clone_children" ]; then
        # A group of the first version takes processes only once it has processors and memory.
        cat "$folder/cpuset.cpus" >"$own/cpuset.cpus"
        cat "$folder/cpuset.mems" >"$own/cpuset.mems"
        echo 1 >"$own/cgroup.clone_children"
      fi
      echo $$ >"$own/cgroup.procs"
    done
    exec "$@"

    """
  }

  /// Shell that makes the subtree visible at the usual place.
  static let mounting = """
    if grep -q '^0::' /proc/self/cgroup && ! grep -q '^[1-9]' /proc/self/cgroup; then
      mount -t cgroup2 cgroup2 /sys/fs/cgroup
      # With processes of its own a group of the second version can't have limited children.
      mkdir -p /sys/fs/cgroup/init.scope
      echo $$ >/sys/fs/cgroup/init.scope/cgroup.procs
      for controller in cpu memory pids cpuset io; do
        echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control || note "no $controller"
      done 2>/dev/null
    else
      mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
      while IFS=: read -r _ controllers _; do
        [ -n "$controllers" ] || continue
        folder=/sys/fs/cgroup/${controllers#name=}
        mkdir -p "$folder"
        case $controllers in name=*) controllers=none,$controllers ;; esac
        mount -t cgroup -o "$controllers" cgroup "$folder" || note "no $controllers"
      done </proc/self/cgroup
    fi
    """

  /// Shell that moves processes into groups.
  static let helpers = """
    hierarchies=()
    for folder in /sys/fs/cgroup /sys/fs/cgroup/*/; do
      [ ! -f "$folder/cgroup.procs" ] || hierarchies+=("${folder%/}")
    done
    into_group() { # group, process
      mkdir -p "${hierarchies[@]/%/$1}" || return 0
      for folder in "${hierarchies[@]}"; do
        echo "$2" >"$folder$1/cgroup.procs" || true
      done
    } 2>/dev/null
    """

  /// Shell that puts the processes of a pod into the groups of its containers.
  static func placing(_ pod: ContainerPlan.PodPlan) -> String {
    // The cluster's DNS runs more than once; its processes are told apart by their networks alone.
    pod.containers.filter { $0.runsLab && pod.isHostNetwork }.map { container in
      let program = container.command[0].split(separator: "/").last.map(String.init) ?? ""
      let id = Invented.containerID("\(pod.namespace)/\(pod.name)/\(container.name)")
      return "for process in $(pgrep -f '^(.*/)?\(program)( |$)'); do into_group "
        + "'\(pod.slice)/cri-containerd-\(id).scope' $process; done"
    }.joined(separator: "\n")
  }

  /// Removes what a node leaves behind once its processes are gone: the kernel keeps empty groups.
  static func remove(_ name: String) async {
    _ = await LabHost.shell(
      """
      for attempt in $(seq 1 20); do
        left=
        for folder in /sys/fs/cgroup/cnilab-\(name) /sys/fs/cgroup/*/cnilab-\(name); do
          [ -d "$folder" ] || continue
          find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
          [ ! -d "$folder" ] || left=yes
        done
        [ -n "$left" ] || break
        sleep 0.1
      done
      """)
  }
}
