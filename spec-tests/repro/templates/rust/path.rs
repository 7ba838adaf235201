/// A path in a scratch folder, padded to so many bytes.
fn path(name: &str, length: usize) -> Value {
    let folder = std::env::temp_dir().join(format!("repro-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut path = folder.join(name).into_os_string().into_encoded_bytes();
    path.resize(length.max(path.len()), b'x');
    Value::str(path)
}
