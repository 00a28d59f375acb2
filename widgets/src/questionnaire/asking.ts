/** The screen of the questionnaire: step by step, or all on one page. */
import { draftKey, type App, type Draft } from "./app.js";
import { button, h } from "./dom.js";
import { field, idOf, type Desk, type Field } from "./fields.js";
import { Player, type Question, type Step } from "./player.js";
import { sayCount } from "./texts.js";
import type { Item, Layout, Words } from "./wave.js";

const LAYOUT = "layout";
const REQUIRED = "forms.required";

/** Where an answer that is given leads. */
export interface Leads {
  finish(draft: Draft, player: Player): Promise<void>;
  stop(draft: Draft, player: Player): void;
}

/**
 * Leaving a line to press a button answers its question: what is drawn by that must not move the button away under the
 * finger, or the press is lost. So nothing is drawn between a press and its end.
 */
let isPressed = false;
let waiting: (() => void) | undefined;
const press = (): void => void (isPressed = true);
const release = (): void => void setTimeout(() => {
  isPressed = false;
  const draw = waiting;
  waiting = undefined;
  draw?.();
});
for (const kind of ["pointerdown", "mousedown"]) addEventListener(kind, press, true);
for (const kind of ["pointerup", "mouseup", "pointercancel"]) addEventListener(kind, release, true);

interface Group {
  readonly root: HTMLElement;
  readonly path: string;
  readonly item: Item;
}

