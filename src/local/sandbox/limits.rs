//! A guest's memory limit, which is also where its peak use is read off.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmtime::ResourceLimiter;

/// A guest wanted more memory than its function's `MemorySize`. Lambda kills the process then.
#[derive(Debug, thiserror::Error)]
#[error("the function used more than its {limit_mb} MB of memory")]
pub struct OutOfMemory {
    /// The function's `MemorySize`, in MB.
    pub limit_mb: u32,
}

/// Counts the linear memory of one environment and ends the guest when it passes the limit.
#[derive(Debug)]
pub struct Limits {
    limit_mb: u32,
    used: usize,
    peak: Peak,
}

/// The most memory an environment has used so far; can be read while its guest runs.
#[derive(Debug, Clone, Default)]
pub struct Peak(Arc<AtomicUsize>);

impl Peak {
    /// In MB, rounded up.
    pub fn mb(&self) -> u32 {
        self.0.load(Ordering::Relaxed).div_ceil(1 << 20) as u32
    }
}

/// Entries a guest's tables may have. They are not counted as the function's memory.
const MAX_TABLE: usize = 200_000;

impl Limits {
    /// A limit of `limit_mb` MB (`MemorySize`, 128–10,240).
    pub fn new(limit_mb: u32) -> Self {
        Limits {
            limit_mb,
            used: 0,
            peak: Peak::default(),
        }
    }

    /// Memory in use, in bytes. Linear memory never shrinks.
    pub fn used(&self) -> usize {
        self.used
    }

    /// The most memory in use so far, in MB, rounded up.
    pub fn peak_mb(&self) -> u32 {
        self.peak.mb()
    }

    /// The same figure, for someone who has not got the store.
    pub fn peak(&self) -> Peak {
        self.peak.clone()
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let used = self.used - current.min(self.used) + desired;
        if used as u64 > u64::from(self.limit_mb) << 20 {
            // An error, not `false`: the guest is to end here, as a killed process does, and not to
            // go on with a failed allocation.
            return Err(OutOfMemory {
                limit_mb: self.limit_mb,
            }
            .into());
        }
        self.used = used;
        self.peak.0.fetch_max(used, Ordering::Relaxed);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growing_past_memory_size_ends_the_guest_and_the_peak_stays() {
        let mut limits = Limits::new(128);
        assert!(limits.memory_growing(0, 100 << 20, None).unwrap());
        let refused = limits
            .memory_growing(100 << 20, 129 << 20, None)
            .unwrap_err();
        assert_eq!(refused.downcast_ref::<OutOfMemory>().unwrap().limit_mb, 128);
        assert_eq!(limits.peak_mb(), 100);
    }
}
