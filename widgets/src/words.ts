/** Texts, dates, times and prices in the words of a language. */
import type { Money, Occurrence, Text } from "./bundle.js";
import { en } from "./catalogs/en.js";
import { fr } from "./catalogs/fr.js";

export type Key = keyof typeof fr;
export type Catalog = Readonly<Record<Key, string>>;

/** The codes of accessibility there are words for, in the order they are said. */
export const ACCESS = ["mi", "vi", "hi", "pi", "ii"] as const;
export type Access = (typeof ACCESS)[number];

const CATALOGS: Readonly<Record<string, Catalog>> = { fr, en };
const NBSP = "\u00a0";

/** A text of the data, and the language it is in. */
export interface Said {
  readonly text: string;
  readonly lang: string;
}

/** A day in its parts, to be set in columns or in one line. */
export interface DayParts {
  readonly weekday: string;
  readonly day: string;
  /** What follows the number: `er` after a French 1. */
  readonly nth: string;
  readonly month: string;
  readonly year: string;
}

/** A moment as it is written: `2026-11-23T20:30:00[Europe/Paris]`. */
interface Written {
  readonly day: string;
  readonly time: readonly [number, number] | null;
  readonly zone: string | null;
  readonly offset: string | null;
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d):(\d\d)(?::\d\d)?)?(?:\[(.+)\]|(Z|[+-]\d\d:\d\d))?$/;

function read(moment: string): Written {
  const [, day = moment, hour, minute, zone = null, offset = null] = MOMENT.exec(moment) ?? [];
  return { day, time: hour === undefined ? null : [Number(hour), Number(minute)], zone, offset };
}

/** The first language there is a catalog for: wanted, then the reader's own, then French. */
export function spoken(wanted: string | null | undefined): string {
  const tags = [wanted, ...(globalThis.navigator?.languages ?? [])];
  return tags.find((tag) => tag && base(tag) in CATALOGS) ?? "fr";
}

const base = (tag: string): string => tag.toLowerCase().split("-")[0] ?? "";

