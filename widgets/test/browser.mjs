// The element in a browser: what it shows, by keyboard, in two languages, light and dark, and when things fail.
// Chromium is taken from C3MS_CHROMIUM, else /usr/bin/chromium.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { day, season, TODAY } from "./season.mjs";
import { page, POLICY, serve, STYLE } from "./serve.mjs";

const LAUNCH = {
  executablePath: process.env.C3MS_CHROMIUM || "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
};
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const element = (more = "", inside = "") => `<c3ms-agenda src="agenda.json" today="${TODAY}" ${more}>${inside}</c3ms-agenda>`;
const PUBLISHED = "<h2>Liste publiée</h2><ul><li>Une date lisible sans script</li></ul>";

const browser = await chromium.launch(LAUNCH);
let passed = 0;
let failed = 0;

/** Opens a page of its own, runs the steps, then checks that nothing went wrong unseen. */
async function test(name, { body = element(), bundle = season(60), files = {}, policy = POLICY, context = {}, lang, noise = [] }, steps) {
  const given = { "/": page(body, { lang }), "/page.css": STYLE, "/agenda.json": bundle && JSON.stringify(bundle), ...files };
  const site = await serve(given, policy);
  const opened = await browser.newContext({
    viewport: { width: 1280, height: 900 }, locale: "fr-FR", timezoneId: "Europe/Paris", reducedMotion: "reduce", ...context,
  });
  const tab = await opened.newPage();
  const wrong = [];
  tab.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  tab.on("pageerror", (error) => wrong.push(error.message));
  tab.on("request", (request) => request.url().startsWith(site.address) || request.url().startsWith("data:") || wrong.push(`asked ${request.url()}`));
  try {
    await tab.goto(`${site.address}/`);
    await steps(tab, site);
    assert.deepEqual(wrong.filter((text) => !noise.some((expected) => text.includes(expected))), []);
    assert.deepEqual(await opened.cookies(), []);
    assert.equal(await tab.evaluate(() => localStorage.length + sessionStorage.length), 0);
    passed += 1;
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n${error.stack}\n${wrong.join("\n")}`);
  } finally {
    await opened.close();
    await site.close();
  }
}

/** Waits for the list of the core; gives the ms from navigation to it. */
async function ready(tab) {
  await tab.waitForFunction(() => performance.getEntriesByName("c3ms:first-list").length, null, { timeout: 10_000 });
  // The first list comes in two strokes.
  await tab.evaluate(() => new Promise((passed) => setTimeout(passed, 50)));
  return tab.evaluate(() => performance.getEntriesByName("c3ms:first-list")[0].startTime);
}
const titles = (tab) => tab.locator("c3ms-agenda .title").allInnerTexts();
const status = (tab) => tab.locator("c3ms-agenda [role=status]").innerText();
const counted = (tab, text) => tab.waitForFunction(
  (wanted) => document.querySelector("c3ms-agenda").shadowRoot.querySelector("[role=status]")?.textContent === wanted, text, { timeout: 5000 },
);
const focused = (tab) => tab.evaluate(() => document.activeElement.shadowRoot?.activeElement?.id ?? document.activeElement.tagName);
async function tabTo(tab, id) {
  for (let step = 0; step < 40; step += 1) {
    if ((await focused(tab)) === id) return;
    await tab.keyboard.press("Tab");
  }
  assert.fail(`the key Tab does not lead to ${id}`);
}
async function inspect(tab) {
  await tab.evaluate(AXE);
  const { violations } = await tab.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]), []);
}

await test("the list stands by day, with real headings, in French", {}, async (tab) => {
  const ms = await ready(tab);
  console.log(`     first list after ${Math.round(ms)} ms`);
  assert.equal(await status(tab), "75 dates");
  assert.equal((await titles(tab)).length, 50);
  const heads = await tab.locator("c3ms-agenda h2").allInnerTexts();
  assert.deepEqual(heads.slice(0, 2).map((text) => text.replace(/\s+/g, " ")), ["En cours", "Aujourd’hui Mardi 24 novembre"]);
  const text = await tab.locator("c3ms-agenda section").innerText();
  for (const words of ["20\u00a0h\u00a030", "Annulé", "Reporté", "Date modifiée", "En ligne", "Gratuit", "Du 4\u00a0novembre au 20\u00a0décembre", "Du 1er au 3\u00a0décembre", "heure de Toronto"]) {
    assert.ok(text.includes(words), words);
  }
  assert.equal(await tab.getByRole("heading", { level: 3, name: "L’Échappée" }).count(), 1);
  assert.equal(await tab.getByRole("link", { name: "L’Échappée" }).getAttribute("href"), "https://billetterie.example/");
  assert.equal(await tab.evaluate(() => document.querySelector("c3ms-agenda").shadowRoot.querySelectorAll("[style]").length), 0);
});

await test("one event says how many and how long", {
  body: `<script type="module" src="/listen.js"></script>${element()}`,
  files: { "/listen.js": `addEventListener("c3ms-ready", ({ detail }) => (globalThis.heard = [...(globalThis.heard ?? []), detail]));` },
}, async (tab) => {
  const ms = await ready(tab);
  await tab.waitForFunction(() => globalThis.heard);
  assert.deepEqual(await tab.evaluate(() => globalThis.heard), [{ total: 78, ms }]);
});

await test("everything can be asked by keyboard alone", {}, async (tab) => {
  await ready(tab);
  await tabTo(tab, "text");
  await tab.keyboard.type("oedipe");
  await counted(tab, "1 date");
  assert.deepEqual(await titles(tab), ["Répétition ouverte : Œdipe à la fenêtre"]);
  await tab.keyboard.press("Control+a");
  await tab.keyboard.type("ECHAPPEE gap");
  await counted(tab, "1 date");
  await tab.keyboard.press("Control+a");
  await tab.keyboard.press("Delete");
  await counted(tab, "75 dates");
  await tabTo(tab, "upcoming");
  await tab.keyboard.press("ArrowRight");
  assert.equal(await focused(tab), "today");
  await counted(tab, "3 dates");
  await tab.keyboard.press("ArrowRight");
  await counted(tab, "5 dates");
  await tab.keyboard.press("ArrowRight");
  await counted(tab, "3 dates");
  assert.deepEqual(await titles(tab), ["Le Bal des oursons", "Trio Ubac", "Ce que dit la neige"], "latest first");
  await tab.keyboard.press("ArrowRight");
  await counted(tab, "78 dates");
  await tabTo(tab, "place");
  await tab.keyboard.type("Le Grand");
  await tab.waitForFunction(() => document.querySelector("c3ms-agenda").shadowRoot.querySelector(".bare"));
  assert.match((await tab.locator("c3ms-agenda #place option:checked").innerText()).trim(), /^Le Grand Mélèze \(Briançon\) \(14\)$/);
  await counted(tab, "14 dates");
  await tabTo(tab, "genre");
  await tab.keyboard.type("Danse");
  await counted(tab, "2 dates");
  await tabTo(tab, "to");
  await tab.locator("c3ms-agenda #to").fill(day(10));
  await tab.locator("c3ms-agenda #from").fill(day(9));
  await counted(tab, "1 date");
  assert.deepEqual(await titles(tab), ["Reporté Fratrie"]);
  await tab.getByRole("button", { name: "Effacer les filtres" }).press("Enter");
  await counted(tab, "75 dates");
  assert.equal(await focused(tab), "text");
});

await test("more dates follow, and the focus goes to the first of them", {}, async (tab) => {
  await ready(tab);
  const more = tab.getByRole("button", { name: "Afficher plus" });
  assert.equal(await tab.locator("c3ms-agenda .next p").innerText(), "50 dates affichées sur 75");
  await more.press("Enter");
  await tab.waitForFunction(() => document.querySelector("c3ms-agenda").shadowRoot.querySelectorAll(".occurrence").length === 75);
  assert.equal(await more.count(), 0);
  const fiftyFirst = (await titles(tab))[50];
  assert.equal(await tab.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), fiftyFirst);
});

await test("the language follows the element, then the page", { body: `<div id="around">${element()}</div>` }, async (tab) => {
  await ready(tab);
  await tab.evaluate(() => document.querySelector("c3ms-agenda").setAttribute("lang", "en"));
  await counted(tab, "75 dates");
  await tab.getByLabel("Search").waitFor();
  assert.equal(await tab.getByRole("heading", { name: "The Breakaway" }).count(), 1);
  assert.ok((await tab.locator("c3ms-agenda section").innerText()).includes("Cancelled"));
  assert.equal(await tab.locator("c3ms-agenda .title [lang=fr]").count() > 0, true, "French titles are marked as French");
  await tab.evaluate(() => document.querySelector("c3ms-agenda").removeAttribute("lang"));
  await tab.getByLabel("Rechercher").waitFor();
  await tab.evaluate(() => document.documentElement.setAttribute("lang", "en"));
  await tab.getByLabel("Search").waitFor();
});

for (const [name, colorScheme, width, lang] of [["light", "light", 1280, "fr"], ["dark", "dark", 1280, "en"], ["light phone", "light", 390, "en"], ["dark phone", "dark", 390, "fr"]]) {
  await test(`axe finds nothing: ${name}`, { context: { colorScheme, viewport: { width, height: 900 } }, lang }, async (tab) => {
    await ready(tab);
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "nothing sticks out");
    await inspect(tab);
    if (width < 500) {
      await tab.locator("c3ms-agenda .toggle").press("Enter");
      await tab.locator("c3ms-agenda #place").waitFor({ state: "visible" });
      await inspect(tab);
    }
    await tab.locator("c3ms-agenda #text").fill("nothing has these words");
    await tab.locator("c3ms-agenda .notice, c3ms-agenda .empty").first().waitFor();
    await inspect(tab);
  });
}

await test("forced colors and print keep the list", { context: { forcedColors: "active" } }, async (tab) => {
  await ready(tab);
  await inspect(tab);
  await tab.emulateMedia({ media: "print" });
  assert.equal(await tab.locator("c3ms-agenda form").isVisible(), false);
  assert.equal(await tab.locator("c3ms-agenda .title").first().isVisible(), true);
});

for (const [how, policy] of [["a policy", `${POLICY}; worker-src 'none'`], ["an error", POLICY]]) {
  const files = how === "an error" ? { "/refuse.js": "globalThis.Worker = class { constructor() { throw new DOMException('no', 'SecurityError'); } };" } : {};
  const body = how === "an error" ? `<script src="/refuse.js"></script>${element()}` : element();
  await test(`where workers are refused by ${how} the page does the work`, { policy, files, body, noise: ["Content Security Policy", "violates the following"] }, async (tab) => {
    await ready(tab);
    assert.equal(await status(tab), "75 dates");
    await tab.locator("c3ms-agenda #text").fill("oedipe");
    await counted(tab, "1 date");
  });
}

await test("what the server rendered stays until the list stands", {
  body: element("", PUBLISHED),
}, async (tab) => {
  await ready(tab);
  assert.equal(await tab.getByText("Une date lisible sans script").isVisible(), false);
});

await test("without agenda.json what was published stays, and the page says so", { body: element("", PUBLISHED), bundle: null, noise: ["404"] }, async (tab) => {
  await tab.getByRole("alert").waitFor();
  assert.match(await tab.getByRole("alert").innerText(), /n’a pas pu être chargée\u00a0; voici la liste/);
  assert.equal(await tab.getByText("Une date lisible sans script").isVisible(), true);
  await inspect(tab);
});

await test("without agenda.json and without a list the page says so; a second try works", {
  bundle: null, noise: ["404"], files: { "/agenda.json": (() => { let asked = 0; return () => (asked++ < 2 ? undefined : JSON.stringify(season())); })() },
}, async (tab) => {
  await tab.getByRole("alert").waitFor();
  await tab.getByRole("button", { name: "Réessayer" }).press("Enter");
  await ready(tab);
  assert.equal(await status(tab), "15 dates");
});

await test("a file that is no agenda is refused in words, with its code", {
  bundle: null, files: { "/agenda.json": "<html>", "/listen.js": `addEventListener("c3ms-error", ({ detail }) => (globalThis.heard = detail.code));` },
  body: `<script src="/listen.js"></script>${element()}`,
}, async (tab) => {
  await tab.getByRole("alert").waitFor();
  assert.equal(await tab.evaluate(() => globalThis.heard), "publisher.bundle-unreadable");
});

await test("hostile texts are shown as texts, hostile links are no links", {
  bundle: (() => {
    const hostile = season();
    const evil = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
    hostile.places.forEach((place) => (place.name = { fr: evil }));
    hostile.genres.forEach((genre) => (genre.label = { fr: evil }));
    hostile.occurrences.forEach((one, n) => Object.assign(one, {
      title: { fr: evil, "\"><b>": "x" }, summary: { fr: evil },
      url: ["javascript:document.title='taken'", "data:text/html,<script>1</script>", "  JaVaScRiPt:alert(1)", "vbscript:x", "//[bad"][n % 5],
    }));
    delete hostile.occurrences[0].title;
    hostile.occurrences[0].title = { fr: "" };
    for (const one of hostile.occurrences) delete one.title["\"><b>"];
    return hostile;
  })(),
}, async (tab) => {
  await ready(tab);
  assert.equal(await tab.locator("c3ms-agenda img, c3ms-agenda script, c3ms-agenda .title a").count(), 0);
  assert.ok((await titles(tab))[1].includes("<img src=x onerror="));
  assert.equal(await tab.title(), "Agenda d’essai");
});

await test("where nothing is upcoming the latest past dates are shown, and it is said", { body: element().replace(TODAY, "2030-01-01") }, async (tab) => {
  await ready(tab);
  assert.equal(await status(tab), "0 date");
  assert.ok((await tab.locator("c3ms-agenda .notice").innerText()).startsWith("Rien n’est annoncé à venir."));
  const shown = await titles(tab);
  assert.deepEqual([shown.length, shown[0]], [50, "Hivernales n° 56"]);
  await tab.getByRole("button", { name: "Afficher plus" }).click();
  await tab.waitForFunction(() => document.querySelector("c3ms-agenda").shadowRoot.querySelectorAll(".occurrence").length === 78);
});

await test("an agenda without dates says so", { bundle: { ...season(), occurrences: [] } }, async (tab) => {
  await ready(tab);
  assert.equal(await tab.locator("c3ms-agenda .empty").innerText(), "Aucune date n’est annoncée pour le moment.");
});

await test("two elements share one worker; headings take their level", {
  body: `<h2>Une partie</h2>${element('heading="3" page-size="5"')}${element()}`,
}, async (tab) => {
  await ready(tab);
  await tab.waitForFunction(() => [...document.querySelectorAll("c3ms-agenda")].every((one) => one.shadowRoot.querySelector(".occurrence")));
  assert.equal(tab.workers().length, 1);
  assert.deepEqual(await tab.evaluate(() => [...document.querySelector("c3ms-agenda").shadowRoot.querySelectorAll(".title")].map(({ tagName }) => tagName)), Array(5).fill("H4"));
});

await test("two agendas on a page stay apart", {
  body: `${element('page-size="5"')}${element().replace("agenda.json", "other.json")}`,
  files: { "/other.json": JSON.stringify({ ...season(), occurrences: season().occurrences.slice(0, 6) }) },
}, async (tab) => {
  await tab.waitForFunction(() => [...document.querySelectorAll("c3ms-agenda")].every((one) => one.shadowRoot.querySelector(".occurrence")));
  assert.deepEqual(await tab.locator("c3ms-agenda [role=status]").allInnerTexts(), ["75 dates", "3 dates"]);
});

await test("five thousand dates stay quick", { bundle: season(5000) }, async (tab) => {
  const ms = await ready(tab);
  const times = await tab.evaluate(async () => {
    const root = document.querySelector("c3ms-agenda").shadowRoot;
    const field = root.querySelector("#text");
    const times = [];
    for (const text of ["v", "bal", "veillee 1", "adret", "gap bal", "recit 12", "concert", "hivernales 3", "neige", ""]) {
      const start = performance.now();
      field.value = text;
      field.dispatchEvent(new Event("input"));
      await new Promise((changed) => {
        const watch = new MutationObserver(() => { watch.disconnect(); changed(); });
        watch.observe(root, { subtree: true, childList: true, characterData: true });
      });
      times.push(Math.round(performance.now() - start));
    }
    return times;
  });
  console.log(`     5,000 dates: first list after ${Math.round(ms)} ms; ms from key to list: ${times.join(" ")}`);
  assert.ok(ms < 3000, `${ms} ms`);
  assert.ok(Math.max(...times) < 300, times.join(" "));
});

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
