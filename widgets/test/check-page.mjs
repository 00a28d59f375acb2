// node test/check-page.mjs URL OUT.png: opens a page with an agenda as a reader would, and tells what it saw.
// Prints one line of JSON {ok, first_list_ms, items, title, errors}; ends with 1 where something is wrong.
import { chromium } from "playwright-core";

const [url, picture] = process.argv.slice(2);
if (!url || !picture) {
  console.error("node test/check-page.mjs URL OUT.png");
  process.exit(2);
}
const seen = { ok: false, first_list_ms: null, items: 0, title: "", errors: [] };
const browser = await chromium.launch({
  executablePath: process.env.C3MS_CHROMIUM || "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
try {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 1600 }, locale: "fr-FR" });
  const { origin } = new URL(url);
  // A browser asks for /favicon.ico by itself: its absence is no fault of the page.
  tab.on("console", (message) => {
    const guessed = URL.canParse(message.location().url) && new URL(message.location().url).pathname === "/favicon.ico";
    if (message.type() === "error" && !guessed) seen.errors.push(message.text());
  });
  tab.on("pageerror", (error) => seen.errors.push(error.message));
  tab.on("request", (request) => {
    const asked = new URL(request.url());
    if (asked.origin !== origin && asked.protocol !== "data:") seen.errors.push(`off-origin request: ${asked.href}`);
  });
  await tab.goto(url);
  try {
    await tab.waitForFunction(() => performance.getEntriesByName("c3ms:first-list").length, null, { timeout: 15_000 });
  } catch {
    const problem = await tab.evaluate(() => document.querySelector("c3ms-agenda")?.problem?.message);
    seen.errors.push(`no list came: ${problem ?? "no reason known"}`);
  }
  // The first list comes in two strokes: what a screen holds, then the rest of its page.
  await tab.waitForTimeout(100);
  Object.assign(
    seen,
    await tab.evaluate(() => ({
      first_list_ms: Math.round(performance.getEntriesByName("c3ms:first-list")[0]?.startTime ?? -1),
      items: document.querySelector("c3ms-agenda")?.shadowRoot?.querySelectorAll("[part~=occurrence]").length ?? 0,
      title: document.title,
    })),
  );
  if (seen.first_list_ms < 0) seen.first_list_ms = null;
  await tab.screenshot({ path: picture });
} catch (error) {
  seen.errors.push(error.message);
} finally {
  await browser.close();
}
seen.ok = seen.errors.length === 0 && seen.first_list_ms !== null && seen.items > 0;
console.log(JSON.stringify(seen));
process.exit(seen.ok ? 0 : 1);
