//! Checks over the repository itself: the rules that ARCHITECTURE.md states
