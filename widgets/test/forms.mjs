// Forms are played as ODK plays them: its engine in Chromium answers XForms that pyxform made; the core plays
// the same steps in formats of its own import, natively and as WebAssembly.
//
// A step is equal where every question has the same relevance, requirement, read-only state, validity, value and
// choices. C3MS_FULL=1 plays twenty times as much; C3MS_DATA and C3MS_COMMAND say where the forms and the command are.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
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
const [SEQUENCES, STEPS, LEAST] = [process.env.C3MS_FULL === "1" ? 40 : 2, 25, 0.99];

if (!existsSync(join(DATA, "forms"))) {
  console.log(`skipped: ${DATA} is not there; name the folder of the data in C3MS_DATA`);
  process.exit(process.env.CI === "true" ? 1 : 0);
}

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

/** Plays one sequence on all three sides; gives how many of its steps are equal, and the first that is not. */
async function played(name, xform, format, formatFile, seed) {
  const { steps, states } = await tab.evaluate(
    (given) => forms.sequence(...given), [xform, format, PROPERTIES, seed, STEPS],
  );
  const script = JSON.stringify({ now: NOW, seed: 7, language: "en", properties: PROPERTIES, steps });
  const answers = join(folder, `${name}.${seed}.json`);
  writeFileSync(answers, script);
  const native = await run(COMMAND, ["--json", "form", "play", formatFile, answers], { maxBuffer: 2 ** 28 }).catch((error) => ({ error }));
  const web = await tab.evaluate(([format, script]) => {
    try { return forms.play(format, script); } catch (error) { return String(error.message ?? error); }
  }, [readFileSync(formatFile, "utf8"), script]);
  if (native.error) return { steps: states.length, equal: 0, first: `seed ${seed}: ${native.error.stderr.trim()}`, same: true };
  const mine = JSON.parse(native.stdout).steps;
  let [equal, first] = [0, undefined];
  states.forEach((nodes, place) => {
    const found = difference(mine[place]?.questions ?? [], nodes);
    if (found === undefined) equal += 1;
    else first ??= `seed ${seed}, step ${place} ${JSON.stringify(steps[place - 1] ?? "before any")}: ${found}`;
  });
  return { steps: states.length, equal, first, same: native.stdout.trimEnd() === web };
}

const total = { forms: 0, sequences: 0, steps: 0, equal: 0, differ: 0 };
for (const file of readdirSync(join(DATA, "forms")).sort()) {
  const name = basename(file);
  const formatFile = join(folder, `${name}.json`);
  await run(COMMAND, ["--json", "form", "import", join(DATA, "forms", file), "--out", formatFile]);
  const xform = readFileSync(join(DATA, "expected_xform", `${name}.xml`), "utf8");
  const format = JSON.parse(readFileSync(formatFile, "utf8"));
  const one = { steps: 0, equal: 0, sequences: 0, first: undefined };
  for (let seed = 1; seed <= SEQUENCES; seed += 1) {
    const result = await played(name, xform, format, formatFile, seed).catch((error) => ({ steps: STEPS, equal: 0, first: `seed ${seed}: ${error.message}`, same: true }));
    one.steps += result.steps;
    one.equal += result.equal;
    one.sequences += 1;
    one.first ??= result.first;
    if (!result.same) total.differ += 1;
    // A form without a question to answer stands still.
    if (result.steps === 1) break;
  }
  total.forms += 1;
  for (const key of ["sequences", "steps", "equal"]) total[key] += one[key];
  console.log(`${name.padEnd(40)} ${String(one.equal).padStart(6)} of ${String(one.steps).padStart(6)}`);
  if (one.first) console.log(`     first difference: ${one.first}`);
}
await browser.close();
await site.close();
rmSync(folder, { recursive: true, force: true });

const share = total.steps ? total.equal / total.steps : 0;
console.log(`${total.forms} forms, ${total.sequences} sequences: ${total.equal} of ${total.steps} steps equal, ${(share * 100).toFixed(2)} %`);
console.log(`bench forms-as-odk ours=${(share * 100).toFixed(2)} peer=100 (% of steps)`);
console.log(`WebAssembly in Chromium: ${total.sequences - total.differ} of ${total.sequences} sequences byte for byte as natively`);
process.exit(total.forms > 0 && total.steps > 500 && share >= LEAST && total.differ === 0 ? 0 : 1);
