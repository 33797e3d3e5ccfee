//! Floor 1: password hashing, tokens, codes, policy.
