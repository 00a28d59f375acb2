// The module for Node.js on the table that the native bench wrote: 100 domains of 100,000 rows, the text read within it;
// processor time.
//
//   node bench_survey.mjs MODULE FOLDER    with small.csv in it
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [module, folder] = process.argv.slice(2);
const { survey } = createRequire(import.meta.url)(module);

const text = readFileSync(join(folder, "small.csv"), "utf8");
const files = JSON.stringify({ "small.csv": text });
const spec = JSON.stringify({
  data: "small.csv",
  estimates: [{ statistic: "mean", variables: ["y"], by: ["d"] }],
});
let least = Infinity;
for (let round = 0; round < 5; round++) {
  const begun = process.cpuUsage();
  survey("estimate", spec, files);
  const { user, system } = process.cpuUsage(begun);
  least = Math.min(least, (user + system) / 1e6);
}
console.log(`bench survey-wasm ours=${Math.round(100_000 / least)} peer=- ratio=- (rows of text per CPU-second, peer: ours, natively)`);
