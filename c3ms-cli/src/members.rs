//! `c3ms member`, `workflow`: who may what.

use std::{fs, io::Write as _, path::Path};

use c3ms_core::{
    Code,
    base::Digest,
    cooperative::{self, Act},
    governance::{Member, SecretKey, Workflow},
};
use serde_json::json;

use crate::{arguments::MemberCommand, commands, failure::Failure, output::Output};

/// Reads a key: 64 hexadecimal digits.
pub(crate) fn read_key(file: &Path) -> Result<SecretKey, Failure> {
    let text = fs::read_to_string(file).map_err(Failure::io(file, false))?;
    let key = Digest::parse(text.trim());
    key.map(|key| SecretKey(key.0))
        .ok_or_else(|| Failure::new(Code::KeyUnreadable, file, "a key is 64 hexadecimal digits"))
}

/// Draws a key and writes it into a new file that its owner alone may read.
pub(crate) fn draw_key(file: &Path) -> Result<SecretKey, Failure> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| {
        Failure::new(Code::StoreFailed, file, format!("no randomness can be had: {error}"))
    })?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(file).map_err(Failure::io(file, true))?;
    writeln!(written, "{}", Digest(secret)).map_err(Failure::io(file, true))?;
    Ok(SecretKey(secret))
}

pub(crate) fn run(
    dir: &Path,
    command: &MemberCommand,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let member = match command {
        MemberCommand::List => {
            let members = cooperative::members(&store)?;
            output.json(&json!({ "members": members }));
            for member in members {
                let revoked = member.revoked_at.map(|at| format!("  † {at}")).unwrap_or_default();
                output.plain(&format!(
                    "{}  {:<12} {}{revoked}",
                    member.id,
                    member.role.as_str(),
                    member.name
                ));
            }
            return Ok(());
        }
        MemberCommand::Add { name, role, key_out } => {
            let key = key_out.as_deref().map(draw_key).transpose()?;
            Member {
                id: act.fresh_id(&["member", name]),
                name: name.clone(),
                role: *role,
                public_key: key.as_ref().map(SecretKey::public_key),
                revoked_at: None,
            }
        }
        MemberCommand::Role { name, role } => Member { role: *role, ..cooperative::member(&store, name)? },
        MemberCommand::Revoke { name } => {
            Member { revoked_at: Some(act.now), ..cooperative::member(&store, name)? }
        }
    };
    let taken_in = cooperative::put_member(&mut store, &member, act);
    // The key of nobody is of no use.
    if let (Err(_), MemberCommand::Add { key_out: Some(file), .. }) = (&taken_in, command) {
        let _removed = fs::remove_file(file);
    }
    taken_in?;
    output.json(&json!(member));
    output.plain(&format!("{}  {}  {}", member.id, member.role.as_str(), member.name));
    Ok(())
}

pub(crate) fn workflow(
    dir: &Path,
    cube: &str,
    set: Option<&Path>,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    if let Some(file) = set {
        let text = fs::read_to_string(file).map_err(Failure::io(file, false))?;
        let wanted: Workflow = serde_json::from_str(&text)
            .map_err(|error| Failure::new(Code::WorkflowUnsound, file, error.to_string()))?;
        if wanted.cube != cube {
            let reason = format!("it is the workflow of {}, not of {cube}", wanted.cube);
            return Err(Failure::new(Code::WorkflowUnsound, file, reason));
        }
        cooperative::set_workflow(&mut store, &wanted, act).map_err(Failure::about(file))?;
    }
    if !cooperative::formats(&store)?.contains_key(cube) {
        return Err(Failure::new(Code::FormatUnknown, dir, format!("there is no cube {cube:?}")));
    }
    let kept = cooperative::workflow(&store, cube)?;
    output.json(&json!(kept));
    output.plain(&commands::pretty(&json!(kept)));
    Ok(())
}
