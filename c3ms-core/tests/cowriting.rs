//! Several people keep one programme: who may what, what waits, what two did at once.

use c3ms_core::{
    Error,
    base::{Actor, Id, Seed, Timestamp},
    cooperative::{
        Act, Answered, Distinct, Edit, Edited, Fresh, ImportOptions, Imported, Invite, Outcome, Queue,
        Queued, Request, Wanted, accept, answer, bring, claim, conflicts, create, edit, history, import,
        invite, members, merge, offered, put_member, queue, refuse, requests, same_entries, seen_at,
        set_workflow, steps, sync, tell_apart, transfer, workflow,
    },
    delivery::{Recipient, gate},
    forms::{Document, Entry, Format, State, identity::DuplicateOptions, intake::Source, live_performance},
    governance::{Member, Review, Role, SecretKey},
    store::{
        Batch, Change, Described, Filter, Head, LogRecord, Lookup, MemoryStore, RecordKind, Store,
        StoreError, Told, Verified,
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::intake::{act, cooperative, entries};

/// Somebody acts; each number is another moment, and other chance.
fn by(name: &str, moment: u32) -> Act<'static> {
    Act {
        now: Timestamp::from_millis(1_790_000_000_000 + i64::from(moment) * 1000),
        actor: Id::derived(&["member", name]),
        seed: Seed::from_number(u64::from(moment)),
        signer: None,
    }
}

fn join(store: &mut MemoryStore, name: &str, role: Role) {
    let id = Id::derived(&["member", name]);
    let member = Member { id, name: name.to_owned(), role, public_key: None, revoked_at: None };
    put_member(store, &member, &act()).unwrap();
}

/// A theatre and a company contribute, an editor looks at what they hand in.
fn team() -> MemoryStore {
    let mut store = cooperative();
    for (name, role) in [
        ("theatre", Role::Contributor),
        ("company", Role::Contributor),
        ("editor", Role::Editor),
        ("guest", Role::Reader),
    ] {
        join(&mut store, name, role);
    }
    store
}

fn document(value: Value) -> Document {
    serde_json::from_value(value).unwrap()
}

fn venue(name: &str) -> Fresh {
    let document = document(json!({ "name": { "fr": name }, "capacity": 180 }));
    Fresh { id: None, cube: "venue".to_owned(), document, hand_in: true }
}

fn set(path: &str, value: Value) -> Edit {
    Edit::set(path, value)
}

fn code<T>(result: Result<T, Error>) -> &'static str {
    result.map_or_else(|error| error.report("en").code.as_str(), |_| "")
}

fn written(edited: Edited) -> Entry {
    let Edited::Written(entry) = edited else { unreachable!("it waits") };
    *entry
}

fn waits(edited: Edited) -> Request {
    let Edited::Waits(request) = edited else { unreachable!("it is written") };
    *request
}

fn now(store: &MemoryStore, id: Id<Entry>) -> Entry {
    store.entry(id).unwrap().unwrap()
}

fn waiting(store: &MemoryStore) -> Queue {
    queue(store, None, act().now.date(), None).unwrap()
}

