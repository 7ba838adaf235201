//! Tells the crate which version of the standard library it is built with.

use std::env;
use std::process::Command;

fn main() {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    println!("cargo:rustc-env=RUSTC_VERSION={}", said.split_whitespace().nth(1).unwrap_or("unknown"));
    println!("cargo:rerun-if-changed=build.rs");
}
