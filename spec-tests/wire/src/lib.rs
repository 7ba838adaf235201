//! The JSON-lines protocol between sockspec and a driver, and serve() for Rust drivers
