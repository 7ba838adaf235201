//! The end of a stream.

/// Keeps the last bytes of what is pushed.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    kept: Vec<u8>,
    limit: usize,
    dropped: bool,
}

impl Tail {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
        // Twice the limit before anything moves, so that a flood costs no more than a copy.
        if self.kept.len() > self.limit.saturating_mul(2) {
            self.trim();
        }
    }

    fn trim(&mut self) {
        let over = self.kept.len().saturating_sub(self.limit);
        self.dropped |= over > 0;
        self.kept.drain(..over);
    }

    /// The text; an ellipsis in front says that more came before it.
    pub(crate) fn text(&mut self) -> String {
        self.trim();
        let text = String::from_utf8_lossy(&self.kept);
        if self.dropped { format!("…{text}") } else { text.into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_kept() {
        let mut tail = Tail::new(4);
        tail.push(b"abcdef");
        tail.push(b"gh");
        assert_eq!(tail.text(), "…efgh");
        tail.push(b"0123456789");
        assert_eq!(tail.text(), "…6789");
    }

    #[test]
    fn little_is_kept_whole() {
        let mut tail = Tail::new(4);
        tail.push(b"ab\xff");
        assert_eq!(tail.text(), "ab\u{fffd}");
    }
}
