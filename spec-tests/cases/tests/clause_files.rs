//! What malformed clauses, sections and reasons get.

mod support;

use insta::assert_snapshot;
use rstest::rstest;
use support::{SOUND, complaint, load};

fn bind() -> &'static str {
    SOUND[1].1
}

#[rstest]
#[case::syntax("toml_syntax", "\"bind\"", "\"bind")]
#[case::no_format("no_format", "format = 1\n", "")]
#[case::format_2("format_2", "format = 1", "format = 2")]
#[case::top("unknown_key", "title =", "tittle =")]
#[case::section("other_section", "section = \"bind\"", "section = \"listen\"")]
#[case::no_section("no_section", "section = \"bind\"\n", "")]
#[case::title("empty_title", "title = \"bind\"", "title = \" \"")]
#[case::key(
    "unknown_clause_key",
    "kind = \"testable\"\norigin = \"today\"",
    "kinds = \"testable\"\norigin = \"today\""
)]
#[case::no_id("no_id", "id = \"bind.address\"\n", "")]
#[case::id("bad_id", "bind.address", "bind.Address")]
#[case::foreign("id_of_another_section", "bind.address", "listen.address")]
#[case::no_text("no_text", "text = \"The address is one argument.\"\n", "")]
#[case::empty_text("empty_text", "\"The address is one argument.\"", "\"\"")]
#[case::text("text_is_a_number", "\"The address is one argument.\"", "5")]
#[case::demands(
    "unknown_demands",
    "demands = \"subject\"\nkind = \"testable\"\norigin = \"seed\"",
    "demands = \"nobodi\"\nkind = \"testable\"\norigin = \"seed\""
)]
#[case::no_origin("no_origin", "origin = \"today\"\n", "")]
#[case::no_editions("no_editions", "editions = [\"3\"]\n", "")]
#[case::editions("unknown_edition", "editions = [\"3\"]", "editions = [\"3\", \"3.13\"]")]
#[case::empty_editions("empty_editions", "editions = [\"3\"]", "editions = []")]
#[case::editions_text("editions_as_text", "editions = [\"3\"]", "editions = \"3\"")]
#[case::seed("seed_without_line", "seed_line = 12\n", "")]
#[case::line("seed_line_zero", "seed_line = 12", "seed_line = 0")]
#[case::twice("id_twice", "bind.two-arguments", "bind.address")]
#[case::several(
    "several",
    "text = \"The address is one argument.\"\ndemands = \"subject\"",
    "demands = \"x\""
)]
fn a_clause_file(#[case] name: &str, #[case] from: &str, #[case] to: &str) {
    let text = bind().replacen(from, to, 1);
    assert_ne!(text, bind(), "nothing was changed");
    assert_snapshot!(format!("clauses_{name}"), complaint("clauses/bind.toml", &text));
}

#[rstest]
#[case::not_tables("clause_as_text", "clause = \"x\"")]
#[case::not_a_table("clause_of_texts", "clause = [\"x\"]")]
#[case::none("no_clauses", "")]
fn the_clauses_of_a_file(#[case] name: &str, #[case] line: &str) {
    let text = format!("format = 1\nsection = \"bind\"\ntitle = \"bind\"\nplace = \"x\"\n{line}\n");
    assert_snapshot!(format!("clauses_{name}"), complaint("clauses/bind.toml", &text));
}

#[rstest]
#[case::twice("twice", "format = 1\norder = [\"bind\", \"module\", \"bind\"]\n")]
#[case::no_file("without_a_file", "format = 1\norder = [\"bind\", \"listen\", \"module\"]\n")]
#[case::unlisted("unlisted_file", "format = 1\norder = [\"bind\"]\n")]
#[case::no_order("no_order", "format = 1\n")]
#[case::text("order_as_text", "format = 1\norder = \"bind\"\n")]
#[case::numbers("order_of_numbers", "format = 1\norder = [1, \"bind\", 2, \"module\"]\n")]
fn the_list_of_sections(#[case] name: &str, #[case] text: &str) {
    assert_snapshot!(format!("sections_{name}"), complaint("clauses/sections.toml", text));
}

#[test]
fn a_set_without_a_list_of_sections() {
    let errors = sockspec_cases::Suite::load(&[], &[]).unwrap_err();
    assert_snapshot!("sections_missing", errors);
}

#[rstest]
#[case::twice(
    "twice",
    "format = 1\n[[reason]]\nid = \"a\"\ntext = \"x\"\n[[reason]]\nid = \"a\"\ntext = \"y\"\n"
)]
#[case::no_text("no_text", "format = 1\n[[reason]]\nid = \"a\"\n")]
#[case::no_id("no_id", "format = 1\n[[reason]]\ntext = \"a\"\n")]
#[case::key("unknown_key", "format = 1\n[[reason]]\nid = \"a\"\ntxt = \"a\"\ntext = \"b\"\n")]
#[case::none("none", "format = 1\n")]
#[case::text("as_text", "format = 1\nreason = \"a\"\n")]
#[case::texts("of_texts", "format = 1\nreason = [\"a\"]\n")]
fn the_reasons(#[case] name: &str, #[case] text: &str) {
    assert_snapshot!(format!("reasons_{name}"), complaint("reasons.toml", text));
}

#[test]
fn what_is_sound_loads() {
    let suite = load(&[]).unwrap();
    let sections: Vec<&str> = suite.catalogue.sections().iter().map(|s| s.name.as_str()).collect();
    assert_eq!(sections, ["bind", "module"]);
    let clause = suite.catalogue.get("bind.two-arguments").unwrap();
    assert_eq!((clause.seed_line, clause.line), (Some(12), 15));
    assert_eq!(suite.catalogue.clauses().len(), 4);
    assert_eq!(suite.reasons["glibc-order"].text, "The order is the C library's.");
    assert!(suite.cases.is_empty());
}

/// A broken file is one problem, not one more for each case that names what it holds.
#[rstest]
#[case::clauses("clauses/bind.toml", "format = ")]
#[case::sections("clauses/sections.toml", "format = 1\n")]
#[case::reasons("reasons.toml", "[[reason]\n")]
fn one_mistake_is_one_problem(#[case] path: &str, #[case] text: &str) {
    let case = "format = 1\n[[case]]\nid = \"bind/one\"\nclause = [\"bind.address\"]\nbasis = \"platform\"\nsteps = [{ call = \"f\", returns = 1, allow = [{ reason = \"glibc-order\", returns = 2 }] }]\n";
    assert!(load(&[("cases/bind/bind.toml", case)]).is_ok());
    let errors = load(&[(path, text), ("cases/bind/bind.toml", case)]).unwrap_err();
    assert_eq!(errors.0.len(), 1, "{errors}");
    assert_eq!(errors.0[0].file, path);
}
