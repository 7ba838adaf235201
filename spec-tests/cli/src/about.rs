//! What a package installs beside the program: completions and a manual page; and what version it is.

use std::io;
use std::process::ExitCode;

use clap::CommandFactory;
use sockspec_fixtures::Fixtures;

use crate::args::{Args, Completions};
use crate::exit::Failure;
use crate::output;

/// The version of the program, and of the fixtures that it carries.
pub(crate) fn version() -> String {
    format!("{}, fixtures {}", env!("CARGO_PKG_VERSION"), Fixtures::embedded().version())
}

/// Writes completions for a shell.
pub(crate) fn completions(args: &Completions) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), env!("CARGO_PKG_NAME"), &mut text);
    written(&text)
}

/// Writes the manual page, with every command's own options behind those of the program.
pub(crate) fn man() -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    let mut command = Args::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name = format!("sockspec {}", sub.get_name()).to_uppercase();
        text.extend(format!(".SH \"{name}\"\n").into_bytes());
        let man = clap_mangen::Man::new(sub.clone());
        man.render_description_section(&mut text)?;
        man.render_options_section(&mut text)?;
    }
    written(&text)
}

fn written(text: &[u8]) -> Result<ExitCode, Failure> {
    let text = std::str::from_utf8(text).map_err(io::Error::other)?;
    output::print(text)?;
    Ok(ExitCode::SUCCESS)
}
