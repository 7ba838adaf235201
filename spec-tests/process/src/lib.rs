//! A driver process as a sockspec subject: deadlines, limits, restart, and the smoke test of a driver
