//! Which crate may depend on which, and which crate alone may name a library. The picture is in ARCHITECTURE.md.
//!
//! hickory is `net`'s; `mailauth` must name its types because mail-auth takes them.
//! A dependency for tests may reach down to `lab`, never sideways or up.

use std::path::Path;

use super::Finding;
use super::workspace::{Package, Workspace};

const RULE: &str = "layers";

/// A crate and the crates of the project that it may use.
const LAYERS: [(&str, &[&str]); 11] = [
    ("mail", &[]),
    ("net", &["mail"]),
    ("mailauth", &["mail", "net"]),
    ("store", &["mail"]),
    ("mta", &["mail", "net", "mailauth", "store"]),
    ("lists", &["mail", "store"]),
    ("doctor", &["mail", "net", "mailauth", "store"]),
    ("web", &["mail", "net", "mailauth", "store", "mta", "doctor", "lists"]),
    ("lab", &["mail", "net", "mailauth"]),
    ("app", &["mail", "net", "mailauth", "store", "mta", "lists", "doctor", "web", "lab"]),
    ("xtask", &[]),
];

/// A library and the only crates that may name it.
const LIBRARIES: [(&str, &[&str], &str); 14] = [
    ("mail-auth", &["mailauth"], "proofs about mail are behind `mailauth`"),
    ("hickory-resolver", &["net", "mailauth", "lab"], "DNS is behind `net::dns`"),
    ("hickory-proto", &["net", "mailauth", "lab"], "DNS is behind `net::dns`"),
    ("hickory-server", &["lab"], "only the lab serves DNS"),
    ("rusqlite", &["store"], "only `store` names a database"),
    ("tokio-postgres", &["store"], "only `store` names a database"),
    ("axum", &["web"], "only `web` names the HTTP server"),
    ("hyper", &["web", "net"], "HTTP is in `web` and `net`"),
    ("dns-update", &["net"], "only `net` opens outgoing connections"),
    ("instant-acme", &["net"], "certificate authorities are behind `net::acme`"),
    ("reqwest", &["net"], "only `net` opens outgoing connections"),
    ("clap", &["app"], "only `app` reads the command line"),
    ("anyhow", &["app", "xtask"], "libraries have error types of their own"),
    ("sd-notify", &["app"], "only `app` touches the environment"),
];

/// What `mail` may not use: nothing in it waits, opens a socket or a file, or asks for the time.
const NOT_IN_MAIL: [&str; 6] = ["tokio", "rustls", "rustix", "rand", "jiff", "tempfile"];

/// Judges every manifest.
pub fn judge(workspace: &Workspace) -> Vec<Finding> {
    workspace.packages.iter().flat_map(judge_package).collect()
}

fn judge_package(package: &Package) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some((_, may_use)) = LAYERS.iter().find(|(name, _)| *name == package.name) else {
        return vec![against(
            package,
            "this crate has no place in the layers; give it one in xtask/src/tidy/layers.rs",
        )];
    };
    if package.manifest.get("lints").and_then(|lints| lints.get("workspace"))
        != Some(&toml::Value::Boolean(true))
    {
        findings.push(against(package, "`[lints] workspace = true` is missing"));
    }
    for (table, name) in dependencies(&package.manifest) {
        let for_tests = table == "dev-dependencies";
        if let Some(ours) = name.strip_prefix("postamt-") {
            let is_lab_for_tests = for_tests && ours == "lab" && may_use.contains(&"net");
            if !may_use.contains(&ours) && !is_lab_for_tests {
                findings.push(against(package, format!("`{}` may not depend on `{ours}`", package.name)));
            }
        } else if let Some((_, only, why)) = LIBRARIES.iter().find(|(library, ..)| *library == name)
            && !only.contains(&package.name.as_str())
        {
            findings.push(against(package, format!("`{}` may not name {name}: {why}", package.name)));
        } else if package.name == "mail" && !for_tests && NOT_IN_MAIL.contains(&name) {
            findings.push(against(package, format!("`mail` may not name {name}: it is pure")));
        }
    }
    findings
}

fn dependencies(manifest: &toml::Table) -> Vec<(&str, &str)> {
    let mut all = Vec::new();
    for (key, value) in manifest {
        let Some(table) = value.as_table() else { continue };
        match key.as_str() {
            "dependencies" | "dev-dependencies" | "build-dependencies" => {
                all.extend(table.keys().map(|name| (key.as_str(), name.as_str())));
            }
            "target" => {
                all.extend(table.values().filter_map(|target| target.as_table()).flat_map(dependencies))
            }
            _ => {}
        }
    }
    all
}

fn against(package: &Package, text: impl Into<String>) -> Finding {
    let path: &Path = &package.manifest_path;
    Finding { path: path.to_path_buf(), line: 1, rule: RULE, text: text.into() }
}
