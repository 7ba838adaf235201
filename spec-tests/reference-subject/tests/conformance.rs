//! The whole suite on the reference, in process.

use sockspec_reference_subject::ReferenceSubject;

sockspec_conformance::conformance!(ReferenceSubject::new());
