//! A report as one file that can be sent to somebody: no script, nothing from outside, light and dark, readable on a
//! telephone. Both languages are in it; a switch of pure CSS shows one.

use postamt_mail::words::{Language, Words, words};

use super::finding::{Remedy, Severity};
use super::report::{Report, Told, tell};
use super::text;

const STYLE: &str = include_str!("report.css");

/// The whole page; `first` is shown until the reader chooses.
#[must_use]
pub fn page(report: &Report, first: Language) -> String {
    let subject = escape(&report.subject);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{first}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>postamt doctor: {subject}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    for language in Language::ALL {
        let checked = if language == first { " checked" } else { "" };
        let name = escape(&words(language).get("doctor-language", &[]));
        out.push_str(&format!(
            "<input type=\"radio\" name=\"language\" id=\"{language}\"{checked}>\
             <label for=\"{language}\">{name}</label>\n"
        ));
    }
    for language in Language::ALL {
        out.push_str(&format!("<main lang=\"{language}\">\n{}</main>\n", body(report, words(language))));
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn body(report: &Report, words: &Words) -> String {
    let heading = text::heading(report, words);
    let mut lines = heading.lines();
    let mut out = format!("<h1>{}</h1>\n", escape(lines.next().unwrap_or_default()));
    out.extend(lines.map(|line| format!("<p class=\"summary\">{}</p>\n", escape(line))));
    let told: Vec<Told<'_>> =
        report.findings().into_iter().map(|finding| tell(finding, report.at, words)).collect();
    out.extend(told.iter().filter(|it| it.severity != Severity::Ok).map(|it| one(it, words)));
    let good: Vec<&str> =
        told.iter().filter(|it| it.severity == Severity::Ok).map(|it| it.text.as_str()).collect();
    out.push_str(&list(&words.get("doctor-good-heading", &[]), &good));
    let skipped = text::not_judged(report, words);
    let skipped: Vec<&str> = skipped.iter().map(String::as_str).collect();
    out.push_str(&list(&words.get("doctor-not-judged-heading", &[]), &skipped));
    out
}

fn list(heading: &str, lines: &[&str]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    format!("<h2>{}</h2>\n<ul>\n{items}</ul>\n", escape(heading))
}

fn one(finding: &Told<'_>, words: &Words) -> String {
    let mut out = format!(
        "<article class=\"{}\">\n<h2><span class=\"severity\">{}</span> {}</h2>\n",
        finding.severity.name(),
        escape(&text::severity(finding.severity, words)),
        escape(&finding.text)
    );
    let mut part = |label: &str, inner: String| {
        out.push_str(&format!("<dt>{}</dt><dd>{inner}</dd>\n", escape(label)));
    };
    if !finding.seen.is_empty() {
        let seen: String = finding.seen.iter().map(|line| format!("{}\n", escape(line))).collect();
        part(&words.get("doctor-label-seen", &[]), format!("<pre>{seen}</pre>"));
    }
    if !finding.expected.is_empty() {
        let source = source(finding.source);
        part(&words.get("doctor-label-expected", &[]), format!("{}{source}", escape(&finding.expected)));
    }
    if !finding.now.is_empty() || !finding.remedies.is_empty() {
        let steps = escape(&finding.now).replace('\n', "<br>\n");
        let remedies: String = finding.remedies.iter().map(remedy).collect();
        part(&words.get("doctor-label-now", &[]), format!("{steps}{remedies}"));
    }
    let certainty = text::certainty(finding.certainty, words);
    if !certainty.is_empty() {
        part(&words.get("doctor-label-certainty", &[]), escape(&certainty));
    }
    out = out.replacen("</h2>\n", "</h2>\n<dl>\n", 1);
    out.push_str(&format!("</dl>\n<p class=\"id\">{}</p>\n</article>\n", escape(finding.id)));
    out
}

fn source(source: &str) -> String {
    if source.is_empty() {
        return String::new();
    }
    if source.starts_with("https://") {
        let url = escape(source);
        return format!(" (<a href=\"{url}\" rel=\"noreferrer\">{url}</a>)");
    }
    format!(" ({})", escape(source))
}

fn remedy(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Page { url } if url.starts_with("https://") => {
            let url = escape(url);
            format!("<p><a href=\"{url}\" rel=\"noreferrer\">{url}</a></p>")
        }
        other => format!("<pre>{}</pre>", escape(&other.lines())),
    }
}

/// What other servers say must not become markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            control if control.is_control() && control != '\n' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
