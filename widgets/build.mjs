// Builds dist/: the element, the worker with its glue, the module made smaller, the types. Measures them.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = (tool, options) => {
  const made = spawnSync(process.execPath, [here(`node_modules/${tool}`), ...options], { cwd: here("."), encoding: "utf8" });
  if (made.status === 0) return;
  console.error(made.stdout, made.stderr);
  process.exit(1);
};
const core = process.env.C3MS_WASM_WEB ?? here("../target/wasm/web");
const form = process.env.C3MS_WASM_FORM ?? here("../target/wasm/form");

// Brotli KiB. The element counts Lit; the worker counts the glue of the core.
const BUDGETS = {
  "c3ms-agenda.js": 15, "c3ms-worker.js": 4, "c3ms_core_bg.wasm": 80,
  "questionnaire/questionnaire.js": 20, "questionnaire/form.wasm": 144,
};

for (const folder of [core, form]) {
  if (existsSync(`${folder}/c3ms_core.js`)) continue;
  console.error(`${folder} holds no c3ms_core.js: run "cargo xtask wasm" first`);
  process.exit(1);
}
rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"));

const common = {
  absWorkingDir: here("."),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  alias: { "c3ms-core": `${core}/c3ms_core.js`, "c3ms-form": `${form}/c3ms_core.js` },
};
// The templates of Lit are text to a minifier: the white space between tags is taken out here.
const lean = {
  name: "lean-templates",
  setup({ onLoad }) {
    onLoad({ filter: /src\/agenda(-styles)?\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = path.endsWith("-styles.ts")
        ? source.replace(/\/\*(?!\*)[^]*?\*\//g, "").replace(/\s*([{};,])\s*/g, "$1").replace(/\s*\n\s*/g, " ")
        : source.replace(/\n\s+/g, "\n");
      return { contents, loader: "ts" };
    });
  },
};
await build({ ...common, entryPoints: { "c3ms-agenda": "src/agenda.ts" }, outdir: "dist", plugins: [lean] });
await build({ ...common, entryPoints: { "c3ms-worker": "src/worker.ts" }, outdir: "dist" });

// The page of a survey, in a folder of its own: `c3ms survey page` writes the rest of it.
await build({
  ...common,
  entryPoints: { questionnaire: "src/questionnaire.ts", "questionnaire-style": "src/questionnaire/questionnaire.css" },
  outdir: "dist/questionnaire",
});
renameSync(here("dist/questionnaire/questionnaire-style.css"), here("dist/questionnaire/questionnaire.css"));
await build({ ...common, format: "iife", entryPoints: { sw: "src/questionnaire/keep.ts" }, outdir: "dist/questionnaire" });
copyFileSync(here("src/questionnaire/questionnaire.svg"), here("dist/questionnaire/questionnaire.svg"));

// The modules hold more of the core; a page is sent what it calls, and what that calls.
// Features are named: with all of them on, binaryen writes modules that browsers refuse.
const features = ["reference-types", "bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "multivalue"];
const trim = (whole, script, out) => {
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(whole))).map(({ name }) => name);
  const text = readFileSync(script, "utf8");
  const calls = (name) => new RegExp(`\\.${name}\\b`).test(text);
  const called = exported.filter((name) => name === "memory" || name === "__wbindgen_start" || calls(name));
  const graph = `${out}.called.json`;
  const roots = { name: "page", root: true, reaches: called.map((name) => `export ${name}`) };
  writeFileSync(graph, JSON.stringify([roots, ...called.map((name) => ({ name: `export ${name}`, export: name }))]));
  run("binaryen/bin/wasm-metadce", [whole, "--graph-file", graph, ...features.map((name) => `--enable-${name}`), "-o", out]);
  rmSync(graph);
};
trim(`${core}/c3ms_core_bg.wasm`, here("dist/c3ms-worker.js"), here("dist/c3ms_core_bg.wasm"));
trim(`${form}/c3ms_core_bg.wasm`, here("dist/questionnaire/questionnaire.js"), here("dist/questionnaire/form.wasm"));
run("typescript/bin/tsc", ["--declaration", "--emitDeclarationOnly", "--outDir", "dist/types"]);

const packed = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;
const sizes = Object.entries(BUDGETS).map(([file, budget]) => {
  const bytes = readFileSync(here(`dist/${file}`));
  return { file, bytes: bytes.length, brotli: packed(bytes), budget: budget * 1024 };
});
writeFileSync(here("dist/sizes.json"), `${JSON.stringify(sizes, null, 2)}\n`);
for (const { file, bytes, brotli, budget } of sizes) {
  const verdict = brotli > budget ? "OVER BUDGET" : "ok";
  console.log(`${file.padEnd(32)} ${bytes} bytes, ${(brotli / 1024).toFixed(1)} KiB brotli of ${budget / 1024}: ${verdict}`);
}
if (sizes.some(({ brotli, budget }) => brotli > budget)) process.exit(1);
