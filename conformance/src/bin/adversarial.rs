//! Writes the site of a cooperative whose records are hard to write: `adversarial FOLDER [COUNT] [SEED]`.

use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize, usual: u64| arguments.get(place).map_or(Some(usual), |text| text.parse().ok());
    let Some(((folder, count), seed)) = arguments.first().zip(number(1, 2_000)).zip(number(2, 1)) else {
        eprintln!("adversarial FOLDER [COUNT] [SEED]");
        return ExitCode::from(2);
    };
    conformance::delivery::write(Path::new(folder), usize::try_from(count).unwrap_or(0), seed);
    ExitCode::SUCCESS
}
