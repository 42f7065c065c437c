//! What a person sees: results on stdout, everything else on stderr, colours only at a terminal.

mod diff;
mod differences;
mod github;
mod lanes;
mod progress;
mod sides;
mod sql;
mod style;

pub use diff::unified;
pub use differences::differences;
pub use lanes::{Lane, Node, lanes};
pub use progress::Progress;
pub use sides::side_by_side;
pub use sql::highlighted;

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use diesel_autogen_schema::config::Level;
use serde::Serialize;

use crate::Error;

/// Where a command writes to.
pub struct Terminal {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    format: Format,
    is_watched: bool,
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a person.
    #[default]
    Text,
    /// One JSON document for a program.
    Json,
    /// For a person, with what is wrong as annotations that GitHub shows beside the code.
    Github,
    /// One SARIF document, for code scanners; of `lint` alone.
    Sarif,
}

/// Where in the sources something is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    /// The file, as a person here would write it.
    pub file: &'p str,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column, from 1.
    pub column: Option<usize>,
}

impl Terminal {
    /// The standard streams. Colours are dropped where nobody would see them, or where `NO_COLOR`
    /// says so.
    pub fn standard(format: Format) -> Terminal {
        let is_watched = std::io::stdout().is_terminal();
        let (out, err) = (Box::new(anstream::stdout()), Box::new(anstream::stderr()));
        Terminal { is_watched, ..Terminal::new(out, err, format) }
    }

    /// Any two streams, colours included.
    pub fn new(out: Box<dyn Write>, err: Box<dyn Write>, format: Format) -> Terminal {
        Terminal { out, err, format, is_watched: false }
    }

    /// Whether a person looks at the result.
    pub fn is_watched(&self) -> bool {
        self.is_watched
    }

    /// Whether results are written for a person, who may be asked.
    pub fn is_for_a_person(&self) -> bool {
        self.format == Format::Text
    }

    /// A line of the result, unless a program reads it.
    pub fn line(&mut self, text: impl Display) {
        match self.format {
            Format::Text | Format::Github => {
                // A reader that went away has seen enough.
                let _ = writeln!(self.out, "{text}");
            }
            Format::Json | Format::Sarif => {}
        }
    }

    /// A result that is a text of its own, whoever reads it.
    pub fn text(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes());
    }

    /// Something that is not as it should be, as a line of the result.
    pub fn found(&mut self, place: Option<Place<'_>>, text: impl Display) {
        match (self.format, place) {
            (Format::Github, place) => self.line(github::annotation("error", place, &text)),
            (Format::Text | Format::Json | Format::Sarif, None) => self.line(text),
            (
                Format::Text | Format::Json | Format::Sarif,
                Some(Place { file, line, column: _ }),
            ) => {
                let line = line.map(|line| format!(":{line}")).unwrap_or_default();
                self.line(format!("{file}{line}: {text}"));
            }
        }
    }

    /// What a lint found, with the safe way.
    pub fn finding(
        &mut self,
        level: Level,
        place: Place<'_>,
        text: impl Display,
        safe: Option<&str>,
    ) {
        if self.format == Format::Github {
            let word = match level {
                Level::Allow | Level::Note => "notice",
                Level::Warn => "warning",
                Level::Deny => "error",
            };
            let safe = safe.map(|safe| format!("\nsafe: {safe}")).unwrap_or_default();
            return self.line(github::annotation(word, Some(place), format!("{text}{safe}")));
        }
        let Place { file, line, column: _ } = place;
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let word = match level {
            Level::Allow | Level::Note => style::dim(level.name()),
            Level::Warn => style::warning(level.name()),
            Level::Deny => style::error(level.name()),
        };
        self.line(format!("{file}{line}: {word}: {text}"));
        if let Some(safe) = safe {
            self.line(format!("    {} {safe}", style::dim("safe:")));
        }
    }

    /// The result as one SARIF document, if a scanner reads it.
    pub fn sarif(&mut self, log: &impl Serialize) {
        if self.format == Format::Sarif {
            self.document(log);
        }
    }

    fn document(&mut self, value: &impl Serialize) {
        let _ = serde_json::to_writer_pretty(&mut self.out, value);
        let _ = writeln!(self.out);
    }

    /// The result as one JSON document, if a program reads it.
    pub fn json(&mut self, value: &impl Serialize) {
        if self.format == Format::Json {
            self.document(value);
        }
    }

    /// What the command is doing now.
    pub fn step(&mut self, text: impl Display) {
        let _ = writeln!(self.err, "{}", style::dim(text));
    }

    /// A remark that is no result.
    pub fn note(&mut self, text: impl Display) {
        let _ = writeln!(self.err, "{} {text}", style::dim("note:"));
    }

    /// A remark that should worry.
    pub fn warn(&mut self, text: impl Display) {
        if self.format == Format::Github {
            self.line(github::annotation("warning", None, &text));
        }
        let _ = writeln!(self.err, "{} {text}", style::warning("warning:"));
    }

    /// Why the command failed; a program gets it as a document too.
    pub fn error(&mut self, error: &Error) {
        for message in &error.messages {
            if self.format == Format::Github {
                self.line(github::annotation("error", None, message));
            }
            let _ = writeln!(self.err, "{} {message}", style::error("error:"));
        }
        if self.format == Format::Json {
            let mut document = error.done.clone().unwrap_or_else(|| serde_json::json!({}));
            document["error"] =
                serde_json::json!({ "exit": error.exit.code(), "messages": error.messages });
            self.json(&document);
        }
    }

    /// Writes out what is still held back.
    pub fn flush(&mut self) {
        let _ = self.out.flush();
        let _ = self.err.flush();
    }

    /// The heading of a part of the result.
    pub fn heading(&mut self, text: impl Display) {
        self.line(style::heading(text));
    }
}
