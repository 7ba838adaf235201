//! Selection: ids by name, by their start, or by glob; nearest ids for what matches nothing.

use globset::{Glob, GlobMatcher};
use sockspec_cases::{Basis, Case, Suite};
use sockspec_subject::Edition;

use crate::args::Selection;
use crate::exit::Failure;
use crate::load::Loaded;

/// How many ids are named for one that is not there.
const SUGGESTED: usize = 3;

/// What somebody wrote to name ids.
#[derive(Debug)]
enum Pattern {
    /// An id, or the start of several.
    Id(String),
    Glob(GlobMatcher),
}

impl Pattern {
    fn new(text: &str) -> Result<Self, Failure> {
        if !text.contains(['*', '?', '[', '{', '\\']) {
            return Ok(Self::Id(text.trim_end_matches('/').to_owned()));
        }
        match Glob::new(text) {
            Ok(glob) => Ok(Self::Glob(glob.compile_matcher())),
            Err(error) => Err(Failure::Usage(format!("{text:?} is no glob: {}", error.kind()))),
        }
    }

    fn matches(&self, id: &str) -> bool {
        match self {
            Self::Id(start) => id
                .strip_prefix(start.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.'])),
            Self::Glob(glob) => glob.is_match(id),
        }
    }
}

/// The ids that the patterns name. `what` is the word for one of them. Without a pattern all of them are.
///
/// An id that is there whole stands for itself only.
pub(crate) fn chosen<'a>(what: &str, patterns: &[String], ids: &[&'a str]) -> Result<Vec<&'a str>, Failure> {
    if patterns.is_empty() {
        return Ok(ids.to_vec());
    }
    let mut wanted = vec![false; ids.len()];
    for text in patterns {
        let exact = ids.iter().position(|id| id == text);
        let pattern = Pattern::new(text)?;
        let mut any = false;
        for (at, id) in ids.iter().enumerate() {
            if exact.map_or_else(|| pattern.matches(id), |exact| exact == at) {
                wanted[at] = true;
                any = true;
            }
        }
        if !any {
            return Err(Failure::Usage(format!("no {what} matches {text:?}{}", suggestion(text, ids))));
        }
    }
    Ok(ids.iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(id, _)| *id).collect())
}

/// What may have been meant, as the end of a message.
pub(crate) fn suggestion(text: &str, ids: &[&str]) -> String {
    let bare: String = text.chars().filter(|character| !"*?[]{}".contains(*character)).collect();
    let mut near: Vec<(f64, &str)> = ids.iter().map(|id| (likeness(&bare, id), *id)).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.dedup_by(|a, b| a.1 == b.1);
    let near: Vec<&str> =
        near.into_iter().take(SUGGESTED).filter(|(likeness, _)| *likeness > 0.5).map(|(_, id)| id).collect();
    match near.as_slice() {
        [] => String::new(),
        near => format!("; the nearest: {}", near.join(", ")),
    }
}

fn likeness(text: &str, id: &str) -> f64 {
    if !text.is_empty() && id.contains(text) {
        return 1.0;
    }
    strsim::normalized_damerau_levenshtein(text, id)
}

/// The cases of a selection, in the suite's order, without laws and models.
pub(crate) fn cases<'s>(
    suite: &'s Suite,
    selection: &Selection,
    edition: Option<Edition>,
) -> Result<Vec<&'s Case>, Failure> {
    select(suite, &[], selection, edition)
}

/// The cases of a selection, in the suite's order; then the laws and models, each as a case without steps.
pub(crate) fn everything<'l>(
    loaded: &'l Loaded,
    selection: &Selection,
    edition: Option<Edition>,
) -> Result<Vec<&'l Case>, Failure> {
    select(&loaded.suite, &loaded.properties, selection, edition)
}

fn select<'s>(
    suite: &'s Suite,
    properties: &'s [Case],
    selection: &Selection,
    edition: Option<Edition>,
) -> Result<Vec<&'s Case>, Failure> {
    let all = || suite.cases.iter().chain(properties);
    let ids: Vec<&str> = all().map(|case| case.id.as_str()).collect();
    let ids = chosen("case", &selection.cases, &ids)?;
    let laws: Vec<&str> = properties.iter().map(|case| case.id.as_str()).collect();
    let laws = chosen("law or model", &selection.laws, &laws)?;
    let clauses: Vec<&str> = suite.catalogue.clauses().iter().map(|clause| clause.id.as_str()).collect();
    let clauses = chosen("clause", &selection.clauses, &clauses)?;
    let mut sections: Vec<&str> =
        suite.catalogue.sections().iter().map(|section| section.name.as_str()).collect();
    for property in properties {
        if !sections.contains(&property.section.as_str()) {
            sections.push(&property.section);
        }
    }
    let sections = chosen("section", &selection.sections, &sections)?;
    let bases: Vec<Basis> = selection.basis.iter().map(|basis| (*basis).into()).collect();
    let cases: Vec<&Case> = all()
        .filter(|case| selection.laws.is_empty() || laws.contains(&case.id.as_str()))
        .filter(|case| selection.cases.is_empty() || ids.contains(&case.id.as_str()))
        .filter(|case| {
            selection.clauses.is_empty()
                || case.clauses.iter().any(|clause| clauses.contains(&clause.as_str()))
        })
        .filter(|case| selection.sections.is_empty() || sections.contains(&case.section.as_str()))
        .filter(|case| bases.is_empty() || bases.contains(&case.basis))
        .filter(|case| edition.is_none_or(|edition| case.editions.contains(&edition)))
        .collect();
    if cases.is_empty() {
        return Err(Failure::Usage(
            "no case is of every kind that was asked for; ask for less at once".to_owned(),
        ));
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const IDS: [&str; 5] = ["bind/any", "bind/any/deep", "bind/port-zero", "bindings/none", "recv/zero"];

    fn choose(pattern: &str) -> Result<Vec<&'static str>, String> {
        chosen("case", &[pattern.to_owned()], &IDS).map_err(|failure| failure.to_string())
    }

    #[rstest]
    #[case("bind", &["bind/any", "bind/any/deep", "bind/port-zero"])]
    #[case("bind/", &["bind/any", "bind/any/deep", "bind/port-zero"])]
    #[case("bind/any", &["bind/any"])]
    #[case("bind/*", &["bind/any", "bind/any/deep", "bind/port-zero"])]
    #[case("*zero", &["bind/port-zero", "recv/zero"])]
    #[case("{recv,bindings}/*", &["bindings/none", "recv/zero"])]
    fn patterns_name_ids(#[case] pattern: &str, #[case] ids: &[&str]) {
        assert_eq!(choose(pattern).unwrap(), ids);
    }

    #[rstest]
    #[case("bind/prot-zero", r#"no case matches "bind/prot-zero"; the nearest: bind/port-zero"#)]
    #[case("qqqqqqqqqq", r#"no case matches "qqqqqqqqqq""#)]
    #[case("bind/[", "is no glob")]
    fn what_matches_nothing_is_refused(#[case] pattern: &str, #[case] message: &str) {
        let error = choose(pattern).unwrap_err();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn every_pattern_has_to_match() {
        let patterns = ["bind/any".to_owned(), "absent/*".to_owned()];
        assert!(chosen("case", &patterns, &IDS).is_err());
    }
}
