/** The service worker: keeps every file of the page, known by the digest of all, and serves them without a connection. */

interface Kept {
  readonly digest: string;
  readonly files: readonly string[];
}
interface Scope {
  readonly KEPT: Kept;
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listen: (event: { waitUntil(work: Promise<unknown>): void }) => void): void;
  addEventListener(type: "fetch", listen: (event: { readonly request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
}

const scope = self as unknown as Scope;
const { digest, files } = scope.KEPT;
// Other pages of the same origin keep theirs.
const own = `c3ms-survey ${scope.registration.scope} `;
const current = `${own}${digest}`;

async function keep(): Promise<void> {
  const cache = await caches.open(current);
  await cache.addAll(files.map((file) => new Request(file, { cache: "reload" })));
  // An answer that was begun has its questionnaire with it: nothing waits for the page to be closed.
  await scope.skipWaiting();
}

async function tidy(): Promise<void> {
  const old = (await caches.keys()).filter((key) => key.startsWith(own) && key !== current);
  await Promise.all(old.map((key) => caches.delete(key)));
  await scope.clients.claim();
}

async function serve(request: Request): Promise<Response> {
  const cache = await caches.open(current);
  const page = request.mode === "navigate" ? "index.html" : request;
  return (await cache.match(page, { ignoreSearch: true })) ?? fetch(request);
}

scope.addEventListener("install", (event) => event.waitUntil(keep()));
scope.addEventListener("activate", (event) => event.waitUntil(tidy()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(scope.registration.scope)) event.respondWith(serve(request));
});

export {};
