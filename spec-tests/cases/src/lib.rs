//! Clauses and cases of sockspec: loading, checking and matching
