//! Made-up visitors of the example's season: who comes where, and what the interviewers' phones keep of it. The same at
//! every run.
#![expect(clippy::indexing_slicing, reason = "the documents are our own: a story that stops has failed")]

use crate::dice::Dice;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where visitors live: three communes, another one of the territory, elsewhere.
pub(crate) const HOMES: [&str; 5] = ["briancon", "argentiere", "guillestre", "nearby", "elsewhere"];
/// Their classes of ages.
const AGES: [&str; 3] = ["15-29", "30-74", "75+"];
const PRACTICES: [&str; 5] = ["reading", "museums", "concerts", "cinema", "nature"];
/// The letters of an id, in the order of their values (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const PHONES: usize = 4;
/// How many persons of a slot are left to whoever plays the page by hand.
pub(crate) const BY_HAND: usize = 2;

/// How many inhabitants of each commune, by age, come at least once.
pub(crate) type Going = BTreeMap<&'static str, [u64; 3]>;

#[derive(Debug, Clone, Copy)]
struct Visitor {
    home: usize,
    age: usize,
    outings: u64,
    /// Reads, hikes and so on: a bit each.
    practices: usize,
}

#[derive(Debug, Clone, Copy)]
struct Visit {
    visitor: Visitor,
    way: &'static str,
    shared: bool,
    party: usize,
    children: usize,
    /// In cents.
    spent: usize,
}

/// The public of a wave: every visit of every slot that took place.
#[derive(Debug)]
pub(crate) struct Public {
    visits: BTreeMap<String, Vec<Visit>>,
    /// What the box offices counted, in the week and at weekends.
    pub(crate) admissions: BTreeMap<String, u64>,
    /// What is true of the visitors, by indicator.
    pub(crate) truth: BTreeMap<&'static str, f64>,
}

/// What the phones hold at the end of a wave.
#[derive(Debug, Default)]
pub(crate) struct Handed {
    /// A queue for each phone: lines of JSON.
    pub(crate) queues: Vec<String>,
    /// Those whom somebody else asks, on the page: their language and what they say.
    pub(crate) by_hand: Vec<Value>,
}

/// Which questionnaire is played when.
pub(crate) struct Versions<'a> {
    pub(crate) first: &'a str,
    /// The newer one, and the day from which phones have it; the last phone never gets it.
    pub(crate) second: Option<(&'a str, &'a str)>,
}

