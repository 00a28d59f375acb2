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

type Early = Pick<Request, "src" | "module" | "bytes">;

const WORKER = new URL("./c3ms-worker.js", import.meta.url);
const CORE = new URL("./c3ms_core_bg.wasm", import.meta.url);

class Engine {
  #worker: Worker | undefined;
  #desk: Promise<Desk> | undefined;
  #pending = new Map<number, Pending>();
  #early: Promise<Early> | undefined;
  #last = 0;

  /** Where the core runs: for tests and for the curious. */
  get runsIn(): "worker" | "page" | "nowhere" {
    return this.#desk ? "page" : this.#worker ? "worker" : "nowhere";
  }

  /** The head of an agenda, and the answer to a first query. */
  async open(src: string, query: AgendaQuery): Promise<{ head: AgendaHead; page: AgendaPage }> {
    const { head = "null", page = "null" } = await this.#ask(src, query, true);
    return { head: JSON.parse(head) as AgendaHead, page: JSON.parse(page) as AgendaPage };
  }

  async page(src: string, query: AgendaQuery): Promise<AgendaPage> {
    const { page = "null" } = await this.#ask(src, query, false);
    return JSON.parse(page) as AgendaPage;
  }

  async #ask(src: string, query: AgendaQuery, head: boolean): Promise<Answer> {
    const request = { id: ++this.#last, src, query: JSON.stringify(query), head };
    const answer = await new Promise<Answer>((settle) => {
      this.#pending.set(request.id, { request, settle });
      this.#send(request);
    });
    if (answer.refused) throw new EngineError(answer.refused);
    return answer;
  }

  #send(request: Request): void {
    if (!this.#worker && !this.#desk) this.#start(request.src);
    if (this.#desk) void this.#here(this.#desk, request);
    else if (this.#worker) void this.#there(this.#worker, request);
  }

  /** Sends to the worker, the first time with what was fetched while it started. */
  async #there(worker: Worker, request: Request): Promise<void> {
    const early = await this.#early;
    this.#early = undefined;
    const bytes = early?.src === request.src ? early.bytes : undefined;
    if (worker === this.#worker) worker.postMessage({ ...request, module: early?.module, bytes });
  }

  #start(src: string): void {
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
      this.#early = early(src);
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

/** Fetches what the worker will need. What fails is left out: the worker tries itself, and tells why not. */
async function early(src: string): Promise<Early> {
  const bytes = fetch(src).then((response) => (response.ok ? response.arrayBuffer() : undefined));
  const [module, agenda] = await Promise.allSettled([WebAssembly.compileStreaming(fetch(CORE)), bytes]);
  return {
    src,
    module: module.status === "fulfilled" ? module.value : undefined,
    bytes: agenda.status === "fulfilled" ? agenda.value : undefined,
  };
}

/** The one engine of the page. */
export const engine = new Engine();
