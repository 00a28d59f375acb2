// The page of a survey in Chromium: a wave is planned by the command, asked on a phone without a connection, and handed in
// again. C3MS_COMMAND says where the command is, C3MS_PICTURES where pictures are wanted.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { POLICY, serve } from "./serve.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const COMMAND = process.env.C3MS_COMMAND || here("../../target/debug/c3ms");
const PICTURES = process.env.C3MS_PICTURES;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ZONE = "Europe/Paris";
/** When the wave is planned: ten to eight on a summer evening, in the territory. What is said of the page comes an hour later. */
const PLANNED = Date.parse("2027-07-14T17:50:00Z");
const HOUR = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), "c3ms-questionnaire-"));
const home = join(folder, "cooperative");
const file = (name, content) => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};
let now = PLANNED;
const c3ms = (...options) => JSON.parse(execFileSync(COMMAND, ["--dir", home, "--json", "--now", new Date(now).toISOString(), ...options], { encoding: "utf8" }).trim().split("\n").at(-1));

/** The local time of the territory some minutes after: `2027-07-14 20:00`. */
const local = (minutes) => new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" }).format(PLANNED + minutes * 60_000);
const day = (days) => new Date(PLANNED + days * 24 * HOUR).toISOString().slice(0, 10);

/** A cooperative with one show tonight and one tomorrow, and a wave that asks its audience. */
function prepared() {
  const profile = join(folder, "profile");
  cpSync(here("../../schemas/profiles/live-performance"), profile, { recursive: true });
  cpSync(here("survey/audience.json"), join(profile, "cubes", "audience.json"));
  const about = JSON.parse(readFileSync(join(profile, "profile.json"), "utf8"));
  writeFileSync(join(profile, "profile.json"), JSON.stringify({ ...about, cubes: [...about.cubes, "audience"] }));
  execFileSync(COMMAND, ["init", home, "--profile", profile, "--name", "Grand Briançonnais"]);
  c3ms("import", file("venues.csv", "identifiant,nom,type,commune,code_insee,pays,latitude,longitude,jauge\nV001,Théâtre du Rempart,Théâtre,Briançon,05023,FR,44.8986,6.6425,312\n"));
  const shows = [["P1", "Le Bal des montagnes", 10], ["P2", "La Nuit des contes", 1450]];
  const rows = shows.map(([id, title, minutes]) => `${id};${title};V001;${local(minutes)};${local(minutes + 90)};prévu;Danse`);
  c3ms("import", file("programme.csv", `identifiant;titre;lieu;debut;fin;statut;genre\n${rows.join("\n")}\n`));
  const planned = c3ms("survey", "plan", file("plan.json", {
    wave: "summer", questionnaire: "audience", seed: 7, size: 2, interviews: 20,
    frame: { from: day(-2), to: day(4) },
    purposes: {
      study: { text: { fr: "étudier les publics du territoire", en: "to study the audiences of the territory" }, keep_days: 730 },
      contact: { text: { fr: "préparer une autre enquête", en: "to prepare another survey" }, keep_days: 30 },
    },
    quotas: [{ field: "area", value: "elsewhere", most: 60 }],
  }));
  assert.equal(planned.wave.slots.filter(({ drawn }) => drawn).length, 2);
  const told = c3ms("survey", "page", file("page.json", { wave: "summer", mode: "face-to-face" }), "--out", join(folder, "page"), "--widgets", here("../dist"));
  assert.equal(told.slots, 2);
  return { ...told, names: readdirSync(join(folder, "page")) };
}

const { names, version } = prepared();
const files = {};
/** What the server has from now on. */
function served(path, folder, names) {
  for (const name of names) files[`${path}${name}`] = readFileSync(join(folder, name));
  files[path] = files[`${path}index.html`];
}
served("/field/", join(folder, "page"), names);
const site = await serve(files, POLICY);
const browser = await chromium.launch({
  executablePath: process.env.C3MS_CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "fr-FR", timezoneId: ZONE, colorScheme: "light", reducedMotion: "reduce", hasTouch: true, acceptDownloads: true });
