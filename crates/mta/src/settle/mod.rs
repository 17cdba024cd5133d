//! From an attempt to its consequences: [`decide`] is pure, [`apply`] writes them down, [`notice`] tells the
//! sender, [`records`] tells the operator, [`reports`] keeps what others report about our mail.

pub mod apply;
pub mod decide;
pub mod notice;
pub mod records;
pub mod reports;
