//! `cargo xtask observatory`: a survey of the example's public from its programme to the page that tells of it, by the
//! commands that a cooperative would type.
#![expect(clippy::indexing_slicing, reason = "the documents are our own: a story that stops has failed")]

use crate::demo::{self, Asked};
use crate::dice::Dice;
use crate::process::{self, Outcome, Stop, capture, failed, lasted, make_folder, read, step, write};
use crate::visitors::{Going, HOMES, Handed, Public, Versions, instant};
use crate::{serve, setup, widgets};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// From this day on, phones that have a connection ask the newer question on the way people come.
const EDITED: &str = "2027-06-16";
/// The evening on which the page is played in a browser comes after it.
const BY_HAND_FROM: &str = "2027-07-01";

/// A wave: its name, when it is launched, when it is planned anew, when its phones are handed in.
struct Wave {
    name: &'static str,
    label: [&'static str; 2],
    launched: &'static str,
    replanned: &'static str,
    /// One phone is handed in before the others.
    halfway: &'static str,
    handed_in: &'static str,
    seed: u64,
}

const WAVES: [Wave; 2] = [
    Wave {
        name: "winter",
        label: ["hiver", "winter"],
        launched: "2026-12-01T09:00:00Z",
        replanned: "2027-01-18T09:00:00Z",
        halfway: "2027-02-15T09:00:00Z",
        handed_in: "2027-04-13T09:00:00Z",
        seed: 11,
    },
    Wave {
        name: "summer",
        label: ["été", "summer"],
        launched: "2027-04-05T09:00:00Z",
        replanned: "2027-06-01T09:00:00Z",
        halfway: "2027-06-28T09:00:00Z",
        handed_in: "2027-08-24T09:00:00Z",
        seed: 12,
    },
];

/// Tells the story, and shows its page; with `--check` looks at it and ends.
pub(crate) fn observatory(arguments: &[String]) -> Outcome {
    let asked = demo::read_arguments(arguments, "observatory")?;
    if !asked.from.is_empty() {
        return Err(Stop::Misuse("observatory has a programme of its own: --from is for the demo".into()));
    }
    let begun = Instant::now();
    step("build c3ms", demo::build_command)?;
    widgets::build()?;
    setup::one("chromium")?;
    let story = Story::prepared(&asked.folder)?;
    let told = story.tell()?;
    println!("observatory: {told}, total {}", lasted(begun.elapsed()));
    let site = story.folder.join("site");
    if asked.check {
        return story.look();
    }
    show(&asked, &site)
}

fn show(asked: &Asked, site: &Path) -> Outcome {
    let listening = serve::listen(asked.port)?;
    let at = &listening.address;
    println!("The report is at {at}, in English at {at}en.html, the sheets at {at}sheets.html,");
    println!("the page for phones at {at}page/ (Ctrl-C ends it).");
    demo::open(at);
    listening.answer(site);
    Ok(())
}

/// A wave whose answers are in.
struct Asking {
    wave: &'static Wave,
    public: Public,
}

struct Story {
    folder: PathBuf,
    /// How many inhabitants the communes have, by age, by the census or about.
    inhabitants: BTreeMap<&'static str, [f64; 3]>,
    /// Which part of them goes out, by wave and age.
    going: Value,
    /// Whether the census was there.
    census: bool,
}

impl Story {
    /// Empties the folder, and puts the documents of the example into it.
    fn prepared(folder: &Path) -> Outcome<Self> {
        demo::empty(folder, &["cooperative", "site", "documents", "queues", "pictures"])?;
        let documents = folder.join("documents");
        let example = process::root().join("examples").join("observatory");
        for name in ["audience.json", "winter.json", "summer.json"] {
            write(&documents.join(name), &read(&example.join(name))?)?;
        }
        let season = process::root().join("examples").join("grand-brianconnais");
        write(&documents.join("programme.csv"), &read(&season.join("programme.csv"))?)?;
        for name in ["site", "pictures"] {
            make_folder(&folder.join(name))?;
        }
        let about = parsed(&read(&example.join("inhabitants.json"))?)?;
        let census = crate::test::data().map(|data| data.join("census-communes-2018").join("rp2018.csv"));
        let counted = census.filter(|file| file.is_file()).map(|file| read(&file)).transpose()?;
        if counted.is_none() && std::env::var_os("CI").is_some_and(|value| value == "true") {
            return failed("the census is not there; name the folder of the real data in C3MS_DATA");
        }
        if counted.is_none() {
            println!("census-communes-2018 is not there: skipped, the weights are not calibrated on it");
        }
        let mut inhabitants = BTreeMap::new();
        for home in HOMES {
            let Some(commune) = about["communes"].get(home) else { continue };
            let insee = commune["insee"].as_str().unwrap_or_default();
            let ages = match &counted {
                Some(table) => by_age(table, insee).ok_or_else(|| {
                    Stop::Failed(format!("the census has no line of the commune {insee} with its ages"))
                })?,
                None => [0, 1, 2].map(|age| commune["about"][age].as_f64().unwrap_or_default()),
            };
            inhabitants.insert(home, ages);
        }
        let going = about["going"].clone();
        Ok(Self { folder: folder.to_owned(), inhabitants, going, census: counted.is_some() })
    }

