/** What the screens of the page share. */
import type { Child } from "./dom.js";
import type { Setting, Step } from "./player.js";
import type { Store } from "./store.js";
import type { Key } from "./texts.js";
import type { Language, Mode, Observed, Questionnaire, Slot, Wave } from "./wave.js";

/** An answer that is not finished, with the questionnaire that it is given to. */
export interface Draft {
  readonly questionnaire: Questionnaire;
  readonly form: Uint8Array;
  readonly slot: string;
  readonly id: string;
  readonly respondent: string;
  readonly begun: string;
  readonly setting: Setting;
  readonly consent: readonly string[];
  readonly observed: Observed;
  readonly steps: readonly Step[];
  /** The name of the first field of the step that is shown. */
  readonly page: string;
}

/** What is counted at the door of a slot. */
export interface Door {
  readonly counted: number;
  readonly approached: number;
  readonly held: boolean;
  readonly begin?: string;
}

/** A screen; drawn again where the language changes. */
export type Screen = () => unknown;

export interface App {
  readonly wave: Wave;
  readonly form: Uint8Array;
  readonly store: Store;
  readonly device: string;
  readonly language: Language;
  say(key: Key, values?: Readonly<Record<string, string | number>>): string;
  /** Goes to a screen: its heading gets the focus. */
  go(screen: Screen): Promise<void>;
  /** Shows what a screen is made of. */
  show(title: Child, ...children: readonly Child[]): void;
  /** Does what writes; where it fails, the page says so and stays. */
  attempt(work: () => Promise<void>): Promise<void>;
}

export const draftKey = ({ wave, mode }: { readonly wave: string; readonly mode: Mode }): string => `draft ${mode} ${wave}`;
export const doorKey = (wave: Wave, slot: string): string => `door ${wave.wave} ${slot}`;

/** The counts of a door. */
export async function door(app: App, slot: Pick<Slot, "slot">): Promise<Door> {
  return (await app.store.get<Door>(doorKey(app.wave, slot.slot))) ?? { counted: 0, approached: 0, held: true };
}

/** What is written with a message about one more person: she was approached. */
export async function approachedToo(app: App, slot: string): Promise<Record<string, unknown>> {
  const counts = await door(app, { slot });
  return { [doorKey(app.wave, slot)]: { ...counts, approached: counts.approached + 1 } satisfies Door };
}
