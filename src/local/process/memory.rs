//! The memory of a process and its descendants, read from outside.
//!
//! A limit on the address space (`RLIMIT_AS`) is of no use: Node and Java reserve gigabytes that they never touch. So
//! the memory in use is looked at while the function runs, and a function that uses more than it may is killed. Only
//! Linux tells it; elsewhere nothing is limited, and the report says 0.

use std::time::Duration;

/// How often the memory is looked at.
pub const CHECK: Duration = Duration::from_millis(20);

/// The most memory in use so far, in MB.
#[cfg(target_os = "linux")]
pub fn used_mb(process: i32) -> u32 {
    let mut used = linux::peak_kb(process);
    let mut pending = linux::children(process);
    if !pending.is_empty() {
        let mut together = linux::current_kb(process);
        while let Some(process) = pending.pop() {
            together += linux::current_kb(process);
            pending.extend(linux::children(process));
        }
        used = used.max(together);
    }
    u32::try_from(used.div_ceil(1024)).unwrap_or(u32::MAX)
}

/// Unknown on this system.
#[cfg(not(target_os = "linux"))]
pub fn used_mb(_process: i32) -> u32 {
    0
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    /// The most that a process itself had in memory.
    pub fn peak_kb(process: i32) -> u64 {
        field(process, "status", "VmHWM:")
    }

    /// What a process has in memory now. Pages that it shares count in part: a process that has just been forked
    /// shares all of them, and must not count twice.
    pub fn current_kb(process: i32) -> u64 {
        field(process, "smaps_rollup", "Pss:")
    }

    fn field(process: i32, file: &str, name: &str) -> u64 {
        let text = fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
        text.lines()
            .find_map(|line| line.strip_prefix(name))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    }

    /// The processes it started.
    pub fn children(process: i32) -> Vec<i32> {
        let tasks = fs::read_dir(format!("/proc/{process}/task"));
        tasks
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
            .flat_map(|text| {
                text.split_whitespace()
                    .filter_map(|id| id.parse().ok())
                    .collect::<Vec<i32>>()
            })
            .collect()
    }
}

/// Comes back when the process and its descendants use more than `limit_mb`, or never.
pub async fn exceeds(process: i32, limit_mb: u32) {
    let mut clock = tokio::time::interval(CHECK);
    loop {
        clock.tick().await;
        if used_mb(process) > limit_mb {
            return;
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory() {
        let used = used_mb(std::process::id() as i32);
        assert!(used > 0 && used < 100_000, "{used}");
    }

    #[test]
    fn a_process_that_is_gone_uses_none() {
        assert_eq!(used_mb(i32::MAX), 0);
    }
}
