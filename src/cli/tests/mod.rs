//! Commands from arguments to output, over a service that answers as told.

mod acts;
mod asking;
mod bin;
mod config;
mod hostile;
mod journal;
mod keys;
mod lines;
mod lists;
mod manual;
mod requests;
mod secrets;
mod usage;
