//! Settings of the whole process, made before anything else.

use std::sync::Arc;

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};

/// Makes a write beyond a size limit (`ulimit -f`) fail like one to a full disk, instead of the signal ending
/// the process.
fn survive_size_limit() {
    // If no handler can be installed, the signal still ends the process.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Makes new files private whatever the umask was, and protects the memory, which holds passwords for a while:
/// no core dumps, no access by other programs of the same user.
pub fn harden() {
    umask(Mode::RWXG | Mode::RWXO);
    // If the system refuses, the program is no worse off than without.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    survive_size_limit();
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
