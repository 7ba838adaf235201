//! Reporters of sockspec: terminal, plain lines, JSON
