//! The binary from outside, as scripts use it: exit codes, standard output, standard error, one module a topic.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod backup;
mod bin;
#[cfg(test)]
mod config;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod directories;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod erasure;
mod everywhere;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod long;
#[cfg(test)]
mod manual;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod plain;
#[cfg(test)]
mod second_factor;
#[cfg(test)]
mod selections;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod store;
#[cfg(test)]
mod undo;
#[cfg(test)]
mod users;
