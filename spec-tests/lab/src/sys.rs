//! What only unsafe code can do, in three parts: processes, the C library's texts, and the child of a probe.

#![allow(unsafe_code)]

mod probe;
mod process;
mod text;

pub(crate) use probe::{Finding, PROBE_STEPS, Step, probe};
pub(crate) use process::{clean_environment, fork_into, run_in_real_time, unshare};
pub(crate) use text::{gai_strerror, hstrerror, strerror};