#[test]
fn what_a_contributor_hands_in_waits_for_an_editor() {
    let mut store = team();
    let theatre = |moment| by("theatre", moment);
    let id = create(&mut store, &venue("Le Rempart"), &theatre(1)).unwrap().id;
    assert_eq!(
        (now(&store, id).revision.state, now(&store, id).revision.owner),
        (State::Submitted, Some(theatre(1).actor))
    );
    assert!(
        gate(&store, &store.formats().unwrap(), &Recipient::Public, act().now).unwrap().record(id).is_none()
    );
    let waiting = waiting(&store);
    assert_eq!((waiting.entries.len(), waiting.entries[0].title.as_str()), (1, "Le Rempart"));
    assert!(waiting.entries[0].lacks["open-agenda"].contains(&"address"), "{:?}", waiting.entries[0].lacks);
    assert_eq!(code(bring(&mut store, id, State::Published, None, &theatre(2))), "cooperative.not-permitted");
    assert_eq!(
        code(bring(&mut store, id, State::Rejected, None, &by("editor", 3))),
        "cooperative.entry-refused",
        "no reason"
    );
    let sent_back =
        bring(&mut store, id, State::Rejected, Some("Il manque l’adresse."), &by("editor", 4)).unwrap();
    assert_eq!(sent_back.revision.reason.as_deref(), Some("Il manque l’adresse."));
    // It is changed where it lies, the reason stays until it is handed in again.
    let mended = edit(&mut store, id, &[set("/address/locality", json!("Briançon"))], &theatre(5)).unwrap();
    assert!(written(mended).revision.reason.is_some());
    assert_eq!(bring(&mut store, id, State::Submitted, None, &theatre(6)).unwrap().revision.reason, None);
    let published = bring(&mut store, id, State::Published, None, &by("editor", 7)).unwrap();
    assert_eq!(published.revision.state, State::Published);
    assert!(
        gate(&store, &store.formats().unwrap(), &Recipient::Public, act().now).unwrap().record(id).is_some()
    );
    let told: Vec<State> = history(&store, id).unwrap().iter().map(|step| step.state).collect();
    assert_eq!(
        told,
        [State::Submitted, State::Rejected, State::Rejected, State::Submitted, State::Published]
    );
    assert_eq!(code(create(&mut store, &venue("Autre"), &by("guest", 8))), "cooperative.not-permitted");
    assert_eq!(code(create(&mut store, &venue("Autre"), &by("nobody", 9))), "cooperative.member-missing");
    store.verify().unwrap();
}

#[test]
fn a_workflow_is_a_document_of_the_cooperative() {
    let mut store = team();
    let mut wanted = workflow(&store, "venue").unwrap();
    wanted.trusted_members.insert(by("theatre", 0).actor);
    wanted.review = Review::EveryChange;
    wanted.fields.insert("accessibility".to_owned(), Role::Editor);
    assert_eq!(code(set_workflow(&mut store, &wanted, &by("editor", 1))), "cooperative.not-permitted");
    set_workflow(&mut store, &wanted, &act()).unwrap();
    let head = store.head().unwrap();
    set_workflow(&mut store, &wanted, &act()).unwrap();
    assert_eq!(store.head().unwrap(), head, "it is the same");
    // The trusted publish at once, and change what is published.
    let id = create(&mut store, &venue("Le Rempart"), &by("theatre", 2)).unwrap();
    assert_eq!(id.revision.state, State::Published);
    written(edit(&mut store, id.id, &[set("/capacity", json!(200))], &by("theatre", 3)).unwrap());
    let access = [set("/accessibility/disabilities", json!(["mi"]))];
    waits(edit(&mut store, id.id, &access, &by("theatre", 4)).unwrap());
    written(edit(&mut store, id.id, &access, &by("editor", 5)).unwrap());
    // The others wait; what is out stays out as it was.
    let own = create(&mut store, &venue("La Grange"), &by("company", 6)).unwrap().id;
    bring(&mut store, own, State::Published, None, &by("editor", 7)).unwrap();
    let request = waits(edit(&mut store, own, &[set("/capacity", json!(90))], &by("company", 8)).unwrap());
    assert_eq!(now(&store, own).revision.document["capacity"], 180);
    accept(&mut store, request.id, &by("editor", 9)).unwrap();
    assert_eq!(now(&store, own).revision.document["capacity"], 90);
    let may: Vec<State> =
        steps(&store, own, &by("company", 10)).unwrap().iter().map(|step| step.to).collect();
    assert_eq!(may, [State::Withdrawn]);
    let mut wrong = wanted.clone();
    wrong.fields.insert("no-such-field".to_owned(), Role::Editor);
    assert_eq!(code(set_workflow(&mut store, &wrong, &act())), "governance.workflow-unsound");
    wanted.transitions.retain(|step| step.to != State::Published);
    assert_eq!(code(set_workflow(&mut store, &wanted, &act())), "governance.workflow-unsound");
}

