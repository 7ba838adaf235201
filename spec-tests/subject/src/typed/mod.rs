//! Typed traits for implementers in Rust, and the adapter that turns them into a [`crate::Subject`].