    fn documents(&self) -> PathBuf {
        self.folder.join("documents")
    }

    /// `c3ms … --now NOW` on the cooperative of the story, in the folder of its documents; what it prints last.
    fn c3ms(&self, now: &str, arguments: &[&str]) -> Outcome<Value> {
        let mut command = Command::new(process::built("c3ms"));
        command.current_dir(self.documents()).args(arguments);
        command.arg("--dir").arg(self.folder.join("cooperative")).args(["--json", "--now", now]);
        command.env("C3MS_LANGUAGE", "fr");
        let printed = capture(&mut command)?;
        parsed(printed.lines().last().unwrap_or("null"))
    }

    /// A step of the story, told by its command.
    fn does(&self, now: &str, line: &str) -> Outcome<Value> {
        let words: Vec<&str> = line.split(' ').collect();
        step(&format!("{} {line}", day(now)), || self.c3ms(now, &words))
    }

    fn document(&self, name: &str, content: &Value) -> Outcome {
        write(&self.documents().join(name), &format!("{content:#}\n"))
    }

    fn tell(&self) -> Outcome<String> {
        self.programme()?;
        self.does("2026-11-20T09:00:00Z", "format adopt audience.json")?;
        let mut asked = Vec::new();
        for wave in &WAVES {
            asked.push(self.wave(wave)?);
        }
        self.one_is_erased()?;
        self.published(&asked)
    }

    fn programme(&self) -> Outcome {
        let now = "2026-09-01T09:00:00Z";
        step("2026-09-01 init, import the season", || {
            let example = process::root().join("examples").join("grand-brianconnais");
            let home = self.folder.join("cooperative");
            self.c3ms(now, &["init", &home.to_string_lossy(), "--name", "Grand Briançonnais"])?;
            for name in demo::EXAMPLE {
                self.c3ms(now, &["import", &example.join(name).to_string_lossy()])?;
            }
            Ok(())
        })
    }

    /// A wave from its launch to its answers.
    fn wave(&self, wave: &'static Wave) -> Outcome<Asking> {
        let name = wave.name;
        let plan = format!("survey plan {name}.json");
        let launched = self.does(wave.launched, &plan)?;
        let first = self.page(wave, wave.launched)?;
        self.cancelled(wave, slots_of(&launched))?;
        let planned = self.does(wave.replanned, &plan)?;
        let slots = slots_of(&planned);
        tell_changes(slots_of(&launched), slots);
        let edited = (wave.name == "summer").then(|| self.edited()).transpose()?;
        let second = edited.map(|at| self.page(wave, at)).transpose()?;
        let by_hand = second.as_ref().and_then(|_| {
            slots.iter().find(|slot| {
                let late = slot["date"].as_str().is_some_and(|date| date >= BY_HAND_FROM);
                late && slot["drawn"] == true && slot["state"] == "planned"
            })
        });
        let mut dice = Dice::new(wave.seed);
        let public = Public::of(slots, &self.going(wave), &mut dice);
        let versions = Versions { first: &first, second: second.as_deref().map(|newer| (newer, EDITED)) };
        let slot = by_hand.and_then(|slot| slot["slot"].as_str());
        let handed = public.interviewed(name, slots, &versions, slot, &mut dice);
        if let Some(slot) = by_hand {
            self.sheets(wave, slot)?;
            self.played(wave, slot, &handed)?;
        }
        self.captured(wave, &handed)?;
        Ok(Asking { wave, public })
    }

