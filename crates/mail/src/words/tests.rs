//! Both languages say the same things, every file can be read, and no sentence lacks a variable.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;

type Sentences = BTreeMap<String, BTreeSet<String>>;

/// The ids of a file, each with the variables that it uses.
fn sentences(file: &str, source: &str) -> Sentences {
    let resource = fluent_syntax::parser::parse(source)
        .unwrap_or_else(|(_, errors)| panic!("{file} cannot be read: {errors:?}"));
    let mut found = Sentences::new();
    for entry in resource.body {
        if let Entry::Message(message) = entry {
            let mut variables = BTreeSet::new();
            let value = message.value.as_ref();
            let value = value.unwrap_or_else(|| panic!("{file}: `{}` is empty", message.id.name));
            collect(value, &mut variables);
            assert!(message.attributes.is_empty(), "{file}: `{}` has attributes", message.id.name);
            let before = found.insert(message.id.name.to_owned(), variables);
            assert!(before.is_none(), "{file}: `{}` is there twice", message.id.name);
        }
    }
    found
}

fn collect(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => collect_inline(inline, variables),
            Expression::Select { selector, variants } => {
                collect_inline(selector, variables);
                for variant in variants {
                    collect(&variant.value, variables);
                }
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                collect_inline(argument, variables);
            }
        }
        InlineExpression::Placeable { expression } => {
            if let Expression::Inline(inline) = &**expression {
                collect_inline(inline, variables);
            }
        }
        _ => {}
    }
}

#[test]
fn both_languages_have_the_same_sentences() {
    assert_eq!(sources(Language::De).len(), sources(Language::En).len());
    for ((file, german), (_, english)) in sources(Language::De).iter().zip(sources(Language::En)) {
        let german = sentences(&format!("de/{file}.ftl"), german);
        let english = sentences(&format!("en/{file}.ftl"), english);
        assert_eq!(german, english, "{file}.ftl: left German, right English");
    }
}

#[test]
fn ids_carry_the_name_of_their_file() {
    for (file, source) in sources(Language::En) {
        for id in sentences(file, source).keys() {
            assert!(id.starts_with(&format!("{file}-")), "{file}.ftl: `{id}` must begin with `{file}-`");
        }
    }
}

/// Every sentence with all its variables, in both languages: none may complain.
#[test]
fn every_sentence_can_be_said() {
    for language in Language::ALL {
        for (file, source) in sources(language) {
            for (id, variables) in sentences(file, source) {
                for number in [0_u64, 1, 2] {
                    let values: Vec<(&str, Value<'_>)> =
                        variables.iter().map(|name| (name.as_str(), number.into())).collect();
                    let text = words(language).get(&id, &values);
                    assert!(!text.is_empty() && !text.contains(['{', '\u{2068}']), "{language}/{id}: {text}");
                }
            }
        }
    }
}

#[test]
fn plurals_follow_numbers() {
    let subject = |language, others: usize| {
        words(language)
            .get("dsn-subject-failed", &[("recipient", "b@x.test".into()), ("others", others.into())])
    };
    assert_eq!(subject(Language::En, 0), "Not delivered: your message to b@x.test");
    assert_eq!(subject(Language::En, 1), "Not delivered: your message to b@x.test and one more recipient");
    assert_eq!(
        subject(Language::De, 3),
        "Nicht zugestellt: Ihre Nachricht an b@x.test und 3 weitere Empfänger"
    );
}

#[test]
fn times() {
    assert_eq!(words(Language::En).time(1_790_000_000), "2026-09-21, 14:13 UTC");
    assert_eq!(words(Language::De).time(1_790_000_000), "21.09.2026, 14:13 Uhr (UTC)");
}

#[test]
fn languages_of_locales() {
    for (locale, language) in [
        ("de_DE.UTF-8", Language::De),
        ("de", Language::De),
        ("DE-at", Language::De),
        ("de@euro", Language::De),
        ("en_US.UTF-8", Language::En),
        ("C", Language::En),
        ("", Language::En),
        ("den_XX", Language::En),
        ("fr_FR", Language::En),
    ] {
        assert_eq!(Language::from_locale(locale), language, "{locale}");
    }
    assert_eq!("de".parse(), Ok(Language::De));
    assert_eq!("fr".parse::<Language>(), Err(UnknownLanguage));
}

#[test]
#[should_panic(expected = "no sentence `dsn-nonsense`")]
fn an_unknown_sentence_stops_a_debug_build() {
    let _ = words(Language::En).get("dsn-nonsense", &[]);
}
