use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Write the completions of a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  source <(diesel-autogen completions bash)\n  \
                        diesel-autogen completions fish > \
                        ~/.config/fish/completions/diesel-autogen.fish")]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Exit, Error> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "diesel-autogen", &mut text);
        terminal.text(&String::from_utf8_lossy(&text));
        Ok(Exit::Fine)
    }
}
