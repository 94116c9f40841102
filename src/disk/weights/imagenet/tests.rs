//! Downloads from a server on loopback, whole, broken off, wrong and refused.

mod loopback;

use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::*;
use crate::experiment::{BACKBONES, Published};
use loopback::{Loopback, Reply, Request, file, not_found};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Stands for weights: enough for several chunks of a download.
fn weights() -> &'static [u8] {
    static WEIGHTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
        (0..200_000u32)
            .flat_map(|n| n.wrapping_mul(n).to_le_bytes())
            .collect()
    });
    &WEIGHTS
}

fn weights_sha256() -> &'static str {
    static SHA256: LazyLock<String> = LazyLock::new(|| {
        Sha256::digest(weights())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    });
    &SHA256
}

fn tiny(hub: bool) -> Backbone {
    let name = format!("tiny-{}.pth", &weights_sha256()[..8]);
    Backbone {
        name: "tiny",
        published: Published {
            torchvision: name.leak(),
            hub: hub.then_some("timm/tiny.tv_in1k"),
        },
        ..BACKBONES[0]
    }
}

/// Empty caches in `folder`; all addresses are those of `server`.
fn places(folder: &Path, server: &Loopback) -> Places {
    Places {
        torch_checkpoints: folder.join("torch/hub/checkpoints"),
        hub_cache: folder.join("huggingface/hub"),
        torchvision_url: server.url("/models"),
        hub_url: server.url(""),
        hub_token: None,
        offline: false,
        proxy: None,
        certificates: None,
    }
}

fn get(backbone: &Backbone, places: &Places) -> Result<PathBuf> {
    imagenet_weights(backbone, places, &Cancel::new(), &mut |_, _| {})
}

/// The server of torchvision's files.
fn torchvision(request: &Request) -> Reply {
    if request.path.starts_with("/models/tiny-") {
        file(request, weights(), "v1")
    } else {
        not_found()
    }
}

/// The Hub alone: big files lie on another server, which is this one again.
fn the_hub(request: &Request) -> Reply {
    let host = request.header("host").unwrap_or_default();
    match request.path.as_str() {
        "/timm/tiny.tv_in1k/resolve/main/model.safetensors" => Reply {
            status: 302,
            headers: vec![
                ("X-Linked-Etag", format!("\"{}\"", weights_sha256())),
                ("X-Repo-Commit", COMMIT.to_owned()),
                ("Location", format!("http://{host}/storage?signature=1")),
            ],
            ..Reply::default()
        },
        "/storage?signature=1" => file(request, weights(), "storage"),
        _ => not_found(),
    }
}

#[test]
fn torchvisions_file_is_downloaded_once_and_shared_with_pytorch() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Loopback::start(torchvision));
    let (places, backbone) = (places(folder.path(), &server), tiny(true));
    let mut steps = Vec::new();
    let path = imagenet_weights(&backbone, &places, &Cancel::new(), &mut |done, all| {
        steps.push((done, all))
    });
    let path = path.unwrap();
    assert_eq!(
        path,
        places.torch_checkpoints.join(backbone.published.torchvision)
    );
    assert_eq!(std::fs::read(&path).unwrap(), weights());
    let n_all = weights().len() as u64;
    assert_eq!((steps[0], steps[steps.len() - 1]), ((0, n_all), (n_all, n_all)));
    assert!(steps.len() > 3 && steps.is_sorted());
    // No part, no note of its ETag.
    assert_eq!(std::fs::read_dir(&places.torch_checkpoints).unwrap().count(), 1);

    assert_eq!(get(&backbone, &places).unwrap(), path);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_broken_off_download_is_continued() {
    let n = std::sync::atomic::AtomicUsize::new(0);
    let server = Loopback::start(move |request| Reply {
        // The first two connections break off.
        cut_at: [Some(100_000), Some(300_000), None]
            [n.fetch_add(1, std::sync::atomic::Ordering::Relaxed).min(2)],
        ..torchvision(request)
    });
    let folder = tempfile::tempdir().unwrap();
    let path = get(&tiny(false), &places(folder.path(), &server)).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), weights());
    let ranges: Vec<Option<String>> = server
        .requests()
        .iter()
        .map(|r| r.header("range").map(Into::into))
        .collect();
    assert_eq!(
        ranges,
        [None, Some("bytes=100000-".into()), Some("bytes=400000-".into())]
    );
}

