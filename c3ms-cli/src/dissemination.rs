//! `c3ms rules`, `reuser`, `changes`, `query`: to whom what goes, what changed for them, what they find.

use std::{fs, path::Path};

use c3ms_core::{
    Code,
    base::{Digest, Id, Timestamp},
    cooperative::{self, Act},
    delivery::{
        DeliveryError, Recipient, View,
        search::{Count, Index, Query},
    },
    governance::{Reuser, Rule},
    store::Store,
};
use serde_json::json;

use crate::{arguments::ReuserCommand, commands, failure::Failure, members, output::Output};

pub(crate) fn rules(dir: &Path, set: Option<&Path>, act: &Act<'_>, output: &Output) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    if let Some(file) = set {
        let text = fs::read_to_string(file).map_err(Failure::io(file, false))?;
        let wanted: Vec<Rule> = serde_json::from_str(&text)
            .map_err(|error| Failure::new(Code::RuleUnsound, file, error.to_string()))?;
        cooperative::set_rules(&mut store, &wanted, act).map_err(Failure::about(file))?;
    }
    let kept = json!(cooperative::rules(&store)?);
    output.json(&kept);
    output.plain(&commands::pretty(&kept));
    Ok(())
}

pub(crate) fn reuser(
    dir: &Path,
    command: &ReuserCommand,
    act: &Act<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let mut store = commands::open(dir)?;
    let reuser = match command {
        ReuserCommand::List => {
            let all = cooperative::reusers(&store)?;
            output.json(&json!({ "reusers": all }));
            for reuser in &all {
                output.plain(&line(reuser));
            }
            return Ok(());
        }
        ReuserCommand::Add { name, label, purposes, until, key_out } => {
            let secret = members::draw_key(key_out)?;
            Reuser {
                name: name.clone(),
                label: label.clone().unwrap_or_else(|| name.clone()),
                purposes: purposes.iter().cloned().collect(),
                key: Digest::of(&[Digest(secret.0).to_string().as_bytes()]),
                until: *until,
            }
        }
        ReuserCommand::End { name } => {
            Reuser { until: Some(act.now.date().plus_days(-1)), ..cooperative::reuser(&store, name)? }
        }
    };
    let taken_in = cooperative::put_reuser(&mut store, &reuser, act);
    // The key of nobody is of no use.
    if let (Err(_), ReuserCommand::Add { key_out, .. }) = (&taken_in, command) {
        let _removed = fs::remove_file(key_out);
    }
    taken_in?;
    output.json(&json!(reuser));
    output.plain(&line(&reuser));
    Ok(())
}

fn line(reuser: &Reuser) -> String {
    let purposes: Vec<&str> = reuser.purposes.iter().map(String::as_str).collect();
    let until = reuser.until.map(|until| format!("  † {until}")).unwrap_or_default();
    format!("{:<24} {}  [{}]{until}", reuser.name, reuser.label, purposes.join(", "))
}

/// Who is meant: `public`, `members`, or the name of a re-user.
pub(crate) fn recipient(store: &dyn Store, to: &str) -> Result<Recipient, Failure> {
    match to {
        "public" => Ok(Recipient::Public),
        "members" => Ok(Recipient::Member),
        name => Ok(cooperative::reuser(store, name)?.into()),
    }
}

/// The hits of a page, then how many there are of each kind.
pub(crate) fn query(
    dir: &Path,
    asked: &str,
    to: &str,
    now: Timestamp,
    output: &Output,
) -> Result<(), Failure> {
    let wrong = |error: DeliveryError| c3ms_core::Error::from(error);
    let query = Query::from_parameters(asked).map_err(wrong)?;
    let store = commands::open(dir)?;
    let recipient = recipient(&store, to)?;
    let formats: Vec<_> = cooperative::formats(&store)?.into_values().collect();
    let view = View::of(&store, &formats, &recipient, now).map_err(c3ms_core::Error::from)?;
    let (datasets, today) = (view.datasets(), now.date());
    // A rule on small counts of one cube holds for the counts of all.
    let least = datasets.iter().map(|dataset| dataset.least).max().unwrap_or_default();
    let least = usize::try_from(least).unwrap_or(usize::MAX);
    let index = Index::of(&datasets, &(today.plus_days(-366)..today.plus_days(731)));
    let found = index.search(&query, today, least).map_err(wrong)?;
    output.json(&found);
    for hit in &found.hits {
        let known = datasets.record(hit.id);
        let title = known
            .map(|(dataset, record)| (dataset.format.cube.as_str(), dataset.title(record, output.language)));
        let (cube, title) = title.unwrap_or_default();
        output.plain(&format!("{}  {cube:<12} {title}", hit.id));
    }
    for facet in &found.facets {
        let called = |value: &String| {
            let known = Id::parse(value).and_then(|id| datasets.record(id));
            known.map_or_else(|| value.clone(), |(dataset, record)| dataset.title(record, output.language))
        };
        let told = |(value, count): &(String, Count)| match count {
            Count::Exactly(number) => format!("{} {number}", called(value)),
            Count::FewerThan(number) => format!("{} < {number}", called(value)),
        };
        output.plain(&format!(
            "{}: {}",
            facet.name,
            facet.values.iter().map(told).collect::<Vec<_>>().join(", ")
        ));
    }
    if let Some(next) = &found.next {
        output.plain(&format!("after={next}"));
    }
    Ok(())
}

/// A line for each record that changed, then one with the token to go on from.
pub(crate) fn changes(
    dir: &Path,
    since: Option<&str>,
    to: &str,
    now: Timestamp,
    output: &Output,
) -> Result<(), Failure> {
    let store = commands::open(dir)?;
    let recipient = recipient(&store, to)?;
    let formats: Vec<_> = cooperative::formats(&store)?.into_values().collect();
    let view = View::of(&store, &formats, &recipient, now).map_err(c3ms_core::Error::from)?;
    let known = match since {
        None => 0,
        Some(token) => view
            .number_of(token)
            .ok_or_else(|| c3ms_core::Error::from(DeliveryError::TokenUnknown { token: token.to_owned() }))?,
    };
    for seen in view.since(known) {
        let told = json!({ "cube": seen.cube, "id": seen.id, "at": seen.at, "record": seen.record.map(|record| record.document) });
        output.json(&told);
        output.plain(&told.to_string());
    }
    let end = json!({ "token": view.token() });
    output.json(&end);
    output.plain(&end.to_string());
    Ok(())
}
