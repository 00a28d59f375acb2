/** The shapes of `agenda.json` and of what the core answers, as `c3ms_core::publisher` writes them. */

/** A text by language tag. */
export type Text = Readonly<Record<string, string>>;

export interface Money {
  readonly cents: number;
  readonly currency: string;
}

export interface Genre {
  readonly code: string;
  readonly label: Text;
}

export interface Place {
  readonly id: string;
  readonly name: Text;
  readonly commune?: string | null;
}

export type Status = "scheduled" | "cancelled" | "postponed" | "rescheduled" | "moved-online";

export interface Occurrence {
  readonly id: string;
  readonly title: Text;
  /** `2026-11-23T20:30:00[Europe/Paris]`, see `c3ms_core::base::Moment`. */
  readonly start: string;
  readonly end?: string | null;
  /** An index into the places. */
  readonly place?: number | null;
  /** Indexes into the genres. */
  readonly genres?: readonly number[];
  readonly status: Status;
  readonly free?: boolean | null;
  readonly lowest?: Money | null;
  readonly highest?: Money | null;
  readonly url?: string | null;
  readonly summary?: Text | null;
  readonly accessibility?: readonly string[];
}

/** What a page must know before its first question. */
export interface AgendaHead {
  readonly zone: string | null;
  readonly languages: readonly string[];
  readonly genres: readonly Genre[];
  readonly places: readonly Place[];
  readonly total: number;
}

/** What a reader asks: every condition that is set must hold. */
export interface AgendaQuery {
  readonly text?: string;
  readonly place?: string | null;
  readonly genre?: string | null;
  /** Still takes place on this day or later, `2026-11-23`. */
  readonly from?: string | null;
  /** Begins on this day or before. */
  readonly to?: string | null;
  /** Was over before this day. */
  readonly before?: string | null;
  readonly order?: "earliest" | "latest";
  readonly offset?: number;
  readonly limit?: number;
}

/** One page of an answer. */
export interface AgendaPage {
  readonly total: number;
  readonly occurrences: readonly Occurrence[];
  /** The first and the last local day of each occurrence. */
  readonly days: readonly (readonly [string, string])[];
  readonly facets: { readonly places: readonly number[]; readonly genres: readonly number[] };
  readonly first: string | null;
  readonly last: string | null;
}
