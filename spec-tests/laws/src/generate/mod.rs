//! Generators that know the domain, weighted towards its edges. Each gives a proptest strategy; what shrinks shrinks
//! towards the plain.

pub mod arguments;
pub mod data;
pub mod inet;
pub mod inet6;
pub mod names;
pub mod numbers;
