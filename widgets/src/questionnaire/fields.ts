/** Questions: each a label, what it is answered with, and what is wrong with it. */
import { button, h, type Child } from "./dom.js";
import type { Question } from "./player.js";
import { say } from "./texts.js";
import type { Choice, Item, Language, Words } from "./wave.js";

/** What a question asks of the questionnaire it stands in. */
export interface Desk {
  readonly language: Language;
  choices(list: string): readonly Choice[];
  /** A text of the questionnaire with the answers that it names. */
  words(words: Words, path: string): Child;
  answer(path: string, value: unknown, settled: boolean): void;
}

export interface Field {
  readonly path: string;
  readonly root: HTMLElement;
  /** What the focus goes to. */
  target(): HTMLElement;
  /** Shows the question as it stands, with an error or without. */
  update(question: Question, error: string | undefined): void;
}

/** The id of what is asked at a path. */
export const idOf = (path: string): string => `q${path.replaceAll("/", "-")}`;

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** Makes the field of a question. */
export function field(item: Item, path: string, desk: Desk, question: Question): Field {
  const id = idOf(path);
  const { language } = desk;
  const mark = h("span", { class: "mark" }, ` (${say(language, "required")})`);
  const label = (): Child[] => [desk.words(item.label, path), mark];
  const hints: string[] = [];
  const hint = (text: Child): HTMLElement => {
    hints.push(`${id}-hint${hints.length}`);
    return h("p", { class: "hint", id: hints.at(-1) }, text);
  };
  const error = h("p", { class: "error", id: `${id}-error`, hidden: true });
  const help = item.help ? hint(desk.words(item.help, path)) : null;
  const control = made(item, id, path, desk, question, hint);
  const heading = control.grouped
    ? h("fieldset", { id }, h("legend", {}, ...label()), help, ...control.above, error, ...control.parts)
    : h("div", {}, control.quiet ? h("p", { class: "label" }, ...label()) : h("label", { class: "label", for: id }, ...label()), help, ...control.above, error, ...control.parts);
  const root = h("div", { class: "question" }, heading);
  const described = control.grouped ? heading : (root.querySelector<HTMLElement>(`#${CSS.escape(id)}`) ?? root);
  return {
    path,
    root,
    target: () => (control.grouped ? (root.querySelector<HTMLElement>("input, button, select") ?? root) : described),
    update(now, wrong) {
      root.hidden = !now.relevant;
      mark.hidden = !now.required;
      error.hidden = wrong === undefined;
      error.replaceChildren(...(wrong === undefined ? [] : [h("strong", {}, say(language, "error")), wrong]));
      root.classList.toggle("wrong", wrong !== undefined);
      const by = [...hints, ...(wrong === undefined ? [] : [error.id])].join(" ");
      if (by) described.setAttribute("aria-describedby", by);
      else described.removeAttribute("aria-describedby");
      const inputs = control.grouped ? root.querySelectorAll("input") : [described];
      for (const input of inputs) {
        if (!input.matches("input, select, textarea")) continue;
        if (wrong === undefined) input.removeAttribute("aria-invalid");
        // A single radio button or box is never wrong by itself: its group is, and says so.
        else if (!input.matches("[type=radio], [type=checkbox]")) input.setAttribute("aria-invalid", "true");
      }
      control.show(now);
    },
  };
}

/** What a question is answered with. */
interface Control {
  readonly parts: readonly Child[];
  readonly above: readonly Child[];
  /** Several elements under one legend. */
  readonly grouped: boolean;
  /** Nothing is typed. */
  readonly quiet?: boolean;
  show(question: Question): void;
}

const NUMBER = /^[-+]?\d+(?:[.,]\d+)?$/;

/** What was typed, as the core reads it: what is no number stays a text, which the core finds wrong. */
function typed(as: string, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  switch (as) {
    case "integer":
    case "decimal":
      return NUMBER.test(trimmed.replaceAll(/\s/g, "")) ? Number(trimmed.replaceAll(/\s/g, "").replace(",", ".")) : trimmed;
    case "money":
      return NUMBER.test(trimmed) ? { cents: Math.round(Number(trimmed.replace(",", ".")) * 100), currency: "EUR" } : trimmed;
    case "time":
      return trimmed.length === 5 ? `${trimmed}:00` : trimmed;
    case "date-time":
      return trimmed.length === 16 ? `${trimmed}:00` : trimmed;
    default:
      return trimmed;
  }
}

