// The core as WebAssembly, in Node.js: the shared cases, the agenda.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { season, TODAY } from "./season.mjs";

const core = createRequire(import.meta.url)(process.env.C3MS_WASM_NODE ?? "../../target/wasm/node/c3ms_core.js");
const FORMS = new URL("../../conformance/forms/", import.meta.url);

/** The value of a member as it is written in the file: JSON.parse would forget 1.0 and large numbers. */
function written(file, member) {
  const start = file.indexOf(":", file.search(new RegExp(`^ "${member}":`, "m"))) + 1;
  const rest = file.slice(start);
  const next = rest.search(/,?\n "|\n\}/);
  return rest.slice(0, next);
}

const files = readdirSync(FORMS).filter((name) => name.endsWith(".json"));

test("there are cases", () => assert.ok(files.length >= 29, `${files.length} cases`));

for (const name of files) {
  const file = readFileSync(new URL(name, FORMS), "utf8");
  const known = JSON.parse(file);
  test(`forms: ${known.name ?? name}`, () => {
    const format = written(file, "format");
    assert.deepEqual(JSON.parse(format), known.format, "the case is laid out as this test reads it");
    if (known.refused) {
      assert.throws(() => core.formatDigest(format), (error) => {
        assert.ok(error instanceof Error && error.message);
        assert.deepEqual({ code: error.code, path: error.path }, known.refused);
        return true;
      });
      return;
    }
    const entry = written(file, "entry");
    assert.equal(core.validate(core.compileForm(format), entry), JSON.stringify(known.violations));
    for (const [language, messages] of Object.entries(known.messages ?? {})) {
      assert.deepEqual(JSON.parse(core.messages(format, entry, language)), messages);
    }
    assert.equal(core.canonical(entry), known.canonical);
    assert.equal(core.formatDigest(format), known.digest);
    assert.equal(JSON.parse(core.jsonSchema(format)).$schema, "https://json-schema.org/draft/2020-12/schema");
  });
}

const EXPRESSIONS = new URL("../../conformance/expressions/", import.meta.url);
/** A number is the same where it differs in the sixteenth digit. */
const same = (one, other) => one === other || Math.abs(Number(one) - Number(other)) <= 1e-12 * Math.abs(Number(other));

for (const name of readdirSync(EXPRESSIONS).filter((name) => name.endsWith(".json"))) {
  const { name: title, format, entry, now = "", cases } = JSON.parse(readFileSync(new URL(name, EXPRESSIONS), "utf8"));
  test(`expressions: ${title}`, () => {
    for (const { at, expression, filter = false, problems, ...expected } of cases) {
      if (problems) {
        assert.deepEqual(JSON.parse(core.problems(JSON.stringify(format), at, expression, filter, "fr")), problems);
        continue;
      }
      const found = JSON.parse(core.evaluate(JSON.stringify(format), JSON.stringify(entry), at, expression, now));
      for (const member of Object.keys(expected)) {
        if (member === "text") assert.ok(same(found.text, expected.text), `${expression}: ${found.text}`);
        else assert.deepEqual(found[member], expected[member], expression);
      }
    }
  });
}

test("a form is played", () => {
  const format = JSON.stringify({ cube: "visit", label: { en: "Visit" }, fields: [
    { id: "a", name: "age", kind: { type: "integer" } },
    { id: "b", name: "school", kind: { type: "text" }, relevant: "${age} < 18" },
  ] });
  const form = core.compileForm(format);
  const played = JSON.parse(core.play(form, '[{"set": "/age", "value": 12}]'));
  assert.deepEqual(played.steps.map(({ questions }) => questions[1].relevant), [false, true]);
  assert.throws(() => core.play(form, '[{"set": "/agge"}]'), { code: "forms.step-unsound", path: "/steps/0" });
});

test("what is no JSON is refused with a code", () => {
  const refused = (call) => {
    try {
      call();
    } catch (error) {
      return [error instanceof Error, error.code, error.path];
    }
    return assert.fail("nothing was refused");
  };
  assert.deepEqual(refused(() => core.canonical("{\n,")), [true, "import.json-broken", "line 2"]);
  assert.deepEqual(refused(() => core.compileForm("{")), [true, "forms.format-unreadable", ""]);
  assert.deepEqual(refused(() => core.validate(new Uint8Array([1, 2]), "{}")), [true, "forms.form-unreadable", ""]);
  assert.deepEqual(refused(() => new core.Agenda("{")), [true, "publisher.bundle-unreadable", ""]);
  assert.deepEqual(refused(() => core.Agenda.fromBytes(new Uint8Array([0xff]))), [true, "publisher.bundle-unreadable", ""]);
  assert.deepEqual(refused(() => new core.Agenda('{"version":1}').query('{"from":"soon"}')), [true, "publisher.query-unreadable", ""]);
  const deep = "[".repeat(200_000);
  assert.deepEqual(refused(() => core.canonical(deep)), [true, "import.json-broken", "line 1"]);
});

test("the agenda answers in the browser as it does natively", () => {
  const agenda = new core.Agenda(JSON.stringify(season()));
  const ask = (query) => JSON.parse(agenda.query(JSON.stringify(query)));
  const titles = (query) => ask(query).occurrences.map(({ title }) => title.fr);
  assert.equal(JSON.parse(agenda.head()).total, 18);
  assert.deepEqual(titles({ text: "oedipe" }), ["Répétition ouverte : Œdipe à la fenêtre"]);
  assert.deepEqual(titles({ text: "BRIANCON meleze", from: TODAY, limit: 1 }), ["Répétition ouverte : Œdipe à la fenêtre"]);
  assert.deepEqual(titles({ from: "2026-11-29", to: "2026-11-29" }), [
    "Estampes de l’hiver",
    "Petit concert de midi moins le quart (déplacé à l’heure du goûter)",
  ]);
  assert.deepEqual(titles({ before: TODAY, order: "latest" }), ["Le Bal des oursons", "Trio Ubac", "Ce que dit la neige"]);
  const free = ask({ from: TODAY, genre: "young", limit: 0 });
  assert.deepEqual([free.total, free.facets.genres.length, free.first, free.last], [3, 7, "2026-11-21", "2026-11-28"]);
});

test("five thousand dates are read, indexed and asked in time", () => {
  const bytes = new TextEncoder().encode(JSON.stringify(season(5000)));
  const start = performance.now();
  const agenda = core.Agenda.fromBytes(bytes);
  const read = performance.now();
  agenda.query('{"text":"a","limit":0}');
  const indexed = performance.now();
  const times = Array.from({ length: 100 }, (_, n) => {
    const before = performance.now();
    agenda.query(JSON.stringify({ text: `veillee ${n}`, from: TODAY }));
    return performance.now() - before;
  }).sort((one, other) => one - other);
  const figures = { read: read - start, indexed: indexed - read, p50: times[50], p95: times[95] };
  console.log(`5,000 dates in ${bytes.length} bytes, ms: ${JSON.stringify(figures, (_, ms) => (typeof ms === "number" ? Math.round(ms * 100) / 100 : ms))}`);
  assert.ok(figures.read < 1000 && figures.indexed < 1000 && figures.p95 < 20, JSON.stringify(figures));
});
