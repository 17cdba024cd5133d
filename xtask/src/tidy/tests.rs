//! The rules, each broken once and kept once.

use std::path::PathBuf;

use super::source::Source;
use super::workspace::{Document, Package, Workspace};
use super::{Finding, judge};

fn file(path: &str, text: &str) -> Source {
    let package = path.strip_prefix("crates/").unwrap_or(path).split('/').next().unwrap().to_string();
    Source::parse(PathBuf::from(path), package, false, &format!("//! Header.\n{text}"))
}

fn judge_file(path: &str, text: &str) -> Vec<String> {
    let workspace = Workspace { sources: vec![file(path, text)], ..Workspace::default() };
    judge(&workspace).iter().map(Finding::to_string).collect()
}

fn judge_manifest(name: &str, text: &str) -> Vec<String> {
    let manifest = format!("[lints]\nworkspace = true\n{text}").parse().unwrap();
    let package = Package { name: name.into(), manifest_path: "Cargo.toml".into(), manifest };
    let workspace = Workspace { packages: vec![package], ..Workspace::default() };
    judge(&workspace).iter().map(Finding::to_string).collect()
}

#[track_caller]
fn refused(path: &str, text: &str, expected: &str) {
    let findings = judge_file(path, text);
    assert!(findings.len() == 1 && findings[0].contains(expected), "{text}: {findings:?}");
}

#[track_caller]
fn accepted(path: &str, text: &str) {
    assert_eq!(judge_file(path, text), Vec::<String>::new(), "{text}");
}

#[test]
fn the_clock_belongs_to_net() {
    refused(
        "crates/mta/src/plan.rs",
        "let now = SystemTime::now();",
        "mta/src/plan.rs:2: names: `SystemTime::now`",
    );
    refused("crates/mta/src/plan.rs", "use std::time::{Duration, Instant};", "std::time::Instant");
    accepted("crates/mta/src/plan.rs", "use tokio::time::{Duration, Instant};");
    accepted("crates/net/src/clock.rs", "let now = SystemTime::now();");
    accepted("crates/mta/src/plan.rs", "struct Stamp { changed: SystemTime }");
}

#[test]
fn words_in_comments_strings_and_tests_are_not_code() {
    accepted(
        "crates/mail/src/a.rs",
        "// SystemTime\n/* Instant /* nested */ tokio */ fn f() { g(\"std::fs\") }",
    );
    accepted("crates/mail/src/a.rs", "fn f() { g(r#\"println!(\"x\") .await\"#) }");
    accepted("crates/mail/src/a.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n");
    refused(
        "crates/mail/src/a.rs",
        "#[cfg(test)]\nmod tests { fn f() {} }\nuse std::fs;",
        "a.rs:4: names: `std::fs`",
    );
}

#[test]
fn literals_do_not_confuse_the_scanner() {
    refused("crates/mail/src/a.rs", "let q = '\"'; use std::fs;", "std::fs");
    refused("crates/mail/src/a.rs", r"let q = '\''; fn f<'a>(x: &'a str) {} use std::fs;", "std::fs");
    refused("crates/mail/src/a.rs", "let s = \"a\\\"b\"; use std::fs;", "std::fs");
    accepted("crates/mail/src/a.rs", "let for_r = ptr\"\"; let s = b\"std::fs\";");
}

#[test]
fn longer_names_are_other_names() {
    accepted("crates/mail/src/a.rs", "struct InstantReply; fn eprintln_all() {}");
    accepted("crates/mta/src/a.rs", "my_print!(1)");
}

#[test]
fn output_belongs_to_app() {
    refused("crates/store/src/a.rs", "println!(\"x\");", "`println!`");
    accepted("crates/app/src/a.rs", "println!(\"x\");");
}

#[test]
fn stages_do_not_reach_back() {
    refused("crates/mta/src/send/mod.rs", "use crate::plan::x;", "stage `send` reaches back to `plan`");
    accepted(
        "crates/mta/src/plan/mod.rs",
        "use crate::flow::Plan;\nuse crate::plan::route;\nuse crate::send::X;\nuse crate::acceptable::X;",
    );
    accepted("crates/mta/src/settle/notice.rs", "use crate::enqueue;");
    accepted("crates/mta/src/lib.rs", "use crate::send::Attempt;");
}

#[test]
fn a_reason_allows_a_line() {
    accepted(
        "crates/mta/src/a.rs",
        "// tidy: allow(names), because the kernel wants it\nlet t = SystemTime::now();",
    );
    accepted(
        "crates/mta/src/a.rs",
        "let t = SystemTime::now(); // tidy: allow(names), because the kernel wants it",
    );
    refused("crates/mta/src/a.rs", "// tidy: allow(names)\nlet t = SystemTime::now();", "SystemTime");
    refused(
        "crates/mta/src/a.rs",
        "// tidy: allow(form), because I like it\nlet t = SystemTime::now();",
        "SystemTime",
    );
}

