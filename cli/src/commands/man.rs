use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory};

use super::Cli;
use crate::project::shown;
use crate::terminal::Terminal;
use crate::{Error, Exit};

/// Write the manual, a page for each command.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen man > diesel-autogen.1\n  \
                        diesel-autogen man --dir ~/.local/share/man/man1")]
pub(super) struct Man {
    /// Where the pages go: `diesel-autogen.1`, `diesel-autogen-upgrade.1`, …; otherwise the first
    /// is written out.
    #[arg(long, value_name = "PATH")]
    dir: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Exit, Error> {
        let mut command = Cli::command();
        command.build();
        let Some(dir) = &self.dir else {
            terminal.text(&page(command)?);
            return Ok(Exit::Fine);
        };
        let failed = |error: std::io::Error| Error::file("write", dir, &error);
        fs::create_dir_all(dir).map_err(failed)?;
        let commands: Vec<clap::Command> =
            command.get_subcommands().filter(|it| it.get_name() != "help").cloned().collect();
        let mut pages = vec!["diesel-autogen.1".to_owned()];
        fs::write(dir.join(&pages[0]), page(command)?).map_err(failed)?;
        for command in commands {
            let name = format!("diesel-autogen-{}", command.get_name());
            let command = command.display_name(name.clone());
            let file = format!("{name}.1");
            fs::write(dir.join(&file), page(command)?).map_err(failed)?;
            pages.push(file);
        }
        terminal.line(format!("wrote {} pages to {}", pages.len(), shown(dir)));
        terminal.json(&serde_json::json!({ "directory": shown(dir), "pages": pages }));
        Ok(Exit::Fine)
    }
}

fn page(command: clap::Command) -> Result<String, Error> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| Error::failure(format!("the page cannot be made: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