await context.clock.install({ time: PLANNED });
const tab = await context.newPage();
const wrong = [];
tab.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
tab.on("pageerror", (error) => wrong.push(error.message));
tab.on("request", (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(site.address) || wrong.push(`asked ${request.url()}`));

const heading = (name) => tab.getByRole("heading", { level: 1, name }).waitFor({ timeout: 5000 });
const press = (name) => tab.getByRole("button", { name }).click();
const choose = (group, name) => tab.getByRole("group", { name: group }).getByRole("radio", { name, exact: true }).check();
const focused = () => tab.evaluate(() => document.activeElement?.textContent ?? "");
async function inspect() {
  await tab.evaluate(AXE);
  const { violations } = await tab.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]), []);
  // What is touched is large enough, and nothing is wider than the screen.
  const small = await tab.evaluate(() => [...document.querySelectorAll("button, label.choice, select, input:not([type=radio], [type=checkbox])")]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44).map(({ outerHTML }) => outerHTML));
  assert.deepEqual(small, []);
  assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than the screen");
}
async function picture(name) {
  if (PICTURES) await tab.screenshot({ path: join(PICTURES, `${name}.png`) });
}
let passed = 0;
async function test(name, steps) {
  try {
    await steps();
    passed += 1;
    console.log(`ok   ${name}`);
  } catch (error) {
    console.log(`FAIL ${name}\n${error.stack}\n${wrong.join("\n")}`);
    if (PICTURES) await tab.screenshot({ path: join(PICTURES, "failed.png"), fullPage: true });
    await browser.close();
    process.exit(1);
  }
}

await test("slots stand by day, today's first, and the page is kept", async () => {
  await tab.goto(`${site.address}/field/`);
  await heading("Choisissez un créneau");
  await tab.getByText("Cette page fonctionne sans connexion.").waitFor();
  assert.deepEqual(await tab.locator(".slot span:nth-of-type(1)").allInnerTexts(), ["Le Bal des montagnes", "La Nuit des contes"]);
  await inspect();
  await press(/Le Bal des montagnes/);
  await heading("Le Bal des montagnes");
  await inspect();
});

await test("consent is asked purpose by purpose, with nothing ticked beforehand", async () => {
  await press("Commencer une réponse");
  await heading("Votre accord");
  assert.equal(await focused(), "Votre accord");
  assert.equal(await tab.locator("input:checked").count(), 0);
  await picture("consent");
  await press("Continuer");
  await tab.getByText("Vous n’avez donné aucun accord").waitFor();
  await inspect();
  await tab.getByRole("checkbox", { name: /étudier les publics/ }).check();
  await choose("Âge apparent", "30 à 59 ans");
  await choose("Sexe apparent", "Femme");
  await press("Continuer");
  await heading("Votre soirée");
});

await test("a question that must be answered says so in its place and in a summary", async () => {
  await press("Suivant");
  await tab.getByRole("alert").getByRole("link", { name: /Est-ce votre première venue ici/ }).waitFor();
  assert.match(await tab.getByRole("group", { name: /première venue/ }).innerText(), /Erreur\s: Dites si vous venez pour la première fois/);
  await inspect();
  await picture("error");
  await tab.getByRole("alert").getByRole("link").click();
  assert.equal(await tab.evaluate(() => document.activeElement.type), "radio");
});

await test("what is not to be asked is skipped, and comes back with its answer", async () => {
  await choose(/première venue/, "Non");
  await press("Suivant");
  await tab.getByRole("heading", { name: "Étape 2 sur 6" }).waitFor();
  await tab.getByLabel(/Combien de spectacles/).fill("500");
  await press("Suivant");
  await tab.getByText("Erreur : Une année n’a que 365 jours.").waitFor();
  assert.equal(await tab.getByLabel(/Combien de spectacles/).getAttribute("aria-invalid"), "true");
  await inspect();
  await tab.getByLabel(/Combien de spectacles/).fill("12");
  await press("Précédent");
  await choose(/première venue/, "Oui");
  await press("Suivant");
  await tab.getByRole("group", { name: /Comment avez-vous connu/ }).waitFor();
  await tab.getByRole("heading", { name: "Étape 2 sur 5" }).waitFor();
  assert.equal(await tab.getByLabel(/Combien de spectacles/).count(), 0);
});