export class Asking {
  #player: Player;
  #fields = new Map<string, Field>();
  #groups: Group[] = [];
  /** Texts in which answers stand. */
  #live: { readonly span: HTMLElement; readonly words: Words; readonly path: string }[] = [];
  #touched = new Set<string>();
  #tried = new Set<string>();
  #drawn = "";
  #byStep = true;
  readonly #errors = h("div", { class: "summary", role: "alert", tabindex: -1, hidden: true });
  readonly #news = h("p", { class: "news", role: "status" });
  readonly #form = h("form", { novalidate: true, submit: (event) => {
    event.preventDefault();
    void this.#next();
  } });
  #heading = h("h2");

  constructor(
    private readonly app: App,
    private draft: Draft,
    private readonly leads: Leads,
    resumed: boolean,
  ) {
    this.#player = new Player(draft.form, draft.setting, draft.steps, app.language);
    if (resumed) this.#news.textContent = app.say("resumed");
  }

  get #layout(): Layout {
    const { layouts } = this.draft.questionnaire;
    return layouts[this.app.language] ?? (Object.values(layouts)[0] as Layout);
  }

  /** Draws the screen, in the language of the page. */
  async draw(): Promise<void> {
    this.#byStep = (await this.app.store.get<string>(LAYOUT)) !== "all";
    this.#player.speak(this.app.language);
    const { app } = this;
    const other = button(app.say(this.#byStep ? "layout.all" : "layout.steps"), async () => {
      await app.store.put(LAYOUT, this.#byStep ? "all" : "steps");
      await app.go(() => this.draw());
    }, { class: "quiet" });
    const stop = button(app.say("stop"), () => this.leads.stop(this.draft, this.#player), { class: "quiet" });
    const { text, language } = this.#layout.label;
    app.show(h("span", { lang: language }, text), this.#news, this.#errors, this.#form, h("div", { class: "more" }, other, stop));
    this.#render();
  }

  /** The top of the questionnaire, as far as it is asked. */
  #pages(): readonly Item[] {
    return this.#layout.items.filter((item) => this.#isAsked(item, `/${item.name}`));
  }

  #isAsked(item: Item, path: string): boolean {
    const { questions } = this.#player.stand;
    const own = questions.get(path);
    if (own) return own.relevant && !isHidden(item, own);
    const inside = [...questions.values()].filter((question) => question.path.startsWith(`${path}/`));
    if (inside.some(({ relevant }) => relevant)) return true;
    return item.input.as === "repeat" && inside.length === 0 && item.count === undefined && this.#player.isAsked(path);
  }

  #page(): Item | undefined {
    const pages = this.#pages();
    return pages.find(({ name }) => name === this.draft.page) ?? pages[0];
  }

  #render(): void {
    const focused = document.activeElement;
    this.#fields.clear();
    this.#groups = [];
    this.#live = [];
    const page = this.#page();
    const items = this.#byStep ? (page ? [page] : []) : this.#layout.items;
    const pages = this.#pages();
    const place = page ? pages.indexOf(page) : 0;
    const { app } = this;
    const isLast = !this.#byStep || place >= pages.length - 1;
    this.#heading = h("h2", { tabindex: -1, class: "step" }, app.say("question", { n: place + 1, of: Math.max(pages.length, 1) }));
    this.#form.replaceChildren(
      ...(this.#byStep ? [this.#heading, h("progress", { value: place + 1, max: Math.max(pages.length, 1), "aria-hidden": "true" })] : []),
      ...items.flatMap((item) => this.#asked(item, "", 2)),
      h("div", { class: "actions" },
        ...(this.#byStep && place > 0 ? [button(app.say("previous"), () => this.#turn(pages[place - 1]))] : []),
        h("button", { type: "submit", class: "main" }, app.say(isLast ? "finish" : "next")),
      ),
    );
    this.#drawn = this.#shape();
    this.#refresh();
    if (focused instanceof HTMLElement && !focused.isConnected) {
      const { id } = focused;
      const { name, value } = focused as HTMLInputElement;
      const again = id ? document.getElementById(id) : name ? this.#form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`) : null;
      again?.focus();
    }
  }

  /** How many items lists have, and whether this is the last step: where it changes, the screen is drawn anew. */
  #shape(): string {
    const lists = new Set([...this.#player.stand.questions.keys()].flatMap((path) => path.match(/^.*\/\d+(?=\/)/)?.[0] ?? []));
    return JSON.stringify([[...lists], this.#byStep ? this.#pages().map(({ name }) => name) : []]);
  }

  #asked(item: Item, above: string, level: 2 | 3): HTMLElement[] {
    const path = `${above}/${item.name}`;
    const { as, items = [] } = item.input;
    if (as === "section" || as === "repeat") {
      const heading = h(level === 2 ? "h2" : "h3", { id: `${idOf(path)}-head` }, this.#words(item.label, path));
      const inside = as === "section" ? items.flatMap((inner) => this.#asked(inner, path, 3)) : this.#list(item, path);
      const root = h("section", { class: "group", "aria-labelledby": heading.id }, heading, item.help ? h("p", { class: "hint" }, this.#words(item.help, path)) : null, ...inside);
      this.#groups.push({ root, path, item });
      return [root];
    }
    const question = this.#player.stand.questions.get(path);
    if (!question || isHidden(item, question)) return [];
    const desk: Desk = {
      language: this.app.language,
      choices: (list) => this.#layout.lists[list] ?? [],
      words: (words, at) => this.#words(words, at),
      answer: (at, value, settled) => this.#answer(at, value, settled),
    };
    const made = field(item, path, desk, question);
    this.#fields.set(path, made);
    return [made.root];
  }

  /** The items of a list, each with a button that takes it out, and one that adds another. */
  #list(item: Item, path: string): HTMLElement[] {
    const { app } = this;
    const label = item.label.text;
    const fixed = item.count !== undefined;
    const count = this.#count(path);
    const members = Array.from({ length: count }, (_, place) => {
      const at = `${path}/${place}`;
      const heading = h("h3", { id: `${idOf(at)}-head`, tabindex: -1 }, `${label} ${place + 1}`);
      const remove = fixed ? null : button(app.say("remove", { label, n: place + 1 }), () => {
        if (!this.#take({ remove: at })) return;
        this.#news.textContent = app.say("removed");
        document.getElementById(`${idOf(path)}-add`)?.focus();
      }, { class: "quiet" });
      return h("section", { class: "member", "aria-labelledby": heading.id }, heading, ...(item.input.items ?? []).flatMap((inner) => this.#asked(inner, at, 3)), remove);
    });
    if (fixed || count >= (item.input.most ?? Infinity)) return members;
    const add = button(app.say("add", { label }), () => {
      if (!this.#take({ add: path })) return;
      this.#news.textContent = app.say("added", { label, n: count + 1 });
      document.getElementById(`${idOf(`${path}/${count}`)}-head`)?.focus();
    }, { id: `${idOf(path)}-add` });
    return [...members, add];
  }

  #count(list: string): number {
    const places = [...this.#player.stand.questions.keys()].filter((path) => path.startsWith(`${list}/`)).map((path) => Number(path.slice(list.length + 1).split("/")[0]));
    return Math.max(-1, ...places) + 1;
  }

  #words(words: Words, path: string): HTMLElement {
    const lang = words.language !== undefined && words.language !== this.app.language ? words.language : undefined;
    const span = h("span", { lang }, this.#filled(words.text, path));
    if (words.text.includes("${")) this.#live.push({ span, words, path });
    return span;
  }

  /** A text with the answers it names: those beside it, else further up. */
  #filled(text: string, path: string): string {
    return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      const parts = path.split("/");
      for (let depth = parts.length - 1; depth >= 1; depth -= 1) {
        const at = [...parts.slice(0, depth), name].join("/");
        const found = this.#player.stand.questions.get(at);
        if (!found) continue;
        const choices = this.#layout.lists[this.#itemAt(at)?.input.list ?? ""] ?? [];
        const said = (value: unknown): string => choices.find(({ code }) => code === value)?.label.text ?? String(value ?? "…");
        return Array.isArray(found.value) ? found.value.map(said).join(", ") : said(found.value);
      }
      return "…";
    });
  }

  #itemAt(path: string): Item | undefined {
    let items: readonly Item[] = this.#layout.items;
    let found: Item | undefined;
    for (const name of path.split("/").slice(1)) {
      if (/^\d+$/.test(name)) continue;
      found = items.find((item) => item.name === name);
      items = found?.input.items ?? [];
    }
    return found;
  }

  #answer(path: string, value: unknown, settled: boolean): void {
    if (settled) this.#touched.add(path);
    this.#take({ set: path, value });
  }

  #take(step: Step): boolean {
    const taken = this.#player.take(step);
    if (taken) this.#keep();
    const draw = (): void => {
      if (!this.#form.isConnected) return;
      if (this.#shape() === this.#drawn) this.#refresh();
      else this.#render();
    };
    if (isPressed && step.set !== undefined) waiting = draw;
    else draw();
    return taken;
  }

  #keep(): void {
    this.draft = { ...this.draft, steps: this.#player.steps };
    void this.app.attempt(() => this.app.store.put(draftKey(this.app.wave), this.draft));
  }

  /** What is wrong with a question and is told by now. */
  #error(question: Question): string | undefined {
    const { path, relevant, violations } = question;
    const tried = this.#tried.has(path.split("/")[1] ?? "");
    const code = relevant ? violations.find((own) => tried || (own !== REQUIRED && this.#touched.has(path))) : undefined;
    if (code === undefined) return undefined;
    const item = this.#itemAt(path);
    const own = code === REQUIRED ? item?.["required-help"] : code === "forms.constraint-unmet" ? item?.["constraint-help"] : undefined;
    const said = this.draft.questionnaire.violations[this.app.language]?.[code] ?? code;
    return own ? this.#filled(own.text, path) : said;
  }

  /** Shows every question as it stands. */
  #refresh(): void {
    const { questions } = this.#player.stand;
    const wrong: (readonly [Field, string])[] = [];
    for (const { span, words, path } of this.#live) span.textContent = this.#filled(words.text, path);
    for (const [path, own] of this.#fields) {
      const question = questions.get(path);
      if (!question) continue;
      const error = this.#error(question);
      own.update(question, error);
      if (error !== undefined && this.#tried.has(path.split("/")[1] ?? "")) wrong.push([own, error]);
    }
    for (const { root, path, item } of this.#groups) root.hidden = !this.#isAsked(item, path);
    this.#errors.hidden = wrong.length === 0;
    if (wrong.length === 0) this.#errors.replaceChildren();
    else {
      this.#errors.replaceChildren(
        h("p", {}, h("strong", {}, sayCount(this.app.language, "errors", wrong.length))),
        h("ul", {}, ...wrong.map(([own, error]) => h("li", {}, h("a", { href: `#${idOf(own.path)}`, click: (event) => {
          event.preventDefault();
          own.target().focus();
          own.root.scrollIntoView({ block: "nearest" });
        } }, `${this.#labelOf(own.path)} – ${error}`)))),
      );
    }
  }

  #labelOf(path: string): string {
    return this.#filled(this.#itemAt(path)?.label.text ?? "", path);
  }

  /** Turns to a step. */
  #turn(page: Item | undefined): void {
    if (!page) return;
    this.draft = { ...this.draft, page: page.name };
    this.#news.textContent = "";
    this.#keep();
    this.#render();
    this.#heading.focus();
    scrollTo(0, 0);
  }

  async #next(): Promise<void> {
    const pages = this.#pages();
    const page = this.#page();
    const place = page ? pages.indexOf(page) : -1;
    const isLast = !this.#byStep || place >= pages.length - 1;
    const checked = this.#byStep && !isLast && page ? [page] : pages;
    for (const { name } of checked) this.#tried.add(name);
    const isWrong = ({ name }: Item): boolean =>
      [...this.#player.stand.questions.values()].some(({ path, relevant, violations }) => relevant && violations.length > 0 && path.split("/")[1] === name);
    const first = checked.find(isWrong);
    if (first) {
      if (this.#byStep && first !== page) this.#turn(first);
      else this.#refresh();
      this.#errors.focus();
      this.#errors.scrollIntoView({ block: "nearest" });
    } else if (isLast) await this.leads.finish(this.draft, this.#player);
    else this.#turn(pages[place + 1]);
  }
}

/** A figure that is worked out and has no words of its own is not for the eyes of who answers. */
function isHidden(item: Item, question: Question): boolean {
  return question.read_only && item.input.as !== "note" && item.label.language === undefined;
}

