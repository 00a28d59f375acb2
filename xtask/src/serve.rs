//! A folder of files served on the loopback address, for the demo and its check.

use crate::process::{Outcome, failed};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tiny_http::{Header, Method, Request, Response, Server};

/// A server that listens but does not answer yet.
pub(crate) struct Listening {
    server: Arc<Server>,
    /// The address to type in a browser.
    pub(crate) address: String,
}

/// Listens on this port of the loopback address or, when it is taken, on the next free one; 0 is any.
pub(crate) fn listen(port: u16) -> Outcome<Listening> {
    for candidate in port..=port.saturating_add(50) {
        if let Ok(server) = Server::http(("127.0.0.1", candidate)) {
            let taken = server.server_addr().to_ip().map_or(candidate, |address| address.port());
            return Ok(Listening { server: Arc::new(server), address: format!("http://127.0.0.1:{taken}/") });
        }
    }
    failed(format!("no port from {port} on could be opened on 127.0.0.1; try another with --port"))
}

impl Listening {
    /// Answers until the program ends.
    pub(crate) fn answer(&self, folder: &Path) {
        while let Ok(request) = self.server.recv() {
            answer(request, folder);
        }
    }

    /// Answers in the background while `work` is done, then stops.
    pub(crate) fn while_answering<T>(&self, folder: &Path, work: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            let server = Arc::clone(&self.server);
            scope.spawn(move || {
                while let Ok(request) = server.recv() {
                    answer(request, folder);
                }
            });
            let done = work();
            self.server.unblock();
            done
        })
    }
}

fn answer(request: Request, folder: &Path) {
    // A reader that left before the end is no fault of ours, so the outcome of each answer is dropped.
    if !matches!(request.method(), Method::Get | Method::Head) {
        drop(
            request.respond(Response::from_string("only GET and HEAD are answered\n").with_status_code(405)),
        );
        return;
    }
    match file_at(folder, request.url()).and_then(|path| Some((File::open(&path).ok()?, path))) {
        Some((file, path)) => {
            let mut response = Response::from_file(file);
            let headers = [
                ("Content-Type", content_type(&path)),
                ("Cache-Control", "no-cache"),
                ("X-Content-Type-Options", "nosniff"),
            ];
            for (name, value) in headers {
                if let Ok(header) = Header::from_bytes(name, value) {
                    response.add_header(header);
                }
            }
            drop(request.respond(response));
        }
        None => drop(request.respond(Response::from_string("not found\n").with_status_code(404))),
    }
}

/// The file that an address names, if it lies in the folder.
fn file_at(folder: &Path, address: &str) -> Option<PathBuf> {
    let named = address.split(['?', '#']).next()?;
    let mut path = folder.to_path_buf();
    for segment in named.split('/').filter(|segment| !segment.is_empty()) {
        let segment = percent_decoded(segment)?;
        let odd = segment.contains(['/', '\\', ':', '\0']);
        if odd || segment == "." || segment == ".." {
            return None;
        }
        path.push(segment);
    }
    if path.is_dir() {
        path.push("index.html");
    }
    // A link inside the folder may point outside of it.
    let real = path.canonicalize().ok()?;
    (real.is_file() && real.starts_with(folder.canonicalize().ok()?)).then_some(path)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "jsonld" => "application/ld+json",
        "geojson" => "application/geo+json",
        "ndjson" => "application/x-ndjson",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    fn folder(name: &str) -> PathBuf {
        let folder = crate::process::target().join("xtask").join(format!("test-{name}"));
        crate::process::write(&folder.join("site").join("index.html"), "<p>hello").unwrap();
        crate::process::write(&folder.join("site").join("data").join("a b.ics"), "BEGIN:VCALENDAR").unwrap();
        crate::process::write(&folder.join("secret.txt"), "secret").unwrap();
        folder.join("site")
    }

    #[test]
    fn files_and_folders_are_found() {
        let site = folder("found");
        assert_eq!(file_at(&site, "/"), Some(site.join("index.html")));
        assert_eq!(file_at(&site, "/data/a%20b.ics?x=1#y"), Some(site.join("data").join("a b.ics")));
        assert_eq!(file_at(&site, "/nothing"), None);
        assert_eq!(file_at(&site, "/data"), None);
    }

    #[test]
    fn nothing_outside_the_folder_is_found() {
        let site = folder("outside");
        for address in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/..\\secret.txt",
            "/%00",
            "/%zz",
            "/a/%2",
        ] {
            assert_eq!(file_at(&site, address), None, "{address}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_outside_is_not_followed() {
        let site = folder("link");
        let link = site.join("link.txt");
        drop(std::fs::remove_file(&link));
        std::os::unix::fs::symlink(site.join("..").join("secret.txt"), &link).unwrap();
        assert_eq!(file_at(&site, "/link.txt"), None);
    }

    fn ask(address: &str, request: &str) -> String {
        let host = address.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn pages_are_answered_and_nothing_is_accepted() {
        let site = folder("answers");
        let listening = listen(0).unwrap();
        listening.while_answering(&site, || {
            let page = ask(&listening.address, "GET /");
            assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("<p>hello"), "{page}");
            assert!(page.contains("text/html; charset=utf-8"), "{page}");
            let head = ask(&listening.address, "HEAD /");
            assert!(head.starts_with("HTTP/1.1 200") && !head.contains("hello"), "{head}");
            assert!(ask(&listening.address, "POST /").starts_with("HTTP/1.1 405"));
            assert!(ask(&listening.address, "GET /x").starts_with("HTTP/1.1 404"));
        });
    }

    #[test]
    fn a_taken_port_gives_way_to_the_next() {
        let first = listen(18_431).unwrap();
        let second = listen(18_431).unwrap();
        assert_ne!(first.address, second.address);
    }
}
