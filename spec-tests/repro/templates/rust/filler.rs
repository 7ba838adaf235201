/// So many bytes in which a lost or swapped piece shows.
fn filler(length: usize) -> Value {
    Value::Bytes((0..length).map(|i| ((i % 251 + i / 251 * 7) % 256) as u8).collect())
}
