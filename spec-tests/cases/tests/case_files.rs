//! What a malformed case file gets: its line, what is wrong, and what would be right.

mod support;

use insta::assert_snapshot;
use rstest::rstest;
use sockspec_cases::{Basis, Expectation, LabNeed};
use sockspec_subject::Edition;
use support::{case, complaint, load, steps};

const PATH: &str = "cases/bind/bind.toml";
const HEAD: &str = "format = 1\n[[case]]\nid = \"bind/one\"\nclause = [\"bind.address\"]\nbasis = ";
const TABLE: &str =
    "format = 1\n[[table]]\nid = \"bind/rows\"\nclause = [\"bind.address\"]\nbasis = \"documented\"\n";

#[rstest]
// The file.
#[case::toml_syntax("toml_syntax", "format = 1\n[[case]\n")]
#[case::toml_twice("toml_key_twice", "format = 1\nlab = \"none\"\nlab = \"none\"\n")]
#[case::no_format(
    "no_format",
    "[[case]]\nid = \"bind/one\"\nclause = [\"bind.address\"]\nbasis = \"documented\"\nsteps = [{ call = \"f\" }]\n"
)]
#[case::format_2("format_2", &case("steps = [{ call = \"f\" }]").replace("format = 1", "format = 2"))]
#[case::format_text("format_as_text", &case("steps = [{ call = \"f\" }]").replace("format = 1", "format = \"1\""))]
#[case::empty("no_case", "format = 1\n")]
#[case::not_tables("case_is_a_string", "format = 1\ncase = \"x\"\n")]
#[case::not_tables_2("case_is_an_array_of_strings", "format = 1\ncase = [\"x\"]\n")]
#[case::top_key(
    "unknown_top_key",
    "format = 1\nlabs = \"none\"\n[[case]]\nid = \"bind/one\"\nclause = [\"bind.address\"]\nbasis = \"documented\"\nsteps = [{ call = \"f\" }]\n"
)]
// The head.
#[case::unknown_key("unknown_key", &case("stpes = []\nsteps = [{ call = \"f\" }]"))]
#[case::unknown_key_far("unknown_key_unlike_any", &case("colour = 1\nsteps = [{ call = \"f\" }]"))]
#[case::no_id(
    "no_id",
    "format = 1\n[[case]]\nclause = [\"bind.address\"]\nbasis = \"documented\"\nsteps = [{ call = \"f\" }]\n"
)]
#[case::empty_id("empty_id", &case("steps = [{ call = \"f\" }]").replace("bind/one", ""))]
#[case::bad_id("id_with_capitals", &case("steps = [{ call = \"f\" }]").replace("bind/one", "bind/One"))]
#[case::foreign_id("id_of_another_file", &case("steps = [{ call = \"f\" }]").replace("bind/one", "listen/one"))]
#[case::flat_id("id_without_a_slash", &case("steps = [{ call = \"f\" }]").replace("bind/one", "bind"))]
#[case::no_steps("no_steps", &case(""))]
#[case::empty_steps("empty_steps", &case("steps = []"))]
#[case::steps_text("steps_as_text", &case("steps = \"f\""))]
#[case::no_basis(
    "no_basis",
    "format = 1\n[[case]]\nid = \"bind/one\"\nclause = [\"bind.address\"]\nsteps = [{ call = \"f\" }]\n"
)]
#[case::bad_basis("unknown_basis", &format!("{HEAD}\"document\"\nsteps = [{{ call = \"f\" }}]\n"))]
#[case::no_clause(
    "no_clause",
    "format = 1\n[[case]]\nid = \"bind/one\"\nbasis = \"documented\"\nsteps = [{ call = \"f\" }]\n"
)]
#[case::empty_clause("empty_clause", &case("steps = [{ call = \"f\" }]").replace("[\"bind.address\"]", "[]"))]
#[case::clause_text("clause_as_text", &case("steps = [{ call = \"f\" }]").replace("[\"bind.address\"]", "\"bind.address\""))]
#[case::clause_typo("mistyped_clause", &case("steps = [{ call = \"f\" }]").replace("bind.address", "bind.adress"))]
#[case::clause_far("unknown_clause", &case("steps = [{ call = \"f\" }]").replace("bind.address", "send.whatever"))]
#[case::no_lab("unknown_lab", &case("lab = \"defualt\"\nsteps = [{ call = \"f\" }]"))]
#[case::editions("editions_apart", &case("steps = [{ call = \"f\" }]").replace("[\"bind.address\"]", "[\"bind.one-argument\", \"bind.two-arguments\"]"))]
#[case::bad_edition("unknown_editions", &case("editions = [\"2.1\", \"4\"]\nsteps = [{ call = \"f\" }]"))]
#[case::no_edition("empty_editions", &case("editions = []\nsteps = [{ call = \"f\" }]"))]
#[case::documented_allow("documented_with_allow", &steps("{ call = \"f\", returns = 1, allow = [{ reason = \"glibc-order\", returns = 2 }] }"))]
#[case::platform("platform_without_allow", &format!("{HEAD}\"platform\"\nsteps = [{{ call = \"f\", returns = 1 }}]\n"))]
#[case::reason("unknown_reason", &format!("{HEAD}\"platform\"\nsteps = [{{ call = \"f\", returns = 1, allow = [{{ reason = \"glibc-oder\", returns = 2 }}] }}]\n"))]
#[case::no_reason("allow_without_reason", &format!("{HEAD}\"platform\"\nsteps = [{{ call = \"f\", returns = 1, allow = [{{ returns = 2 }}] }}]\n"))]
#[case::no_outcome("allow_without_outcome", &format!("{HEAD}\"platform\"\nsteps = [{{ call = \"f\", returns = 1, allow = [{{ reason = \"glibc-order\" }}] }}]\n"))]
fn the_head_of_a_case(#[case] name: &str, #[case] text: &str) {
    assert_snapshot!(format!("case_{name}"), complaint(PATH, text));
}

