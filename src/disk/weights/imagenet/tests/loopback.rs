//! A web server on this machine for the tests of downloads: it answers as it is told to, and remembers what it was
//! asked. One connection at a time, one request each.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

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
    /// Sends only so much of the body,
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

pub struct Loopback {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Loopback {
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (log, stopped) = (requests.clone(), stop.clone());
        let serve = move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                if let Some(request) = read_request(&connection) {
                    log.lock().expect("no panic").push(request.clone());
                    send(&connection, &request, &answer(&request), &stopped);
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("loopback-server".into())
            .spawn(serve);
        Loopback {
            address,
            requests,
            stop,
            thread: Some(thread.expect("a thread")),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
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

fn read_request(connection: &TcpStream) -> Option<Request> {
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
fn send(mut connection: &TcpStream, request: &Request, reply: &Reply, stopped: &AtomicBool) {
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
