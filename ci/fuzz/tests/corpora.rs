//! Every target over its corpus, and over inputs by hand.
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use sockspec_fuzz::{TARGETS, corpus};

#[test]
fn every_target_holds_for_its_corpus() {
    for (name, target) in TARGETS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fixtures/fuzz/{name}.txt"));
        let text = fs::read_to_string(&path).unwrap();
        let inputs = corpus::unpack(&text).unwrap_or_else(|| panic!("{} is not escaped", path.display()));
        assert!(inputs.len() >= 10, "{name}: {} inputs", inputs.len());
        assert!(text.len() <= 64 << 10, "{name}: a corpus is kept small, and not {} bytes", text.len());
        inputs.iter().for_each(|input| target(input));
        assert_eq!(corpus::pack(inputs), text, "{name}: written by `pack`");
    }
}

#[test]
fn every_target_holds_for_nothing_and_for_every_byte() {
    for (_, target) in TARGETS {
        target(b"");
        (0..=255).for_each(|byte| target(&[byte]));
    }
}

#[test]
fn a_corpus_comes_back_as_it_was() {
    let inputs = vec![b"".to_vec(), b"\\\"'\n\r\t\0\x7f\xff".to_vec(), (0..=255).collect()];
    assert_eq!(corpus::unpack(&corpus::pack(inputs.clone())), Some(inputs));
    assert_eq!(corpus::unpack("\\q"), None);
    assert_eq!(corpus::unpack("\\x1"), None);
}
