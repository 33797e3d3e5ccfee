//! Floor 1: foreign formats in and out: streaming, no store, no file system.
