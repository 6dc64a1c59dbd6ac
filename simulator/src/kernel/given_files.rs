//! Files that the kernel and the runtime give every container: some of /proc, /etc/hosts and its like.
//!
//! proc(5); runc mounts /proc, the kubelet and dockerd write /etc/hosts, /etc/hostname and /etc/resolv.conf. Only what scripts
//! look into: addresses, processors, memory, control groups.

use super::fs::FileSystem;

const CPU: &str = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: simulated\ncpu cores\t: 2\n\
                   flags\t\t: fpu sse sse2 ssse3 sse4_1 sse4_2 avx avx2\n\n\
                   processor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t: simulated\ncpu cores\t: 2\n\
                   flags\t\t: fpu sse sse2 ssse3 sse4_1 sse4_2 avx avx2\n\n";

impl FileSystem {
    /// Puts these files where nothing is.
    pub fn add_given(&mut self, hostname: &str) {
        let files = [
            ("/proc/cpuinfo", CPU.to_owned()),
            (
                "/proc/meminfo",
                "MemTotal:        4096000 kB\nMemFree:         2048000 kB\nMemAvailable:    3072000 kB\n".into(),
            ),
            ("/proc/net/if_inet6", "00000000000000000000000000000001 01 80 10 80       lo\n".into()),
            ("/proc/self/cgroup", "0::/\n".into()),
            ("/proc/1/cgroup", "0::/\n".into()),
            ("/proc/sys/vm/max_map_count", "65530\n".into()),
            ("/proc/sys/net/core/somaxconn", "4096\n".into()),
            ("/sys/fs/cgroup/cpu.max", "max 100000\n".into()),
            ("/sys/fs/cgroup/memory.max", "max\n".into()),
            ("/etc/hostname", format!("{hostname}\n")),
            (
                "/etc/hosts",
                format!("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n10.244.0.5\t{hostname}\n"),
            ),
            (
                "/etc/resolv.conf",
                "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\n\
                                  options ndots:5\n"
                    .into(),
            ),
        ];
        for (path, text) in files {
            if self.get("/", path).is_none() {
                self.put_text(path, text, false);
            }
        }
    }
}