const instant = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** The day some days after another. */
export function later(day: string, days: number): string {
  const date = instant(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The day of the week, 1 for Monday to 7 for Sunday. */
export const weekday = (day: string): number => instant(day).getUTCDay() || 7;

/** The day it is where the reader is. */
export function todayHere(): string {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

/** The day it is in a zone; the reader's own where there is none, or none the browser knows. */
export function todayIn(zone: string | null): string {
  if (!zone) return todayHere();
  try {
    const format = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
    const of = Object.fromEntries(format.formatToParts(new Date()).map(({ type, value }) => [type, value]));
    return `${of["year"]}-${of["month"]}-${of["day"]}`;
  } catch {
    return todayHere();
  }
}

/** A value made at its first use: the formatters of the browser take tens of milliseconds. */
function late<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const UTC = { timeZone: "UTC" } as const;
const FULL = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;

/** The words of one language. */
export class Words {
  readonly #catalog: Catalog;
  readonly #french: boolean;
  readonly #locale: string;
  readonly #prices = new Map<string, Intl.NumberFormat>();
  readonly #plural = late(() => new Intl.PluralRules(this.#locale));
  readonly #number = late(() => new Intl.NumberFormat(this.#locale));
  readonly #list = late(() => new Intl.ListFormat(this.#locale, { type: "conjunction" }));
  readonly #date = late(() => new Intl.DateTimeFormat(this.#locale, { ...UTC, ...FULL }));
  readonly #time = late(() => new Intl.DateTimeFormat(this.#locale, { ...UTC, timeStyle: "short" }));
  readonly collator = late(() => new Intl.Collator(this.#locale, { numeric: true }));
  /** The zone of the reader. */
  readonly zone = late(() => new Intl.DateTimeFormat().resolvedOptions().timeZone);

  constructor(readonly tag: string) {
    this.#catalog = CATALOGS[base(tag)] ?? fr;
    this.#french = this.#catalog === fr;
    this.#locale = tag === "en" ? "en-GB" : tag;
  }

  /** Makes the formatters a list needs, before it comes. */
  warm(): void {
    this.day("2000-01-01");
    this.count("results", 2);
    this.#money({ cents: 0, currency: "EUR" });
    this.collator().compare("a", "b");
    this.zone();
    if (!this.#french) this.#clock([20, 30]);
  }

  /** The text of a key, its places filled in. */
  say(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
    return this.#catalog[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  }

  /** Whom a house can receive, in a sentence. */
  access(codes: readonly Access[]): string {
    return this.say("access", { list: this.#list().format(codes.map((code) => this.say(`access.${code}`))) });
  }

  /** The text of a key for a number of things. */
  count(key: "results" | "filters", n: number): string {
    return this.say(`${key}.${this.#plural().select(n) === "one" ? "one" : "other"}`, { n: this.number(n) });
  }

  number(n: number): string {
    return this.#number().format(n);
  }

  /** A text of the data in this language; else in French, English, any. */
  pick(text: Text | null | undefined): Said {
    const has = (tag: string): boolean => text !== null && text !== undefined && Object.hasOwn(text, tag);
    const lang = [this.tag, base(this.tag), "fr", "en"].find(has) ?? Object.keys(text ?? {})[0] ?? "";
    return { text: text?.[lang] ?? "", lang };
  }

  /** A day in its parts: `lundi`, `23`, `novembre`, `2026`. */
  day(day: string): DayParts {
    const of = Object.fromEntries(this.#date().formatToParts(instant(day)).map(({ type, value }) => [type, value]));
    const number = of["day"] ?? "";
    return {
      weekday: of["weekday"] ?? "",
      day: number,
      nth: this.#french && number === "1" ? "er" : "",
      month: of["month"] ?? "",
      year: of["year"] ?? "",
    };
  }

  /** Days on end: `du 4 au 6 décembre`, `du 30 novembre au 2 décembre`; the year where it is not this one. */
  range(first: string, last: string, today: string): string {
    const [from, to] = [this.day(first), this.day(last)];
    const year = to.year === today.slice(0, 4) ? "" : to.year;
    const written = (parts: DayParts, month: boolean, year: string): string =>
      [parts.day + parts.nth, month ? parts.month : "", year].filter(Boolean).join(NBSP);
    const fromYear = from.year === to.year ? "" : from.year;
    const values = {
      first: written(from, fromYear !== "" || from.month !== to.month, fromYear),
      last: written(to, true, fromYear && !year ? to.year : year),
    };
    return this.say(last === later(first, 1) ? "range.two" : "range.more", values);
  }

  /** A time: `20 h 30`, `20 h` in French. */
  #clock([hour, minute]: readonly [number, number]): string {
    if (!this.#french) return this.#time().format(Date.UTC(2000, 0, 1, hour, minute));
    return [hour, "h", ...(minute ? [String(minute).padStart(2, "0")] : [])].join(NBSP);
  }

  /** When an occurrence begins, when it ends where that is on the same evening, and in which zone if not ours. */
  times({ start, end }: Occurrence, lasts: boolean, ours: string | null): { begins: string; ends: string; zone: string } {
    const from = read(start);
    const to = end ? read(end) : null;
    const ends = !lasts && to?.time && from.time && end !== start ? to.time : null;
    const name = from.zone ? from.zone.replace(/^.*\//, "").replaceAll("_", " ") : "";
    return {
      begins: from.time ? this.#clock(from.time) : "",
      ends: ends ? this.say("time.until", { time: this.#clock(ends) }) : "",
      zone:
        from.zone && from.zone !== ours
          ? this.say("time.zone", { zone: name })
          : from.offset
            ? `UTC${from.offset === "Z" ? "" : from.offset.replace("-", "\u2212")}`
            : "",
    };
  }

  #money({ cents, currency }: Money): string {
    const digits = cents % 100 ? 2 : 0;
    const kind = `${currency}${digits}`;
    let format = this.#prices.get(kind);
    if (!format) {
      const style = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
      this.#prices.set(kind, (format = new Intl.NumberFormat(this.#locale, style)));
    }
    return format.format(cents / 100);
  }

  /** What it costs, empty where nobody said. */
  price({ free, lowest, highest }: Occurrence): string {
    if (free) return this.say("price.free");
    const [low, high] = [lowest && this.#money(lowest), highest && this.#money(highest)];
    if (low && high) return low === high ? low : this.say("price.range", { lowest: low, highest: high });
    if (low) return this.say("price.from", { lowest: low });
    if (high) return this.say("price.upto", { highest: high });
    return free === false ? this.say("price.paid") : "";
  }
}

/** The machine-readable time of a moment, for `<time datetime>`. */
export function machine(moment: string): string {
  const { day, time } = read(moment);
  return time ? `${day}T${time.map((part) => String(part).padStart(2, "0")).join(":")}` : day;
}
