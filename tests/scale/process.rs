//! Facts about a process and the machine from the kernel (proc(5)).

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::outcome::{Outcome, Trouble, failed};

/// Returns the processor, its cores and the memory of this machine.
pub(crate) fn machine() -> Outcome<String> {
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism()?;
    let Some(memory) = number(&fs::read_to_string("/proc/meminfo")?, "MemTotal:") else {
        return failed("/proc/meminfo does not tell the memory");
    };
    Ok(format!("{model}, {cores} cores, {:.0} GiB of memory", memory / 1_048_576.0))
}

/// Its own memory, not backed by a file, in MiB.
pub(crate) fn own_memory(pid: u32) -> Outcome<f64> {
    status(pid, "RssAnon:")
}

/// The most memory it has ever held, in MiB.
pub(crate) fn peak_memory(pid: u32) -> Outcome<f64> {
    status(pid, "VmHWM:")
}

fn status(pid: u32, field: &str) -> Outcome<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    match number(&text, field) {
        Some(kibibytes) => Ok(kibibytes / 1_024.0),
        None => failed(format!("/proc says nothing about {field}")),
    }
}

fn number(text: &str, field: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(field))?.split_whitespace().next()?.parse().ok()
}

/// The resources that a process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Time on a processor.
    pub(crate) processor: Duration,
    /// The number of times that one of its threads was woken.
    pub(crate) wake_ups: u64,
}

impl Usage {
    /// Returns the sum of all threads that there are now.
    pub(crate) fn of(pid: u32) -> Outcome<Self> {
        let mut usage = Self::default();
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let thread = thread?.path();
            usage.processor += processor(&thread)?;
            let text = fs::read_to_string(thread.join("status"))?;
            let switches = number(&text, "voluntary_ctxt_switches:")
                .ok_or_else(|| Trouble::Failed("/proc does not count wake-ups".into()))?;
            usage.wake_ups += switches as u64;
        }
        Ok(usage)
    }
}

/// Returns the processor time of a process's first thread.
pub(crate) fn main_thread(pid: u32) -> Outcome<Duration> {
    processor(&Path::new("/proc").join(format!("{pid}/task/{pid}")))
}

/// Returns the processor time of a thread, by its folder below `/proc`.
fn processor(thread: &Path) -> Outcome<Duration> {
    // Nanoseconds: finer than the ticks of stat (Documentation/scheduler/sched-stats.rst).
    let times = fs::read_to_string(thread.join("schedstat"))?;
    let nanoseconds = times.split_whitespace().next().and_then(|time| time.parse().ok());
    Ok(Duration::from_nanos(nanoseconds.unwrap_or_default()))
}
