/** What the page and its worker say to each other. */

/** Asks an agenda for a page, by a query (JSON); at first for its head too. */
export interface Request {
  readonly id: number;
  readonly src: string;
  readonly query: string;
  readonly head: boolean;
  /** What the page fetched while the worker started: the module of the core, the agenda. */
  readonly module?: WebAssembly.Module | undefined;
  readonly bytes?: ArrayBuffer | undefined;
}

/** Answers the request of the same id with JSON, or with what went wrong. */
export interface Answer {
  readonly id: number;
  readonly page?: string;
  readonly head?: string;
  readonly refused?: Refused;
}

/** What went wrong, as plain data: the core's codes, and the two of the page. */
export interface Refused {
  /** `publisher.bundle-unreadable`, `widget.agenda-unreachable`, `widget.core-unreachable`... */
  readonly code: string;
  readonly message: string;
}

/** The worker says this once, when its script runs. */
export const READY = "c3ms-ready";

/** The worker's module, as the page imports it where workers are refused. */
export interface Desk {
  answer(request: Request): Promise<Answer>;
}
