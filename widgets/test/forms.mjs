// Forms are played as ODK plays them: its engine in Chromium answers XForms that pyxform 4.5.0 made; the core plays
// the same steps in formats of its own import, natively and, compiled, as WebAssembly. The forms are pyxform's own examples,
// and those in test/forms, which have more logic (made by `xls2xform --skip_validate NAME.csv NAME.csv.xml`).
//
// A step is equal where every question has the same relevance, requirement, read-only state, validity, value and
// choices. C3MS_FULL=1 plays twenty times as much, C3MS_SHOWN=9 shows so many differences of a form; C3MS_DATA and
// C3MS_COMMAND say where the forms and the command are.
//
// Where the engine (0.22.0) and we differ on purpose. The first counts as different steps, here and in the bench;
// our own forms leave the others alone.
// | in ODK's engine | here | because |
// | a file of a question that is no longer asked keeps its value | it counts as blank | XForms, relevance: as every other answer |
// | sum() of no nodes is no number | 0 | XPath 1.0, 4.4 |
// | a trigger may set before calculations follow | after them | XForms 1.1: xforms-value-changed comes after xforms-recalculate |
// | who is asked a calculated question may type over it | it is only shown | an answer that follows from others is no one's to give |
// | a choice may be among the items of a list | it is a text | codes are of a vocabulary |
// | the clock is that of a place, with its summer | the offset of now, all year | the core has no rules of time zones |
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { difference } from "./forms-compare.mjs";
import { serve } from "./serve.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const DATA = join(process.env.C3MS_DATA || here("../../../shared/data"), "xlsform");
const COMMAND = process.env.C3MS_COMMAND || here("../../target/debug/c3ms");
const CORE = here("../../target/wasm/node/c3ms_core");
const NOW = "2026-11-24T20:30:00+01:00";
const PROPERTIES = { deviceid: "tablet 3", email: "ada@exemple.fr", phonenumber: "0492000000", username: "ada" };
const [SEQUENCES, STEPS, LEAST, SHOWN] = [process.env.C3MS_FULL === "1" ? 40 : 2, 25, 0.99, Number(process.env.C3MS_SHOWN ?? 1)];

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "c3ms-forms-"));

/** The page's script; the module for node reads its bytes from a disk that a page has not. */
async function bundle() {
  const disk = {
    name: "disk",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(fs|path|util)$/ }, ({ path }) => ({ path, namespace: "disk" }));
      onLoad({ filter: /.*/, namespace: "disk" }, () => ({
        contents: `import bytes from ${JSON.stringify(`${CORE}_bg.wasm`)};
          export const readFileSync = () => bytes, join = (...parts) => parts.join("/"), { TextDecoder, TextEncoder } = globalThis;`,
        resolveDir: here("."),
      }));
    },
  };
  const { outputFiles } = await build({
    entryPoints: [here("forms-page.mjs")], bundle: true, format: "esm", write: false, logLevel: "warning", target: "es2022",
    alias: { "c3ms-core": `${CORE}.js` }, define: { __dirname: '""' }, loader: { ".wasm": "binary" }, plugins: [disk],
  });
  return outputFiles[0].text;
}

