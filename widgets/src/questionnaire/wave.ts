/** The shapes of `wave.json`, as `c3ms survey page` writes them, and of what goes into the queue. */

/** A text by language tag. */
export type Text = Readonly<Record<string, string>>;

/** A text as it is shown; in another language than the one asked for where it is a fallback. */
export interface Words {
  readonly text: string;
  readonly language?: string;
  readonly fallback?: boolean;
}

/** How a field is typed; what belongs to some kinds only is optional. */
export interface Input {
  readonly as: string;
  readonly shown?: "radio" | "select" | "boxes" | "ranked";
  readonly list?: string;
  readonly items?: readonly Item[];
  readonly most?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly "max-length"?: number;
}

/** One field of the questionnaire. */
export interface Item {
  readonly name: string;
  readonly label: Words;
  readonly help?: Words;
  readonly "required-help"?: Words;
  readonly "constraint-help"?: Words;
  readonly input: Input;
  /** It is typed several times. */
  readonly most?: number;
  /** Other answers give the length of the list. */
  readonly count?: unknown;
}

export interface Choice {
  readonly code: string;
  readonly label: Words;
}

export interface Layout {
  readonly label: Words;
  readonly items: readonly Item[];
  readonly lists: Readonly<Record<string, readonly Choice[]>>;
}

export interface Slot {
  readonly slot: string;
  readonly venue: string;
  readonly locality: string;
  readonly title: string;
  readonly genre: string;
  /** In local time: `2027-07-14 20:00`. */
  readonly begin: string;
  readonly end: string;
  readonly expected: number;
  readonly interval: number;
  readonly first: number;
}

export interface Quota {
  readonly field: string;
  readonly value: string;
  readonly most: number;
  readonly answers: number;
  readonly full: boolean;
}

export type Mode = "face-to-face" | "self-administered";
export type Language = "fr" | "en";

/** The questionnaire in one of its versions: an answer that was begun goes on with its own. */
export interface Questionnaire {
  readonly version: string;
  readonly layouts: Readonly<Record<string, Layout>>;
  readonly violations: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Wave extends Questionnaire {
  readonly wave: string;
  readonly cooperative: string;
  readonly title: Text;
  readonly zone: string;
  readonly mode: Mode;
  readonly languages: readonly Language[];
  /** The file of the compiled form. */
  readonly form: string;
  readonly slots: readonly Slot[];
  readonly purposes: Readonly<Record<string, { readonly text: Text; readonly keep_days: number }>>;
  readonly quotas: readonly Quota[];
}

/** What the interviewer sees of a person. */
export interface Observed {
  age?: string;
  sex?: string;
}

export type Document = Readonly<Record<string, unknown>>;

export interface Response {
  readonly id: string;
  readonly wave: string;
  readonly slot: string;
  readonly respondent?: string;
  readonly version?: string;
  readonly language?: string;
  readonly begun: string;
  readonly ended: string;
  readonly disposition: string;
  readonly observed?: Observed;
  readonly answers?: Document;
  readonly consent?: readonly string[];
  readonly mode: Mode;
}

export interface DoorLog {
  readonly wave: string;
  readonly slot: string;
  readonly held: boolean;
  readonly begin?: string;
  readonly end?: string;
  readonly counted?: number;
  readonly approached?: number;
}

/** A message but for its device and number, which the store gives. */
export type Body = { readonly response: Response } | { readonly slot: DoorLog };
