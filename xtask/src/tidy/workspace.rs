//! What `tidy` looks at: every Rust source, every manifest, the catalogues of words and the documents, read once.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::source::Source;

/// A member of the workspace.
#[derive(Debug)]
pub struct Package {
    /// Folder name.
    pub name: String,
    /// Its `Cargo.toml`, relative to the workspace.
    pub manifest_path: PathBuf,
    /// What it says.
    pub manifest: toml::Table,
}

/// A text that is not Rust.
#[derive(Debug)]
pub struct Document {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// The whole of it.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Members, by name.
    pub packages: Vec<Package>,
    /// Rust files.
    pub sources: Vec<Source>,
    /// `*.ftl`.
    pub catalogues: Vec<Document>,
    /// `*.md` and scripts.
    pub documents: Vec<Document>,
}

impl Workspace {
    /// Reads the workspace in `root`.
    pub fn read(root: &Path) -> Result<Self> {
        let mut workspace = Self::default();
        let mut folders = sorted_entries(&root.join("crates"))?;
        folders.push(root.join("xtask"));
        for folder in folders.iter().filter(|folder| folder.join("Cargo.toml").is_file()) {
            workspace.read_package(root, folder)?;
        }
        for folder in ["", "docs", "bench", ".ci"] {
            for path in sorted_entries(&root.join(folder))? {
                if path.is_file() && is_document(&path) {
                    workspace.documents.push(read_document(root, &path)?);
                }
            }
        }
        Ok(workspace)
    }

    fn read_package(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let manifest = read_document(root, &folder.join("Cargo.toml"))?;
        let table = manifest.text.parse().with_context(|| format!("in {}", manifest.path.display()))?;
        self.packages.push(Package { name: name.clone(), manifest_path: manifest.path, manifest: table });

        let mut paths = Vec::new();
        walk(folder, &mut paths)?;
        let mut sources = Vec::new();
        for path in paths {
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("rs") => {
                    let document = read_document(root, &path)?;
                    let test = is_test_path(path.strip_prefix(folder).unwrap_or(&path));
                    sources.push(Source::parse(document.path, name.clone(), test, &document.text));
                }
                Some("ftl") => self.catalogues.push(read_document(root, &path)?),
                _ => {}
            }
        }
        mark_test_modules(&mut sources);
        self.sources.extend(sources);
        Ok(())
    }
}

/// A module declared under `#[cfg(test)]` is test code as a whole, with everything below it.
fn mark_test_modules(sources: &mut [Source]) {
    let mut roots = BTreeSet::new();
    for source in sources.iter() {
        let folder = match source.path.file_stem().and_then(|stem| stem.to_str()) {
            Some("lib" | "main" | "mod") => source.path.parent().unwrap_or(Path::new("")).to_path_buf(),
            _ => source.path.with_extension(""),
        };
        roots.extend(source.test_modules().into_iter().map(|name| folder.join(name)));
    }
    for source in sources {
        source.test |= roots.iter().any(|root| source.path.with_extension("").starts_with(root));
    }
}

fn is_test_path(path: &Path) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    path.iter().any(|part| ["tests", "benches", "examples"].iter().any(|name| part == *name))
        || name == "tests"
        || name.ends_with("_tests")
}

fn is_document(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text =
        ["md", "sh", "toml"].iter().any(|extension| path.extension().is_some_and(|it| it == *extension));
    text || path.parent().is_some_and(|folder| folder.file_name() == Some(OsStr::new(".ci")))
        || name.starts_with("LICENSE")
}

fn read_document(root: &Path, path: &Path) -> Result<Document> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Document { path: path.strip_prefix(root).unwrap_or(path).to_path_buf(), text })
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for path in sorted_entries(folder)? {
        if path.is_dir() {
            walk(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// The entries of a folder in order of name; none when the folder is not there.
fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.with_context(|| format!("cannot list {}", folder.display()))?.path());
    }
    paths.sort();
    Ok(paths)
}