/** The other way. */
function written(as: string, value: unknown, language: Language): string {
  if (value === null || value === undefined) return "";
  const local = (text: string): string => (language === "fr" ? text.replace(".", ",") : text);
  if (as === "decimal" && typeof value === "number") return local(String(value));
  if (as === "money" && typeof value === "object") return local((Number((value as { cents: number }).cents) / 100).toFixed(2));
  if (as === "time") return String(value).slice(0, 5);
  if (as === "date-time") return String(value).slice(0, 16);
  if (as === "texts" && typeof value === "object") return String((value as Record<string, string>)[language] ?? Object.values(value)[0] ?? "");
  return String(value);
}

const TYPES: Readonly<Record<string, string>> = { date: "date", time: "time", "date-time": "datetime-local", url: "url", email: "email", phone: "tel" };
const MODES: Readonly<Record<string, string>> = { integer: "numeric", decimal: "decimal", money: "decimal" };

function made(item: Item, id: string, path: string, desk: Desk, question: Question, hint: (text: Child) => HTMLElement): Control {
  const { as, shown, list = "" } = item.input;
  const { language } = desk;
  if (as === "note") return { parts: [], above: [], grouped: false, quiet: true, show: () => undefined };
  if (question.read_only) {
    const output = h("output", { id });
    return { parts: [output], above: [], grouped: false, show: ({ value }) => output.replaceChildren(written(as, value, language)) };
  }
  if (as === "yes-no") {
    const named = [["true", say(language, "yes")], ["false", say(language, "no")]] as const;
    return options(path, id, desk, () => named, (code) => code === "true", "radio");
  }
  if (as === "choice") {
    const labels = new Map(desk.choices(list).map(({ code, label }) => [code, label]));
    const named = (now: Question): Named[] =>
      (now.choices ?? []).map((code) => [code, desk.words(labels.get(code) ?? { text: code }, path)] as const);
    if (shown === "select") return select(path, id, desk, named);
    if (shown === "ranked") return ranked(path, desk, named, hint(say(language, "ranked")));
    return options(path, id, desk, named, (code) => code, shown === "boxes" ? "checkbox" : "radio");
  }
  if (as === "position") return position(path, id, desk);
  if (["path", "area", "file", "link"].includes(as)) {
    return { parts: [h("p", { id }, say(language, "unsupported"))], above: [], grouped: false, quiet: true, show: () => undefined };
  }
  return line(item, path, id, desk, hint);
}

/** A line, or several. */
function line(item: Item, path: string, id: string, desk: Desk, hint: (text: Child) => HTMLElement): Control {
  const { as } = item.input;
  const { language } = desk;
  const several = item.most !== undefined;
  const read = (text: string): unknown => {
    if (!several) {
      const value = typed(as, text);
      return as === "texts" && value !== null ? { [language]: value } : value;
    }
    const values = text.split("\n").map((part) => typed(as, part)).filter((value) => value !== null);
    return values.length ? values : null;
  };
  const write = (value: unknown): string =>
    several && Array.isArray(value) ? value.map((part) => written(as, part, language)).join("\n") : written(as, value, language);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: unknown = null;
  const answer = (settled: boolean): void => {
    clearTimeout(timer);
    timer = undefined;
    const value = read(input.value);
    if (!settled && same(value, last)) return;
    last = value;
    desk.answer(path, value, settled);
  };
  const listen = {
    change: () => answer(true),
    // What is typed is kept even where the page ends before the question is left.
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(() => answer(false), 250);
    },
  };
  const input = several || as === "long-text" || (as === "texts" && (item.input["max-length"] ?? 999) > 255)
    ? h("textarea", { id, rows: 3, ...listen })
    : h("input", { id, type: TYPES[as] ?? "text", inputmode: MODES[as], autocomplete: "off", ...listen });
  const above = several ? [hint(say(language, "lines"))] : as === "money" ? [hint(say(language, "euros"))] : [];
  return {
    parts: [input],
    above,
    grouped: false,
    show({ value }) {
      // What is being typed is not handed over yet: it is newer than what is shown.
      if (timer !== undefined) return;
      last = value;
      if (document.activeElement === input && same(read(input.value), value)) return;
      const text = write(value);
      if (input.value !== text && !same(read(input.value), value)) input.value = text;
    },
  };
}

