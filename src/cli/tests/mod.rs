//! Commands from arguments to output, over a scripted service.

mod actions;
mod asking;
mod backup;
mod bin;
mod completion;
mod config;
mod config_set;
mod help;
mod hostile;
mod imports;
mod journal;
mod keys;
mod lines;
mod lists;
mod manual;
mod metrics;
mod overview;
mod progress;
mod replies;
mod requests;
mod secrets;
mod usage;
