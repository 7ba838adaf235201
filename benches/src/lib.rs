//! Benchmarks of the reference beside its floor and its peers
