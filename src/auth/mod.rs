//! Floor 1: password hashing, tokens, codes, policy.
pub mod policy;
