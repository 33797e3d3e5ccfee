//! Wiping of the stack: types that are wiped when they are dropped leave copies where they were moved from.

use std::hint::black_box;

use zeroize::Zeroize as _;

/// The number of bytes that are wiped, which is more than the work with a secret takes.
const DEPTH: usize = 64 * 1024;

/// Does some work, and then wipes the part of the stack that it has used.
pub fn wiping_stack<T>(work: impl FnOnce() -> T) -> T {
    let done = below(work);
    wipe();
    done
}

/// Does the work in a frame of its own, which lies where [`wipe`] has its own after that.
#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "it is to lie over what the work has left")]
fn wipe() {
    // Byte by byte it would take longer than most requests.
    let mut space = [0_u64; DEPTH / size_of::<u64>()];
    space.zeroize();
    black_box(&space);
}