#[rstest]
#[case::typo("mistyped_key", "{ call = \"f\", retruns = 1 }")]
#[case::neither("neither_call_nor_get", "{ args = [1], returns = 1 }")]
#[case::both("call_and_get", "{ call = \"f\", get = \"AF_INET\" }")]
#[case::forget_all(
    "forget_and_call",
    "{ call = \"f\", as = \"s\" },\n{ forget = \"s\", call = \"s.close\" }"
)]
#[case::forget_more("forget_with_more", "{ call = \"f\", as = \"s\" },\n{ forget = \"s\", returns = 1 }")]
#[case::forget_peer("forget_the_peer", "{ forget = \"peer\" },\n{ forget = \"s.x\" }")]
#[case::forgotten(
    "used_after_forget",
    "{ call = \"f\", as = \"s\" },\n{ forget = \"s\" },\n{ call = \"s.close\" }"
)]
#[case::get_args("get_with_args", "{ get = \"AF_INET\", args = [1] }")]
#[case::both_outcomes("returns_and_raises", "{ call = \"f\", returns = 1, raises = \"error\" }")]
#[case::unbound("unbound_target", "{ call = \"s.bind\", args = [1] }")]
#[case::unbound_ref("unbound_reference", "{ call = \"f\", args = [{ ref = \"addr.1\" }] }")]
#[case::near_ref(
    "mistyped_reference",
    "{ call = \"f\", as = \"addr\" },\n{ call = \"f\", args = [{ ref = \"adr\" }] }"
)]
#[case::ref_in_pattern(
    "unbound_in_a_pattern",
    "{ call = \"f\", returns = { list = [{ contains = [{ ref = \"a\" }] }] } }"
)]
#[case::bound_late("bound_by_itself", "{ call = \"f\", args = [{ ref = \"a\" }], as = \"a\" }")]
#[case::dropped(
    "dropped_name",
    "{ call = \"f\", as = [\"_\", \"b\"] },\n{ call = \"f\", args = [{ ref = \"_\" }] }"
)]
#[case::bad_ref("bad_reference", "{ call = \"f\", args = [{ ref = \"a.first\" }] }")]
#[case::peer("bound_to_peer", "{ call = \"f\", as = \"peer\" },\n{ call = \"f\", as = [\"a\", \"peer\"] }")]
#[case::dotted("bound_to_a_period", "{ call = \"f\", as = \"a.b\" }")]
#[case::nothing("call_names_nothing", "{ call = \"peer.\" }")]
#[case::deep("call_with_two_periods", "{ call = \"a.b.c\" }")]
#[case::args("args_as_text", "{ call = \"f\", args = \"x\" }")]
#[case::named("named_as_array", "{ call = \"f\", named = [1] }")]
#[case::class("raises_without_class", "{ call = \"f\", raises = { code = \"ENOTCONN\" } }")]
#[case::no_class("raises_no_class", "{ call = \"f\", raises = { class = [] } }")]
#[case::raises("raises_a_number", "{ call = \"f\", raises = 5 }")]
#[case::code(
    "code_and_args",
    "{ call = \"f\", raises = { class = \"error\", code = \"ENOTCONN\", args = [] } }"
)]
#[case::bad_code(
    "code_is_no_name",
    "{ call = \"f\", raises = { class = \"error\", code = \"not connected\" } }"
)]
fn a_step(#[case] name: &str, #[case] text: &str) {
    assert_snapshot!(format!("step_{name}"), complaint(PATH, &steps(text)));
}

