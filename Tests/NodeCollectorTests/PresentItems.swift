import BundleModel
import NodeCollector

extension PresentItem {
  static let all: [PresentItem] = host + load + system + kubelet + kubeletState + cni + ipamd

  /// A process as `/proc` shows it, started 10 s after boot.
  static func process(
    _ pid: Int, _ name: String, _ arguments: [String], _ more: [String: String] = [:]
  ) -> [String: String] {
    let folder = "/proc/\(pid)"
    let numbers = (4...52).map { field -> String in
      switch field {
      case 4: "1"
      case 14: "250"
      case 15: "50"
      case 20: "9"
      case 22: "1000"
      default: "0"
      }
    }
    var files = [
      "\(folder)/comm": "\(name)\n",
      "\(folder)/stat": "\(pid) (\(name)) S \(numbers.joined(separator: " "))\n",
      "\(folder)/cmdline": arguments.map { $0 + "\0" }.joined(),
      "\(folder)/status": "Name:\t\(name)\nUid:\t0\t0\t0\t0\nVmRSS:\t  4096 kB\nThreads:\t9\n",
      "\(folder)/limits": "Limit  Soft Limit\nMax open files            1048576 1048576 files\n",
      "\(folder)/cgroup": "0::/kubepods.slice/pod1/agent\n",
      "/proc/stat": "cpu  1 2 3 4\ncpu0 1 2 3 4\nbtime 1900000000\nprocs_running 2\n",
    ]
    for (file, text) in more { files["\(folder)/\(file)"] = text }
    return files
  }

