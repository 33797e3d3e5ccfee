//! The memory of the process: whatever is given back is wiped.
//!
//! Types that hold secrets wipe themselves, but libraries copy parts of them: zxcvbn, for one, every beginning of a password
//! that it rates.

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static WIPED: ZeroAlloc<System> = ZeroAlloc(System);

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt as _;

    /// Returns what the memory of this process holds from this address on.
    fn memory_at(address: usize, bytes: usize) -> Vec<u8> {
        let mut held = vec![0; bytes];
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut held, address as u64).unwrap();
        held
    }

    #[test]
    fn what_is_given_back_is_wiped() {
        let text: String = "copy of a secret ".repeat(4);
        let (address, bytes) = (text.as_ptr() as usize, text.len());
        assert_eq!(memory_at(address, bytes), text.as_bytes());
        drop(text);
        let left = memory_at(address, bytes);
        assert!(!left.windows(6).any(|part| part == b"secret"), "{left:?}");
    }
}
