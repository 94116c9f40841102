//! A web server on this machine for the tests of downloads: it answers as the test says, and remembers what it was
//! asked. One connection at a time, one request each.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    headers: Vec<(String, String)>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What a server sends back.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Sends only this much of the body,
    pub cut_at: Option<usize>,
    /// and then, instead of closing the connection, says nothing more.
    pub hangs: bool,
}

/// `body` as a server sends it that knows ranges: from where the request wants it.
pub fn file(request: &Request, body: &[u8], etag: &str) -> Reply {
    let etag = format!("\"{etag}\"");
    let from = request
        .header("range")
        .and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let unchanged = request.header("if-range").is_none_or(|known| known == etag);
    match from.filter(|_| unchanged) {
        Some(from) if from >= body.len() => Reply {
            status: 416,
            ..Reply::default()
        },
        Some(from) => Reply {
            status: 206,
            headers: vec![
                ("ETag", etag),
                (
                    "Content-Range",
                    format!("bytes {from}-{}/{}", body.len() - 1, body.len()),
                ),
            ],
            body: body[from..].to_vec(),
            ..Reply::default()
        },
        None => Reply {
            status: 200,
            headers: vec![("ETag", etag)],
            body: body.to_vec(),
            ..Reply::default()
        },
    }
}

pub fn not_found() -> Reply {
    Reply {
        status: 404,
        ..Reply::default()
    }
}

/// What an encrypted server shows, and its key.
pub fn certificate() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/tls/loopback.pem"]
        .iter()
        .collect()
}

fn encryption() -> Arc<ServerConfig> {
    let pem = std::fs::read(certificate()).expect("a certificate");
    let shown = vec![CertificateDer::from_pem_slice(&pem).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_slice(&pem).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth();
    Arc::new(config.with_single_cert(shown, key).expect("a pair"))
}

/// A connection, open or encrypted.
trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

pub struct Loopback {
    scheme: &'static str,
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Loopback {
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        Self::start_with(None, answer)
    }

    pub fn start_encrypted(answer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        Self::start_with(Some(encryption()), answer)
    }

    fn start_with(
        encryption: Option<Arc<ServerConfig>>,
        answer: impl Fn(&Request) -> Reply + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (log, stopped) = (requests.clone(), stop.clone());
        let scheme = if encryption.is_some() { "https" } else { "http" };
        let serve = move || {
            let exchange = |connection: &mut dyn Wire| {
                if let Some(request) = read_request(connection) {
                    log.lock().expect("no panic").push(request.clone());
                    send(connection, &request, &answer(&request), &stopped);
                }
            };
            for mut connection in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let Some(encryption) = &encryption else {
                    exchange(&mut connection);
                    continue;
                };
                let mut session = ServerConnection::new(encryption.clone()).expect("a session");
                exchange(&mut Stream::new(&mut session, &mut connection));
                session.send_close_notify();
                drop(session.complete_io(&mut connection));
            }
        };
        let thread = std::thread::Builder::new()
            .name("loopback-server".into())
            .spawn(serve);
        Loopback {
            scheme,
            address,
            requests,
            stop,
            thread: Some(thread.expect("a thread")),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !std::thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

fn read_request(connection: &mut dyn Wire) -> Option<Request> {
    let mut lines = BufReader::new(connection).lines().map_while(Result::ok);
    let first = lines.next()?;
    let mut words = first.split(' ');
    Some(Request {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        headers: lines
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.split_once(": ").map(|(n, v)| (n.to_owned(), v.to_owned())))
            .collect(),
    })
}

/// The client may have gone away; that is the client's business.
fn send(connection: &mut dyn Wire, request: &Request, reply: &Reply, stopped: &AtomicBool) {
    let mut head = format!(
        "HTTP/1.1 {} X\r\nConnection: close\r\nContent-Length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    drop(connection.write_all((head + "\r\n").as_bytes()));
    if request.method != "HEAD" {
        let n = reply.cut_at.unwrap_or(reply.body.len());
        drop(connection.write_all(&reply.body[..n]));
    }
    while reply.hangs && !stopped.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(10));
    }
}
