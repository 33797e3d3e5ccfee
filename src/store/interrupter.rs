//! Stopping a reading.

/// Stops what a store is reading, from another thread.
pub struct Interrupter(Box<dyn Fn() + Send + Sync>);

impl Interrupter {
    /// One that does this.
    pub fn new(stop: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Box::new(stop))
    }

    /// What is being read at this moment fails with [`StoreError::Stopped`](super::StoreError::Stopped).
    pub fn stop(&self) {
        (self.0)();
    }
}

impl std::fmt::Debug for Interrupter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Interrupter")
    }
}
