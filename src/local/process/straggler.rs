//! Descendants of a process that left its group.

/// Rounds of looking for more: a killed process may have started another one meanwhile.
#[cfg(target_os = "linux")]
const ROUNDS: usize = 8;

/// Kills every process whose environment holds `mark`.
#[cfg(target_os = "linux")]
pub fn kill(mark: &str) {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    for _ in 0..ROUNDS {
        let mut found = false;
        for process in marked(mark.as_bytes()) {
            found |= kill(Pid::from_raw(process), Signal::SIGKILL).is_ok();
        }
        if !found {
            return;
        }
        std::thread::yield_now();
    }
}

/// Only Linux shows the environment of processes: elsewhere what left the group lives on.
#[cfg(not(target_os = "linux"))]
pub fn kill(_mark: &str) {}

#[cfg(target_os = "linux")]
fn marked(mark: &[u8]) -> Vec<i32> {
    let mut marked = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        // Those of other users cannot be read, and those that are gone neither. A zombie's is empty.
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.split(|byte| *byte == 0).any(|one| one == mark) {
            marked.push(process);
        }
    }
    marked
}