    /// Writes the page of a wave, and says which version of the questionnaire it asks.
    fn page(&self, wave: &Wave, now: &str) -> Outcome<String> {
        self.document("page.json", &json!({ "wave": wave.name, "mode": "face-to-face" }))?;
        let widgets = widgets::folder();
        let told = step(&format!("{} survey page page.json", day(now)), || {
            let widgets = widgets.to_string_lossy();
            self.c3ms(now, &["survey", "page", "page.json", "--out", "../site/page", "--widgets", &widgets])
        })?;
        Ok(told["version"].as_str().unwrap_or_default().to_owned())
    }

    /// The organizer's file again, three of the dates that were drawn cancelled in it.
    fn cancelled(&self, wave: &Wave, slots: &[Value]) -> Outcome {
        let mut lines: Vec<String> =
            read(&self.documents().join("programme.csv"))?.split('\n').map(str::to_owned).collect();
        let mut left = 3;
        for slot in slots.iter().filter(|slot| slot["drawn"] == true) {
            let word = |name: &str| slot[name].as_str().unwrap_or_default();
            if left == 0 || word("date") <= day(wave.replanned) {
                continue;
            }
            let its = |line: &&mut String| {
                [word("title"), word("date"), ";prévu;"].iter().all(|part| line.contains(part))
            };
            if let Some(line) = lines.iter_mut().find(its) {
                *line = line.replacen(";prévu;", ";annulé;", 1);
                left -= 1;
            }
        }
        write(&self.documents().join("programme.csv"), &lines.join("\n"))?;
        self.does(wave.replanned, "import programme.csv").map(|_| ())
    }

    /// Question 4 gets an answer that was missing, in the middle of the field; when.
    fn edited(&self) -> Outcome<&'static str> {
        let now = "2027-06-15T09:00:00Z";
        let mut format = parsed(&read(&self.documents().join("audience.json"))?)?;
        format["fields"][3]["label"] = json!({
            "fr": "Comment êtes-vous venu(e), pour la plus grande partie du trajet ?",
            "en": "How did you come, for most of the way?"
        });
        let label = json!({ "fr": "En covoiturage", "en": "In a shared car" });
        if let Some(codes) = format["vocabularies"]["way"]["codes"].as_array_mut() {
            codes.insert(1, json!({ "code": "carpool", "label": label }));
        }
        self.document("audience-2.json", &format)?;
        self.does(now, "format migrate --to audience-2.json")?;
        Ok(now)
    }

    /// The sheets from an evening on.
    fn sheets(&self, wave: &Wave, slot: &Value) -> Outcome {
        let from = slot["date"].as_str().unwrap_or_default();
        self.document(
            "sheet.json",
            &json!({ "wave": wave.name, "from": from, "to": "2027-08-21", "rows": 18 }),
        )?;
        self.does(wave.replanned, "survey sheet sheet.json --out ../site/sheets.html").map(|_| ())
    }

    /// Two of those who are met that evening are asked on the page, without a connection, one in each language.
    fn played(&self, wave: &Wave, slot: &Value, handed: &Handed) -> Outcome {
        let task = json!({
            "now": instant(slot, 10), "title": slot["title"], "people": handed.by_hand, "queue": self.queue(wave, handed.queues.len()),
            "pictures": self.folder.join("pictures"),
            "format": parsed(&read(&self.documents().join("audience-2.json"))?)?
        });
        step("two answers on a phone without a connection", || self.browser("ask", task))
    }

