//! Seeds: what a property's inputs come from, so that the same seed leads to the same inputs.

use std::fmt;
use std::str::FromStr;

/// A seed of 64 bits, written as 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seed(pub u64);

impl Seed {
    /// A seed of its own for each name and place: a property of a run, an input of a property. The same seed, name and
    /// place give the same seed on every machine.
    #[must_use]
    pub fn branch(self, name: &str, at: u64) -> Self {
        // FNV-1a over the name, then the finisher of SplitMix64: well mixed, and the same everywhere.
        let hash = name.bytes().chain(at.to_le_bytes()).fold(self.0 ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(mixed ^ (mixed >> 31))
    }

    /// The 32 bytes that a generator starts from.
    pub fn bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (at, chunk) in (0_u64..).zip(bytes.chunks_exact_mut(8)) {
            chunk.copy_from_slice(&self.branch("bytes", at).0.to_le_bytes());
        }
        bytes
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A text that is no seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no seed: write 1 to 16 hexadecimal digits")]
pub struct BadSeed(String);

impl FromStr for Seed {
    type Err = BadSeed;

    fn from_str(text: &str) -> Result<Self, BadSeed> {
        let bad = || BadSeed(text.to_owned());
        if text.starts_with('+') {
            return Err(bad());
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| bad())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_read_as_it_is_written() {
        for seed in [Seed(0), Seed(1), Seed(u64::MAX)] {
            assert_eq!(seed.to_string().parse(), Ok(seed));
        }
        for text in ["", "+1", "xyz", "00000000000000001"] {
            assert!(
                text.parse::<Seed>().is_err() || text.len() > 16 && text.parse() == Ok(Seed(1)),
                "{text}"
            );
        }
    }

    #[test]
    fn branches_differ() {
        let seed = Seed(7);
        assert_eq!(seed.branch("a", 0), seed.branch("a", 0));
        assert_ne!(seed.branch("a", 0), seed.branch("a", 1));
        assert_ne!(seed.branch("a", 0), seed.branch("b", 0));
        assert_ne!(seed.bytes(), seed.branch("a", 0).bytes());
    }
}
