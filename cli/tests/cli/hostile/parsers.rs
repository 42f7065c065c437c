//! Random damage to texts that are read: the parsers of the snapshot, of `metadata.toml`, and the
//! grammar may refuse, but never panic, and what they accept they must be able to write and read again.
//! `AUTOGEN_FUZZ_SECONDS` asks for longer runs, `AUTOGEN_SEED` for others. A text that once broke one is
//! kept in `corpus`.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use diesel_autogen_evolve::revision::Metadata;
use diesel_autogen_grammar::{db_enum, db_type, is_enum, is_model, is_type, model, sketch};
use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::snapshot::{read, write};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// What is put into texts: what ends, begins or multiplies things.
const PIECES: [&str; 28] = [
    "\"",
    "'",
    "\\",
    "\n",
    "=",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ",",
    "#",
    "--",
    "\u{0}",
    "é",
    "\u{202e}",
    "99999999999999999999",
    "-1",
    "true",
    "type = \"Enum\"",
    "[table.users]",
    "column.x = {}",
    "Option<",
    "#[column(",
    "#[model(",
    "unique",
    "renamed_from = \"\"",
];

/// One damage to a text.
#[derive(Clone, Debug)]
enum Damage {
    /// What is between two places goes.
    Cut(Index, Index),
    /// A piece comes at a place.
    Insert(Index, &'static str),
    /// What is between two places comes again at a third.
    Repeat(Index, Index, Index),
    /// Two lines change places.
    Swap(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        (at(), at()).prop_map(|(a, b)| Damage::Cut(a, b)),
        (at(), select(&PIECES[..])).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        (at(), at(), at()).prop_map(|(a, b, to)| Damage::Repeat(a, b, to)),
        (at(), at()).prop_map(|(a, b)| Damage::Swap(a, b)),
    ]
}

impl Damage {
    fn done(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let place = |at: &Index| at.index(chars.len() + 1);
        let part = |a: &Index, b: &Index| {
            let (a, b) = (place(a), place(b));
            // Much at once leaves nothing to read.
            a.min(b)..a.max(b).min(a.min(b) + 60)
        };
        let put = |at: usize, piece: &[char]| [&chars[..at], piece, &chars[at..]].concat();
        match self {
            Damage::Cut(a, b) => {
                let gone = part(a, b);
                [&chars[..gone.start], &chars[gone.end..]].concat().into_iter().collect()
            }
            Damage::Insert(at, piece) => {
                put(place(at), &piece.chars().collect::<Vec<_>>()).into_iter().collect()
            }
            Damage::Repeat(a, b, to) => put(place(to), &chars[part(a, b)]).into_iter().collect(),
            Damage::Swap(a, b) => {
                let mut lines: Vec<&str> = text.lines().collect();
                if !lines.is_empty() {
                    let (a, b) = (a.index(lines.len()), b.index(lines.len()));
                    lines.swap(a, b);
                }
                lines.join("\n")
            }
        }
    }
}

/// The texts to begin with: real ones, and what broke a parser before.
fn corpus(kind: &str, name: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![root.join("../fixtures"), root.join("tests/cli/hostile/corpus").join(kind)];
    let mut texts = Vec::new();
    while let Some(directory) = open.pop() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            let kept = path.parent().is_some_and(|it| it.ends_with(kind));
            if path.is_dir() {
                open.push(path);
            } else if kept
                || path.file_name().is_some_and(|it| it.to_string_lossy().ends_with(name))
            {
                texts.push(fs::read_to_string(&path).unwrap());
            }
        }
    }
    texts.retain(|text| text.len() < 20_000);
    assert!(texts.len() > 4, "{kind}: {}", texts.len());
    texts
}

/// Damages texts until the time is over, with as much stack as the program gives its parsers.
fn fuzz(kind: &str, name: &str, law: impl Fn(&str) -> Result<(), String> + Send) {
    let result = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(256 << 20);
        thread.spawn_scoped(scope, || damaged(kind, name, law)).unwrap().join()
    });
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

fn damaged(kind: &str, name: &str, law: impl Fn(&str) -> Result<(), String>) {
    let texts = corpus(kind, name);
    for text in &texts {
        law(text).unwrap();
    }
    let asked = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seed = asked("AUTOGEN_SEED").unwrap_or(20_261_126);
    let until = Instant::now() + Duration::from_secs(asked("AUTOGEN_FUZZ_SECONDS").unwrap_or(5));
    let mut runs = 0;
    let inputs = (select(texts), proptest::collection::vec(damage(), 1..6));
    while Instant::now() < until {
        let rng_seed = RngSeed::Fixed(seed + runs);
        let config = Config { cases: 50, rng_seed, failure_persistence: None, ..Config::default() };
        let result = TestRunner::new(config).run(&inputs, |(text, damages)| {
            let text = damages.iter().fold(text, |text, damage| damage.done(&text));
            law(&text).map_err(|reason| TestCaseError::fail(format!("{reason}\nin:\n{text}")))
        });
        if let Err(error) = result {
            panic!("AUTOGEN_SEED={}: {error}", seed + runs);
        }
        runs += 1;
    }
    assert!(runs > 0);
}

#[test]
fn a_damaged_snapshot_is_refused_or_reads_as_it_is_written() {
    fuzz("snapshots", "schema.toml", |text| {
        let Ok(snapshot) = read(text) else { return Ok(()) };
        let written = write(&snapshot);
        let again =
            read(&written).map_err(|error| format!("{error}: what was written\n{written}"))?;
        if again == snapshot { Ok(()) } else { Err(format!("reads as another:\n{written}")) }
    });
}

#[test]
fn a_damaged_record_is_refused_or_reads_as_it_is_written() {
    fuzz("metadata", "metadata.toml", |text| {
        let Ok(metadata) = Metadata::read(text) else { return Ok(()) };
        let written = metadata.write();
        let again = Metadata::read(&written)
            .map_err(|error| format!("{error}: what was written\n{written}"))?;
        if again == metadata { Ok(()) } else { Err(format!("reads as another:\n{written}")) }
    });
}

#[test]
fn a_damaged_model_is_read_or_refused_at_a_place() {
    fuzz("models", ".rs", |text| {
        let Ok(file) = syn::parse_file(text) else { return Ok(()) };
        for item in file.items {
            let input: syn::DeriveInput = match item {
                syn::Item::Struct(item) => item.into(),
                syn::Item::Enum(item) => item.into(),
                _ => continue,
            };
            for dialect in Dialect::ALL {
                let mut errors = Vec::new();
                if is_model(&input.attrs) {
                    let _ = sketch(&input, None, dialect);
                    errors.extend(model(&input, None, dialect).err());
                }
                if is_enum(&input.attrs) {
                    errors.extend(db_enum(&input, dialect).err());
                }
                if is_type(&input.attrs) {
                    errors.extend(db_type(&input, dialect).err());
                }
                if let Some(error) = errors.iter().flatten().find(|it| it.to_string().is_empty()) {
                    return Err(format!("a mistake without words at {:?}", error.span().start()));
                }
            }
        }
        Ok(())
    });
}