#[test]
fn what_another_wants_changed_waits_for_who_keeps_the_entry() {
    let mut store = team();
    let id = create(&mut store, &venue("Le Rempart"), &by("theatre", 1)).unwrap().id;
    let wish = [set("/capacity", json!(200))];
    let request = waits(edit(&mut store, id, &wish, &by("company", 2)).unwrap());
    assert_eq!(code(accept(&mut store, request.id, &by("company", 3))), "cooperative.not-permitted");
    // Meanwhile its owner says otherwise: the queue shows both.
    written(edit(&mut store, id, &[set("/capacity", json!(190))], &by("theatre", 4)).unwrap());
    let waiting = waiting(&store).requests;
    let conflict = &waiting[0].conflicts[0];
    assert_eq!((&conflict.was, &conflict.now, &conflict.wanted), (&json!(180), &json!(190), &json!(200)));
    let refused = refuse(&mut store, request.id, Some("190, compté"), &by("theatre", 5)).unwrap();
    assert!(!refused.decided.unwrap().accepted);
    assert_eq!(code(accept(&mut store, request.id, &by("editor", 6))), "cooperative.request-missing");
    let again = waits(edit(&mut store, id, &wish, &by("company", 7)).unwrap());
    accept(&mut store, again.id, &by("theatre", 8)).unwrap();
    assert_eq!(now(&store, id).revision.document["capacity"], 200);
    let unreadable = edit(&mut store, id, &[set("/capacity", json!("many"))], &by("company", 9));
    assert_eq!(code(unreadable), "cooperative.entry-refused", "nobody is asked for what cannot be");
}

#[test]
fn two_who_change_one_field_see_each_other() {
    let mut store = team();
    let id = create(&mut store, &venue("Le Rempart"), &by("theatre", 1)).unwrap().id;
    let seen = now(&store, id).position;
    written(edit(&mut store, id, &[set("/capacity", json!(190))], &by("editor", 2)).unwrap());
    let late =
        seen_at(&store, id, seen, &[set("/capacity", json!(200)), set("/name/en", json!("The Rampart"))])
            .unwrap();
    assert_eq!(code(edit(&mut store, id, &late, &by("theatre", 3))), "cooperative.entry-conflict");
    assert_eq!(conflicts(&store, id, &late).unwrap().len(), 1);
    let other = seen_at(&store, id, seen, &[set("/name/en", json!("The Rampart"))]).unwrap();
    written(edit(&mut store, id, &other, &by("theatre", 4)).unwrap());
    let document = now(&store, id).revision.document;
    assert_eq!((&document["capacity"], &document["name"]["en"]), (&json!(190), &json!("The Rampart")));
}

#[test]
fn an_entry_is_claimed_given_and_kept() {
    let mut store = team();
    let id = create(&mut store, &venue("Le Rempart"), &by("editor", 1)).unwrap().id;
    assert_eq!(now(&store, id).revision.owner, None, "what editors make is everybody's");
    let asked = claim(&mut store, id, Some("C’est notre salle."), &by("theatre", 2)).unwrap();
    assert_eq!(claim(&mut store, id, None, &by("theatre", 3)).unwrap().id, asked.id, "asked once");
    assert_eq!(asked.wanted, Wanted::Ownership);
    assert_eq!(code(accept(&mut store, asked.id, &by("theatre", 4))), "cooperative.not-permitted");
    accept(&mut store, asked.id, &by("editor", 5)).unwrap();
    assert_eq!(code(claim(&mut store, id, None, &by("theatre", 6))), "cooperative.entry-refused");
    written(edit(&mut store, id, &[set("/capacity", json!(200))], &by("theatre", 7)).unwrap());
    // An owner gives it away; an editor does not take it from an owner.
    let company = by("company", 0).actor;
    assert_eq!(code(transfer(&mut store, id, Some(company), &by("editor", 8))), "cooperative.not-permitted");
    transfer(&mut store, id, Some(company), &by("theatre", 9)).unwrap();
    waits(edit(&mut store, id, &[set("/capacity", json!(210))], &by("theatre", 10)).unwrap());
    assert_eq!(
        code(transfer(&mut store, id, Some(Id::derived(&["nobody"])), &act())),
        "cooperative.member-missing"
    );
    transfer(&mut store, id, None, &act()).unwrap();
    assert_eq!(now(&store, id).revision.owner, None);
}

const SEASON: &str =
    "id;titre;debut;lieu\n1;Le Bal;27/03/2027 20h30;Le Rempart\n2;La Nuit;28/03/2027 20h30;Le Rempart\n";

