//! Names, numbers and texts of the C library's errors.

use rstest::rstest;
use sockspec_lab::text;

#[rstest]
#[case("ECONNREFUSED", 111, "Connection refused")]
#[case("EBADF", 9, "Bad file descriptor")]
#[case("EAGAIN", 11, "Resource temporarily unavailable")]
#[case("EOPNOTSUPP", 95, "Operation not supported")]
fn errno(#[case] name: &str, #[case] number: i32, #[case] message: &str) {
    assert_eq!(text::errno_number(name), Some(number));
    assert_eq!(text::errno_name(number), Some(name));
    if cfg!(target_env = "gnu") {
        assert_eq!(text::strerror(number), message);
    }
}

#[rstest]
#[case("EAI_NONAME", -2, "Name or service not known")]
#[case("EAI_AGAIN", -3, "Temporary failure in name resolution")]
#[case("EAI_ADDRFAMILY", -9, "Address family for hostname not supported")]
fn eai(#[case] name: &str, #[case] number: i32, #[case] message: &str) {
    assert_eq!(text::eai_number(name), Some(number));
    assert_eq!(text::eai_name(number), Some(name));
    if cfg!(target_env = "gnu") {
        assert_eq!(text::gai_strerror(number), message);
    }
}

#[rstest]
#[case("HOST_NOT_FOUND", 1, "Unknown host")]
#[case("TRY_AGAIN", 2, "Host name lookup failure")]
#[case("NO_RECOVERY", 3, "Unknown server error")]
#[case("NO_DATA", 4, "No address associated with name")]
fn h_errno(#[case] name: &str, #[case] number: i32, #[case] message: &str) {
    assert_eq!(text::h_errno_number(name), Some(number));
    assert_eq!(text::h_errno_name(number), Some(name));
    if cfg!(target_env = "gnu") {
        assert_eq!(text::hstrerror(number), message);
    }
}

#[test]
fn second_names_have_the_number_of_the_first() {
    assert_eq!(text::errno_number("EWOULDBLOCK"), text::errno_number("EAGAIN"));
    assert_eq!(text::h_errno_number("NO_ADDRESS"), text::h_errno_number("NO_DATA"));
}

#[test]
fn unknown_numbers_have_no_name_but_a_text() {
    assert_eq!((text::errno_name(0), text::errno_name(99_999)), (None, None));
    assert_eq!((text::eai_name(1), text::h_errno_name(99)), (None, None));
    assert_eq!((text::errno_number("HOST_NOT_FOUND"), text::eai_number("EBADF")), (None, None));
    for number in [i32::MIN, -1, 99_999, i32::MAX] {
        assert!(!text::strerror(number).is_empty());
        assert!(!text::gai_strerror(number).is_empty());
        assert!(!text::hstrerror(number).is_empty());
    }
}
