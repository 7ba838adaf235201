//! The reference implementation as a sockspec subject, in process and as a driver
