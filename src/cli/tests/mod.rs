//! Commands from arguments to output, over a service that answers as told.

mod asking;
mod config;
mod journal;
mod lists;
mod requests;
mod usage;
