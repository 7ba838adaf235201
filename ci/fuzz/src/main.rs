//! Corpora in and out of the files where they are kept: `pack FILE FOLDER` and `unpack FILE FOLDER`.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use sockspec_fuzz::corpus;

fn pack(file: &Path, folder: &Path) -> io::Result<()> {
    let inputs = fs::read_dir(folder)?.map(|entry| fs::read(entry?.path())).collect::<io::Result<_>>()?;
    fs::write(file, corpus::pack(inputs))
}

fn unpack(file: &Path, folder: &Path) -> io::Result<()> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "a line is not escaped as `pack` does it");
    fs::create_dir_all(folder)?;
    for (number, input) in corpus::unpack(&fs::read_to_string(file)?).ok_or_else(bad)?.iter().enumerate() {
        fs::write(folder.join(format!("kept-{number:04}")), input)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["pack", file, folder] => pack(Path::new(file), Path::new(folder)),
        ["unpack", file, folder] => unpack(Path::new(file), Path::new(folder)),
        _ => {
            eprintln!("write `pack FILE FOLDER` or `unpack FILE FOLDER`");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", arguments[1..].join(" and "));
            ExitCode::FAILURE
        }
    }
}