fn text<'a>(slot: &'a Value, name: &str) -> &'a str {
    slot.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(slot: &Value, name: &str) -> usize {
    slot.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

fn planned(slot: &Value) -> bool {
    text(slot, "state") == "planned"
}

#[expect(clippy::cast_precision_loss, reason = "visitors of a season")]
fn float(count: usize) -> f64 {
    count as f64
}

impl Public {
    /// Who comes to the slots of a wave: the inhabitants who come at least once, each as often as she does, and others
    /// until the places that are taken are filled.
    pub(crate) fn of(slots: &[Value], going: &Going, dice: &mut Dice) -> Self {
        let mut places: Vec<(&Value, usize)> = Vec::new();
        for slot in slots.iter().filter(|slot| planned(slot)) {
            let expected = slot.get("expected").and_then(Value::as_f64).unwrap_or_default();
            // One date in thirty does not take place, and nobody knew.
            let share = if dice.below(30) == 0 { 0.0 } else { 0.6 + float(dice.below(70)) / 100.0 };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "visitors of an evening"
            )]
            places.push((slot, (expected * share).round() as usize));
        }
        let all: usize = places.iter().map(|(_, count)| count).sum();
        let mut pools = pools(going, all, dice);
        let mut public =
            Self { visits: BTreeMap::new(), admissions: BTreeMap::new(), truth: BTreeMap::new() };
        for (slot, count) in places {
            let near = 35 + dice.below(40);
            let cheap = dice.below(8);
            let mut visits = Vec::new();
            for _ in 0..count {
                let wanted = usize::from(!dice.chance(near));
                let found = pools[wanted].pop().or_else(|| pools[1 - wanted].pop());
                visits.extend(found.map(|visitor| visit(visitor, cheap, dice)));
            }
            *public.admissions.entry(text(slot, "day").to_owned()).or_default() += visits.len() as u64;
            public.visits.insert(text(slot, "slot").to_owned(), visits);
        }
        public.truth = public.told();
        public
    }

    /// What is true of the visitors: each counts once, by her visits in equal parts.
    fn told(&self) -> BTreeMap<&'static str, f64> {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        for visit in self.visits.values().flatten() {
            let share = 1.0 / float(usize::try_from(visit.visitor.outings).unwrap_or(1));
            let mut add = |name, value: f64| *sums.entry(name).or_default() += value;
            add("visitors", share);
            add("outings", 1.0);
            add("local", if visit.visitor.home < 3 { share } else { 0.0 });
            add("way = foot", if visit.way == "foot" { share } else { 0.0 });
            add("spent", share * float(visit.spent) / 100.0);
        }
        let visitors = sums.remove("visitors").unwrap_or(1.0);
        let mut told: BTreeMap<_, _> =
            ["local", "outings", "way = foot", "spent"].map(|name| (name, sums[name] / visitors)).into();
        told.insert("visitors", visitors);
        told
    }

    /// What the interviewers bring back from the slots that were drawn, the queue of each phone in order.
    pub(crate) fn interviewed(
        &self,
        wave: &str,
        slots: &[Value],
        versions: &Versions<'_>,
        by_hand: Option<&str>,
        dice: &mut Dice,
    ) -> Handed {
        let phones: Vec<String> = (0..PHONES).map(|_| id(dice)).collect();
        let mut handed = Handed { queues: vec![String::new(); PHONES], by_hand: Vec::new() };
        let mut sequences = [0_u64; PHONES];
        let drawn = slots.iter().filter(|slot| slot.get("drawn") == Some(&json!(true)) && planned(slot));
        for (place, slot) in drawn.enumerate() {
            let phone = place % PHONES;
            let mut keep = |what: &str, body: Value| {
                sequences[phone] += 1;
                let message =
                    json!({ "device": phones[phone], "sequence": sequences[phone], what: body }).to_string();
                handed.queues[phone].push_str(&message);
                handed.queues[phone].push('\n');
            };
            let own = text(slot, "slot");
            let visits = self.visits.get(own).map_or(&[][..], Vec::as_slice);
            let day = text(slot, "date");
            let version = match versions.second {
                Some((newer, from)) if day >= from && phone + 1 < PHONES => newer,
                _ => versions.first,
            };
            let newest = versions.second.is_some_and(|(newer, _)| newer == version);
            let (mut approached, mut refusals) = (0, Vec::new());
            let chosen = visits.iter().skip(number(slot, "first").saturating_sub(1));
            for (minute, visit) in chosen.step_by(number(slot, "interval").max(1)).enumerate() {
                approached += 1;
                let observed = observed(visit.visitor, dice);
                let refuses = [38, 22, 16][visit.visitor.age];
                if dice.chance(refuses) {
                    refusals.push(json!({ "at": instant(slot, minute), "observed": observed }));
                    continue;
                }
                let consent: &[&str] = if dice.chance(40) { &["study", "contact"] } else { &["study"] };
                let language = if visit.visitor.home == 4 && dice.chance(45) { "en" } else { "fr" };
                let answers = answers(visit, newest, dice);
                if by_hand == Some(own) && handed.by_hand.len() < BY_HAND {
                    let language = ["fr", "en"][handed.by_hand.len()];
                    let said = json!({ "language": language, "observed": observed, "answers": answers });
                    handed.by_hand.push(said);
                    continue;
                }
                keep(
                    "response",
                    json!({
                        "id": id(dice), "respondent": id(dice), "wave": wave, "slot": own, "version": version,
                        "language": language, "begun": instant(slot, minute), "ended": instant(slot, minute + 3),
                        "disposition": "complete", "observed": observed, "answers": answers, "consent": consent
                    }),
                );
            }
            keep(
                "slot",
                json!({
                    "wave": wave, "slot": own, "held": !visits.is_empty(), "counted": visits.len(),
                    "approached": approached, "refusals": refusals
                }),
            );
        }
        handed
    }
}