  private static let host: [PresentItem] = [
    PresentItem(
      id: .osRelease, files: ["/usr/lib/os-release": "ID=amzn\n"], path: "host/os-release",
      holds: ["ID=amzn"]),
    PresentItem(
      id: .imageRelease,
      files: [
        "/etc/eks/release": "BASE_AMI_ID=ami-1\n", "/etc/eks/eni-max-pods.txt": "m5.large 29\n",
      ], path: "ami/etc-eks/eni-max-pods.txt", holds: ["m5.large 29"]),
    PresentItem(
      id: .imageFiles, files: ["/etc/eks/nodeadm/site.yaml": "secret: no\n"],
      path: "ami/etc-eks.listing.json", holds: ["/etc/eks/nodeadm/site.yaml"],
      lacks: ["secret"]),
    PresentItem(
      id: .kernelCommandLine, files: ["/proc/cmdline": "ro ipv6.disable=1\n"],
      path: "host/cmdline", holds: ["ipv6.disable=1"]),
    PresentItem(
      id: .packages,
      files: [
        "/var/lib/dpkg/status": """
        Package: iptables
        Status: install ok installed
        Architecture: amd64
        Version: 1.8.9-2
        Description: secret plans
         of many lines

        Package: gone
        Status: deinstall ok config-files
        Version: 1

        """
      ], path: "host/packages.txt", holds: ["# dpkg:", "iptables 1.8.9-2 amd64\n"],
      lacks: ["gone", "plans"]),
    PresentItem(
      id: .packages,
      programs: ["rpm": "[ \"$1\" = --root ] && echo 'kernel (none) 6.1.1 2.amzn2023 x86_64'"],
      path: "host/packages.txt", holds: ["# rpm:", "kernel (none) 6.1.1 2.amzn2023 x86_64\n"]),
    PresentItem(
      id: .kernelModules,
      files: [
        "/proc/modules": "br_netfilter 36864 0 - Live 0x0\n", "/sys/module/nf_tables/x": "",
      ], path: "host/modules",
      holds: ["# /sys/module/nf_tables: present", "# /sys/module/ip_set: absent", "br_netfilter"]),
    PresentItem(
      id: .kernelMessages,
      files: [
        "/dev/kmsg": """
        4,812,9001010101,-;nf_conntrack: nf_conntrack: table full, dropping packet
         SUBSYSTEM=net
        30,813,9001010102,-;systemd[1]: hello

        """
      ], path: "host/dmesg.jsonl",
      holds: [
        #""boot_us":9001010101,"facility":0,"level":4,"message":"nf_conntrack: nf_conntrack: table"#,
        #""facility":3,"level":6"#,
      ], lacks: ["SUBSYSTEM"]),
    PresentItem(
      id: .kernelMessages, programs: ["dmesg": "echo '<4>[   11.402113] ena 0000:00:06.0: reset'"],
      path: "host/dmesg.jsonl",
      holds: [#""boot_us":11402113,"facility":0,"level":4,"message":"ena 0000:00:06.0: reset""#]),
    PresentItem(
      id: .securityModules,
      files: ["/sys/fs/selinux/enforce": "1", "/sys/kernel/security/lsm": "lockdown,selinux"],
      path: "host/lsm.json", holds: [#""/sys/fs/selinux/enforce":"1""#, "lockdown,selinux"]),
    PresentItem(
      id: .boots,
      programs: [
        "journalctl": "echo '[{\"index\":0,\"boot_id\":\"b1\",\"first_entry\":5,\"last_entry\":9}]'"
      ], path: "host/boots.json", holds: [#""boot_id":"b1","first_entry":5"#]),
    PresentItem(
      id: .boots, programs: ["journalctl": "echo '-1 b0 Wed 2031-04-02'; echo ' 0 b1 Thu'"],
      path: "host/boots.json", holds: ["-1 b0 Wed 2031-04-02"]),
    PresentItem(
      id: .hardware,
      files: [
        "/sys/class/dmi/id/sys_vendor": "Amazon EC2\n",
        "/sys/class/dmi/id/product_name": "m5.large\n",
        "/sys/bus/pci/devices/0000:00:05.0/vendor": "0x1d0f\n",
        "/sys/bus/pci/devices/0000:00:05.0/device": "0xec20\n",
        "/sys/bus/pci/devices/0000:00:04.0/vendor": "0x8086\n",
      ], path: "host/hardware.json",
      holds: ["m5.large", #""device":"0xec20""#], lacks: ["0x8086"]),
    PresentItem(
      id: .kernelConfiguration,
      files: [
        "/boot/config-\(SystemName.current().release)":
          "CONFIG_NF_CONNTRACK=m\nCONFIG_SOUND=y\n# CONFIG_BPF_JIT is not set\n"
      ], path: "host/kconfig", holds: ["CONFIG_NF_CONNTRACK=m", "# CONFIG_BPF_JIT is not set"],
      lacks: ["SOUND"]),
    PresentItem(
      id: .hostIdentity, files: ["/etc/machine-id": "0123456789abcdef\n"],
      path: "host/identity.json",
      holds: ["9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f"],
      lacks: ["0123456789abcdef"]),
  ]

  private static let load: [PresentItem] = [
    PresentItem(
      id: .clock,
      programs: [
        "chronyc": "echo 'Leap status     : Normal'; echo \"Args : $*\"",
        "timedatectl": "echo NTPSynchronized=yes",
      ], path: "host/clock.json",
      holds: [#""Leap status":"Normal""#, "-n tracking", #""NTPSynchronized":"yes""#, "kernel"]),
    PresentItem(
      id: .load,
      files: process(9, "x", []).merging([
        "/proc/loadavg": "3.10 2.00 1.00 2/345 999\n", "/proc/meminfo": "MemTotal:  100 kB\n",
        "/proc/vmstat": "oom_kill 2\n", "/proc/cpuinfo": "model name\t: Graviton\n",
      ]) { $1 }, path: "host/cpu_mem.json",
      holds: [
        #""loadavg":"3.10"#, #""MemTotal":100"#, #""oom_kill":2"#, #""processors":1"#,
        #""tasks_running":2"#, "Graviton",
      ]),
    PresentItem(
      id: .pressure,
      files: ["/proc/pressure/cpu": "some avg10=42.50 avg60=1.00 avg300=0.10 total=77\n"],
      path: "host/psi.json", holds: [#""avg10":42.5"#, #""total":77"#]),
    PresentItem(
      id: .controlGroups,
      files: process(4711, "aws-k8s-agent", ["./aws-k8s-agent"]).merging([
        "/sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
        "/sys/fs/cgroup/kubepods.slice/pod1/agent/cpu.stat": "nr_periods 9\nnr_throttled 7\n",
        "/sys/fs/cgroup/kubepods.slice/pod1/agent/cpu.max": "2500 100000\n",
        "/sys/fs/cgroup/kubepods.slice/memory.max": "max\n",
      ]) { $1 }, path: "host/cgroup.json",
      holds: [
        #""version":2"#, "nr_throttled 7", #""cpu.max":"2500 100000""#, #""pid":4711"#,
        #""memory.max":"max""#,
      ]),
    PresentItem(
      id: .controlGroups,
      files: process(
        4711, "aws-k8s-agent", [], ["cgroup": "4:cpu,cpuacct:/kubepods/a\n3:pids:/kubepods/a\n"]
      ).merging([
        "/sys/fs/cgroup/cpu/kubepods/a/cpu.cfs_quota_us": "2500\n",
        "/sys/fs/cgroup/pids/kubepods/a/pids.max": "100\n",
      ]) { $1 }, path: "host/cgroup.json",
      holds: [#""version":1"#, #""cpu.cfs_quota_us":"2500""#, #""pids.max":"100""#]),
    PresentItem(
      id: .processes,
      files: process(300, "kubelet", ["/usr/bin/kubelet", "--max-pods=29"])
        .merging(process(301, "mysqld", ["/usr/sbin/mysqld", "--password=hunter2", "-v"])) { $1 }
        .merging(process(302, "nginx", ["nginx: worker --key=hunter3"])) { $1 },
      path: "system/procs.jsonl",
      holds: [
        "--max-pods=29", #""arguments":["/usr/sbin/mysqld","<redacted:R5>","(2 arguments)"]"#,
        #""started_at":"2030-03-17T17:46:50"#, #""open_files_limit":"1048576""#,
        #""memory_kib":4096"#, #""user_ticks":250"#,
      ], lacks: ["hunter2", "hunter3"]),
    PresentItem(
      id: .systemLimits, files: ["/proc/sys/fs/file-nr": "1024\t0\t9000\n"],
      path: "host/limits.json", holds: [#"1024\t0\t9000"#]),
    PresentItem(
      id: .mounts,
      files: [
        "/proc/1/mountinfo": """
        22 1 8:1 / / rw,relatime - ext4 /dev/nvme0n1p1 rw
        30 22 0:40 / /out rw - nfs4 fs-1.efs:/ rw,addr=10.0.0.9
        31 30 8:2 / /out/local rw - xfs /dev/nvme1n1 rw
        32 22 0:41 / /win\\040dows rw - cifs //user:hunter2@nas/share rw,username=bob,password=hunter3
        33 22 0:4 / /proc rw - proc proc rw

        """
      ], path: "host/mounts.json",
      holds: [
        #""mount_point":"/","options":"rw,relatime","parent":1,"root":"/","source":"/dev/nvme0n1p1","space":{"#,
        #""mount_point":"/out","not_asked":"network""#,
        #""mount_point":"/out/local","not_asked":"network""#, #""mount_point":"/win dows""#,
        #""mount_point":"/proc","not_asked":"virtual""#,
      ], lacks: ["hunter2", "hunter3", "bob"]),
    PresentItem(
      id: .blockDevices,
      files: [
        "/proc/diskstats": "259 0 nvme0n1 1 2 3\n",
        "/sys/block/nvme0n1/queue/scheduler": "[none] mq-deadline\n",
      ], path: "host/block.json", holds: ["259 0 nvme0n1", "[none] mq-deadline"]),
    PresentItem(
      id: .folderUsage,
      files: [
        "/var/log/a/big.log": "12345", "/var/log/a/b/deep.log": "", "/var/lib/kubelet/x": "",
      ],
      path: "host/logdir_usage.json",
      holds: ["/var/log/a/big.log\",\"size\":5", "/var/log/a/b", "/var/lib/kubelet/x"],
      lacks: ["deep.log"]),
    PresentItem(
      id: .networkSysctls,
      files: [
        "/proc/sys/net/ipv4/conf/eth0.1/rp_filter": "2\n",
        "/proc/sys/net/ipv4/tcp_fastopen_key": "00000000-hunter2\n",
      ], path: "sysctl/net.txt", holds: ["net.ipv4.conf.eth0/1.rp_filter = 2\n"],
      lacks: ["hunter2"]),
    PresentItem(
      id: .otherSysctls,
      files: [
        "/proc/sys/kernel/pid_max": "32768\n", "/proc/sys/vm/overcommit_memory": "1\n",
        "/proc/sys/kernel/random/uuid": "11111111-aaaa\n", "/proc/sys/kernel/keys/maxkeys": "9\n",
        "/proc/sys/fs/binfmt_misc/status": "enabled\n",
      ], path: "sysctl/other.txt",
      holds: ["kernel.pid_max = 32768\n", "vm.overcommit_memory = 1\n"],
      lacks: ["random", "keys", "binfmt"]),
    PresentItem(
      id: .sysctlFiles, files: ["/etc/sysctl.d/9.conf": "net.ipv4.ip_forward = 0\n"],
      path: "sysctl/files/etc/sysctl.d/9.conf", holds: ["ip_forward = 0"]),
  ]

  private static let system: [PresentItem] = [
    PresentItem(
      id: .units, programs: ["systemctl": "echo \"$*\"; echo 'firewalld.service loaded active'"],
      path: "system/units.txt", holds: ["list-units --all", "firewalld.service loaded active"]),
    PresentItem(
      id: .unitStates, programs: ["systemctl": "printf '%s\\n' \"$@\""],
      path: "system/unit_show.txt",
      holds: [
        "EnvironmentFiles", "NRestarts", "nodeadm-run.service", "nm-cloud-setup.timer",
        "systemd-resolved.service", "kube-proxy.service", "chronyd.service",
      ]),
    PresentItem(
      id: .unitFiles,
      files: ["/usr/local/lib/systemd/system/firewalld.service.d/1.conf": "[Service]\n"],
      path: "system/unit-files/usr/local/lib/systemd/system/firewalld.service.d/1.conf",
      holds: ["[Service]"]),
    PresentItem(
      id: .unitFiles,
      files: ["/etc/systemd/system/kubelet.service": "ExecStart=/usr/bin/kubelet\n"],
      path: "system/unit-files/etc/systemd/system/kubelet.service", holds: ["ExecStart"]),
    PresentItem(
      id: .warnings, programs: ["journalctl": "echo \"$*\""],
      path: "logs/journal/priority-warning.log",
      holds: ["--priority=warning --boot", "--output=short-iso-precise --utc"], lacks: ["--unit"]),
    PresentItem(
      id: .cloudInit, files: ["/var/log/cloud-init-output.log": "bootstrap failed\n"],
      path: "logs/cloud-init/cloud-init-output.log", holds: ["bootstrap failed"]),
    PresentItem(
      id: .nodeadm,
      files: ["/etc/eks/nodeadm.d/site.yaml": "hunter2"],
      programs: ["journalctl": "case \"$*\" in *nodeadm-run*) echo 'maxPods: 29';; esac"],
      path: "logs/journal/nodeadm-run.log", holds: ["maxPods: 29"]),
    PresentItem(
      id: .nodeadm, files: ["/etc/eks/nodeadm.d/site.yaml": "hunter2"],
      path: "logs/journal/nodeadm-files.txt", holds: ["/etc/eks/nodeadm.d/site.yaml"],
      lacks: ["hunter2"]),
    PresentItem(
      id: .systemLog, files: ["/var/log/syslog": "Apr 02 oom\n"], path: "logs/syslog/messages",
      holds: ["Apr 02 oom"]),
    PresentItem(
      id: .logRotation, files: ["/etc/logrotate.d/eni": "daily\n"],
      path: "system/logrotate/etc/logrotate.d/eni", holds: ["daily"]),
  ]
}