    /// Has the browser do something with the site of the story.
    fn browser(&self, what: &str, mut task: Value) -> Outcome {
        let listening = serve::listen(0)?;
        task["address"] = json!(listening.address);
        let file = self.folder.join("documents").join(format!("{what}.json"));
        write(&file, &task.to_string())?;
        let mut node = Command::new(process::node()?);
        node.current_dir(process::root().join("widgets"));
        node.arg(Path::new("test").join("field.mjs")).arg(what).arg(&file);
        if let Some(chromium) = setup::find_chromium() {
            node.env("C3MS_CHROMIUM", chromium);
        }
        listening.while_answering(&self.folder.join("site"), || capture(&mut node)).map(|_| ())
    }

    fn queue(&self, wave: &Wave, phone: usize) -> PathBuf {
        self.folder.join("queues").join(format!("{}-{}.ndjson", wave.name, phone + 1))
    }

    /// Hands the queues in: the first half of a phone, the last phone first, and one phone twice.
    fn captured(&self, wave: &Wave, handed: &Handed) -> Outcome {
        let file_of = |phone: usize| self.queue(wave, phone).to_string_lossy().into_owned();
        let mut names = Vec::new();
        for (phone, queue) in handed.queues.iter().enumerate() {
            write(&self.queue(wave, phone), queue)?;
            names.push(file_of(phone));
        }
        if !handed.by_hand.is_empty() {
            names.push(file_of(names.len()));
        }
        let lines: Vec<&str> = handed.queues.first().map_or("", String::as_str).lines().collect();
        let late = |line: &&str| {
            parsed(line).is_ok_and(|message| {
                message["response"]["begun"].as_str().is_some_and(|begun| begun > wave.halfway)
            })
        };
        let half = lines.iter().position(late).unwrap_or(lines.len());
        let part = self.queue(wave, 0).with_extension("part");
        write(&part, &(lines.get(..half).unwrap_or_default().join("\n") + "\n"))?;
        self.document("capture.json", &json!({ "wave": wave.name, "queues": [part] }))?;
        let before = self.does(wave.halfway, "survey capture capture.json")?;
        names.reverse();
        names.extend(names.last().cloned());
        self.document("capture.json", &json!({ "wave": wave.name, "queues": names }))?;
        let told = self.does(wave.handed_in, "survey capture capture.json")?;
        let twice = half + lines.len();
        let sum = |what: &str| [&before, &told].iter().filter_map(|told| told[what].as_u64()).sum::<u64>();
        let (taken, doors) = (sum("taken"), sum("doors"));
        println!(
            "  {taken} answers and {doors} logs of doors taken, {} messages came again",
            told["duplicates"]
        );
        if told["duplicates"] != twice || told["refused"] != json!([]) {
            return failed(format!("{twice} messages came twice and none was to be refused: {told}"));
        }
        if let Some(flags) = told["flagged"].as_array().filter(|flags| !flags.is_empty()) {
            return failed(format!("nothing was to be odd: {}", flags[0]));
        }
        let rates = self.does(wave.handed_in, &format!("survey rates {}", wave.name))?;
        println!("  response rate (RR1) {:.3}", rates["rates"]["response"][0].as_f64().unwrap_or_default());
        Ok(())
    }

