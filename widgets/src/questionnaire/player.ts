/** A questionnaire being filled in: the core decides what is asked, required and wrong. */
import init, { play } from "c3ms-form";
import type { Document } from "./wave.js";

/** One step, as `c3ms form play` takes them. */
export interface Step {
  readonly set?: string;
  readonly value?: unknown;
  readonly add?: string;
  readonly remove?: string;
}

export interface Question {
  readonly path: string;
  readonly relevant: boolean;
  readonly required: boolean;
  readonly read_only: boolean;
  readonly violations: readonly string[];
  readonly value: unknown;
  readonly choices?: readonly string[];
}

/** What a play takes from outside. */
export interface Setting {
  /** A local time with its offset. */
  readonly now: string;
  readonly seed: number;
}

/** What stands after the last step. */
export interface Stand {
  readonly questions: ReadonlyMap<string, Question>;
  readonly document: Document;
}

interface Played {
  readonly steps: readonly { readonly questions: readonly Question[] }[];
  readonly document: Document;
}

let core: Promise<unknown> | undefined;

/** Loads the module, once. */
export function loadCore(): Promise<unknown> {
  core ??= init({ module_or_path: new URL("./form.wasm", import.meta.url) });
  return core;
}

/** A local time with its offset, as the core reads it. */
export function localTime(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  const two = (part: number): string => String(Math.floor(part)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${local}${minutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}

export class Player {
  stand: Stand;
  #language: string;
  #steps: readonly Step[];

  constructor(
    readonly form: Uint8Array,
    readonly setting: Setting,
    steps: readonly Step[],
    language: string,
  ) {
    this.#language = language;
    this.#steps = steps;
    this.stand = this.#played(steps);
  }

  /** What was done so far: played again it gives the same, answers that are not asked any more among it. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  speak(language: string): void {
    this.#language = language;
    this.stand = this.#played(this.#steps);
  }

  /** Takes a step; `false` where it cannot be taken. */
  take(step: Step): boolean {
    const steps = [...shortened(this.#steps, step), step];
    try {
      this.stand = this.#played(steps);
    } catch {
      return false;
    }
    this.#steps = steps;
    return true;
  }

  /** Whether a list that has no item yet is asked: as an item of it would be. */
  isAsked(list: string): boolean {
    try {
      const { questions } = this.#played([...this.#steps, { add: list }]);
      return [...questions.values()].some(({ path, relevant }) => relevant && path.startsWith(`${list}/`));
    } catch {
      return false;
    }
  }

  #played(steps: readonly Step[]): Stand {
    const script = { ...this.setting, language: this.#language, steps };
    const { steps: stands, document } = JSON.parse(play(this.form, JSON.stringify(script))) as Played;
    return { questions: new Map(stands.at(-1)?.questions.map((question) => [question.path, question])), document };
  }
}

/** An answer that is given anew takes the place of the one before it, as long as no list changed between. */
function shortened(steps: readonly Step[], step: Step): readonly Step[] {
  if (step.set === undefined) return steps;
  const since = steps.map(({ set }) => set === undefined).lastIndexOf(true);
  return steps.filter((earlier, place) => place < since || earlier.set !== step.set);
}