fn take(store: &mut MemoryStore, text: &str, act: &Act<'_>) -> Result<Imported, Error> {
    let options = ImportOptions { name: "saison.csv".to_owned(), ..ImportOptions::default() };
    import(store, &Source::read(text.as_bytes()).unwrap(), &options, act, &mut |_| {})
}

#[test]
fn a_source_is_its_importers_and_waits_unless_it_is_trusted() {
    let mut store = team();
    take(&mut store, SEASON, &by("theatre", 1)).unwrap();
    let states = |store: &MemoryStore| -> Vec<State> {
        entries(store, "performance").iter().map(|entry| entry.revision.state).collect()
    };
    assert_eq!(states(&store), [State::Submitted, State::Submitted]);
    assert!(
        entries(&store, "performance")
            .iter()
            .all(|entry| entry.revision.owner == Some(by("theatre", 0).actor))
    );
    assert_eq!(code(take(&mut store, SEASON, &by("company", 2))), "cooperative.not-permitted");
    let again = take(&mut store, SEASON, &by("theatre", 3)).unwrap().account.summary.records;
    assert_eq!((again.created, again.updated, again.withdrawn), (0, 0, 0));
    // Sent back, it stays so until it comes otherwise.
    let id = entries(&store, "performance")[0].id;
    bring(&mut store, id, State::Rejected, Some("L’heure ?"), &by("editor", 4)).unwrap();
    take(&mut store, SEASON, &by("theatre", 5)).unwrap();
    assert_eq!(now(&store, id).revision.state, State::Rejected);
    take(&mut store, &SEASON.replace("20h30", "19h"), &by("theatre", 6)).unwrap();
    assert_eq!((now(&store, id).revision.state, now(&store, id).revision.reason), (State::Submitted, None));
    // Once the source is trusted, it is published as it comes.
    let mut trusting = workflow(&store, "performance").unwrap();
    trusting.trusted_sources.insert("saison.csv".to_owned());
    set_workflow(&mut store, &trusting, &act()).unwrap();
    take(&mut store, &SEASON.replace("20h30", "19h"), &by("theatre", 7)).unwrap();
    assert_eq!(states(&store), [State::Published, State::Published]);
    // What is another's by now is not changed by the source, and the account says so.
    transfer(&mut store, id, Some(by("company", 0).actor), &by("theatre", 8)).unwrap();
    let told = take(&mut store, &SEASON.replace("20h30", "18h"), &by("theatre", 9)).unwrap();
    assert!(told.account.lines.iter().any(|line| line.why == Some(c3ms_core::Code::ValueOwnedElsewhere)));
    store.verify().unwrap();
}