#[test]
fn clauses_are_cited_in_one_form() {
    for bad in ["RFC5321 says", "RFC 5321 section 4.5", "RFC 5321, Section 4.5", "RFC 5321 4.5.3", "RFC-5321"]
    {
        refused("crates/mail/src/a.rs", &format!("// {bad}"), "write `RFC");
    }
    for good in
        ["RFC 5321 §4.5.3.1", "RFC 5321, which", "RFC 5321 2 hours", "RFCs", "RFC 1034 and RFC 1035 §3.1"]
    {
        accepted("crates/mail/src/a.rs", &format!("// {good}"));
    }
}

#[test]
fn nothing_half_done_stays() {
    for bad in ["todo!()", "unimplemented!()", "dbg!(x)", "#[allow(dead_code)]", "#[ignore]"] {
        refused("crates/mail/src/a.rs", bad, "form: ");
    }
}

#[test]
fn files_open_with_a_header_and_stay_short() {
    let long = "fn f() {}\n".repeat(501);
    refused("crates/mail/src/a.rs", &long, "past 500 the header says why");
    accepted("crates/mail/src/a.rs", &format!("//! Over 500 lines because it is one table.\n{long}"));
    let bare = Source::parse("crates/mail/src/a.rs".into(), "mail".into(), false, "fn f() {}\n");
    let workspace = Workspace { sources: vec![bare], ..Workspace::default() };
    assert!(judge(&workspace)[0].to_string().contains("open with `//!`"));
}

#[test]
fn paths_of_one_machine_are_refused() {
    refused("crates/mta/src/a.rs", "let p = \"/home/me/x\";", "paths: ");
    refused("crates/mta/src/a.rs", "let p = \"/tmp/x\";", "paths: ");
    accepted(
        "crates/mta/src/a.rs",
        "let p = \"/etc/postamt/postamt.toml\"; let q = \"/\"; let r = \"a/b/c\";",
    );
    let text = "see `/home/me/notes` and /etc/postamt/x".to_string();
    let documents = vec![Document { path: "README.md".into(), text }];
    let findings = judge(&Workspace { documents, ..Workspace::default() });
    assert!(findings.len() == 1 && findings[0].to_string().contains("/home/me/notes"), "{findings:?}");
}

#[test]
fn crates_keep_their_layers() {
    let up = judge_manifest("mail", "[dependencies]\npostamt-net.workspace = true\n");
    assert!(up.len() == 1 && up[0].contains("`mail` may not depend on `net`"), "{up:?}");
    let sql = judge_manifest("mta", "[dependencies]\nrusqlite.workspace = true\n");
    assert!(sql.len() == 1 && sql[0].contains("may not name rusqlite"), "{sql:?}");
    let waiting = judge_manifest("mail", "[target.'cfg(unix)'.dependencies]\ntokio.workspace = true\n");
    assert!(waiting.len() == 1 && waiting[0].contains("it is pure"), "{waiting:?}");
    assert!(judge_manifest("mta", "[dependencies]\npostamt-store.workspace = true\n").is_empty());
    assert!(judge_manifest("mta", "[dev-dependencies]\npostamt-lab.workspace = true\n").is_empty());
    assert_eq!(judge_manifest("mta", "[dependencies]\npostamt-lab.workspace = true\n").len(), 1);
    assert!(judge_manifest("misc", "")[0].contains("no place in the layers"));
}

#[test]
fn both_languages_say_everything() {
    let catalogue =
        |name: &str, text: &str| Document { path: format!("words/{name}.ftl").into(), text: text.into() };
    let catalogues = vec![
        catalogue("de", "# Kopf\ngruss = Hallo { $name }\nnur-deutsch = Ja\n"),
        catalogue("en", "gruss = Hello\n    there\n"),
    ];
    let findings: Vec<_> =
        judge(&Workspace { catalogues, ..Workspace::default() }).iter().map(Finding::to_string).collect();
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].contains("de.ftl:2: words: `gruss` uses $name here"), "{findings:?}");
    assert!(findings[1].contains("`nur-deutsch` is missing in words/en.ftl"), "{findings:?}");
}

#[test]
fn test_modules_in_other_files_are_test_code() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("crates/mail/src");
    std::fs::create_dir_all(source.join("machine")).unwrap();
    std::fs::write(folder.path().join("crates/mail/Cargo.toml"), "[lints]\nworkspace = true\n").unwrap();
    std::fs::write(source.join("lib.rs"), "//! H.\nmod machine;\n").unwrap();
    std::fs::write(source.join("machine.rs"), "//! H.\n#[cfg(test)]\nmod vectors;\n").unwrap();
    std::fs::write(source.join("machine/vectors.rs"), "//! H.\nuse std::fs;\n").unwrap();
    let workspace = Workspace::read(folder.path()).unwrap();
    assert_eq!(workspace.sources.len(), 3);
    assert_eq!(judge(&workspace), Vec::new());
}
