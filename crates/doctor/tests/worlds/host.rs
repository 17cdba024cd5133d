//! Worlds whose host is wrong.