#[test]
fn a_link_is_used_once_by_whoever_has_it() {
    let mut store = team();
    let until = Timestamp::from_millis(1_790_000_900_000);
    let form = document(json!({ "address": { "locality": "Briançon" } }));
    let wanted = Invite { cube: "venue".to_owned(), entry: None, document: form, until };
    let (invitation, link) = invite(&mut store, &wanted, &by("theatre", 1)).unwrap();
    let at = |moment: u32| (by("", moment).now, by("", moment).seed);
    let shown = offered(&store, &link, at(2).0).unwrap();
    assert_eq!(shown.document["address"]["locality"], "Briançon");
    assert!(shown.format.fields.iter().all(|field| field.name != "email"), "only what everybody may see");
    let mut forged = link.clone();
    forged.replace_range(link.len() - 1.., if link.ends_with('0') { "1" } else { "0" });
    assert_eq!(code(answer(&mut store, &forged, &[], at(3))), "cooperative.invitation-refused");
    assert_eq!(code(answer(&mut store, "anything", &[], at(3))), "cooperative.invitation-refused");
    // A wrong answer does not use the link up.
    assert_eq!(
        code(answer(&mut store, &link, &[set("/capacity", json!("many"))], at(4))),
        "cooperative.entry-refused"
    );
    assert_eq!(
        code(answer(&mut store, &link, &[set("/email", json!("a@b.fr"))], at(4))),
        "cooperative.entry-refused"
    );
    let Answered::Entry(entry) =
        answer(&mut store, &link, &[set("/name/fr", json!("La Grange"))], at(5)).unwrap()
    else {
        panic!("it is a new entry")
    };
    let told = (entry.revision.state, entry.revision.owner, entry.actor);
    assert_eq!(told, (State::Submitted, Some(by("theatre", 0).actor), invitation.id));
    assert_eq!(entry.revision.document["address"]["locality"], "Briançon");
    assert_eq!(
        code(answer(&mut store, &link, &[set("/name/fr", json!("Autre"))], at(6))),
        "cooperative.invitation-refused"
    );
    // The log alone shows that it came by the link: the record is signed with its key.
    let mut signed = false;
    store
        .log(1, &mut |record| {
            if record.position == entry.position {
                let checks = Member {
                    id: invitation.id,
                    name: String::new(),
                    role: Role::Reader,
                    public_key: Some(invitation.key),
                    revoked_at: None,
                };
                signed = checks.check(&record.hash.0, &record.signature.unwrap(), record.at).is_ok();
            }
            Ok(())
        })
        .unwrap();
    assert!(signed);
    // Changes of an entry wait; another moment is too late.
    let wanted = Invite { entry: Some(entry.id), document: Document::new(), ..wanted };
    assert_eq!(code(invite(&mut store, &wanted, &by("company", 7))), "cooperative.not-permitted");
    let (_, link) = invite(&mut store, &wanted, &by("editor", 8)).unwrap();
    assert_eq!(
        code(answer(&mut store, &link, &[], (until, Seed::from_number(1)))),
        "cooperative.invitation-refused"
    );
    let Answered::Request(request) =
        answer(&mut store, &link, &[set("/capacity", json!(80)).seen(Value::Null)], at(9)).unwrap()
    else {
        panic!("it is a request")
    };
    accept(&mut store, request.id, &by("theatre", 10)).unwrap();
    assert_eq!(now(&store, entry.id).revision.document["capacity"], 80);
    let (_, secret) = link.split_once('.').unwrap();
    assert!(!format!("{:?}", store.documents(RecordKind::Invitation).unwrap()).contains(secret));
    store.verify().unwrap();
}

#[test]
fn a_member_with_a_key_signs_and_a_revoked_one_does_nothing() {
    let mut store = team();
    let secret = SecretKey([7; 32]);
    let id: Id<Actor> = Id::derived(&["member", "theatre"]);
    let mut member = Member {
        id,
        name: "theatre".to_owned(),
        role: Role::Contributor,
        public_key: Some(secret.public_key()),
        revoked_at: None,
    };
    put_member(&mut store, &member, &act()).unwrap();
    assert_eq!(code(create(&mut store, &venue("A"), &by("theatre", 1))), "governance.signature-wrong");
    let signing = Act { signer: Some(&secret), ..by("theatre", 2) };
    create(&mut store, &venue("A"), &signing).unwrap();
    member.revoked_at = Some(by("", 3).now);
    put_member(&mut store, &member, &act()).unwrap();
    assert_eq!(
        code(create(&mut store, &venue("B"), &Act { signer: Some(&secret), ..by("theatre", 3) })),
        "governance.member-revoked"
    );
    let founder = Member {
        id: act().actor,
        name: "Essai".to_owned(),
        role: Role::Reader,
        public_key: None,
        revoked_at: None,
    };
    assert_eq!(
        code(put_member(&mut store, &founder, &act())),
        "cooperative.member-refused",
        "nobody would coordinate"
    );
    let twin = Member { id: Id::derived(&["twin"]), ..member };
    assert_eq!(
        code(put_member(&mut store, &twin, &act())),
        "cooperative.member-refused",
        "the name is taken"
    );
}

#[test]
fn a_log_from_before_there_were_members_is_coordinated_by_who_has_it() {
    let mut store = MemoryStore::new();
    let settings =
        json!({ "name": "Essai", "zone": "Europe/Paris", "language": "fr", "license": "CC BY 4.0" });
    let mut changes = vec![Change::Document {
        kind: RecordKind::Settings,
        subject: "cooperative".to_owned(),
        body: settings,
    }];
    changes.extend(live_performance().unwrap().formats.into_iter().map(Change::Format));
    let Act { now: at, actor, seed, signer } = act();
    store.append(&Batch { at, actor, seed, signer, changes: &changes }).unwrap();
    create(&mut store, &venue("Le Rempart"), &act()).unwrap();
    join(&mut store, "theatre", Role::Contributor);
    assert_eq!(members(&store).unwrap().len(), 2, "the first is written down with the second");
    create(&mut store, &venue("La Grange"), &act()).unwrap();
    assert_eq!(code(create(&mut store, &venue("Autre"), &by("nobody", 1))), "cooperative.member-missing");
}

