//! The probe, from a process of many threads.

use std::thread;

use sockspec_lab::probe;

#[test]
fn every_check_has_a_name_and_a_reason_for_no() {
    let names: Vec<&str> = probe().checks.iter().map(|check| check.name).collect();
    let wanted = [
        "user-namespace",
        "network-namespace",
        "mount-namespace",
        "uts-namespace",
        "pid-namespace",
        "veth",
        "memory-fs",
        "loopback-v4",
        "loopback-v6",
    ];
    assert_eq!(names, wanted);
    for check in probe().checks {
        assert!(check.ok || !check.reason.is_empty(), "{check}");
    }
}

#[test]
fn many_threads_find_the_same() {
    let first = probe();
    let others: Vec<_> = (0..8).map(|_| thread::spawn(probe)).collect();
    for other in others {
        assert_eq!(other.join().unwrap(), first);
    }
    assert_eq!(
        first.lab().is_ok(),
        first.checks.iter().take(7).all(|check| check.ok || check.name == "pid-namespace")
    );
}
