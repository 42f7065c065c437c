//! The commands, one file each, and what they share.

mod args;
mod branches;
mod check;
mod completions;
mod current;
mod diff;
mod downgrade;
mod explain;
mod filling;
mod generate;
mod half;
mod heads;
mod history;
mod init;
mod inspect;
mod integrity;
mod lint;
mod losses;
mod man;
mod merge;
mod offline;
mod rebase;
mod redo;
mod show;
mod squash;
mod stamp;
mod upgrade;
mod verify;
mod view;
mod walk;

use std::ffi::OsString;
use std::io::Write;

use clap::{Parser, Subcommand};

use crate::terminal::{Format, Terminal};
use crate::{Error, Exit};
pub use args::{DatabaseUrl, ScratchUrl, Selection};

/// Migrations for Diesel, generated from your structs and proved before they are written.
#[derive(Debug, Parser)]
#[command(name = "diesel-autogen", version, propagate_version = true)]
#[command(after_help = "Exit codes: 0 fine, 1 failure, 2 usage, 3 drift or pending changes, \
                        4 needs a decision, 5 loss not allowed, 6 history conflict")]
pub struct Cli {
    #[command(flatten)]
    selection: Selection,
    /// How results are written.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    #[command(visible_alias = "revision")]
    Generate(generate::Generate),
    Check(check::Check),
    #[command(visible_alias = "run")]
    Upgrade(upgrade::Upgrade),
    #[command(visible_alias = "revert")]
    Downgrade(downgrade::Downgrade),
    Redo(redo::Redo),
    Current(current::Current),
    History(history::History),
    Heads(heads::Heads),
    Branches(branches::Branches),
    Show(show::Show),
    Diff(diff::Diff),
    Inspect(inspect::Inspect),
    Stamp(stamp::Stamp),
    Merge(merge::Merge),
    Rebase(rebase::Rebase),
    Squash(squash::Squash),
    Verify(verify::Verify),
    Lint(lint::Lint),
    Explain(explain::Explain),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Runs the command that the arguments (the program's name first) call for, on the standard
/// streams.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => {
            let mut terminal = Terminal::standard(cli.format);
            cli.run(&mut terminal)
        }
        Err(error) => {
            let _ = error.print();
            if error.use_stderr() { Exit::Usage } else { Exit::Fine }
        }
    }
}

/// As [`main`], with other streams than the standard ones.
///
/// # Errors
/// When the arguments call for no command.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
) -> Result<Exit, clap::Error> {
    let cli = Cli::try_parse_from(arguments)?;
    let mut terminal = Terminal::new(out, err, cli.format);
    Ok(cli.run(&mut terminal))
}

impl Cli {
    fn run(&self, terminal: &mut Terminal) -> Exit {
        let selection = &self.selection;
        let is_lint = matches!(self.command, Command::Lint(_));
        let result: Result<Exit, Error> = match &self.command {
            _ if self.format == Format::Sarif && !is_lint => Err(Error::usage(
                "--format sarif is what diesel-autogen lint writes, and nothing else",
            )),
            Command::Init(command) => command.run(selection, terminal),
            Command::Generate(command) => command.run(selection, terminal),
            Command::Check(command) => command.run(selection, terminal),
            Command::Upgrade(command) => command.run(selection, terminal),
            Command::Downgrade(command) => command.run(selection, terminal),
            Command::Redo(command) => command.run(selection, terminal),
            Command::Current(command) => command.run(selection, terminal),
            Command::History(command) => command.run(selection, terminal),
            Command::Heads(command) => command.run(selection, terminal),
            Command::Branches(command) => command.run(selection, terminal),
            Command::Show(command) => command.run(selection, terminal),
            Command::Diff(command) => command.run(selection, terminal),
            Command::Inspect(command) => command.run(selection, terminal),
            Command::Stamp(command) => command.run(selection, terminal),
            Command::Merge(command) => command.run(selection, terminal),
            Command::Rebase(command) => command.run(selection, terminal),
            Command::Squash(command) => command.run(selection, terminal),
            Command::Verify(command) => command.run(selection, terminal),
            Command::Lint(command) => command.run(selection, terminal),
            Command::Explain(command) => command.run(terminal),
            Command::Completions(command) => command.run(terminal),
            Command::Man(command) => command.run(terminal),
        };
        let exit = result.unwrap_or_else(|error| {
            terminal.error(&error);
            error.exit
        });
        terminal.flush();
        exit
    }
}