#[test]
fn entries_told_apart_are_proposed_no_more() {
    let mut store = team();
    let place = |name: &str| Fresh {
        document: document(
            json!({ "name": { "fr": name }, "address": { "locality": "Briançon", "postal-code": "05100", "street": "1 rue Haute" } }),
        ),
        ..venue(name)
    };
    let one = create(&mut store, &place("Théâtre du Rempart"), &by("editor", 1)).unwrap().id;
    let other = create(&mut store, &place("Le Théâtre du Rempart"), &by("editor", 2)).unwrap().id;
    let options = || DuplicateOptions { at_least: 0.1 };
    let proposed =
        |store: &MemoryStore| queue(store, None, act().now.date(), Some(options())).unwrap().duplicates.len();
    assert_eq!(proposed(&store), 1);
    let decision = Distinct { distinct: true, reason: Some("La petite salle.".to_owned()) };
    assert_eq!(
        code(tell_apart(&mut store, (one, other), &decision, &by("theatre", 3))),
        "cooperative.not-permitted"
    );
    tell_apart(&mut store, (other, one), &decision, &by("editor", 4)).unwrap();
    assert_eq!(proposed(&store), 0);
    let told = same_entries(&store, None, options()).unwrap();
    assert_eq!(told.pairs[0].found.veto.unwrap().text("fr"), "une personne les a distingués");
    assert_eq!(code(merge(&mut store, one, other, &by("editor", 5))), "cooperative.entry-refused");
    tell_apart(&mut store, (one, other), &Distinct { distinct: false, reason: None }, &by("editor", 6))
        .unwrap();
    assert_eq!(proposed(&store), 1);
    merge(&mut store, one, other, &by("editor", 7)).unwrap();
    assert_eq!(proposed(&store), 0);
}

fn queued(number: u32, entry: Id<Entry>, minute: i64, edits: Vec<Edit>) -> Queued {
    Queued {
        id: Id::derived(&["queued", &number.to_string()]),
        entry,
        cube: "venue".to_owned(),
        at: Timestamp::from_millis(1_790_000_000_000 + minute * 60_000),
        edits,
        hand_in: true,
        words: None,
    }
}

#[test]
fn a_queue_kept_offline_is_taken_over_once() {
    let mut store = team();
    let id = create(&mut store, &venue("Le Rempart"), &by("theatre", 1)).unwrap().id;
    let fresh: Id<Entry> = Id::derived(&["phone", "1"]);
    let queue_of_phone = || {
        vec![
            // Twice the same field, one after the other on the same phone.
            queued(2, id, 20, vec![set("/capacity", json!(210)).seen(json!(200))]),
            queued(1, id, 10, vec![set("/capacity", json!(200)).seen(json!(180))]),
            queued(3, fresh, 30, vec![set("/name", json!({ "fr": "La Grange" })).seen(Value::Null)]),
            queued(
                4,
                Id::derived(&["phone", "2"]),
                40,
                vec![set("/capacity", json!("beaucoup")).seen(Value::Null)],
            ),
            queued(5, Id::derived(&["phone", "3"]), 50, vec![set("/capacity", json!(3)).seen(Value::Null)]),
        ]
    };
    let synced = sync(&mut store, queue_of_phone(), &by("theatre", 2)).unwrap();
    let outcomes: Vec<Outcome> = synced.iter().map(|synced| synced.outcome).collect();
    let (written, waits) = (Outcome::Written, Outcome::Waits);
    assert_eq!(outcomes, [written, written, written, waits, written]);
    assert_eq!(now(&store, id).revision.document["capacity"], 210);
    assert_eq!(now(&store, fresh).revision.state, State::Submitted);
    assert_eq!(now(&store, Id::derived(&["phone", "3"])).revision.state, State::Draft, "it lacks its name");
    assert!(synced[3].reason.as_ref().unwrap().contains("capacity"));
    // Handed over again, nothing happens.
    let head = store.head().unwrap();
    let again = sync(&mut store, queue_of_phone(), &by("theatre", 3)).unwrap();
    assert!(again.iter().all(|synced| synced.outcome == Outcome::Known));
    assert_eq!(store.head().unwrap(), head);
    // The desk said otherwise meanwhile: both are shown.
    edit(&mut store, id, &[set("/capacity", json!(150))], &by("editor", 4)).unwrap();
    let late = sync(
        &mut store,
        vec![queued(6, id, 15, vec![set("/capacity", json!(220)).seen(json!(210))])],
        &by("theatre", 5),
    )
    .unwrap();
    assert_eq!((late[0].outcome, &late[0].conflicts[0].now), (waits, &json!(150)));
    assert_eq!(now(&store, id).revision.document["capacity"], 150);
    assert_eq!(waiting(&store).requests.len(), 2);
    store.verify().unwrap();
}

