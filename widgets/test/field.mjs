// What a person does by hand in the story of an observatory, in Chromium.
//   node test/field.mjs ask TASK.json    answers on the page of a wave, without a connection, and exports the queue
//   node test/field.mjs look TASK.json   opens written pages, and takes pictures of them
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [what, file] = process.argv.slice(2);
const task = JSON.parse(readFileSync(file, "utf8"));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.C3MS_CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A tab of which everything that goes wrong is an error. */
async function opened(options) {
  const context = await browser.newContext({ locale: "fr-FR", timezoneId: "Europe/Paris", colorScheme: "light", ...options });
  const tab = await context.newPage();
  const wrong = [];
  // A browser asks for /favicon.ico by itself: its absence is no fault of the page.
  const guessed = (url) => URL.canParse(url) && new URL(url).pathname === "/favicon.ico";
  tab.on("console", (message) => message.type() === "error" && !guessed(message.location().url) && wrong.push(message.text()));
  tab.on("pageerror", (error) => wrong.push(error.message));
  tab.on("request", (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(task.address) || wrong.push(`asked ${request.url()}`));
  return { context, tab, wrong };
}

async function ask() {
  const { context, tab, wrong } = await opened({ viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: "reduce", acceptDownloads: true });
  await context.clock.install({ time: task.now });
  const press = (name) => tab.getByRole("button", { name }).click();
  const choose = (group, name) => tab.getByRole("group", { name: group }).getByLabel(name, { exact: true }).check();
  await tab.goto(`${task.address}page/`);
  await tab.getByText("Cette page fonctionne sans connexion.").waitFor();
  await context.setOffline(true);
  await tab.reload();
  await tab.locator(".slot", { hasText: task.title }).first().click();
  for (const [place, { language, observed, answers }] of task.people.entries()) {
    const said = (text) => text[language];
    await press("Commencer une réponse");
    await tab.getByRole("checkbox", { name: /étudier les publics/ }).check();
    await choose("Âge apparent", { "under-30": "Moins de 30 ans", "30-59": "30 à 59 ans", "60+": "60 ans et plus" }[observed.age]);
    await choose("Sexe apparent", { f: "Femme", m: "Homme" }[observed.sex]);
    await press("Continuer");
    if (place === 0) await press("Tout sur une page");
    if (language === "en") await press("English");
    for (const field of task.format.fields) {
      const answer = answers[field.name];
      // A question that is not to be asked is not there.
      if (field.relevant !== undefined) await tab.getByText(said(field.label)).waitFor({ state: answer === undefined ? "hidden" : "visible", timeout: 5000 });
      if (answer === undefined) continue;
      if (field.kind.type === "code") {
        const { codes } = task.format.vocabularies[field.kind.vocabulary];
        for (const chosen of [answer].flat()) await choose(said(field.label), said(codes.find(({ code }) => code === chosen).label));
      } else if (field.kind.type === "boolean") {
        await choose(said(field.label), (language === "fr" ? ["Non", "Oui"] : ["No", "Yes"])[Number(answer)]);
      } else if (field.kind.type === "group") {
        for (const [index, { years }] of answer.entries()) {
          await press(`${language === "fr" ? "Ajouter :" : "Add:"} ${said(field.label)}`);
          await tab.getByLabel(said(field.kind.fields[0].label)).nth(index).fill(String(years));
        }
      } else {
        await tab.getByLabel(said(field.label)).fill(String(answer));
      }
    }
    await tab.screenshot({ path: join(task.pictures, `phone-${language}.png`), fullPage: true });
    await press(language === "fr" ? "Terminer" : "Finish");
    await tab.getByRole("heading", { level: 1, name: language === "fr" ? "Merci !" : "Thank you!" }).waitFor();
    if (language === "en") await press("Français");
    await press("Personne suivante");
  }
  await press(`À transmettre : ${task.people.length}`);
  const [download] = await Promise.all([tab.waitForEvent("download"), press("Exporter")]);
  await download.saveAs(task.queue);
  const kept = readFileSync(task.queue, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line).response);
  assert.deepEqual(kept.map(({ answers, language }) => ({ answers, language })), task.people.map(({ answers, language }) => ({ answers, language })));
  assert.deepEqual(wrong.filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED")), []);
}

async function look() {
  for (const { path, picture, paper } of task.pages) {
    const { context, tab, wrong } = await opened({ viewport: paper ? { width: 794, height: 1123 } : { width: 1280, height: 900 } });
    if (paper) await tab.emulateMedia({ media: "print" });
    await tab.goto(`${task.address}${path}`);
    await tab.evaluate(AXE);
    const { violations } = await tab.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }));
    assert.deepEqual(violations.map(({ id, nodes }) => [path, id, nodes[0].html, nodes[0].failureSummary]), []);
    await tab.screenshot({ path: join(task.pictures, picture), fullPage: !paper });
    assert.deepEqual(wrong, []);
    await context.close();
  }
}

await { ask, look }[what]();
await browser.close();
