//! Runs the cases of sockspec against a subject