type Named = readonly [code: string, label: Child];

/** Radio buttons, or boxes. */
function options(
  path: string,
  id: string,
  desk: Desk,
  named: (question: Question) => readonly Named[],
  value: (code: string) => unknown,
  type: "radio" | "checkbox",
): Control {
  const box = h("div", { class: "choices" });
  const clear = button(say(desk.language, "clear"), () => {
    desk.answer(path, null, true);
    box.querySelector("input")?.focus();
  }, { class: "quiet", hidden: true });
  let drawn = "";
  const chosen = (): HTMLInputElement[] => [...box.querySelectorAll("input")].filter((input) => input.checked);
  const change = (): void => {
    const codes = chosen().map((input) => value(input.value));
    if (type === "radio") desk.answer(path, codes[0] ?? null, true);
    else desk.answer(path, codes.length ? codes : null, true);
  };
  return {
    parts: [box, clear],
    above: [],
    grouped: true,
    show(now) {
      const all = named(now);
      const codes = JSON.stringify(all.map(([code]) => code));
      if (codes !== drawn) {
        drawn = codes;
        box.replaceChildren(...all.map(([code, label]) => h("label", { class: "choice" }, h("input", { type, name: id, value: code, change }), h("span", {}, label))));
      }
      const held = (Array.isArray(now.value) ? now.value : [now.value]).map(String);
      for (const input of box.querySelectorAll("input")) input.checked = held.includes(input.value);
      clear.hidden = type === "checkbox" || now.required || now.value === null;
    },
  };
}

/** A list that opens. */
function select(path: string, id: string, desk: Desk, named: (question: Question) => readonly Named[]): Control {
  const list: HTMLSelectElement = h("select", { id, change: () => desk.answer(path, list.value || null, true) });
  let drawn = "";
  return {
    parts: [list],
    above: [],
    grouped: false,
    show(now) {
      const all = named(now);
      const codes = JSON.stringify(all.map(([code]) => code));
      if (codes !== drawn) {
        drawn = codes;
        list.replaceChildren(h("option", { value: "" }, say(desk.language, "choose")), ...all.map(([code, label]) => h("option", { value: code }, label)));
      }
      list.value = String(now.value ?? "");
    },
  };
}

/** Choices that are put in order by touching them one after the other. */
function ranked(path: string, desk: Desk, named: (question: Question) => readonly Named[], above: HTMLElement): Control {
  const box = h("div", { class: "choices" });
  return {
    parts: [box],
    above: [above],
    grouped: true,
    show(now) {
      const held = Array.isArray(now.value) ? now.value.map(String) : [];
      const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["code"] : undefined;
      box.replaceChildren(...named(now).map(([code, label]) => {
        const place = held.indexOf(code);
        const next = place < 0 ? [...held, code] : held.filter((other) => other !== code);
        const own = button("", () => desk.answer(path, next.length ? next : null, true), { class: "choice", "aria-pressed": String(place >= 0), "data-code": code });
        own.append(...[place < 0 ? null : h("b", {}, `${place + 1}. `), label].filter((part): part is Node | string => part !== null && part !== false && part !== undefined));
        return own;
      }));
      if (focused !== undefined) box.querySelector<HTMLElement>(`[data-code="${CSS.escape(focused)}"]`)?.focus();
    },
  };
}

/** Two numbers. */
function position(path: string, id: string, desk: Desk): Control {
  const change = (): void => {
    const [latitude, longitude] = inputs.map((input) => typed("decimal", input.value));
    const none = latitude === null && longitude === null;
    desk.answer(path, none ? null : { latitude, longitude }, true);
  };
  const names = ["latitude", "longitude"] as const;
  const inputs = names.map((name) => h("input", { type: "text", inputmode: "decimal", autocomplete: "off", id: `${id}-${name}`, change }));
  const parts = names.map((name, place) => h("label", { class: "label", for: `${id}-${name}` }, say(desk.language, name), inputs[place]));
  return {
    parts,
    above: [],
    grouped: true,
    show({ value }) {
      const point = (value ?? {}) as Record<string, unknown>;
      names.forEach((name, place) => {
        const input = inputs[place];
        if (input && document.activeElement !== input) input.value = written("decimal", point[name], desk.language);
      });
    },
  };
}