#[rstest]
#[case::odd("odd_hex", "{ hex = \"abc\" }")]
#[case::no_hex("no_hex", "{ hex = \"+1\" }")]
#[case::hex_as("hex_as_bytes", "{ hex = \"ff\", as = \"bytes\" }")]
#[case::reversed("range_reversed", "{ int = \"9..1\" }")]
#[case::open("range_open", "{ int = \"1..\" }")]
#[case::int("int_is_text", "{ int = \"one\" }")]
#[case::int_int("int_is_an_integer", "{ int = 5 }")]
#[case::large("integer_beyond_64_bits", "9223372036854775808")]
#[case::large_hex("hexadecimal_beyond_64_bits", "0x8000000000000000")]
#[case::regex("bad_regex", "{ regex = \"a(b\" }")]
#[case::split("regex_that_closes_what_it_did_not_open", "{ regex = \"a)|(b\" }")]
#[case::unicode("regex_beyond_bytes", "{ regex = \"\\\\p{Greek}\" }")]
#[case::any("mistyped_type", "{ any = \"strr\" }")]
#[case::any_far("unknown_type", "{ any = \"dictionary\" }")]
#[case::none("none_is_false", "{ none = false }")]
#[case::date("date", "2001-02-03")]
#[case::unknown("unknown_table", "{ bites = \"a\" }")]
#[case::empty("empty_table", "{}")]
#[case::two("two_tags", "{ bytes = \"a\", str = \"b\" }")]
#[case::repeat("repeat_without_times", "{ repeat = \"a\" }")]
#[case::times("repeat_too_often", "{ repeat = \"ab\", times = 9223372036854775807 }")]
#[case::filler("filler_too_large", "{ filler = 9223372036854775807 }")]
#[case::negative("filler_below_zero", "{ filler = -1 }")]
#[case::length("path_length_as_text", "{ path = \"p\", length = \"x\" }")]
#[case::path("path_outside", "{ path = \"../p\" }")]
#[case::const_spaces("constant_with_spaces", "{ const = \"AF_INET | AF_INET6\" }")]
#[case::list("list_as_text", "{ list = \"a\" }")]
#[case::unordered("unordered_as_text", "{ unordered = \"a\" }")]
#[case::row("row_outside_of_a_table", "{ row = \"a\" }")]
#[case::several("several_in_one", "[{ hex = \"1\" }, { any = \"inn\" }, { list = [{ int = \"x\" }] }]")]
fn a_value(#[case] name: &str, #[case] text: &str) {
    let text = steps(&format!("{{ call = \"f\", returns = {text} }}"));
    assert_snapshot!(format!("value_{name}"), complaint(PATH, &text));
}