await test("the language changes in the middle, and answers stay", async () => {
  await tab.getByRole("checkbox", { name: "Par la presse" }).check();
  await press("English");
  await heading("Your evening");
  assert.equal(await tab.locator("html").getAttribute("lang"), "en");
  assert.ok(await tab.getByRole("checkbox", { name: "From the press" }).isChecked());
  await press("Back");
  assert.ok(await tab.getByRole("radio", { name: "Yes" }).isChecked());
  await press("Next");
  await press("Next");
  await inspect();
});

await test("an answer that was begun goes on after a reload, without a connection too", async () => {
  await press("Add: Companion");
  await tab.getByRole("heading", { name: "Companion 1", exact: true }).waitFor();
  assert.equal(await focused(), "Companion 1");
  await tab.getByLabel(/^Age/).fill("41");
  await tab.waitForTimeout(400);
  await tab.reload();
  await tab.getByText("Your answer goes on where you left it.").waitFor();
  assert.equal(await tab.getByLabel(/^Age/).inputValue(), "41");
  await context.setOffline(true);
  await tab.reload();
  await heading("Your evening");
  assert.equal(await tab.getByLabel(/^Age/).inputValue(), "41");
  await inspect();
  await press("Next");
  await choose(/Where do you live/, "Elsewhere");
  await press("Next");
  await tab.getByLabel(/How much did you spend/).fill("12.5");
  await press("Finish");
  await heading("Thank you!");
  await tab.getByText("Message no. 1 is kept on this device.").waitFor();
  await inspect();
});

await test("all on one page, by keyboard, lists grow and shrink", async () => {
  await press("Français");
  await press("Personne suivante");
  await press("Commencer une réponse");
  await tab.getByRole("checkbox", { name: /préparer une autre enquête/ }).check();
  await press("Continuer");
  await press("Tout sur une page");
  await tab.getByRole("button", { name: "Terminer" }).waitFor();
  await press("Terminer");
  await tab.getByText("2 réponses sont à revoir").waitFor();
  await inspect();
  await tab.getByRole("alert").getByRole("link").first().focus();
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("ArrowDown");
  await tab.getByText("1 réponse est à revoir").or(tab.getByText("Une réponse est à revoir")).waitFor();
  await tab.getByLabel(/Combien de spectacles/).fill("3");
  await press("Ajouter : Accompagnant");
  await press("Ajouter : Accompagnant");
  await tab.getByLabel(/^Âge/).nth(0).fill("7");
  await tab.getByLabel(/^Âge/).nth(1).fill("70");
  await press("Retirer Accompagnant 1");
  assert.equal(await tab.getByLabel(/^Âge/).inputValue(), "70");
  await choose(/Où habitez-vous/, "Ailleurs");
  await tab.getByLabel(/Combien avez-vous dépensé/).fill("8,40");
  await inspect();
  await press("Terminer");
  await heading("Merci !");
  await press("Personne suivante");
  await press("Commencer une réponse");
  await tab.getByRole("checkbox", { name: /étudier les publics/ }).check();
  await press("Continuer");
  await choose(/première venue/, "Oui");
  await press("Arrêter là…");
  await heading("Arrêter cette réponse");
  await inspect();
  await press("Enregistrer");
  await heading("Merci !");
  await press("Personne suivante");
});

await test("those who do not answer are told apart", async () => {
  await press("Personne qui ne répond pas");
  await heading("Personne qui ne répond pas");
  await press("Enregistrer");
  await tab.getByText("Dites ce qui s’est passé.").waitFor();
  await inspect();
  await choose("Que s’est-il passé ?", "Refus");
  await choose("Âge apparent", "60 ans et plus");
  await choose("Sexe apparent", "Homme");
  await press("Enregistrer");
  await heading("Enregistré");
  await press("Personne suivante");
});

