//! What is set for the whole process before anything else.

use std::sync::Arc;

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};

/// Makes a write beyond a size limit (`ulimit -f`) fail like one to a full disk, where the signal would end the process.
fn survive_size_limit() {
    // Where no handler can be had, the signal ends the process, as ever.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Files it makes are private whatever the umask was, and its memory, which holds passwords for a while, goes into no
/// core dump and is closed to other programs of the same user.
pub fn harden() {
    umask(Mode::RWXG | Mode::RWXO);
    // Where the system refuses, the program is no worse off than without.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    survive_size_limit();
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
