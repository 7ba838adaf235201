//! What the fuzz targets check, apart from any fuzzer: a target takes bytes and panics where something is wrong.
//!
//! `ci/fuzz/libfuzzer` puts each under libFuzzer; `tests/corpora.rs` runs each over `fixtures/fuzz/<target>.txt`, which
//! holds seeds by hand and what fuzzing found worth keeping, with the compiler and the tools that everything else needs.
//!
//! ```
//! sockspec_fuzz::wire(b"{\"id\":1,\"op\":\"reset\"}\n");
//! ```
#![allow(clippy::panic, reason = "this is how a target says that something is wrong")]

mod cases;
pub mod corpus;
mod reference;
mod reports;
mod wire;

pub use cases::cases;
pub use reference::reference;
pub use reports::reports;
pub use wire::wire;

/// A target: what it is called, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 4] =
    [("wire", wire), ("cases", cases), ("reference", reference), ("reports", reports)];

/// The parts of an input, which zero bytes divide, as texts; there are as many as are asked for.
fn texts<const COUNT: usize>(data: &[u8]) -> [String; COUNT] {
    let mut parts = data.splitn(COUNT, |byte| *byte == 0);
    std::array::from_fn(|_| String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned())
}
