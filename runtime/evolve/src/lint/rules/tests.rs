use std::collections::BTreeMap;

use super::super::{Levels, Subject, Workflow, lint, rule};
use super::*;
use crate::Target;
use crate::script::Known;

/// Codes that are found in an example when every rule counts.
fn found(example: &Example) -> Vec<&'static str> {
    let mut known = Known::nothing(example.engine);
    read(example.before, example.engine).iter().for_each(|it| known.advance(&it.action));
    let subject = Subject {
        flavour: Target::new(example.engine).flavour,
        minimum: example.minimum.unwrap_or(Target::new(example.engine).minimum),
        sql: example.sql,
        transaction: example.transaction,
        known,
        revision: Some(Workflow {
            message: example.message.to_owned(),
            down_sql: example.down,
            metadata: example.metadata,
            edited: example.edited.to_vec(),
            generated: false,
        }),
    };
    lint(&subject, &Levels::default()).iter().map(|it| it.code).collect()
}

#[test]
fn every_rule_minds_its_bad_examples_and_not_its_good_ones() {
    let mut wrong = Vec::new();
    for rule in RULES {
        assert!(!rule.bad.is_empty() && !rule.good.is_empty(), "{}", rule.code);
        for (examples, minds) in [(rule.bad, true), (rule.good, false)] {
            for example in examples {
                let codes = found(example);
                if codes.contains(&rule.code) != minds {
                    wrong.push(format!("{} {minds}: {} {codes:?}", rule.code, example.sql));
                }
                if codes.contains(&"unreadable") && rule.code != "unreadable" {
                    wrong.push(format!("{}: unreadable: {}", rule.code, example.sql));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_engine_of_a_rule_has_a_bad_example() {
    let mut missing = Vec::new();
    for rule in RULES {
        for engine in rule.engines {
            if !rule.bad.iter().any(|example| example.engine == *engine) {
                missing.push(format!("{} on {engine}", rule.code));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn codes_are_sorted_and_texts_are_whole() {
    assert!(RULES.len() >= 40);
    assert!(RULES.windows(2).all(|pair| pair[0].code < pair[1].code));
    for rule in RULES {
        assert!(rule.damage.ends_with('.') && rule.safe.ends_with('.'), "{}", rule.code);
        assert!(!rule.summary.ends_with('.') && !rule.lock.ends_with('.'), "{}", rule.code);
    }
}

#[test]
fn levels_of_codes_that_there_are_not_are_told_with_the_nearest() {
    let of = |code: &str| Levels::new(&BTreeMap::from([(code.to_owned(), Level::Deny)]));
    assert!(of("drops-column").is_ok());
    let error = of("drop-column").unwrap_err().to_string();
    assert!(error.ends_with("did you mean `drops-column`?"), "{error}");
    assert!(rule("drops-column").is_some() && rule("nope").is_none());
}
