//! `sockspec subjects`: which subjects there are, how to get each, and why one that is missing is missing.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde::Serialize;
use sockspec_report::layout::{Entry as Line, counted, one_line};
use sockspec_report::style::{BAD, GOOD, paint};
use sockspec_wire::pretty::to_string_pretty;

use crate::args::Subjects;
use crate::exit::Failure;
use crate::registry::{self, Entry};
use crate::signals::Watch;
use crate::subjects::{self, Answer};
use crate::{output, select};

/// Columns of a name with the space behind it.
const NAME: usize = 19;
const INDENT: usize = 2;

/// A subject, and what came of asking for it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) entry: Entry,
    /// Its answer; else why it is missing.
    pub(crate) answer: Result<Answer, String>,
}

/// Starts every one of these subjects and greets it, as many at a time as there are cores. In the order given.
pub(crate) fn ask(entries: Vec<Entry>) -> Result<Vec<Asked>, Failure> {
    ask_in(entries, subjects::temporary()?.path())
}

/// As [`ask`], with their drivers in that folder, where they stay.
pub(crate) fn ask_in(entries: Vec<Entry>, folder: &Path) -> Result<Vec<Asked>, Failure> {
    let _watch = Watch::start(None, Some(folder.to_owned()))?;
    let next = AtomicUsize::new(0);
    let answers: Mutex<Vec<Option<Result<Answer, String>>>> =
        Mutex::new(entries.iter().map(|_| None).collect());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get).min(entries.len()) {
            scope.spawn(|| {
                while let Some((at, entry)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, entries.get(at)?)))
                {
                    let answer = subjects::ask(entry, &folder.join(&entry.name));
                    answers.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(answer);
                }
            });
        }
    });
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let asked = entries.into_iter().zip(answers).map(|(entry, answer)| Asked {
        entry,
        answer: answer.unwrap_or_else(|| Err("it could not be asked".to_owned())),
    });
    Ok(asked.collect())
}

/// Lists the subjects.
pub(crate) fn subjects(args: &Subjects) -> Result<ExitCode, Failure> {
    let mut entries = registry::all()?;
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let wanted: Vec<String> =
        select::chosen("subject", &args.names, &names)?.into_iter().map(str::to_owned).collect();
    entries.retain(|entry| wanted.contains(&entry.name));
    let asked = ask(entries)?;
    if args.json {
        let listed: Vec<Listed<'_>> = asked.iter().map(Listed::from).collect();
        output::print(&to_string_pretty(&listed).map_err(std::io::Error::other)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let width = output::width();
    let text: String = asked.iter().map(|asked| lines(asked, width)).collect();
    output::print(&text)?;
    let here = asked.iter().filter(|asked| asked.answer.is_ok()).count();
    output::remark(&format!("{here} of {} can be judged here", counted(asked.len(), "subject")));
    Ok(ExitCode::SUCCESS)
}

/// A subject in a list for people: what it is, and what it says of itself or how to get it.
pub(crate) fn lines(asked: &Asked, width: usize) -> String {
    let entry = &asked.entry;
    let line = |label: &str, text: &str| {
        let text = one_line(text);
        Line { indent: INDENT, label, label_width: NAME, text: &text, break_words: false }.render(width)
    };
    match &asked.answer {
        Ok(answer) => {
            let said = &answer.description;
            let place =
                answer.program.as_ref().map(|path| format!(" ({})", path.display())).unwrap_or_default();
            let text = format!("yes: {} {}, edition {}{place}", said.name, said.version, said.edition);
            line(&entry.name, &text).replacen("yes", &paint(GOOD, "yes"), 1)
        }
        Err(why) => {
            let first = line(&entry.name, &format!("no: {why}")).replacen("no", &paint(BAD, "no"), 1);
            first + &line("", &format!("{}; to get it: {}", entry.what, entry.get))
        }
    }
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    what: &'a str,
    get: &'a str,
    available: bool,
    /// What it calls itself.
    implementation: Option<&'a str>,
    version: Option<&'a str>,
    platform: Option<&'a str>,
    edition: String,
    program: Option<PathBuf>,
    /// Seconds that one call may take.
    timeout: Option<f64>,
    /// Why it is missing.
    why: Option<&'a str>,
}

impl<'a> From<&'a Asked> for Listed<'a> {
    fn from(asked: &'a Asked) -> Self {
        let Asked { entry, answer } = asked;
        let said = answer.as_ref().ok().map(|answer| &answer.description);
        Self {
            name: &entry.name,
            what: &entry.what,
            get: &entry.get,
            available: answer.is_ok(),
            implementation: said.map(|said| said.name.as_str()),
            version: said.map(|said| said.version.as_str()),
            platform: said.map(|said| said.platform.as_str()),
            edition: said.map_or(entry.edition, |said| said.edition).to_string(),
            program: answer.as_ref().ok().and_then(|answer| answer.program.clone()),
            timeout: entry.timeout().map(|timeout| timeout.as_secs_f64()),
            why: answer.as_ref().err().map(String::as_str),
        }
    }
}
