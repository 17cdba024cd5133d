//! Port 25 as the pipeline sees it: which ways out may be used now. [`machine`] decides, purely.

pub mod machine;
