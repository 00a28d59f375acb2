//! Other programs: finding them, running them, and saying in plain words what failed.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Why a command stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Something did not work: what, and what to do.
    Failed(String),
    /// The command was called in a way it does not understand.
    Misuse(String),
    /// Something did not work, and all there is to say was said.
    Told,
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(sentence) | Self::Misuse(sentence) => formatter.write_str(sentence),
            Self::Told => Ok(()),
        }
    }
}

/// What every step returns.
pub(crate) type Outcome<T = ()> = Result<T, Stop>;

/// A failure, as a sentence.
pub(crate) fn failed<T>(sentence: impl Into<String>) -> Outcome<T> {
    Err(Stop::Failed(sentence.into()))
}

/// Reads a file, or says which one could not be read.
pub(crate) fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|cause| Stop::Failed(format!("{} could not be read: {cause}", path.display())))
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Path, text: &str) -> Outcome {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    std::fs::write(path, text)
        .map_err(|cause| Stop::Failed(format!("{} could not be written: {cause}", path.display())))
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder)
        .map_err(|cause| Stop::Failed(format!("the folder {} could not be made: {cause}", folder.display())))
}

/// Removes a folder and all in it; one that is not there is no failure.
pub(crate) fn remove_folder(folder: &Path) -> Outcome {
    match std::fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            failed(format!("the folder {} could not be emptied: {cause}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
}

/// The folder of everything that is built.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |named| root().join(named))
}

/// A program of this workspace, built with the `dev` profile.
pub(crate) fn built(name: &str) -> PathBuf {
    target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Finds the first of these programs, on the path or where it is named in full.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    for name in names {
        if Path::new(name).is_absolute() {
            if Path::new(name).is_file() {
                return Some(PathBuf::from(name));
            }
            continue;
        }
        for folder in std::env::split_paths(&path) {
            for ending in endings {
                let candidate = folder.join(format!("{name}{ending}"));
                if candidate.is_file() {
                    return Some(candidate);
                }
            }
        }
    }
    None
}

/// Cargo, in the root of the workspace, without what the cargo that runs us left in the environment.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    forget_cargo(&mut command);
    command.current_dir(root());
    command
}

/// Takes away the variables that `cargo run` sets for the package it runs.
pub(crate) fn forget_cargo(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
            .iter()
            .any(|start| text.starts_with(start))
        {
            command.env_remove(text);
        }
    }
    command.env_remove("CARGO");
}

/// Node, or how to get it.
pub(crate) fn node() -> Outcome<PathBuf> {
    find(&["node"]).ok_or_else(|| {
        Stop::Failed(
            "node was not found; install Node.js 20 or later (your system's package manager has it)".into(),
        )
    })
}

/// An npm command in the folder of the widgets.
pub(crate) fn npm(arguments: &[&str]) -> Outcome<Command> {
    let Some(npm) = find(&["npm"]) else {
        return failed("npm was not found; it comes with Node.js 20 or later");
    };
    let mut command = Command::new(npm);
    command.args(arguments).current_dir(root().join("widgets"));
    if let Some(chromium) = crate::setup::find_chromium() {
        command.env("C3MS_CHROMIUM", chromium);
    }
    Ok(command)
}

/// Runs a program, its output going where ours goes.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|cause| not_started(command, &cause))?;
    if status.success() { Ok(()) } else { failed(format!("`{}` failed ({status})", line(command))) }
}

/// Runs a program without a word, unless it fails: then what it printed follows the sentence.
pub(crate) fn run_quietly(command: &mut Command) -> Outcome {
    capture(command).map(|_| ())
}

/// Runs a program and returns what it printed.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    let output = output(command)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    failed(format!(
        "`{}` failed ({}):\n{}",
        line(command),
        output.status,
        last_lines(&format!("{printed}{complained}"), 40)
    ))
}

/// Runs a program and returns all it printed, whether it failed or not.
pub(crate) fn output(command: &mut Command) -> Outcome<Output> {
    command.stdin(Stdio::null()).output().map_err(|cause| not_started(command, &cause))
}

/// Runs a program for at most `limit`; `false` when it failed or took longer.
pub(crate) fn within(command: &mut Command, limit: Duration) -> Outcome<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|cause| not_started(command, &cause))?;
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if begun.elapsed() < limit => std::thread::sleep(Duration::from_millis(100)),
            _ => {
                // Either it is already gone, or it goes now: both are "no".
                drop(child.kill());
                drop(child.wait());
                return Ok(false);
            }
        }
    }
}

fn not_started(command: &Command, cause: &std::io::Error) -> Stop {
    Stop::Failed(format!("`{}` could not be started: {cause}", command.get_program().to_string_lossy()))
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()];
    words.extend(command.get_args().map(OsStr::to_string_lossy).map(|word| shorten(&word)));
    words.join(" ")
}

fn shorten(word: &str) -> String {
    if word.chars().count() > 120 || word.contains('\n') { "…".into() } else { word.into() }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or(&lines).join("\n")
}

/// A time in words: `182 ms`, `41 s`, `2 min 5 s`.
pub(crate) fn lasted(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        1..=9 => format!("{:.1} s", duration.as_secs_f64()),
        10..=119 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// A number with its thousands apart: `9,812`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// Does a step, telling its name before and its time after.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    use std::io::Write as _;
    print!("{name:<44}");
    // A terminal that cannot be flushed still gets the line, only later.
    drop(std::io::stdout().flush());
    let begun = Instant::now();
    let outcome = work();
    match &outcome {
        Ok(_) => println!("{}", lasted(begun.elapsed())),
        Err(_) => println!("failed after {}", lasted(begun.elapsed())),
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_read_well() {
        assert_eq!(lasted(Duration::from_millis(182)), "182 ms");
        assert_eq!(lasted(Duration::from_millis(1_540)), "1.5 s");
        assert_eq!(lasted(Duration::from_secs(125)), "2 min 5 s");
        assert_eq!(thousands(9_812), "9,812");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn a_long_complaint_keeps_its_end() {
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
    }

    #[test]
    fn a_program_that_is_not_there_is_told_by_name() {
        let stop = run(&mut Command::new("no-such-program-of-ours")).unwrap_err();
        assert!(stop.to_string().contains("no-such-program-of-ours"), "{stop}");
    }
}
