//! The vocabulary of sockspec: values, calls, outcomes, and the traits that a subject implements
