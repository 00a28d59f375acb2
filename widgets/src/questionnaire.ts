/**
 * The page on which a wave of a survey is asked, without a connection. `c3ms survey page` writes what it reads:
 * `wave.json` and the compiled form; its answers leave as a queue for `c3ms survey capture`.
 */
import { draftKey, type App, type Draft, type Screen } from "./questionnaire/app.js";
import { button, h, type Child } from "./questionnaire/dom.js";
import { loadCore } from "./questionnaire/player.js";
import { ask, home, slots } from "./questionnaire/screens.js";
import { Store } from "./questionnaire/store.js";
import { say, type Key } from "./questionnaire/texts.js";
import type { Language, Wave } from "./questionnaire/wave.js";

const LANGUAGE = "language";
const NAMES: Readonly<Record<Language, string>> = { fr: "Français", en: "English" };

class Page implements App {
  language: Language;
  #screen: Screen = () => undefined;
  #moves = true;
  readonly #title = h("p", { class: "title" });
  readonly #status = h("p", { class: "status", role: "status" });
  readonly #alert = h("p", { class: "error", role: "alert" });
  readonly #main = h("main");
  readonly #languages = h("div", { class: "languages", role: "group" });
  #isKept = false;

  constructor(
    readonly wave: Wave,
    readonly form: Uint8Array,
    readonly store: Store,
    readonly device: string,
    language: Language | undefined,
  ) {
    this.language = language && wave.languages.includes(language) ? language : (wave.languages[0] ?? "fr");
    document.body.append(h("header", {}, this.#title, this.#languages), this.#main, h("footer", {}, this.#status));
    if (wave.languages.length > 1) {
      for (const tag of wave.languages) this.#languages.append(button(NAMES[tag], () => this.#speak(tag), { lang: tag, "data-language": tag }));
    }
    this.#frame();
  }

  say(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
    return say(this.language, key, values);
  }

  async go(screen: Screen): Promise<void> {
    this.#screen = screen;
    this.#moves = true;
    this.#alert.textContent = "";
    await screen();
  }

  show(title: Child, ...children: readonly Child[]): void {
    const heading = h("h1", { tabindex: -1 }, title);
    this.#main.replaceChildren(heading, this.#alert, ...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
    document.title = `${heading.textContent} – ${this.wave.title[this.language] ?? this.wave.wave}`;
    if (!this.#moves) return;
    this.#moves = false;
    heading.focus();
    scrollTo(0, 0);
  }

  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      console.error(error);
      this.#alert.textContent = this.say("failed");
      this.#alert.scrollIntoView({ block: "nearest" });
    }
  }

  /** All files are on this device. */
  kept(): void {
    this.#isKept = true;
    this.#frame();
  }

  async #speak(language: Language): Promise<void> {
    this.language = language;
    await this.store.put(LANGUAGE, language);
    this.#frame();
    this.#alert.textContent = "";
    await this.#screen();
  }

  /** What stands around the screens. */
  #frame(): void {
    document.documentElement.lang = this.language;
    this.#title.textContent = this.wave.title[this.language] ?? this.wave.wave;
    this.#languages.setAttribute("aria-label", this.say("language"));
    for (const own of this.#languages.querySelectorAll("button")) {
      own.setAttribute("aria-pressed", String(own.dataset["language"] === this.language));
    }
    this.#status.textContent = this.say(this.#isKept ? "offline.ready" : "offline.not");
    this.#status.classList.toggle("kept", this.#isKept);
  }
}

async function fetched(file: string): Promise<Response> {
  const response = await fetch(file);
  if (!response.ok) throw new Error(`${file}: HTTP ${response.status}`);
  return response;
}

async function open(): Promise<void> {
  const wave = (await (await fetched("wave.json")).json()) as Wave;
  const [form, store] = await Promise.all([fetched(wave.form).then((response) => response.arrayBuffer()), Store.open(), loadCore()]);
  const page = new Page(wave, new Uint8Array(form), store, await store.deviceId(), await store.get<Language>(LANGUAGE));
  const draft = await store.get<Draft>(draftKey(wave));
  const last = await store.get<string>("slot");
  const slot = wave.slots.find((own) => own.slot === last);
  await page.go(draft ? ask(page, draft, true) : slot ? () => home(page, slot) : () => slots(page));
  // What is kept here is answers: the browser is asked not to make room by dropping them.
  void navigator.storage?.persist?.();
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("sw.js");
  await navigator.serviceWorker.ready;
  page.kept();
}

open().catch((error: unknown) => {
  console.error(error);
  if (document.querySelector("main")) return;
  document.body.append(h("main", {}, ...(["fr", "en"] as const).map((language) => h("p", { lang: language, class: "error" }, say(language, "broken")))));
});