    /// One who answered asks to be forgotten: no byte of her answer is left, and the log is whole.
    fn one_is_erased(&self) -> Outcome {
        let now = "2027-09-10T09:00:00Z";
        let table = self.folder.join("documents").join("summer.csv");
        let written = || -> Outcome<String> {
            self.c3ms(now, &["survey", "responses", "summer", "--out", "summer.csv"])?;
            read(&table)
        };
        let before = written()?;
        let header: Vec<&str> = before.lines().next().unwrap_or_default().split(',').collect();
        let place = header.iter().position(|name| *name == "respondent").unwrap_or_default();
        let Some(hers) = before.lines().nth(1).and_then(|line| line.split(',').nth(place)) else {
            return failed("nobody answered");
        };
        self.does(now, &format!("survey erase {hers} --reason request"))?;
        // Her phone hands all in once more.
        self.does(now, "survey capture capture.json")?;
        let after = written()?;
        let known = self.c3ms(now, &["survey", "export", hers]).is_ok();
        if known || after.contains(hers) || after.lines().count() + 1 != before.lines().count() {
            return failed(format!("{hers} was erased and is still there"));
        }
        self.does(now, "verify").map(|_| ())
    }

    /// How many inhabitants of each commune come in a wave, by age: known from another survey.
    fn going(&self, wave: &Wave) -> Going {
        let share = |age: usize| self.going[wave.name][age].as_f64().unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inhabitants")]
        let counted = |ages: &[f64; 3]| [0, 1, 2].map(|age| (ages[age] * share(age)).round() as u64);
        self.inhabitants.iter().map(|(home, ages)| (*home, counted(ages))).collect()
    }

    /// Weighs the answers of a wave; what the observatory says of it.
    fn weighed(&self, Asking { wave, public }: &Asking) -> Outcome<Value> {
        let name = wave.name;
        let example = process::root().join("examples").join("observatory").join("weigh.json");
        let mut spec = parsed(&read(&example)?)?;
        spec["wave"] = json!(name);
        spec["weighting"][1]["totals"] = json!(public.admissions);
        let going = self.going(wave);
        let of_age = |age: usize| going.values().map(|ages| ages[age]).sum::<u64>();
        spec["weighting"][3]["totals"] =
            json!({ "local_15": of_age(0), "local_30": of_age(1), "local_75": of_age(2) });
        if let Some(steps) = spec["weighting"].as_array_mut().filter(|_| !self.census) {
            steps.truncate(3);
        }
        self.document(&format!("weigh-{name}.json"), &spec)?;
        let line = format!("survey weigh weigh-{name}.json --out {name}.csv --analysis analysis-{name}.json");
        self.does("2027-09-20T09:00:00Z", &line)?;
        let analysis = parsed(&read(&self.documents().join(format!("analysis-{name}.json")))?)?;
        Ok(json!({
            "name": name, "label": { "fr": wave.label[0], "en": wave.label[1] }, "data": analysis["data"],
            "compute": analysis["compute"], "design": analysis["design"], "weighting": analysis["weighting"]
        }))
    }

    /// Publishes the figures and the report, and holds them against what is true.
    fn published(&self, asked: &[Asking]) -> Outcome<String> {
        let now = "2027-09-20T09:00:00Z";
        let example = process::root().join("examples").join("observatory").join("report.json");
        let mut spec = parsed(&read(&example)?)?;
        spec["waves"] = asked.iter().map(|wave| self.weighed(wave)).collect::<Outcome<_>>()?;
        self.document("report.json", &spec)?;
        let ledger = "--ledger ../site/ledger.json";
        let told = self.does(
            now,
            &format!(
                "survey publish report.json {ledger} --out ../site/figures.json --csv ../site/figures.csv"
            ),
        )?;
        for (language, page) in [("fr", "index"), ("en", "en")] {
            let out = format!("--out ../site/{page}.html --language {language}");
            self.does(now, &format!("survey report report.json {ledger} {out}"))?;
        }
        held(&told, asked)
    }

    /// Looks at the pages in a browser.
    fn look(&self) -> Outcome {
        let pages = json!([
            { "path": "index.html", "picture": "report.png" },
            { "path": "en.html", "picture": "report-en.png" },
            { "path": "sheets.html", "picture": "sheet.png", "paper": true }
        ]);
        let pictures = self.folder.join("pictures");
        step("look at the pages", || self.browser("look", json!({ "pictures": pictures, "pages": pages })))
    }
}