#[test]
fn a_place_in_a_list_that_moved_is_not_written_over() {
    let mut store = team();
    let id = create(&mut store, &venue("Le Rempart"), &by("theatre", 1)).unwrap().id;
    let two = json!([{ "price": { "cents": 1000, "currency": "EUR" } }, { "price": { "cents": 500, "currency": "EUR" } }]);
    let made = Fresh {
        id: None,
        cube: "performance".to_owned(),
        document: document(
            json!({ "name": { "fr": "Le Bal" }, "start": "2027-03-27T20:30:00[Europe/Paris]", "offers": two }),
        ),
        hand_in: true,
    };
    let show = create(&mut store, &made, &by("theatre", 2)).unwrap().id;
    assert_ne!(show, id);
    // The phone saw two offers and mends the second; the desk took the first away.
    let phone = queued(
        9,
        show,
        10,
        vec![set("/offers/1/price/cents", json!(600)).seen(made.document["offers"].clone())],
    );
    written(edit(&mut store, show, &[Edit::unset("/offers/0")], &by("editor", 3)).unwrap());
    let synced = sync(&mut store, vec![phone], &by("theatre", 4)).unwrap();
    assert_eq!((synced[0].outcome, synced[0].conflicts[0].path.as_str()), (Outcome::Waits, "/offers"));
    let accepted = accept(&mut store, synced[0].id, &by("editor", 5));
    assert_eq!(code(accepted), "cooperative.entry-conflict", "it is another offer by now");
    assert_eq!(now(&store, show).revision.document["offers"][0]["price"]["cents"], 500);
}

/// A store in which another writes between what is read and what is written, so often.
struct Busy {
    store: MemoryStore,
    left: u32,
}

impl Busy {
    fn disturb(&mut self) {
        if self.left > 0 {
            self.left -= 1;
            let name = format!("{} places", self.left);
            let id = entries(&self.store, "venue").first().unwrap().id;
            let act = by("editor", 1000 + self.left);
            edit(&mut self.store, id, &[Edit::set("/name/en", json!(name))], &act).unwrap();
        }
    }
}

macro_rules! passed_on {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(fn $name(&self, $($argument: $kind),*) -> Result<$result, StoreError> { self.store.$name($($argument),*) })*
    };
}

