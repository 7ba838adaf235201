/// Text or bytes, the whole of it, byte by byte.
fn regex(pattern: &str) -> Check {
    let whole = regex::bytes::Regex::new(&format!("^(?s-u:{pattern})$")).unwrap();
    Box::new(move |got, _| got.as_bytes().is_some_and(|bytes| whole.is_match(bytes)))
}
