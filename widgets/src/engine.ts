/** The page's side of the core: one worker for all elements, the main thread where workers are refused. */
import type { AgendaHead, AgendaPage, AgendaQuery } from "./bundle.js";
import { READY, type Answer, type Desk, type Refused, type Request } from "./protocol.js";

/** What the core or the network refused. */
export class EngineError extends Error {
  readonly code: string;
  constructor({ code, message }: Refused) {
    super(message);
    this.name = "EngineError";
    this.code = code;
  }
}

interface Pending {
  readonly request: Request;
  readonly settle: (answer: Answer) => void;
}

const WORKER = new URL("./c3ms-worker.js", import.meta.url);

class Engine {
  #worker: Worker | undefined;
  #desk: Promise<Desk> | undefined;
  #pending = new Map<number, Pending>();
  #last = 0;

  /** Where the core runs: for tests and for the curious. */
  get runsIn(): "worker" | "page" | "nowhere" {
    return this.#desk ? "page" : this.#worker ? "worker" : "nowhere";
  }

  head(src: string): Promise<AgendaHead> {
    return this.#ask(src, null);
  }

  page(src: string, query: AgendaQuery): Promise<AgendaPage> {
    return this.#ask(src, JSON.stringify(query));
  }

  async #ask<T>(src: string, query: string | null): Promise<T> {
    const request = { id: ++this.#last, src, query };
    const answer = await new Promise<Answer>((settle) => {
      this.#pending.set(request.id, { request, settle });
      this.#send(request);
    });
    if (answer.refused) throw new EngineError(answer.refused);
    return JSON.parse(answer.json ?? "null") as T;
  }

  #send(request: Request): void {
    if (!this.#worker && !this.#desk) this.#start();
    if (this.#desk) void this.#here(this.#desk, request);
    else this.#worker?.postMessage(request);
  }

  #start(): void {
    try {
      const worker = new Worker(WORKER, { type: "module", name: "c3ms" });
      worker.onmessage = ({ data }: MessageEvent<Answer | typeof READY>) => {
        if (data !== READY) this.#settle(data);
      };
      // Refused by a policy, unreachable, or broken: whatever waits is answered in the page.
      worker.onerror = (event) => {
        event.preventDefault();
        worker.terminate();
        this.#worker = undefined;
        this.#workHere();
        for (const { request } of [...this.#pending.values()]) this.#send(request);
      };
      this.#worker = worker;
    } catch {
      this.#workHere();
    }
  }

  #workHere(): void {
    this.#desk ??= import(WORKER.href) as Promise<Desk>;
  }

  async #here(desk: Promise<Desk>, request: Request): Promise<void> {
    try {
      this.#settle(await (await desk).answer(request));
    } catch (error) {
      this.#desk = undefined;
      const refused = { code: "widget.core-unreachable", message: String(error) };
      this.#settle({ id: request.id, refused });
    }
  }

  #settle(answer: Answer): void {
    this.#pending.get(answer.id)?.settle(answer);
    this.#pending.delete(answer.id);
  }
}

/** The one engine of the page. */
export const engine = new Engine();
