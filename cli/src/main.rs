//! The `diesel-autogen` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cli::commands::main(std::env::args_os()).code())
}
