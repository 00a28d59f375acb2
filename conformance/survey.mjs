// Answers questions about surveys with the module for Node.js: one JSON request a line, one JSON answer a line.
//
//   {"question": "estimate", "spec": {…}, "files": {"answers.csv": "…"}}  →  {"told": {…}} or {"code", "message"}
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [module] = process.argv.slice(2);
const { survey } = createRequire(import.meta.url)(module);

for await (const line of createInterface({ input: process.stdin })) {
  const { question, spec, files } = JSON.parse(line);
  const begun = process.cpuUsage();
  try {
    const told = survey(question, JSON.stringify(spec), JSON.stringify(files));
    const { user, system } = process.cpuUsage(begun);
    process.stdout.write(`{"seconds":${(user + system) / 1e6},"told":${told}}\n`);
  } catch (refused) {
    process.stdout.write(`${JSON.stringify({ code: refused.code, message: refused.message })}\n`);
  }
}
