//! What a developer of C3MS types: `cargo xtask COMMAND`.

mod bench;
mod codegen;
mod demo;
mod dice;
mod observatory;
mod process;
mod season;
mod serve;
mod setup;
mod test;
mod tidy;
mod visitors;
mod wasm;
mod widgets;

use process::{Outcome, Stop};
use std::process::ExitCode;

/// A command: its name, what it takes, what it is for, what it does.
struct Order {
    name: &'static str,
    takes: &'static str,
    about: &'static str,
    work: fn(&[String]) -> Outcome,
}

const ORDERS: [Order; 11] = [
    Order {
        name: "setup",
        takes: "[wasm|node|chromium|python]...",
        about: "find or install what the other commands need",
        work: setup::setup,
    },
    Order {
        name: "demo",
        takes: "[--check] [--from FILE...] [--port N] [--dir DIR]",
        about: "import the example, deliver its site and show it; --check looks at it and ends",
        work: demo::demo,
    },
    Order {
        name: "observatory",
        takes: "[--check] [--port N] [--dir DIR]",
        about: "survey the example's public, from the programme to the report; --check looks at it and ends",
        work: observatory::observatory,
    },
    Order {
        name: "test",
        takes: "[--fast]",
        about: "check everything; --fast leaves out browser, Python and WebAssembly",
        work: test::test,
    },
    Order {
        name: "tidy",
        takes: "",
        about: "check what the compiler does not: doors, lengths, links, names",
        work: |arguments| nothing_but(arguments, tidy::tidy),
    },
    Order {
        name: "codegen",
        takes: "[--check]",
        about: "write the generated files; --check finds the first that differs",
        work: codegen::codegen,
    },
    Order {
        name: "wasm",
        takes: "",
        about: "build the core for the browser and for node",
        work: |arguments| nothing_but(arguments, wasm::wasm),
    },
    Order {
        name: "widgets",
        takes: "",
        about: "build the widgets and weigh them",
        work: |arguments| nothing_but(arguments, widgets::widgets),
    },
    Order {
        name: "surveys",
        takes: "",
        about: "list how far figures of surveys are from R's, natively and in WebAssembly",
        work: |arguments| nothing_but(arguments, test::surveys),
    },
    Order {
        name: "encodings",
        takes: "",
        about: "have every encoding of records that are hard to write read by others' readers",
        work: |arguments| nothing_but(arguments, test::encodings),
    },
    Order {
        name: "bench",
        takes: "[programme|surveys|disclosure|fieldwork|delivery]",
        about: "measure ours against the peers",
        work: bench::bench,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match obey(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed(sentence)) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
        Err(Stop::Told) => ExitCode::FAILURE,
        Err(Stop::Misuse(sentence)) => {
            eprintln!("{sentence}\n`cargo xtask --help` lists the commands");
            ExitCode::from(2)
        }
    }
}

fn obey(arguments: &[String]) -> Outcome {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Stop::Misuse("no command was given".into()));
    };
    if ["--help", "-h", "help"].contains(&name.as_str()) {
        println!("cargo xtask COMMAND\n");
        for order in &ORDERS {
            println!("  {:<11} {}", order.name, order.about);
        }
        println!("\n`cargo xtask COMMAND --help` shows what a command takes.");
        return Ok(());
    }
    let Some(order) = ORDERS.iter().find(|order| order.name == name) else {
        return Err(Stop::Misuse(format!("there is no command {name:?}")));
    };
    if rest.iter().any(|word| word == "--help" || word == "-h") {
        println!("cargo xtask {} {}\n{}", order.name, order.takes, order.about);
        return Ok(());
    }
    (order.work)(rest)
}

fn nothing_but(arguments: &[String], work: fn() -> Outcome) -> Outcome {
    match arguments.first() {
        None => work(),
        Some(first) => Err(Stop::Misuse(format!("this command takes no arguments, not {first:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn misuse_is_told_from_failure() {
        for line in [
            "",
            "nothing",
            "tidy now",
            "bench all",
            "surveys all",
            "encodings all",
            "setup everything",
            "test --slow",
            "codegen --what",
        ] {
            assert!(matches!(obey(&words(line)), Err(Stop::Misuse(_))), "{line:?}");
        }
    }

    #[test]
    fn help_is_no_misuse() {
        for line in ["--help", "help", "demo --help", "test -h"] {
            assert_eq!(obey(&words(line)), Ok(()), "{line:?}");
        }
    }
}