#[test]
fn a_server_that_keeps_breaking_off_is_given_up_and_what_came_is_kept() {
    let server = Loopback::start(|request| Reply {
        cut_at: Some(if request.header("range").is_some() {
            0
        } else {
            1000
        }),
        ..torchvision(request)
    });
    let folder = tempfile::tempdir().unwrap();
    let places = places(folder.path(), &server);
    let backbone = tiny(false);
    let message = get(&backbone, &places).unwrap_err().to_string();
    assert!(message.contains("the connection broke"), "{message}");
    let part = places
        .torch_checkpoints
        .join(format!("{}.part", backbone.published.torchvision));
    assert_eq!(std::fs::read(part).unwrap(), &weights()[..1000]);
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_stop_in_the_middle_is_seen_at_once_and_the_next_run_continues() {
    let hanging = Loopback::start(|request| Reply {
        cut_at: Some(200_000),
        hangs: true,
        ..torchvision(request)
    });
    let folder = tempfile::tempdir().unwrap();
    let backbone = tiny(true);
    let cancel = Cancel::new();
    let (silent, is_silent) = channel();
    let (stopped, asked) = std::thread::scope(|scope| {
        let cancel_later = cancel.clone();
        let user = scope.spawn(move || {
            is_silent.recv().unwrap();
            // By now the download waits in a read.
            std::thread::sleep(Duration::from_millis(200));
            cancel_later.cancel();
            Instant::now()
        });
        let mut progress = |done, _| {
            if done == 200_000 {
                silent.send(()).unwrap();
            }
        };
        let stopped = imagenet_weights(
            &backbone,
            &places(folder.path(), &hanging),
            &cancel,
            &mut progress,
        );
        (stopped, user.join().unwrap())
    });
    assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
    assert!(asked.elapsed() < Duration::from_secs(1));
    assert_eq!(
        hanging.requests().len(),
        1,
        "no other source is tried after a stop"
    );

    let server = Loopback::start(torchvision);
    let path = get(&backbone, &places(folder.path(), &server)).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), weights());
    let requests = server.requests();
    assert_eq!(requests[0].header("range"), Some("bytes=200000-"));
    assert_eq!(requests[0].header("if-range"), Some("\"v1\""));
}

#[test]
fn a_part_of_another_file_is_started_anew() {
    for etag in [Some("\"older\""), None] {
        let (folder, server) = (tempfile::tempdir().unwrap(), Loopback::start(torchvision));
        let (places, backbone) = (places(folder.path(), &server), tiny(false));
        let part = places
            .torch_checkpoints
            .join(format!("{}.part", backbone.published.torchvision));
        std::fs::create_dir_all(&places.torch_checkpoints).unwrap();
        std::fs::write(&part, b"<html>").unwrap();
        if let Some(etag) = etag {
            std::fs::write(part.with_extension("part.etag"), etag).unwrap();
        }
        let path = get(&backbone, &places).unwrap();
        assert_eq!(std::fs::read(path).unwrap(), weights());
        // With its ETag the server itself starts from the beginning; without, the checksum shows it.
        assert_eq!(server.requests().len(), if etag.is_some() { 1 } else { 2 });
    }
}

#[test]
fn a_wrong_file_is_never_used() {
    let server = Loopback::start(|request| file(request, b"<html>please log in</html>", "v1"));
    let folder = tempfile::tempdir().unwrap();
    let places = places(folder.path(), &server);
    let backbone = tiny(false);
    let message = get(&backbone, &places).unwrap_err().to_string();
    assert!(
        message.contains("sends a wrong file") && message.contains("it was deleted"),
        "{message}"
    );
    assert_eq!(std::fs::read_dir(&places.torch_checkpoints).unwrap().count(), 0);

    // Half a file of PyTorch's own is not used either, and replaced.
    let dest = places.torch_checkpoints.join(backbone.published.torchvision);
    std::fs::write(&dest, &weights()[..1000]).unwrap();
    let message = get(&backbone, &places).unwrap_err().to_string();
    assert!(message.contains("is damaged, so it was not used"), "{message}");
    let server = Loopback::start(torchvision);
    let mended = Places {
        torchvision_url: server.url("/models"),
        ..places
    };
    assert_eq!(
        std::fs::read(get(&backbone, &mended).unwrap()).unwrap(),
        weights()
    );
}