const site = await serve({
  "/": `<!doctype html><meta charset="utf-8"><title>Forms</title><script type="module" src="/forms.js"></script>`,
  "/forms.js": await bundle(),
}, "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'");
const browser = await chromium.launch({
  executablePath: process.env.C3MS_CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Paris" });
const tab = await context.newPage();
tab.on("pageerror", (error) => console.log(`in the page: ${error.message}`));
await tab.clock.setFixedTime(new Date(NOW));
await tab.goto(`${site.address}/`);
await tab.waitForFunction(() => globalThis.forms, null, { timeout: 30_000 });

/** Plays one sequence on all three sides; gives how many of its steps are equal, and what differs. */
async function played(name, xform, format, formatFile, seed) {
  const { steps, states } = await tab.evaluate(
    (given) => forms.sequence(...given), [xform, format, PROPERTIES, seed, STEPS],
  );
  const script = JSON.stringify({ now: NOW, seed: 7, language: "en", properties: PROPERTIES, steps });
  const answers = join(folder, `${name}.${seed}.json`);
  writeFileSync(answers, script);
  const native = await run(COMMAND, ["--json", "form", "play", formatFile, answers], { maxBuffer: 2 ** 28 }).catch((error) => ({ error }));
  const web = await tab.evaluate(([form, script]) => {
    try { return forms.play(Uint8Array.from(atob(form), (byte) => byte.charCodeAt(0)), script); } catch (error) { return String(error.message ?? error); }
  }, [readFileSync(`${formatFile}.form`, "base64"), script]);
  if (native.error) return { steps: states.length, equal: 0, same: 0, differences: [[native.error.stderr.trim(), `seed ${seed}`]] };
  const mine = JSON.parse(native.stdout).steps;
  const found = states.map((nodes, place) => difference(mine[place]?.questions ?? [], nodes));
  const where = (place) => `seed ${seed}, step ${place}: ${JSON.stringify(steps[place - 1] ?? "before any")}`;
  return {
    steps: states.length,
    equal: found.filter((difference) => difference === undefined).length,
    same: native.stdout.trimEnd() === web ? 1 : 0,
    differences: found.flatMap((difference, place) => (difference === undefined ? [] : [[difference, where(place)]])),
  };
}

/** Plays forms: each XLSForm of a folder with the XForm that pyxform makes of it. */
async function compared(about, forms, xforms) {
  const total = { forms: 0, sequences: 0, steps: 0, equal: 0, same: 0 };
  for (const file of readdirSync(forms).filter((name) => /\.(xlsx|xls|csv)$/.test(name)).sort()) {
    const formatFile = join(folder, `${file}.json`);
    await run(COMMAND, ["--json", "form", "import", join(forms, file), "--out", formatFile]);
    await run(COMMAND, ["--json", "form", "compile", formatFile, "--out", `${formatFile}.form`]);
    const xform = readFileSync(join(xforms, `${file}.xml`), "utf8");
    const format = JSON.parse(readFileSync(formatFile, "utf8"));
    const one = { sequences: 0, steps: 0, equal: 0, same: 0 };
    const differences = new Map();
    for (let seed = 1; seed <= SEQUENCES; seed += 1) {
      const result = await played(file, xform, format, formatFile, seed).catch((error) => (
        { steps: STEPS + 1, equal: 0, same: 0, differences: [[error.message.split("\n")[0], `seed ${seed}`]] }
      ));
      one.sequences += 1;
      for (const key of ["steps", "equal", "same"]) one[key] += result[key];
      for (const [found, where] of result.differences) differences.set(found, differences.get(found) ?? where);
      // A form without a question to answer stands still.
      if (result.steps === 1) break;
    }
    total.forms += 1;
    for (const key of Object.keys(one)) total[key] += one[key];
    console.log(`${file.padEnd(40)} ${String(one.equal).padStart(6)} of ${String(one.steps).padStart(6)}`);
    for (const [found, where] of [...differences].slice(0, SHOWN)) console.log(`     ${found} (${where})`);
  }
  const share = total.steps ? total.equal / total.steps : 0;
  console.log(`${about}: ${total.forms} forms, ${total.sequences} sequences: ${total.equal} of ${total.steps} steps equal, ${(share * 100).toFixed(2)} %`);
  console.log(`WebAssembly in Chromium: ${total.same} of ${total.sequences} sequences byte for byte as natively\n`);
  return { ...total, share, good: total.steps > 100 && share >= LEAST && total.same === total.sequences };
}

const others = existsSync(DATA) ? await compared("pyxform's forms", join(DATA, "forms"), join(DATA, "expected_xform")) : undefined;
const own = await compared("our forms", here("forms"), here("forms"));
await browser.close();
await site.close();
rmSync(folder, { recursive: true, force: true });

if (others) console.log(`bench forms-as-odk ours=${others.equal} peer=${others.steps} (steps equal)`);
else console.log(`pyxform's forms: skipped, ${DATA} is not there; name the folder of the data in C3MS_DATA`);
process.exit(own.good && (others?.good ?? process.env.CI !== "true") ? 0 : 1);
