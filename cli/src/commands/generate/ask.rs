//! Questions to a person at a terminal.

use std::io::IsTerminal;

use dialoguer::console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Input, Select};
use diesel_autogen_evolve::Refusal;
use diesel_autogen_schema::Column;

use super::answers::Answers;
use crate::Error;

/// Whoever answers.
pub(super) trait Person {
    /// Which of the choices; `None` for none of them.
    ///
    /// # Errors
    /// When the terminal fails.
    fn choose(&mut self, question: &str, choices: &[String]) -> Result<Option<usize>, Error>;

    /// A text; empty when there is no answer.
    ///
    /// # Errors
    /// When the terminal fails.
    fn text(&mut self, question: &str) -> Result<String, Error>;
}

/// The person at the terminal, when there is one that reads and writes there.
pub(super) fn at_terminal() -> Option<AtTerminal> {
    (std::io::stdin().is_terminal() && std::io::stderr().is_terminal())
        .then(|| AtTerminal { terminal: Term::stderr(), theme: ColorfulTheme::default() })
}

/// See [`at_terminal`].
pub(super) struct AtTerminal {
    terminal: Term,
    theme: ColorfulTheme,
}

impl Person for AtTerminal {
    fn choose(&mut self, question: &str, choices: &[String]) -> Result<Option<usize>, Error> {
        let select = Select::with_theme(&self.theme).with_prompt(question).items(choices);
        select.default(0).interact_on_opt(&self.terminal).map_err(|error| failed(&error))
    }

    fn text(&mut self, question: &str) -> Result<String, Error> {
        let input = Input::with_theme(&self.theme).with_prompt(question).allow_empty(true);
        input.interact_text_on(&self.terminal).map_err(|error| failed(&error))
    }
}

fn failed(error: &dialoguer::Error) -> Error {
    Error::failure(format!("the terminal takes no answer: {error}; say it with flags instead"))
}

/// What may become of something.
enum Way {
    Rename(String),
    Retire(String),
    Lose(String),
    Backfill(String),
    Stop,
}

/// Asks the first question that is open. Whether it was answered.
///
/// # Errors
/// When the terminal fails.
pub(super) fn ask(
    open: &[Refusal],
    person: &mut dyn Person,
    answers: &mut Answers,
) -> Result<bool, Error> {
    // Names of tables first: what columns are called hangs on them.
    let is_table = |it: &&Refusal| matches!(it, Refusal::TableRenamed { .. });
    let tables = open.iter().filter(is_table);
    for refusal in tables.chain(open.iter().filter(|it| !is_table(it))) {
        let ways = ways(refusal);
        if ways.is_empty() {
            continue;
        }
        let (choices, ways): (Vec<String>, Vec<Way>) = ways.into_iter().unzip();
        let chosen = person.choose(&refusal.message(), &choices)?;
        return match chosen.and_then(|at| ways.into_iter().nth(at)).unwrap_or(Way::Stop) {
            Way::Stop => Ok(false),
            Way::Rename(flag) => said(&mut answers.rename, flag),
            Way::Retire(object) => said(&mut answers.retire, object),
            Way::Lose(object) => said(&mut answers.allow_loss, object),
            Way::Backfill(object) => {
                let sql = person.text(&format!("SQL for {object} in the rows that are there"))?;
                if sql.trim().is_empty() {
                    return Ok(false);
                }
                said(&mut answers.backfill, format!("{object}={}", sql.trim()))
            }
        };
    }
    Ok(false)
}

/// Notes an answer; the same one again settles nothing.
fn said(answers: &mut Vec<String>, answer: String) -> Result<bool, Error> {
    let new = !answers.contains(&answer);
    if new {
        answers.push(answer);
    }
    Ok(new)
}

/// The choices, each with what it means; none where flags cannot say it.
fn ways(refusal: &Refusal) -> Vec<(String, Way)> {
    let object = refusal.object();
    let stop = ("stop, and write nothing".to_owned(), Way::Stop);
    let gone = [
        ("keep it for now under another name".to_owned(), Way::Retire(object.clone())),
        ("drop it, with what it holds".to_owned(), Way::Lose(object.clone())),
    ];
    let mut ways = match refusal {
        Refusal::ColumnRenamed { table: _, before, after } => {
            let renamed = |column: &Column| {
                let flag = Way::Rename(format!("{object}:{}", column.name));
                (format!("it is called {} now{}", column.name, unlike(before, column)), flag)
            };
            after.iter().map(renamed).chain(gone).collect::<Vec<_>>()
        }
        Refusal::TableRenamed { before: _, after } => {
            let renamed = |name: &String| {
                (format!("it is called {name} now"), Way::Rename(format!("{object}:{name}")))
            };
            after.iter().map(renamed).chain(gone).collect()
        }
        // The first choice must not be one that loses.
        Refusal::Dropped { object: _, what: _ } => gone.into(),
        Refusal::NothingForRows { table, before, after } => {
            let fill = ("fill the rows by SQL".to_owned(), Way::Backfill(object));
            let none = before.as_ref().map(|before| {
                let object = format!("{table}.{}", before.name);
                let choice = format!(
                    "no row holds NULL, and the migration fails if one does ({})",
                    after.name
                );
                (choice, Way::Lose(object))
            });
            [fill].into_iter().chain(none).collect()
        }
        Refusal::Type { .. }
        | Refusal::Labels { .. }
        | Refusal::Loss { .. }
        | Refusal::InUse { .. }
        | Refusal::Unsupported { .. } => return Vec::new(),
    };
    ways.push(stop);
    ways
}

/// What else would change, in brackets.
fn unlike(before: &Column, after: &Column) -> String {
    let (was, is) =
        (diesel_autogen_schema::words::column(before), diesel_autogen_schema::words::column(after));
    if was == is { String::new() } else { format!(" (from {was} to {is})") }
}
