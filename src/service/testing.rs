//! A desk with a store of its own, for tests.
