//! Search in 100,000 events: `cargo bench --package conformance --bench search`.
//!
//! Each line: `bench search NAME p50=… p95=… (ms)`, processor time of one query (the machines are shared) with its first page of 20 and all facets.

use c3ms_core::{
    base::Date,
    delivery::search::{Index, Query},
};
use conformance::{
    chance::Chance,
    search::{card, id, questions},
};
use cpu_time::ProcessTime;

const EVENTS: usize = 100_000;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return; // `cargo test --benches` only wants to know that it compiles.
    }
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if !named.is_empty() && !named.iter().any(|name| name == "search") {
        return;
    }
    let cards: Vec<_> = (0..EVENTS).map(card).collect();
    let begun = ProcessTime::now();
    let mut index = Index::default();
    for card in cards {
        index.insert(card);
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("bench search made seconds={seconds:.2} (of {EVENTS} events)");
    println!("bench search memory bytes={} (a record)", index.bytes() / EVENTS);
    let today = Date::from_days(20_800);
    for (name, queries) in questions() {
        let mut times = Vec::with_capacity(queries.len());
        let mut found = 0;
        for query in &queries {
            let begun = ProcessTime::now();
            let answer = index.search(query, today, 5);
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
            found += answer.map_or(0, |answer| answer.total);
        }
        tell(name, &mut times);
        println!("      {} found on average", found / queries.len());
    }
    deep(&index, today);
    let mut times = Vec::new();
    let mut chance = Chance::new(5);
    for _ in 0..1000 {
        let one = id(chance.below(EVENTS));
        let begun = ProcessTime::now();
        assert!(index.contains(one), "every event is there");
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    tell("by id", &mut times);
    times.clear();
    for _ in 0..300 {
        let card = card(chance.below(EVENTS));
        let begun = ProcessTime::now();
        index.insert(card);
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    tell("a record replaced", &mut times);
}

/// The first pages and the last ones of everything, 100 hits each.
fn deep(index: &Index, today: Date) {
    let mut query = Query { limit: Some(100), ..Query::default() };
    let mut times = Vec::new();
    while let Ok(found) = index.search(&query, today, 5) {
        query.after = found.next;
        let Some(_) = query.after else { break };
        let begun = ProcessTime::now();
        let _ = index.search(&query, today, 5);
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let last = times.split_off(times.len().saturating_sub(100));
    times.truncate(100);
    tell("pages 1 to 100", &mut times);
    tell("the last 100 pages", &mut last.clone());
}

fn tell(name: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    println!("bench search {name}: p50={:.3} p95={:.3} (ms)", at(50), at(95));
}