await test("the door is counted, each tap once, and kept over a reload", async () => {
  await press("Relevé de porte");
  await heading("Relevé de porte");
  for (let tap = 0; tap < 30; tap += 1) await tab.getByRole("button", { name: "Compter une personne" }).tap();
  await press("Retirer une personne");
  await tab.waitForFunction(() => document.querySelector("output.count").textContent === "29");
  await picture("door");
  await inspect();
  await tab.reload();
  await press("Relevé de porte");
  await tab.waitForFunction(() => document.querySelector("output.count").textContent === "29");
  assert.equal(await tab.locator("output").nth(1).innerText(), "4");
  await press("Enregistrer le relevé");
  await heading("Enregistré");
});

let queue = "";
await test("the queue is exported, and the cooperative takes all of it, once", async () => {
  await press("À transmettre : 5");
  await heading("Messages à transmettre");
  await inspect();
  const [download] = await Promise.all([tab.waitForEvent("download"), press("Exporter")]);
  queue = join(folder, "phone.ndjson");
  await download.saveAs(queue);
  const messages = readFileSync(queue, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(messages.map(({ sequence }) => sequence), [1, 2, 3, 4, 5]);
  assert.deepEqual(messages.map(({ response }) => response?.disposition), ["complete", "complete", "partial", "refusal", undefined]);
  const [first, second, third, refusal] = messages.map(({ response }) => response);
  assert.deepEqual(first.answers, { first: true, heard: ["press"], companions: [{ age: 41 }], area: "elsewhere", spent: 12.5 });
  assert.deepEqual([first.language, first.version, first.consent, first.observed], ["en", version, ["study"], { age: "30-59", sex: "f" }]);
  assert.deepEqual(second.answers, { first: false, visits: 3, companions: [{ age: 70 }], area: "elsewhere", spent: 8.4 });
  assert.deepEqual([third.answers, refusal.observed, refusal.answers], [{ first: true }, { age: "60+", sex: "m" }, undefined]);
  const ids = messages.slice(0, 3).flatMap(({ response }) => [response.id, response.respondent]);
  assert.equal(new Set(ids).size, 6);

  now += HOUR;
  const spec = file("capture.json", { wave: "summer", queues: ["phone.ndjson"] });
  const captured = c3ms("survey", "capture", spec);
  assert.deepEqual([captured.taken, captured.doors, captured.duplicates, captured.refused], [4, 1, 0, []]);
  // A partial interview lacks what must be answered: that alone is told.
  const flags = captured.flagged.flatMap((answer) => answer.flags.map(({ flag, path, detail }) => [answer.response, flag, path, detail]));
  assert.deepEqual(flags, [[third.id, "invalid", "/area", "forms.required"]]);
  const again = c3ms("survey", "capture", spec);
  assert.deepEqual([again.taken, again.doors, again.duplicates, again.refused], [0, 0, 5, []]);
  assert.deepEqual(again.devices, [{ device: messages[0].device, through: 5, highest: 5, missing: [] }]);
  file("again.json", again);
});

await test("what was acknowledged is forgotten, and nothing else", async () => {
  const other = file("other.json", { devices: [{ device: "01h455vb4pex5vsknk084sn02d", through: 9, highest: 9, missing: [] }] });
  await tab.getByLabel("Accusé de réception").setInputFiles(other);
  await tab.getByText("Ce fichier ne parle pas de cet appareil.").waitFor();
  const device = JSON.parse(readFileSync(queue, "utf8").split("\n")[0]).device;
  const some = file("some.json", { devices: [{ device, through: 2, highest: 5, missing: [[3, 3]] }], refused: [{ kept: false, message: { device, sequence: 1 } }] });
  await tab.getByLabel("Accusé de réception").setInputFiles(some);
  await tab.getByText("À transmettre de nouveau : 3.").waitFor();
  await tab.getByText("4 messages attendent").waitFor();
  await tab.getByLabel("Accusé de réception").setInputFiles(join(folder, "again.json"));
  await tab.getByText("Tout a été transmis.").waitFor();
  await inspect();
  await press("Créneau");
  await press("Commencer une réponse");
  await press("Je ne souhaite pas répondre");
  await tab.getByText("Message n° 6 gardé sur cet appareil.").waitFor();
});

await test("in the dark it can be read too", async () => {
  await tab.emulateMedia({ colorScheme: "dark" });
  await press("Personne suivante");
  await press("Commencer une réponse");
  await press("Continuer");
  await inspect();
  await tab.getByRole("checkbox", { name: /étudier les publics/ }).check();
  await press("Continuer");
  await press("Terminer");
  await tab.getByRole("alert").getByRole("link").first().waitFor();
  await inspect();
});

await test("a newer page is taken when there is a connection, and an answer that was begun keeps its questionnaire", async () => {
  const format = c3ms("format", "audience");
  format.fields[0].label.fr = "Venez-vous ici pour la première fois ?";
  c3ms("format", "migrate", "--to", file("audience-2.json", format));
  const newer = c3ms("survey", "page", join(folder, "page.json"), "--out", join(folder, "page"), "--widgets", here("../dist"));
  assert.notEqual(newer.version, version);
  served("/field/", join(folder, "page"), names);
  await context.setOffline(false);
  await tab.reload();
  const kept = () => tab.evaluate(() => caches.keys().then((keys) => keys.map((key) => key.slice(-64))));
  for (let patience = 100; patience > 0 && String(await kept()) !== newer.digest; patience -= 1) await tab.waitForTimeout(100);
  assert.deepEqual(await kept(), [newer.digest]);
  await context.setOffline(true);
  await tab.reload();
  await tab.getByRole("group", { name: /Est-ce votre première venue/ }).waitFor();
  await press("Arrêter là…");
  await choose("Que s’est-il passé ?", "Commencée par erreur : tout effacer");
  await press("Enregistrer");
  await press("Commencer une réponse");
  await tab.getByRole("checkbox", { name: /étudier les publics/ }).check();
  await press("Continuer");
  await tab.getByRole("group", { name: /Venez-vous ici pour la première fois/ }).waitFor();
});

await test("a visitor who holds the device is not looked at", async () => {
  const spec = file("visitor.json", { wave: "summer", mode: "self-administered", languages: ["fr"], title: "Votre avis" });
  c3ms("survey", "page", spec, "--out", join(folder, "visitor"), "--widgets", here("../dist"));
  served("/visitor/", join(folder, "visitor"), readdirSync(join(folder, "visitor")));
  await context.setOffline(false);
  await tab.goto(`${site.address}/visitor/`);
  assert.equal(await tab.getByRole("button", { name: "English" }).count(), 0);
  await press("Répondre au questionnaire");
  assert.equal(await tab.getByText("À noter par l’enquêteur").count(), 0);
  await tab.getByRole("checkbox", { name: /étudier les publics/ }).check();
  await press("Continuer");
  await press("Une étape à la fois");
  await choose(/première fois/, "Oui");
  for (const _ of ["heard", "companions"]) await press("Suivant");
  await press("Suivant");
  await choose(/Où habitez-vous/, "Ailleurs");
  await press("Suivant");
  await press("Terminer");
  await tab.getByText("Vous pouvez rendre l’appareil.").waitFor();
  await inspect();
  // Both pages share the numbers of the device.
  const lines = await tab.evaluate(() => new Promise((resolve) => {
    indexedDB.open("c3ms-survey").onsuccess = ({ target }) => {
      target.result.transaction("queue").objectStore("queue").getAll().onsuccess = (event) => resolve(event.target.result.map(({ line }) => JSON.parse(line)));
    };
  }));
  assert.deepEqual(lines.map(({ sequence, response }) => [sequence, response.disposition, response.mode]), [[6, "refusal", "face-to-face"], [7, "complete", "self-administered"]]);
});

await browser.close();
await site.close();
rmSync(folder, { recursive: true, force: true });
assert.deepEqual(wrong.filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED")), []);
console.log(`${passed} passed`);