#[test]
fn the_hub_is_asked_when_torchvision_has_nothing() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Loopback::start(the_hub));
    let mut places = places(folder.path(), &server);
    places.hub_token = Some("secret".into());
    let backbone = tiny(true);
    let path = get(&backbone, &places).unwrap();
    let repo = places.hub_cache.join("models--timm--tiny.tv_in1k");
    assert_eq!(
        path,
        repo.join("snapshots").join(COMMIT).join("model.safetensors")
    );
    assert_eq!(std::fs::read(&path).unwrap(), weights());
    assert_eq!(std::fs::read_to_string(repo.join("refs/main")).unwrap(), COMMIT);
    let blobs: Vec<_> = std::fs::read_dir(repo.join("blobs"))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(blobs, [std::ffi::OsString::from(weights_sha256())]);

    let token_of = |r: &Request| r.header("authorization").map(ToOwned::to_owned);
    let asked: Vec<_> = server
        .requests()
        .iter()
        .map(|r| (r.method.clone(), token_of(r)))
        .collect();
    let with_token = Some("Bearer secret".to_owned());
    let expected = [
        ("GET", None),
        ("HEAD", with_token.clone()),
        ("GET", with_token),
        ("GET", None),
    ];
    assert_eq!(asked, expected.map(|(method, token)| (method.to_owned(), token)));

    assert_eq!(get(&backbone, &places).unwrap(), path, "found in the Hub's cache");
    assert_eq!(server.requests().len(), 4);
    std::fs::write(&path, b"half").unwrap();
    assert_eq!(
        std::fs::read(get(&backbone, &places).unwrap()).unwrap(),
        weights(),
        "a damaged one is replaced"
    );
}

#[test]
fn what_is_asked_for_encrypted_never_comes_over_an_open_connection() {
    let open = Loopback::start(torchvision);
    let (away, name) = (open.url("/models"), tiny(false).published.torchvision);
    let encrypted = Loopback::start_encrypted(move |request| {
        let host = request.header("host").unwrap_or_default();
        let to = match request.path.as_str() {
            path if path.starts_with("/away/") => format!("{away}/{name}"),
            path if path.starts_with("/aside/") => format!("https://{host}/models/{name}"),
            _ => return torchvision(request),
        };
        Reply {
            status: 302,
            headers: vec![("Location", to)],
            ..Reply::default()
        }
    });
    let from = |path: &str| {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            torchvision_url: encrypted.url(path),
            certificates: Some(loopback::certificate()),
            ..places(folder.path(), &open)
        };
        get(&tiny(false), &places).map(|path| std::fs::read(path).unwrap())
    };
    for path in ["/models", "/aside"] {
        assert_eq!(from(path).unwrap(), weights(), "{path}");
    }
    let message = from("/away").unwrap_err().to_string();
    let said = format!("leads to {}", open.url("/models"));
    assert!(
        message.contains(&said) && message.contains("not encrypted"),
        "{message}"
    );
    assert!(open.requests().is_empty());
}

#[test]
fn offline_one_message_says_which_file_goes_where() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Loopback::start(torchvision));
    let mut places = places(folder.path(), &server);
    places.offline = true;
    let backbone = tiny(true);
    let error = get(&backbone, &places).unwrap_err();
    assert!(error.is_input());
    let file = format!(
        "Fetch {}/{}",
        places.torchvision_url, backbone.published.torchvision
    );
    let message = error.to_string();
    for part in [
        "(HF_HUB_OFFLINE is set)",
        &file,
        &*places.torch_checkpoints.to_string_lossy(),
        crate::protocol::advice::CHOOSE_WEIGHTS,
    ] {
        assert!(message.contains(part), "{message:?} does not say {part:?}");
    }
    assert!(server.requests().is_empty());

    drop(server);
    places.offline = false;
    let message = get(&backbone, &places).unwrap_err().to_string();
    assert!(
        message.contains("Connection refused") && message.contains(&file),
        "{message}"
    );
}

#[test]
fn every_published_file_carries_its_checksum() {
    for backbone in BACKBONES {
        let beginning = sha256_beginning(backbone);
        assert!(
            beginning.len() == 8 && beginning.bytes().all(|b| b.is_ascii_hexdigit()),
            "{}",
            backbone.name
        );
    }
}