/// Two piles of outings, shuffled: those of the three communes, those of all others.
fn pools(going: &Going, places: usize, dice: &mut Dice) -> [Vec<Visitor>; 2] {
    let mut near = Vec::new();
    for (home, name) in HOMES.iter().enumerate() {
        for (age, count) in going.get(name).into_iter().flatten().enumerate() {
            for _ in 0..*count {
                add(&mut near, (home, age), [3, 4, 2][age], dice);
            }
        }
    }
    let mut far = Vec::new();
    while near.len() + far.len() < places {
        let home = if dice.chance(35) { 3 } else { 4 };
        let age = [0, 0, 1, 1, 1, 1, 2][dice.below(7)];
        add(&mut far, (home, age), if home == 3 { 3 } else { 1 }, dice);
    }
    let mut pools = [near, far];
    for pool in &mut pools {
        for last in (1..pool.len()).rev() {
            pool.swap(last, dice.below(last + 1));
        }
    }
    pools
}

/// A visitor, as often as she comes: once, and `more` times out of ten once again, and so on.
fn add(pool: &mut Vec<Visitor>, (home, age): (usize, usize), more: usize, dice: &mut Dice) {
    let mut outings = 1;
    while outings < 12 && dice.chance(more * 15) {
        outings += 1;
    }
    // Who reads goes to museums, who goes to concerts goes to the cinema; the young less to the former.
    let (calm, lively) = (dice.chance([35, 55, 60][age]), dice.chance([75, 50, 25][age]));
    let practices = [(calm, 80, 20), (calm, 70, 15), (lively, 75, 25), (lively, 80, 35), (true, 60, 0)];
    let practices = practices.iter().enumerate().fold(0, |bits, (place, (inclined, yes, no))| {
        bits | (usize::from(dice.chance(if *inclined { *yes } else { *no })) << place)
    });
    let visitor = Visitor { home, age, outings, practices };
    pool.extend((0..outings).map(|_| visitor));
}

fn visit(visitor: Visitor, cheap: usize, dice: &mut Dice) -> Visit {
    let way = match (visitor.home, dice.below(100)) {
        (0..=2, 0..=37) | (3, 0..=5) | (4, 0..=21) => "foot",
        (0..=2, 38..=49) | (3, 6..=19) | (4, 22..=39) => "bus",
        _ => "car",
    };
    let price = 700 + 100 * cheap + 25 * dice.below(40) + if visitor.home < 3 { 0 } else { 300 };
    let spent = if dice.chance(12) { 0 } else { price };
    let children = [0, 0, 0, 0, 1, 2][dice.below(6)];
    let shared = way == "car" && dice.chance(25);
    Visit { visitor, way, shared, party: 1 + dice.below(4), children, spent }
}

/// What an interviewer sees of a person.
fn observed(visitor: Visitor, dice: &mut Dice) -> Value {
    let age = match (visitor.age, dice.below(3)) {
        (0, _) => "under-30",
        (1, 0 | 1) => "30-59",
        _ => "60+",
    };
    let sex = ["f", "f", "m"][dice.below(3)];
    json!({ "age": age, "sex": sex })
}

/// What a visitor says, each question only where it is asked.
fn answers(visit: &Visit, newest: bool, dice: &mut Dice) -> Value {
    let visitor = visit.visitor;
    // The older questionnaire knows no shared car.
    let way = if newest && visit.shared { "carpool" } else { visit.way };
    let mut said = json!({
        "residence": HOMES[visitor.home], "age": AGES[visitor.age], "only": visitor.outings == 1, "way": way
    });
    if visitor.outings > 1 {
        said["outings"] = json!(visitor.outings);
    }
    if way == "car" {
        said["party"] = json!(visit.party);
    }
    if visit.children > 0 {
        let children: Vec<_> = (0..visit.children).map(|_| json!({ "years": 4 + dice.below(10) })).collect();
        said["companions"] = json!(children);
    }
    if !dice.chance(6) {
        said["spent"] = json!(float(visit.spent) / 100.0);
    }
    let done = PRACTICES.iter().enumerate().filter(|(place, _)| visitor.practices >> place & 1 == 1);
    let done: Vec<_> = done.map(|(_, name)| name).collect();
    if !done.is_empty() {
        said["practices"] = json!(done);
    }
    said
}

