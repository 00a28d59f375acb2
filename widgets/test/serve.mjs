// A web server on the loopback for the tests: the built widgets, and pages given as texts; under a strict policy.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const TYPES = {
  js: "text/javascript", css: "text/css", wasm: "application/wasm", json: "application/json", html: "text/html; charset=utf-8", svg: "image/svg+xml",
};

/** What a page may do: load from its own origin, run WebAssembly, nothing else. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; base-uri 'self'; form-action 'none'";

/**
 * Serves `files` (path to text or bytes, or to a function that gives them) beside `/widgets/`.
 * Returns the address and a way to close.
 */
export async function serve(files, policy = POLICY) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const type = path.endsWith("/") ? TYPES.html : TYPES[path.split(".").at(-1)] ?? "text/plain";
    const headers = { "content-type": type, "content-security-policy": policy, "cache-control": "no-store" };
    try {
      const given = files[path];
      const body = path.startsWith("/widgets/")
        ? await readFile(DIST + path.slice("/widgets/".length).replaceAll("..", ""))
        : typeof given === "function" ? given() : given;
      if (body === undefined) throw new Error("not found");
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(path === "/favicon.ico" ? 204 : 404, headers).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((closed) => { server.closeAllConnections(); server.close(closed); }),
  };
}

/** A small page with the element in it. */
export function page(element, { lang = "fr", title = "Agenda d’essai" } = {}) {
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/page.css">
<script type="module" src="/widgets/c3ms-agenda.js"></script>
</head>
<body>
<main>
<h1>${title}</h1>
${element}
</main>
</body>
</html>
`;
}

/** The style of the test pages. */
export const STYLE = `
:root { color-scheme: light dark; background: #fff; color: #1b2422; font-family: system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { background: #121614; color: #e8eeeb; } }
body { margin: 0; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0 0 1.5rem; font-size: 1.75rem; line-height: 1.2; }
`;
