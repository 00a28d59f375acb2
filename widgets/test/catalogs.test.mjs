// The texts of the element, and dates, times and prices in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { outputFiles } = await build({
  stdin: {
    contents: `export * from "./words.ts"; export * from "./periods.ts"; export { fr } from "./catalogs/fr.ts"; export { en } from "./catalogs/en.ts";`,
    resolveDir: fileURLToPath(new URL("../src", import.meta.url)),
  },
  bundle: true,
  write: false,
  format: "esm",
});
const source = Buffer.from(outputFiles[0].contents).toString("base64");
const { ACCESS, CHOICES, en, fr, later, machine, period, spoken, todayHere, todayIn, weekday, Words } = await import(`data:text/javascript;base64,${source}`);

const NBSP = "\u00a0";
const french = new Words("fr");
const english = new Words("en");
const plain = (text) => text.replace(/[\u00a0\u202f\u2009]/g, " ");

test("the catalogs have the same keys, and the same places to fill in", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(fr).sort());
  const places = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [key, text] of Object.entries(fr)) {
    assert.ok(text.trim() && en[key].trim(), `${key} is empty`);
    assert.deepEqual(places(en[key]), places(text), key);
  }
});

test("French texts have non-breaking spaces before double signs, and curly apostrophes", () => {
  for (const [key, text] of Object.entries(fr)) assert.doesNotMatch(text, / [:;!?»]|'|« /, key);
});

test("times are written as each language writes them", () => {
  const at = (start, end) => ({ start, end, status: "scheduled" });
  const paris = "Europe/Paris";
  assert.equal(french.times(at("2026-12-04T20:30:00[Europe/Paris]"), false, paris).begins, `20${NBSP}h${NBSP}30`);
  assert.equal(french.times(at("2026-12-04T09:00:00"), false, paris).begins, `9${NBSP}h`);
  assert.equal(english.times(at("2026-12-04T20:30:00"), false, paris).begins, "20:30");
  assert.deepEqual(french.times(at("2026-12-04"), false, paris), { begins: "", ends: "", zone: "" });
  const ball = at("2026-12-04T21:00:00[Europe/Paris]", "2026-12-05T02:00:00[Europe/Paris]");
  assert.equal(plain(french.times(ball, false, paris).ends), "jusqu’à 2 h");
  assert.equal(french.times(ball, true, paris).ends, "");
  assert.equal(french.times(at("2026-12-04T20:00:00[America/New_York]"), false, paris).zone, "heure de New York");
  assert.equal(french.times(at("2026-12-04T20:00:00-03:30"), false, paris).zone, "UTC−03:30");
  assert.equal(machine("2026-12-04T20:30:00[Europe/Paris]"), "2026-12-04T20:30");
  assert.equal(machine("2026-12-04"), "2026-12-04");
});

test("days on end are told in words", () => {
  const today = "2026-11-24";
  for (const [first, last, inFrench, inEnglish] of [
    ["2026-12-04", "2026-12-06", "du 4 au 6 décembre", "4 to 6 December"],
    ["2026-12-01", "2026-12-02", "les 1er et 2 décembre", "1 and 2 December"],
    ["2026-11-30", "2026-12-02", "du 30 novembre au 2 décembre", "30 November to 2 December"],
    ["2026-12-30", "2027-01-02", "du 30 décembre 2026 au 2 janvier 2027", "30 December 2026 to 2 January 2027"],
    ["2027-03-01", "2027-03-09", "du 1er au 9 mars 2027", "1 to 9 March 2027"],
    ["2025-12-30", "2026-01-02", "du 30 décembre 2025 au 2 janvier 2026", "30 December 2025 to 2 January 2026"],
  ]) {
    assert.equal(plain(french.range(first, last, today)), inFrench);
    assert.equal(plain(english.range(first, last, today)), inEnglish);
  }
});

test("a day is told in its parts", () => {
  assert.deepEqual(french.day("2026-12-01"), { weekday: "mardi", day: "1", nth: "er", month: "décembre", year: "2026" });
  assert.deepEqual(english.day("2026-12-01"), { weekday: "Tuesday", day: "1", nth: "", month: "December", year: "2026" });
});

test("prices are told from what is known", () => {
  const euros = (amount) => ({ cents: amount * 100, currency: "EUR" });
  const price = (more) => plain(french.price({ status: "scheduled", ...more }));
  assert.equal(price({ free: true, lowest: euros(5) }), "Gratuit");
  assert.equal(price({ lowest: euros(8), highest: euros(8) }), "8 €");
  assert.equal(price({ lowest: euros(12.5), highest: euros(22) }), "de 12,50 € à 22 €");
  assert.equal(price({ lowest: euros(4) }), "dès 4 €");
  assert.equal(price({ highest: euros(20) }), "jusqu’à 20 €");
  assert.equal(price({ free: false }), "Payant");
  assert.equal(price({}), "");
  assert.equal(plain(english.price({ status: "scheduled", lowest: euros(8), highest: euros(14) })), "€8 to €14");
});

test("numbers of things follow the plural of the language", () => {
  assert.deepEqual([0, 1, 2].map((n) => french.count("results", n)), ["0 date", "1 date", "2 dates"]);
  assert.deepEqual([0, 1, 2].map((n) => english.count("results", n)), ["0 dates", "1 date", "2 dates"]);
});

test("a text is given in the language asked for, else in French, English, any, and marked", () => {
  assert.deepEqual(english.pick({ fr: "Bal", en: "Ball" }), { text: "Ball", lang: "en" });
  assert.deepEqual(english.pick({ oc: "Balèti", fr: "Bal" }), { text: "Bal", lang: "fr" });
  assert.deepEqual(english.pick({ oc: "Balèti" }), { text: "Balèti", lang: "oc" });
  assert.deepEqual(new Words("fr-CA").pick({ fr: "Bal" }), { text: "Bal", lang: "fr" });
  assert.deepEqual(english.pick(null), { text: "", lang: "" });
  assert.equal(spoken("fr-CA"), "fr-CA");
});

test("whom a house can receive is told in a sentence", () => {
  assert.equal(plain(french.access(ACCESS.slice(0, 2))), "Accessible : handicap moteur et visuel");
});

test("quick choices are days", () => {
  assert.equal(weekday("2026-11-24"), 2, "a Tuesday");
  assert.equal(later("2026-12-31", 1), "2027-01-01");
  assert.deepEqual(CHOICES.map((choice) => period(choice, "2026-11-24")), [
    { from: "2026-11-24" },
    { from: "2026-11-24", to: "2026-11-24" },
    { from: "2026-11-28", to: "2026-11-29" },
    { before: "2026-11-24", order: "latest" },
    {},
  ]);
  assert.deepEqual(period("weekend", "2026-11-28"), { from: "2026-11-28", to: "2026-11-29" });
  assert.deepEqual(period("weekend", "2026-11-29"), { from: "2026-11-29", to: "2026-11-29" });
});

test("the day is that of the zone, the reader's own where there is none", () => {
  const written = /^\d{4}-\d\d-\d\d$/;
  assert.match(todayHere(), written);
  assert.equal(todayIn(null), todayHere());
  assert.equal(todayIn("No/Where"), todayHere());
  assert.match(todayIn("Pacific/Kiritimati"), written);
  assert.ok(todayIn("Pacific/Kiritimati") > todayIn("Pacific/Pago_Pago"), "25 hours apart");
});