#[rstest]
#[case::both("call_and_steps", "call = \"f\"\nsteps = []\nrows = [{ id = \"a\" }]")]
#[case::neither("neither_call_nor_steps", "rows = [{ id = \"a\" }]")]
#[case::no_rows("no_rows", "call = \"f\"")]
#[case::empty_rows("empty_rows", "call = \"f\"\nrows = []")]
#[case::rows_text("rows_as_text", "call = \"f\"\nrows = \"x\"")]
#[case::row_text("row_is_text", "call = \"f\"\nrows = [\"x\"]")]
#[case::row_no_id(
    "row_without_id",
    "call = \"f\"\nrows = [{ args = [1] }, { id = \"b\", args = [{ hex = \"1\" }] }]"
)]
#[case::row_id("row_with_a_bad_id", "call = \"f\"\nrows = [{ id = \"a/b\" }, { id = \"A\" }]")]
#[case::row_key("row_with_an_unknown_key", "call = \"f\"\nrows = [{ id = \"a\", arsg = [] }]")]
#[case::unused(
    "row_with_an_unused_key",
    "steps = [{ call = \"f\", args = [{ row = \"host\" }] }]\nrows = [{ id = \"a\", host = \"x\", port = 1 }]"
)]
#[case::lacking(
    "row_lacking_a_key",
    "steps = [{ call = \"f\", args = [{ row = \"host\" }], returns = { row = \"name\" } }]\nrows = [\n{ id = \"a\", host = \"x\", name = \"x\" },\n{ id = \"b\", host = \"x\" },\n{ id = \"c\" },\n]"
)]
#[case::lacking_call("row_lacking_the_call", "steps = [{ call = { row = \"f\" } }]\nrows = [{ id = \"a\" }]")]
#[case::itself(
    "row_that_refers_to_itself",
    "steps = [{ call = \"f\", args = [{ row = \"a\" }] }]\nrows = [{ id = \"a\", a = [{ row = \"a\" }] }]"
)]
#[case::once(
    "fault_in_a_shared_step",
    "steps = [{ call = \"f\", retruns = { row = \"a\" } }]\nrows = [{ id = \"a\", a = 1 }, { id = \"b\", a = 2 }]"
)]
#[case::row_ref("row_with_a_reference", "call = \"f\"\nrows = [{ id = \"a\", args = [{ ref = \"s\" }] }]")]
#[case::row_basis(
    "row_with_another_basis",
    "call = \"f\"\nrows = [{ id = \"a\", basis = \"platform\", returns = 1 }]"
)]
#[case::twice("row_twice", "call = \"f\"\nrows = [\n{ id = \"a\" },\n{ id = \"a\" },\n]")]
fn a_table(#[case] name: &str, #[case] text: &str) {
    assert_snapshot!(format!("table_{name}"), complaint(PATH, &format!("{TABLE}{text}\n")));
}

#[test]
fn a_folder_is_a_section() {
    let text = case("steps = [{ call = \"f\" }]").replace("bind/one", "binds/one");
    assert_snapshot!("folder_mistyped", complaint("cases/binds/bind.toml", &text));
    assert_snapshot!("folder_unknown", complaint("cases/nonsense/binds.toml", &text));
    assert_snapshot!("folder_none", complaint("cases/binds.toml", &text));
}

#[test]
fn an_id_stands_once_in_all_files() {
    let text = case("steps = [{ call = \"f\" }]");
    let other = text.replace("bind/one", "bind/two");
    let again = format!(
        "{other}\n[[case]]\nid = \"bind/one\"\nclause = [\"bind.address\"]\nbasis = \"documented\"\nsteps = [{{ call = \"g\" }}]\n"
    );
    let errors = load(&[("cases/bind/a.toml", &text), ("cases/bind/b.toml", &again)]).unwrap_err();
    assert_snapshot!("id_twice", errors);
}

