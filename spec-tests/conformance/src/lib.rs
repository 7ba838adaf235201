//! Every sockspec case as a named test of your own crate, in one line