/// How often the intervals of the main figures hold what is true of the made-up public.
fn held(told: &Value, asked: &[Asking]) -> Outcome<String> {
    println!(
        "\n{:<10} {:<12} {:>10} {:>24} {:>10}",
        "wave", "indicator", "estimate", "95 % interval", "true"
    );
    let (mut good, mut all) = (0, 0);
    for Asking { wave, public } in asked {
        for (name, truth) in &public.truth {
            let (id, level) = name.split_once(" = ").map_or((*name, None), |(id, level)| (id, Some(level)));
            let own = |value: &Value, words: Option<&str>| value.as_str() == words;
            let figures = told["indicators"].as_array().into_iter().flatten().filter(|one| one["id"] == id);
            let figure =
                figures.flat_map(|one| one["figures"].as_array().into_iter().flatten()).find(|figure| {
                    let of = |name: &str, words| own(&figure[name], words);
                    of("wave", Some(wave.name)) && of("by", None) && of("level", level)
                });
            let Some(figure) = figure else { return failed(format!("{name} of {} is not told", wave.name)) };
            let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
            let [value, from, to] =
                [&figure["value"], &figure["interval"][0], &figure["interval"][1]].map(number);
            let digits = if *truth > 100.0 { 0 } else { 3 };
            let interval = format!("[{from:.digits$}, {to:.digits$}]");
            println!("{:<10} {name:<12} {value:>10.digits$} {interval:>24} {truth:>10.digits$}", wave.name);
            all += 1;
            good += usize::from(from <= *truth && *truth <= to);
        }
    }
    // One in twenty may miss.
    if good + 2 < all {
        return failed(format!("{good} of {all} intervals hold what is true"));
    }
    let indicators = told["indicators"].as_array().into_iter().flatten();
    let figures: Vec<&Value> =
        indicators.flat_map(|one| one["figures"].as_array().into_iter().flatten()).collect();
    let hidden = figures.iter().filter(|figure| figure["suppressed"] == true).count();
    Ok(format!(
        "{good} of {all} intervals hold what is true, {} figures, {hidden} of them not published",
        figures.len()
    ))
}

/// The ages of the inhabitants of a commune by the census: 15 to 29, 30 to 74, 75 and over.
fn by_age(table: &str, insee: &str) -> Option<[f64; 3]> {
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next()?.split(',').collect();
    let cells: Vec<&str> = lines.find(|line| line.starts_with(insee))?.split(',').collect();
    let of = |name: &str| {
        let place = header.iter().position(|own| *own == name)?;
        cells.get(place)?.parse::<f64>().ok()
    };
    let [all, children, young, old] = [of("pop_tot")?, of("pop_0_14")?, of("pop_15_29")?, of("pop_75p")?];
    Some([young, all - children - young - old, old])
}

fn parsed(text: &str) -> Outcome<Value> {
    serde_json::from_str(text).map_err(|cause| Stop::Failed(format!("no JSON ({cause}): {text}")))
}

fn slots_of(planned: &Value) -> &[Value] {
    planned["wave"]["slots"].as_array().map_or(&[], Vec::as_slice)
}

/// Tells what became of the slots that were drawn at launch.
fn tell_changes(launched: &[Value], planned: &[Value]) {
    let find = |slots: &'_ [Value], slot: &Value, what: fn(&Value) -> bool| {
        slots.iter().any(|other| other["slot"] == slot["slot"] && what(other))
    };
    let drawn = |slot: &Value| slot["drawn"] == true;
    let before: Vec<&Value> = launched.iter().filter(|slot| drawn(slot)).collect();
    let gone = before.iter().filter(|slot| find(planned, slot, |own| own["state"] == "withdrawn")).count();
    let new = planned.iter().filter(|slot| drawn(slot) && !find(launched, slot, |own| own["drawn"] == true));
    let (all, new) = (before.len(), new.count());
    println!("  of {all} slots drawn at launch {gone} are withdrawn; {new} others are drawn");
}

/// The day of an instant.
fn day(now: &str) -> &str {
    now.get(..10).unwrap_or(now)
}
