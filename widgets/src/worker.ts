/**
 * The core at work: loads the WebAssembly module and the agendas, answers requests.
 *
 * Runs as a module worker; where workers are refused the page imports it and calls `answer` itself.
 */
import init, { Agenda } from "c3ms-core";
import { READY, type Answer, type Request } from "./protocol.js";

let core: Promise<unknown> | undefined;
const agendas = new Map<string, Promise<Agenda>>();

class Failed extends Error {
  constructor(
    readonly code: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

function load(module?: WebAssembly.Module): Promise<unknown> {
  const module_or_path = module ?? new URL("./c3ms_core_bg.wasm", import.meta.url);
  core ??= init({ module_or_path }).catch((error: unknown) => {
    core = undefined;
    throw new Failed("widget.core-unreachable", error);
  });
  return core;
}

async function fetched(src: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(src);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.arrayBuffer();
  } catch (error) {
    throw new Failed("widget.agenda-unreachable", error);
  }
}

function open({ src, module, bytes }: Request): Promise<Agenda> {
  let agenda = agendas.get(src);
  if (!agenda) {
    agenda = Promise.all([bytes ?? fetched(src), load(module)]).then(([json]) => Agenda.fromBytes(new Uint8Array(json)));
    agenda.catch(() => agendas.delete(src));
    agendas.set(src, agenda);
  }
  return agenda;
}

/** Answers a request; what goes wrong is an answer too. */
export async function answer(request: Request): Promise<Answer> {
  const { id, query, head } = request;
  try {
    const agenda = await open(request);
    const page = agenda.query(query);
    return head ? { id, page, head: agenda.head() } : { id, page };
  } catch (error) {
    const { code = "widget.failed", message } = error as Failed;
    return { id, refused: { code, message } };
  }
}

/** Lets the core index the words of an agenda after its first answer, before a reader types. */
const warmed = new Set<string>();
function warm(src: string): void {
  if (warmed.has(src)) return;
  warmed.add(src);
  setTimeout(() => void answer({ id: 0, src, query: '{"text":"a","limit":0}', head: false }), 50);
}

if ("WorkerGlobalScope" in globalThis) {
  const port = globalThis as unknown as {
    postMessage(message: unknown): void;
    onmessage: ((event: MessageEvent<Request>) => void) | null;
  };
  port.onmessage = async ({ data }) => {
    port.postMessage(await answer(data));
    warm(data.src);
  };
  port.postMessage(READY);
}