#[test]
fn every_problem_is_reported_in_order() {
    let first = "format = 1\n\n[[case]]\nid = \"bind/One\"\nclause = [\"bind.adress\"]\nsteps = [\n  { call = \"f\", retruns = 1 },\n  { call = \"s.f\", args = [{ hex = \"1\" }] },\n]\n\n[[case]]\nnote = 5\nlab = \"x\"\n";
    let second = "format = 3\n[[table]]\n";
    let errors = load(&[("cases/module/z.toml", second), ("cases/bind/bind.toml", first)]).unwrap_err();
    let places: Vec<(&str, usize)> = errors.0.iter().map(|p| (p.file.as_str(), p.line)).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_snapshot!("several", errors);
}

#[test]
fn what_is_left_out_has_its_default() {
    let text = "format = 1\nlab = \"loopback\"\n[[case]]\nid = \"bind/one\"\nclause = [\"bind.address\", \"bind.one-argument\"]\nbasis = \"documented\"\nsteps = [{ call = \"f\" }]\n\n[[case]]\nid = \"bind/two\"\nlab = \"no-dns\"\nclause = [\"bind.address\"]\nbasis = \"observed\"\nsteps = [{ call = \"f\" }, { call = \"f\", as = \"s\" }]\n";
    let suite = load(&[(PATH, text)]).unwrap();
    let (one, two) = (suite.case("bind/one").unwrap(), suite.case("bind/two").unwrap());
    assert_eq!(one.lab, LabNeed::Loopback);
    assert_eq!(one.editions, [Edition::V3], "the one edition that its clauses share");
    assert_eq!(one.steps[0].expect, Expectation::ReturnsAnything);
    assert_eq!((one.line, one.steps[0].line), (3, 7));
    assert_eq!(two.lab, LabNeed::Lab("no-dns".to_owned()));
    assert_eq!(two.editions, Edition::ALL);
    assert_eq!(two.basis, Basis::Observed);
    assert_eq!(two.steps[0].expect, Expectation::Anything);
    assert_eq!(two.steps[1].expect, Expectation::ReturnsAnything, "what binds must return");
    assert_eq!(suite.case("bind/three"), None);
}

#[test]
fn a_row_is_a_case_of_its_own() {
    let text = format!(
        "{TABLE}lab = \"loopback\"\nnote = \"of all\"\nsteps = [{{ call = \"f\", args = [{{ row = \"x\" }}, [{{ row = \"x\" }}]] }}]\nrows = [\n{{ id = \"a\", x = 1 }},\n{{ id = \"b\", x = [\"t\"], lab = \"none\", note = \"of b\", clause = [\"module.names\"], editions = [\"3\"] }},\n]\n"
    );
    let suite = load(&[(PATH, &text)]).unwrap();
    let shown: Vec<String> = suite
        .cases
        .iter()
        .map(|case| {
            format!(
                "{}:{} {} {} {:?} {:?} {}",
                case.id,
                case.line,
                case.lab,
                case.clauses.join("+"),
                case.editions,
                case.note,
                case.steps[0]
            )
        })
        .collect();
    assert_snapshot!("rows", shown.join("\n"));
}

#[test]
fn cases_stand_in_the_order_of_the_document() {
    let one = case("steps = [{ call = \"f\" }]");
    let module = one.replace("bind/one", "module/one").replace("bind.address", "module.names");
    let both = format!(
        "{}\n[[table]]\nid = \"bind/t\"\nclause = [\"bind.address\"]\nbasis = \"documented\"\ncall = \"f\"\nrows = [{{ id = \"r\" }}]\n\n[[case]]\nid = \"bind/last\"\nclause = [\"bind.address\"]\nbasis = \"documented\"\nsteps = [{{ call = \"f\" }}]\n",
        one.replace("bind/one", "bind/two")
    );
    let suite =
        load(&[("cases/module/a.toml", &module), ("cases/bind/b.toml", &both), ("cases/bind/a.toml", &one)])
            .unwrap();
    let ids: Vec<&str> = suite.cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["bind/one", "bind/two", "bind/t/r", "bind/last", "module/one"]);
}
