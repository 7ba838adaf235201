//! Data: payloads, the pieces that they are sent and received in, and sizes of datagrams.

use proptest::prelude::*;
use proptest::sample::select;

/// Sizes at which buffers end: of small reads, of pages, and of what one call to the system moves.
pub const SIZES: &[usize] =
    &[1, 2, 3, 255, 256, 1023, 1024, 1025, 4095, 4096, 4097, 65_535, 65_536, 65_537, 131_073];

/// A size of a piece of a stream: at least 1.
pub fn size() -> BoxedStrategy<usize> {
    prop_oneof![4 => 1_usize..40, 2 => select(SIZES), 1 => 1_usize..9000].boxed()
}

/// The sizes of the pieces of a stream: one to eight of them.
pub fn sizes() -> BoxedStrategy<Vec<usize>> {
    proptest::collection::vec(size(), 1..8).boxed()
}

/// A payload of a datagram: any bytes, the empty one too.
pub fn datagram() -> BoxedStrategy<Vec<u8>> {
    let long = select(&[1472_usize, 1473, 4096, 8192, 9000][..]).prop_map(sockspec_cases::fill);
    prop_oneof![1 => Just(Vec::new()), 5 => proptest::collection::vec(any::<u8>(), 0..24), 1 => long].boxed()
}

/// The pieces of the stream that [`sockspec_cases::fill`] gives, in order.
pub fn pieces(sizes: &[usize]) -> Vec<Vec<u8>> {
    let whole = sockspec_cases::fill(sizes.iter().sum());
    let mut rest = whole.as_slice();
    sizes
        .iter()
        .map(|size| {
            let (piece, after) = rest.split_at((*size).min(rest.len()));
            rest = after;
            piece.to_vec()
        })
        .collect()
}