/// A random id.
fn id(dice: &mut Dice) -> String {
    let mut letters: String = (0..25).map(|_| char::from(LETTERS[dice.below(32)])).collect();
    // 26 letters are 130 bits; an id has 128.
    letters.insert(0, char::from(LETTERS[dice.below(8)]));
    letters
}

/// The instant so many minutes after the beginning of a slot, in which `begin` is local: `2027-07-14 20:00`.
pub(crate) fn instant(slot: &Value, minute: usize) -> String {
    let begin = text(slot, "begin");
    let (day, clock) = begin.split_once(' ').unwrap_or((begin, "12:00"));
    let (hour, minutes) = clock.split_once(':').unwrap_or(("12", "00"));
    let parsed = |word: &str| word.parse::<usize>().unwrap_or_default();
    // Central European time, and its summer from the last Sunday of March to that of October.
    let ahead = if ("2026-10-25".."2027-03-28").contains(&day) { 1 } else { 2 };
    let at = (parsed(hour) * 60 + parsed(minutes) + minute.min(80)).saturating_sub(ahead * 60).min(1439);
    format!("{day}T{:02}:{:02}:00Z", at / 60, at % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots() -> Vec<Value> {
        let slot = |place: usize| {
            let day = ["week", "weekend"][place % 2];
            json!({
                "slot": format!("s{place}"), "state": "planned", "day": day, "expected": 60.0,
                "drawn": place.is_multiple_of(3), "interval": 4, "first": 2, "date": "2027-07-14", "begin": "2027-07-14 20:00"
            })
        };
        (0..30).map(slot).collect()
    }

    #[test]
    fn everybody_comes_as_often_as_she_does() {
        let going = Going::from([("briancon", [40, 100, 10])]);
        let public = Public::of(&slots(), &going, &mut Dice::new(1));
        let visits: Vec<&Visit> = public.visits.values().flatten().collect();
        assert_eq!(public.admissions.values().sum::<u64>(), visits.len() as u64);
        let inhabitants: f64 = visits
            .iter()
            .filter(|visit| visit.visitor.home == 0)
            .map(|visit| 1.0 / float(usize::try_from(visit.visitor.outings).unwrap()))
            .sum();
        assert!((inhabitants - 150.0).abs() < 1e-9, "{inhabitants}");
    }

    #[test]
    fn what_is_not_asked_is_not_answered() {
        let going = Going::from([("briancon", [40, 100, 10])]);
        let mut dice = Dice::new(1);
        let public = Public::of(&slots(), &going, &mut dice);
        let versions = Versions { first: "old", second: Some(("new", "2027-07-01")) };
        let handed = public.interviewed("w", &slots(), &versions, Some("s0"), &mut dice);
        assert_eq!(handed.by_hand.len(), BY_HAND);
        let mut seen = BTreeMap::new();
        for line in handed.queues.iter().flat_map(|queue| queue.lines()) {
            let message: Value = serde_json::from_str(line).unwrap();
            let Some(response) = message.get("response") else { continue };
            let said = &response["answers"];
            assert_eq!(said.get("outings").is_none(), said["only"] == json!(true));
            assert_eq!(said.get("party").is_some(), said["way"] == json!("car"));
            assert!(response["version"] == json!("new") || said["way"] != json!("carpool"));
            *seen.entry(response["version"].to_string()).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 2, "{seen:?}");
    }

    #[test]
    fn instants_are_universal() {
        let slot = |begin: &str| json!({ "begin": begin });
        assert_eq!(instant(&slot("2027-07-14 20:00"), 15), "2027-07-14T18:15:00Z");
        assert_eq!(instant(&slot("2027-02-01 17:30"), 0), "2027-02-01T16:30:00Z");
    }
}
