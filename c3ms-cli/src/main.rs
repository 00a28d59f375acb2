//! The `c3ms` command: a cooperative's folder, from the first format to the open data.

mod account;
mod arguments;
mod commands;
mod cowriting;
mod deliver;
mod design;
mod dissemination;
mod entry;
mod exchange;
mod expand;
mod failure;
mod fieldwork;
mod foreign;
mod form;
mod format;
mod french;
mod identity;
mod invitation;
mod members;
mod observatory;
mod output;
mod survey;
mod survey_text;

use std::process::ExitCode;

use clap::{FromArgMatches as _, error::ErrorKind};

use crate::{arguments::Arguments, output::Output};

fn main() -> ExitCode {
    let language = output::language();
    let command = french::command(language);
    let arguments = match command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches))
    {
        Ok(arguments) => arguments,
        Err(error) => {
            let _told = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    let output = Output::new(arguments.json, language);
    match commands::run(&arguments, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::FAILURE
        }
    }
}
