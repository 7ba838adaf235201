//! What templates stand for when a case runs.

use rstest::rstest;
use sockspec_cases::{EnvironmentFacts, RenderError, Template, fill};
use sockspec_subject::Value;

fn facts() -> EnvironmentFacts {
    let address = Value::Tuple(vec![Value::str("::1"), Value::int(80), Value::List(vec![Value::int(7)])]);
    EnvironmentFacts {
        variables: [("addr".to_owned(), address), ("n".to_owned(), Value::int(1))].into(),
        scratch: "/run/scratch".to_owned(),
        ..EnvironmentFacts::default()
    }
}

fn reference(name: &str, at: &[usize]) -> Template {
    Template::Ref { name: name.to_owned(), at: at.to_vec() }
}

#[rstest]
#[case(&[0], Value::str("::1"))]
#[case(&[1], Value::int(80))]
#[case(&[2, 0], Value::int(7))]
#[case(&[2], Value::List(vec![Value::int(7)]))]
fn a_reference_leads_to_a_member(#[case] at: &[usize], #[case] value: Value) {
    assert_eq!(reference("addr", at).render(&facts()), Ok(value));
}

#[rstest]
#[case("gone", &[], "{ ref = \"gone\" } has no value: no step so far bound \"gone\"")]
#[case("addr", &[3], "{ ref = \"addr.3\" } has no value: ('::1', 80, [7]) has no member 3")]
#[case("addr", &[2, 1], "{ ref = \"addr.2.1\" } has no value: [7] has no member 1")]
#[case("n", &[0], "{ ref = \"n.0\" } has no value: 1 has no member 0")]
fn a_reference_that_leads_nowhere_says_so(#[case] name: &str, #[case] at: &[usize], #[case] text: &str) {
    assert_eq!(reference(name, at).render(&facts()).unwrap_err().to_string(), text);
}

#[test]
fn the_members_of_a_tuple_and_a_list_are_filled_in() {
    let items = || vec![reference("n", &[]), Template::Value(Value::None)];
    let values = vec![Value::int(1), Value::None];
    assert_eq!(Template::Tuple(items()).render(&facts()), Ok(Value::Tuple(values.clone())));
    assert_eq!(Template::List(items()).render(&facts()), Ok(Value::List(values)));
    assert!(Template::List(vec![reference("gone", &[])]).render(&facts()).is_err());
}

#[rstest]
#[case(None, "/run/scratch/p")]
#[case(Some(14), "/run/scratch/p")]
#[case(Some(18), "/run/scratch/pxxxx")]
fn a_path_is_padded(#[case] length: Option<usize>, #[case] path: &str) {
    let template = Template::Path { name: "p".to_owned(), length };
    assert_eq!(template.render(&facts()), Ok(Value::str(path)));
}

#[test]
fn a_path_that_cannot_be_so_short_is_an_error() {
    let error = Template::Path { name: "p".to_owned(), length: Some(13) }.render(&facts()).unwrap_err();
    assert!(matches!(&error, RenderError::Path { length: 13, .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "no path of 13 bytes for \"p\": the scratch folder \"/run/scratch\" leaves no room"
    );
}

#[test]
fn filler_shows_every_lost_or_swapped_piece() {
    let data = fill(70_000);
    assert_eq!(data.len(), 70_000);
    assert_eq!(fill(1000), data[..1000], "a shorter one is the beginning of a longer one");
    // A piece of a buffer's size that is missing, doubled or swapped moves every byte behind it.
    for size in [1, 2, 4, 16, 251, 256, 512, 1024, 1448, 1460, 4096, 8192, 16384, 65536] {
        let same = data.iter().zip(&data[size..]).filter(|(a, b)| a == b).count();
        assert!(same * 4 < data.len() - size, "{same} bytes are as they are {size} later");
    }
    assert!(fill(0).is_empty());
}