impl Store for Busy {
    fn append(&mut self, batch: &Batch<'_>) -> Result<Head, StoreError> {
        self.store.append(batch)
    }
    fn append_after(&mut self, head: Head, batch: &Batch<'_>) -> Result<Head, StoreError> {
        self.disturb();
        self.store.append_after(head, batch)
    }
    fn rebuild(&mut self) -> Result<(), StoreError> {
        self.store.rebuild()
    }
    passed_on! {
        head() -> Head;
        entry(id: Id<Entry>) -> Option<Entry>;
        says(id: Id<Entry>, body: &dyn Fn() -> String) -> Option<bool>;
        entries(wanted: &Filter, each: &mut dyn FnMut(Entry) -> Result<(), StoreError>) -> ();
        find(cube: &str, by: Lookup<'_>) -> Vec<Id<Entry>>;
        of_source(source: &str) -> Vec<Described>;
        history(id: Id<Entry>) -> Vec<Entry>;
        search(words: &str, most: usize) -> Vec<Id<Entry>>;
        formats() -> Vec<Format>;
        versions(cube: &str) -> Vec<Format>;
        document(kind: RecordKind, subject: &str) -> Option<Value>;
        documents(kind: RecordKind) -> Vec<(String, Value)>;
        erased(kind: RecordKind, subject: &str) -> Option<u64>;
        replay(from: u64, each: &mut Told<'_>) -> ();
        log(from: u64, each: &mut dyn FnMut(&LogRecord) -> Result<(), StoreError>) -> ();
        verify() -> Verified;
    }
}

#[test]
fn who_writes_at_the_same_moment_loses_nothing() {
    let mut store = team();
    let id = create(&mut store, &venue("Le Rempart"), &by("theatre", 1)).unwrap().id;
    let mut busy = Busy { store, left: 5 };
    written(edit(&mut busy, id, &[set("/capacity", json!(200))], &by("theatre", 2)).unwrap());
    let document = now(&busy.store, id).revision.document;
    assert_eq!((&document["capacity"], &document["name"]["en"]), (&json!(200), &json!("0 places")));
    assert_eq!(history(&busy.store, id).unwrap().len(), 7);
    busy.left = 1000;
    assert_eq!(code(edit(&mut busy, id, &[set("/capacity", json!(210))], &by("theatre", 3))), "store.moved");
}

/// What two phones do without connection: which field, which value, each seeing what it wrote itself.
fn phone(first: u32, steps: Vec<(bool, u8)>, id: Id<Entry>) -> Vec<Queued> {
    let mut capacity = json!(180);
    let mut english = Value::Null;
    let mut queue = Vec::new();
    for (number, (on_capacity, value)) in (first..).zip(steps) {
        let seen = if on_capacity { &mut capacity } else { &mut english };
        let wanted = if on_capacity { json!(value) } else { json!(format!("Name {value}")) };
        let path = if on_capacity { "/capacity" } else { "/name/en" };
        let change = Edit::set(path, wanted.clone()).seen(std::mem::replace(seen, wanted));
        queue.push(queued(number, id, i64::from(number), vec![change]));
    }
    queue
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("C3MS_FULL").is_some() { 480 } else { 24 }))]

    /// Whatever two phones did and however often each hands over: every change is what the entry said at some time,
    /// or waits; a second time nothing happens; the same queues in the same order give the same entry.
    #[test]
    fn queues_lose_nothing(
        one in proptest::collection::vec((any::<bool>(), 0_u8..4), 0..6),
        other in proptest::collection::vec((any::<bool>(), 0_u8..4), 0..6),
        cut in 0_usize..6,
    ) {
        let mut results = Vec::new();
        for _ in 0..2 {
            let mut store = team();
            let id = create(&mut store, &venue("Le Rempart"), &by("theatre", 1)).unwrap().id;
            let (first, second) = (phone(100, one.clone(), id), phone(200, other.clone(), id));
            let part: Vec<Queued> = first.iter().take(cut).cloned().collect();
            for (moment, queue) in [part, second.clone(), first.clone(), first.clone()].into_iter().enumerate() {
                sync(&mut store, queue, &by("theatre", 10 + u32::try_from(moment).unwrap())).unwrap();
            }
            let head = store.head().unwrap();
            sync(&mut store, second.clone(), &by("theatre", 20)).unwrap();
            prop_assert_eq!(store.head().unwrap(), head);
            let past = store.history(id).unwrap();
            let waiting: Vec<Request> = requests(&store).unwrap().into_iter().filter(|request| request.decided.is_none()).collect();
            for queued in first.iter().chain(&second) {
                let edit = &queued.edits[0];
                let said = |entry: &Entry| Value::Object(entry.revision.document.clone()).pointer(&edit.path) == edit.value.as_ref();
                let waits = waiting.iter().any(|request| request.id == queued.id);
                prop_assert!(waits || past.iter().any(said), "{:?} is lost", queued);
            }
            results.push((now(&store, id).revision.document, waiting.len()));
        }
        prop_assert_eq!(&results[0], &results[1]);
    }
}
