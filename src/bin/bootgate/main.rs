//! The command line.
//!
//! This is the only part of the crate that prints or exits. Exit codes: 0 passed, 1 refused, 2 could not run.

mod check;
mod codes;
mod compile;
mod contract;
mod dump;
mod files;
mod fuzz;
mod gate;
mod r#gen;
mod guard;
mod limits;
mod mutate;
mod output;
mod processes;
mod progress;
mod schema;
mod seed;
mod trim;
mod verdict;

use std::io::{self, Write};
use std::process::ExitCode;

use bootgate::finding::{Blame, Finding, Severity};
use clap::{Parser, Subcommand};

/// Refused: the content is at fault, or the schema that was to be checked.
const REFUSED: u8 = 1;
/// Could not run: arguments, configuration, schema, contract or files are at fault.
const NOT_RUN: u8 = 2;

/// A gate for binary content that privileged code interprets at boot.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 passed, 1 refused, 2 could not run (also when only a part could not).")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check content against its schema, and against what each consumer build can take.
    Check(check::Arguments),
    /// Look at schemas themselves.
    #[command(subcommand)]
    Schema(schema::Command),
    /// Look at contracts and consumers: what is asked, what builds supply, and which of them can take what.
    #[command(subcommand)]
    Contract(contract::Command),
    /// Compile schemas and a contract for where neither of them is.
    Compile(compile::Arguments),
    /// Show what a file consists of, by its schema.
    Dump(dump::Arguments),
    /// Keep the last known good content, and go back to it when the machine dies on what is new.
    #[command(subcommand)]
    Guard(guard::Command),
    /// Look at verdicts that were made.
    #[command(subcommand)]
    Verdict(verdict::Command),
    /// Make content that a schema accepts, or a contract.
    Gen(r#gen::Arguments),
    /// Change content at the level of its schema, and repair what depends on it.
    Mutate(mutate::Arguments),
    /// Make content smaller by its schema, for as long as a command crashes with it.
    Trim(trim::Arguments),
    /// Look for content that breaks a consumer.
    #[command(subcommand)]
    Fuzz(fuzz::Command),
    /// Explain the codes of findings.
    Codes {
        /// The code to explain; all are listed without one.
        code: Option<String>,
    },
}

/// What keeps a command from being run.
fn environment(code: &'static str, message: String) -> Finding {
    Finding::new(code, Severity::Error, Blame::Environment, message)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Schema(command) => schema::run(&command),
        Command::Contract(command) => contract::run(&command),
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Dump(arguments) => dump::run(&arguments),
        Command::Guard(command) => guard::run(&command),
        Command::Verdict(command) => verdict::run(&command),
        Command::Gen(arguments) => r#gen::run(&arguments),
        Command::Mutate(arguments) => mutate::run(&arguments),
        Command::Trim(arguments) => trim::run(&arguments),
        Command::Fuzz(command) => fuzz::run(&command),
        Command::Codes { code } => {
            let mut out = io::stdout().lock();
            codes::run(code.as_deref(), &mut out, &mut io::stderr())
                .map(|known| if known { 0 } else { NOT_RUN })
        }
    };
    match result {
        Ok(code) => ExitCode::from(code),
        // Whoever reads our output has seen enough: that is no failure, but no pass either.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(NOT_RUN),
        Err(error) => {
            // With the error stream gone as well there is nobody left to tell.
            let _ = writeln!(io::stderr(), "error: cannot write the result: {error}");
            ExitCode::from(NOT_RUN)
        }
    }
}
