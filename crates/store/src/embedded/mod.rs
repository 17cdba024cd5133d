//! The embedded store: segment files for mail, SQLite for what is asked about.
