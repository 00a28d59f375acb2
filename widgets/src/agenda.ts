/** `<c3ms-agenda src="agenda.json">`: the agenda of a territory, to be searched and read. */
import { LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { html, literal } from "lit/static-html.js";
import { styles } from "./agenda-styles.js";
import type { AgendaHead, AgendaPage, AgendaQuery, Occurrence } from "./bundle.js";
import { engine, EngineError } from "./engine.js";
import { CHOICES, period, type Choice } from "./periods.js";
import { ACCESS, machine, spoken, todayHere, todayIn, Words, type Key, type Said } from "./words.js";

export type { AgendaHead, AgendaPage, AgendaQuery, Occurrence } from "./bundle.js";

/** What `c3ms-ready` tells: how many dates there are, and when the list stood, in ms since navigation. */
export interface ReadyDetail {
  readonly total: number;
  readonly ms: number;
}

const LEVELS = { 2: literal`h2`, 3: literal`h3`, 4: literal`h4`, 5: literal`h5`, 6: literal`h6` } as const;
type Level = keyof typeof LEVELS;

/** The first list comes in two strokes: what a screen holds, then the rest of its page. */
const FIRST = 12;

interface Shown {
  readonly occurrence: Occurrence;
  readonly first: string;
  readonly last: string;
}

interface Filters {
  readonly text: string;
  readonly place: string;
  readonly genre: string;
  /** A quick choice, or null where the reader set the days. */
  readonly choice: Choice | null;
  readonly from: string;
  readonly to: string;
}

const UNFILTERED: Filters = { text: "", place: "", genre: "", choice: "upcoming", from: "", to: "" };

/**
 * The agenda of a territory.
 *
 * Content between the tags is what a server rendered: it stays until the first list stands, and where that
 * fails.
 *
 * @fires c3ms-ready - once, when the first list stands; `detail` is a {@link ReadyDetail}
 * @fires c3ms-error - when the agenda cannot be shown; `detail.code` is the stable code
 */
export class AgendaElement extends LitElement {
  static override styles = styles;
  static override properties = {
    src: {},
    lang: {},
    heading: { type: Number },
    pageSize: { type: Number, attribute: "page-size" },
    today: {},
    filters: { state: true },
    head: { state: true },
    page: { state: true },
    items: { state: true },
    fallback: { state: true },
    problem: { state: true },
    open: { state: true },
  };

  /** The address of `agenda.json`. */
  declare src: string;
  /** The level of the headings of days, 2 to 6; titles are one below. */
  declare heading: number;
  /** How many dates are shown at once. */
  declare pageSize: number;
  /** The day taken for today, `2026-11-23`: for archives and tests. */
  declare today: string | null;

  private declare filters: Filters;
  private declare head: AgendaHead | null;
  private declare page: AgendaPage | null;
  private declare items: readonly Shown[];
  /** Nothing is upcoming: what is shown is past. */
  private declare fallback: boolean;
  private declare problem: EngineError | null;
  private declare open: boolean;

  #spoken: Words | undefined;
  #day = "";
  #asked = 0;
  #ready = false;
  #reader: MutationObserver | undefined;

  constructor() {
    super();
    this.src = "agenda.json";
    this.heading = 2;
    this.pageSize = 50;
    this.today = null;
    this.filters = UNFILTERED;
    this.head = this.page = this.problem = null;
    this.items = [];
    this.fallback = this.open = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // The worker starts before anything is set in words; while it does, the formatters are made.
    void this.#load();
    (globalThis.requestIdleCallback ?? setTimeout)(() => this.#words.warm());
    this.#reader = new MutationObserver(() => this.requestUpdate());
    this.#reader.observe(document.documentElement, { attributeFilter: ["lang"] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#reader?.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const tag = spoken(this.lang || this.parentElement?.closest("[lang]")?.getAttribute("lang"));
    if (tag !== this.#spoken?.tag) this.#spoken = new Words(tag);
    if (this.hasUpdated && ["src", "today", "pageSize"].some((name) => changed.has(name))) void this.#load();
  }

  get #words(): Words {
    return (this.#spoken ??= new Words("fr"));
  }

  protected override updated(): void {
    if (!this.page || this.#ready) return;
    this.#ready = true;
    const ms = performance.mark("c3ms:first-list").startTime;
    this.#tell("c3ms-ready", { total: this.head?.total ?? 0, ms } satisfies ReadyDetail);
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  // Asking

  /** Asks for the agenda and its first page in one go; the day is the reader's until the zone is known. */
  async #load(): Promise<void> {
    const turn = ++this.#asked;
    const src = this.#address();
    this.problem = null;
    this.#day = this.today || todayHere();
    try {
      const { head, page } = await engine.open(src, this.#query(this.filters));
      if (src !== this.#address()) return;
      this.head = head;
      if (turn !== this.#asked) return;
      if (page.total === 0 || (!this.today && todayIn(head.zone) !== this.#day)) await this.#find();
      else this.#show(page, false);
    } catch (error) {
      if (src === this.#address()) this.#refuse(error);
    }
  }

  #show(page: AgendaPage, fallback: boolean): void {
    this.page = page;
    this.fallback = fallback;
    this.problem = null;
    const items = shown(page);
    this.items = this.#ready ? items : items.slice(0, FIRST);
    if (this.items.length < items.length) {
      const first = this.items;
      void this.updateComplete.then(() => setTimeout(() => this.items === first && (this.items = items)));
    }
  }

  #address(): string {
    return new URL(this.src, this.baseURI).href;
  }

  #query(filters: Filters): AgendaQuery {
    const { text, place, genre, choice, from, to } = filters;
    const days = choice ? period(choice, this.#day) : { from: from || null, to: to || null };
    return { text, place: place || null, genre: genre || null, ...days, limit: this.pageSize };
  }

  /** Asks for the first page of what the filters leave; only the last question asked is answered. */
  async #find(): Promise<void> {
    const turn = ++this.#asked;
    const { filters } = this;
    this.#day = this.today || todayIn(this.head?.zone ?? null);
    try {
      let page = await engine.page(this.#address(), this.#query(filters));
      let fallback = false;
      if (page.total === 0 && filters.choice === "upcoming") {
        const past = await engine.page(this.#address(), this.#query({ ...filters, choice: "past" }));
        fallback = past.total > 0;
        if (fallback) page = past;
      }
      if (turn !== this.#asked) return;
      this.#show(page, fallback);
    } catch (error) {
      if (turn === this.#asked) this.#refuse(error);
    }
  }

  async #more(): Promise<void> {
    const turn = ++this.#asked;
    const offset = this.items.length;
    const filters = this.fallback ? { ...this.filters, choice: "past" as const } : this.filters;
    try {
      const page = await engine.page(this.#address(), { ...this.#query(filters), offset });
      if (turn !== this.#asked) return;
      this.items = [...this.items, ...shown(page)];
      await this.updateComplete;
      const next = this.renderRoot.querySelectorAll<HTMLElement>(".title")[offset];
      (next?.querySelector("a") ?? next)?.focus();
    } catch (error) {
      this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    this.problem =
      error instanceof EngineError ? error : new EngineError({ code: "widget.failed", message: String(error) });
    this.#tell("c3ms-error", { code: this.problem.code });
  }

  #filter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    void this.#find();
  }

  #choose(choice: Choice): void {
    this.#filter({ choice, from: "", to: "" });
  }

  #between(change: { from?: string; to?: string }): void {
    const { from, to } = { ...this.#days(), ...change };
    this.#filter({ choice: from || to ? null : "all", from, to });
  }

  #reset(): void {
    this.#filter(UNFILTERED);
    this.renderRoot.querySelector<HTMLElement>("#text")?.focus();
  }

  /** The days in the two fields: the reader's, or those of the quick choice. */
  #days(): { from: string; to: string } {
    const { choice, from, to } = this.filters;
    if (choice === null) return { from, to };
    const of = period(choice, this.#day);
    return { from: of.from ?? "", to: of.to ?? "" };
  }

  // Showing

  protected override render(): TemplateResult {
    const words = this.#words;
    if (this.problem && !this.page) return this.#broken();
    if (!this.page || !this.head) {
      const wait = this.childElementCount ? nothing : html`<p class="wait">${words.say("loading")}</p>`;
      return html`<div class="root" lang=${words.tag} aria-busy="true">${wait}<slot></slot></div>`;
    }
    return html`
      <section class="root" part="agenda" lang=${words.tag} aria-label=${words.say("agenda")}>
        ${this.#form(this.head, this.page)} ${this.#found(this.page)}
        ${this.problem ? html`<p class="notice" role="alert">${words.say("error")}</p>` : nothing}
        ${this.fallback ? html`<p class="notice" part="notice">${words.say(this.#nothingUpcoming())}</p>` : nothing}
        ${this.items.length ? this.#list() : this.#nothing()} ${this.#next(this.page)} ${this.#note(this.head)}
      </section>
    `;
  }

  #broken(): TemplateResult {
    const words = this.#words;
    const key = this.childElementCount ? "error.fallback" : "error";
    return html`
      <div class="root" lang=${words.tag}>
        <p class="notice" part="error" role="alert">
          ${words.say(key)} <button class="bare" @click=${() => this.#load()}>${words.say("error.retry")}</button>
        </p>
        <slot></slot>
      </div>
    `;
  }

  #form(head: AgendaHead, page: AgendaPage): TemplateResult {
    const words = this.#words;
    const { text, place, genre, choice } = this.filters;
    const { from, to } = this.#days();
    const set = Number(place !== "") + Number(genre !== "") + Number(choice === null);
    return html`
      <form role="search" part="filters" @submit=${(event: Event) => event.preventDefault()}>
        <p class="search">
          <label for="text">${words.say("search")}</label>
          <input id="text" type="search" part="field" autocomplete="off" placeholder=${words.say("search.hint")}
            .value=${text} @input=${(event: Event) => this.#filter({ text: value(event) })} />
        </p>
        <fieldset class="quick">
          <legend>${words.say("when")}</legend>
          <ul>
            ${CHOICES.map(
              (one) => html`<li>
                <input type="radio" name="when" id=${one} value=${one} .checked=${choice === one}
                  @change=${() => this.#choose(one)} />
                <label for=${one} part="choice">${words.say(`when.${one}`)}</label>
              </li>`,
            )}
          </ul>
        </fieldset>
        <button type="button" class="toggle" aria-expanded=${this.open} aria-controls="more"
          @click=${() => (this.open = !this.open)}>
          ${set ? words.count("filters", set) : words.say("filters")}
        </button>
        <div id="more" class=${this.open ? "more open" : "more"}>
          <p class="place">
            <label for="place">${words.say("place")}</label>
            <select id="place" part="field" @change=${(event: Event) => this.#filter({ place: value(event) })}>
              <option value="" ?selected=${place === ""}>${words.say("place.all")}</option>
              ${this.#options(
                head.places.map(({ id, name, commune }, index) => {
                  const { text, lang } = words.pick(name);
                  const label = commune && !text.includes(commune) ? `${text} (${commune})` : text;
                  return { value: id, label, lang, count: page.facets.places[index] ?? 0 };
                }),
                place,
              )}
            </select>
          </p>
          <p class="genre">
            <label for="genre">${words.say("genre")}</label>
            <select id="genre" part="field" @change=${(event: Event) => this.#filter({ genre: value(event) })}>
              <option value="" ?selected=${genre === ""}>${words.say("genre.all")}</option>
              ${this.#options(
                head.genres.map(({ code, label }, index) => {
                  const { text, lang } = words.pick(label);
                  return { value: code, label: text, lang, count: page.facets.genres[index] ?? 0 };
                }),
                genre,
              )}
            </select>
          </p>
          <p class="from">
            <label for="from">${words.say("from")}</label>
            <input id="from" type="date" part="field" .value=${from}
              @change=${(event: Event) => this.#between({ from: value(event) })} />
          </p>
          <p class="to">
            <label for="to">${words.say("to")}</label>
            <input id="to" type="date" part="field" .value=${to}
              @change=${(event: Event) => this.#between({ to: value(event) })} />
          </p>
        </div>
      </form>
    `;
  }

  /** The choices that leave something, and the one that is made, in the order of the language. */
  #options(
    options: readonly { value: string; label: string; lang: string; count: number }[],
    chosen: string,
  ): TemplateResult[] {
    const words = this.#words;
    return options
      .filter(({ value, count }) => count > 0 || value === chosen)
      .sort((one, other) => words.collator().compare(one.label, other.label))
      .map(
        ({ value, label, lang, count }) => html`<option value=${value} lang=${lang} ?selected=${value === chosen}>
          ${label} (${words.number(count)})
        </option>`,
      );
  }

  #found(page: AgendaPage): TemplateResult {
    const words = this.#words;
    const { text, place, genre, choice } = this.filters;
    const filtered = text.trim() || place || genre || choice !== "upcoming";
    return html`
      <div class="found">
        <p role="status" part="count">${words.count("results", this.fallback ? 0 : page.total)}</p>
        ${filtered
          ? html`<button type="button" class="bare" @click=${() => this.#reset()}>${words.say("reset")}</button>`
          : nothing}
      </div>
    `;
  }

  #nothingUpcoming(): Key {
    const { text, place, genre } = this.filters;
    return text.trim() || place || genre ? "none.upcoming.filtered" : "none.upcoming";
  }

  #nothing(): TemplateResult {
    const words = this.#words;
    if (!this.head?.total) return html`<p class="empty" part="empty">${words.say("none.agenda")}</p>`;
    const { choice, from, to } = this.filters;
    const advice = choice === null && from && to && from > to ? "none.reversed" : "none.advice";
    return html`<p class="empty" part="empty">
      <strong>${words.say("none.title")}</strong> <span>${words.say(advice)}</span>
    </p>`;
  }

  /** The list, by the day on which each begins; what began before the days asked for comes under its own head. */
  #list(): TemplateResult[] {
    const from = this.fallback ? "" : this.#days().from;
    const groups: { day: string | null; items: Shown[] }[] = [];
    for (const item of this.items) {
      const day = item.first < from ? null : item.first;
      const last = groups.at(-1);
      if (last?.day === day) last.items.push(item);
      else groups.push({ day, items: [item] });
    }
    const level = (this.heading >= 2 && this.heading <= 5 ? this.heading : 2) as Level;
    const [Head, Title] = [LEVELS[level], LEVELS[(level + 1) as Level]];
    return groups.map(
      ({ day, items }) => html`
        <div class="day" part="day">
          <${Head} class="date" part="date">${this.#date(day)}</${Head}>
          <ol part="list">${items.map((item) => this.#occurrence(item, Title))}</ol>
        </div>
      `,
    );
  }

  #date(day: string | null): TemplateResult {
    const words = this.#words;
    if (day === null) return html`<span class="relative">${words.say("day.ongoing")}</span>`;
    const { weekday, day: number, nth, month, year } = words.day(day);
    const ahead = (Date.parse(day) - Date.parse(this.#day)) / 86_400_000;
    const near = ahead === 0 ? words.say("day.today") : ahead === 1 ? words.say("day.tomorrow") : "";
    const relative = near ? html`<span class="relative">${near}</span> ` : nothing;
    const full = year === this.#day.slice(0, 4) ? month : `${month} ${year}`;
    return html`${relative}<span class="weekday">${weekday}</span>
      <span class="number">${number}${nth ? html`<sup>${nth}</sup>` : nothing}</span>
      <span class="month">${full}</span>`;
  }

  #occurrence({ occurrence, first, last }: Shown, Title: (typeof LEVELS)[Level]): TemplateResult {
    const words = this.#words;
    const { start, status, summary } = occurrence;
    const off = status === "cancelled" || status === "postponed";
    const { begins, ends, zone } = words.times(occurrence, first !== last, this.head?.zone ?? null);
    const place = typeof occurrence.place === "number" ? this.head?.places[occurrence.place] : undefined;
    const price = words.price(occurrence);
    const name = this.#said(words.pick(occurrence.title));
    const link = safe(occurrence.url, this.baseURI);
    const title = link ? html`<a href=${link}>${name}</a>` : name;
    const badge =
      status === "scheduled"
        ? nothing
        : html`<span class=${off ? "status" : "status mild"} part="status">${words.say(`status.${status}`)}</span> `;
    return html`
      <li class=${off ? "occurrence off" : "occurrence"} part="occurrence">
        <p class="time" part="time">
          ${begins ? html`<time datetime=${machine(start)}>${begins}</time>` : nothing}
          ${ends ? html`<span>${ends}</span>` : nothing} ${zone ? html`<span>${zone}</span>` : nothing}
        </p>
        <div class="body">
          <${Title} class="title" part="title" tabindex="-1">${badge}${off ? html`<s>${title}</s>` : title}</${Title}>
          ${first !== last ? html`<p class="lasts" part="range">${sentence(words.range(first, last, this.#day))}</p>` : nothing}
          ${place ? this.#where(words.pick(place.name), place.commune ?? "") : nothing}
          ${summary ? html`<p class="summary" part="summary">${this.#said(words.pick(summary))}</p>` : nothing}
          ${this.#tags(occurrence)}
        </div>
        ${price ? html`<p class="price" part="price">${price}</p>` : nothing}
      </li>
    `;
  }

  #where(place: Said, commune: string): TemplateResult {
    const apart = commune && !place.text.includes(commune);
    return html`<p class="where" part="place">
      ${this.#said(place)}${apart ? html`<span class="commune">, ${commune}</span>` : nothing}
    </p>`;
  }

  #tags({ genres = [], accessibility = [] }: Occurrence): TemplateResult | typeof nothing {
    const words = this.#words;
    const chips = genres.flatMap((index) => this.head?.genres[index] ?? []);
    const access = ACCESS.filter((code) => accessibility.includes(code));
    if (!chips.length && !access.length) return nothing;
    return html`<div class="tags">
      ${chips.length
        ? html`<ol class="genres">${chips.map(({ label }) => html`<li part="genre">${this.#said(words.pick(label))}</li>`)}</ol>`
        : nothing}
      ${access.length
        ? html`<span class="access" part="access">${words.access(access)}</span>`
        : nothing}
    </div>`;
  }

  /** A text of the data, marked with its language where that is not the page's. */
  #said({ text, lang }: Said): TemplateResult | string {
    return lang && lang !== this.#words.tag ? html`<span lang=${lang}>${text}</span>` : text;
  }

  #next(page: AgendaPage): TemplateResult | typeof nothing {
    const words = this.#words;
    if (this.items.length >= page.total) return nothing;
    const values = { shown: words.number(this.items.length), total: words.number(page.total) };
    return html`<div class="next" part="next">
      <p>${words.say("shown", values)}</p>
      <button type="button" part="more" @click=${() => this.#more()}>${words.say("more")}</button>
    </div>`;
  }

  /** Says whose clock it is where the reader's is another. */
  #note({ zone }: AgendaHead): TemplateResult | typeof nothing {
    if (!zone || zone === this.#words.zone()) return nothing;
    return html`<p class="note">${this.#words.say("time.note", { zone })}</p>`;
  }
}

const value = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const shown = (page: AgendaPage): Shown[] =>
  page.occurrences.map((occurrence, index) => {
    const day = occurrence.start.slice(0, 10);
    const [first, last] = page.days[index] ?? [day, day];
    return { occurrence, first, last };
  });

/** An address a link may lead to: of the web, nothing that runs. */
function safe(url: string | null | undefined, base: string): string | null {
  if (!url || !URL.canParse(url, base)) return null;
  const { protocol, href } = new URL(url, base);
  return protocol === "https:" || protocol === "http:" ? href : null;
}

if (!customElements.get("c3ms-agenda")) customElements.define("c3ms-agenda", AgendaElement);

declare global {
  interface HTMLElementTagNameMap {
    "c3ms-agenda": AgendaElement;
  }
}
