//! Files written whole or not at all, and small text files read whole. Both are careful with what a stranger may have
//! put in their place: a link, a pipe, a device, gigabytes of nothing.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::process::room_in;

/// Configs, tags, thresholds and environments are a few kilobytes.
pub const SMALL: u64 = 1 << 20;

/// Tables have a line for each image: a hundred bytes each, for ten million images.
pub const TABLE: u64 = 1 << 30;

/// Writes a file beside its place, under a name that nobody can foresee, then renames it into it. A link in that place is
/// replaced and not followed. What was there stays as it was where anything fails.
///
/// # Errors
/// What the file system says, with the path.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = || Error::io("write", path);
    // The file apart from its name: what fails is then said of `path`, and not of a name that nobody knows.
    let (mut file, name) = beside(path)?.into_parts();
    if let Err(error) = file.write_all(bytes) {
        // What was begun takes room itself.
        drop((file, name));
        return Err(failed()(short_of_room(error, path, bytes.len() as u64)));
    }
    name.persist(path).map_err(|e| failed()(e.error))
}

/// The error of a write; where the disk is full, with how much room the file needs and how much there is.
pub fn short_of_room(error: io::Error, path: &Path, n_bytes: u64) -> io::Error {
    if error.kind() != ErrorKind::StorageFull {
        return error;
    }
    let amount = |n: u64| match n {
        0..100_000 => format!("{n} bytes"),
        n => format!("{:.1} MB", (n as f64 / 1e5).ceil() / 10.0),
    };
    let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let free = room_in(folder.unwrap_or(Path::new(".")))
        .map_or_else(String::new, |free| format!(", and {} are free", amount(free)));
    io::Error::new(
        error.kind(),
        format!("no space left ({} are needed{free})", amount(n_bytes)),
    )
}

/// An empty file beside `path`, to be filled and then renamed into its place with `persist`; removed where it is not.
///
/// # Errors
/// What the file system says, with the path.
pub fn beside(path: &Path) -> Result<tempfile::NamedTempFile> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let prefix = format!(".{}-", name.unwrap_or_default());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(PARTIAL);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: the user's mask is taken off.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    builder
        .tempfile_in(dir.unwrap_or(Path::new(".")))
        .map_err(Error::io("write", path))
}

/// How the names of unfinished files end. No other program's files end so, since leftovers are removed.
pub const PARTIAL: &str = ".counterweight-partial";

/// Gives what cannot be read another name beside it, which nothing had before.
///
/// # Errors
/// What the file system says, with the path.
pub fn put_aside(path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let asides = (1..).map(|n| match n {
        1 => path.with_file_name(format!("{name}.unreadable")),
        n => path.with_file_name(format!("{name}.unreadable-{n}")),
    });
    let mut free = asides.filter(|aside| fs::symlink_metadata(aside).is_err());
    let aside = free.next().unwrap_or_else(|| path.to_path_buf());
    fs::rename(path, aside).map_err(Error::io("put aside", path))
}

/// Whether a file is an unfinished one of this program.
pub fn is_partial(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(PARTIAL)
}

/// Takes away what killed programs have left half written in a folder: our own names, a day old.
pub fn remove_stale(dir: &Path) {
    remove_old(dir, is_partial);
}

/// The same of a run's folder, in which earlier versions wrote `tag.json.partial` and `model.safetensors.tmp`: names that
/// anybody may use elsewhere.
pub fn remove_stale_of_run(dir: &Path) {
    remove_old(dir, |name| is_partial(name) || LEFT_BEFORE.contains(&name));
}

fn remove_old(dir: &Path, is_ours: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let age = fs::symlink_metadata(entry.path()).ok().filter(Metadata::is_file);
        let age = age.and_then(|file| file.modified().ok()?.elapsed().ok());
        if is_ours(&name) && age.is_some_and(|age| age > STALE) {
            // Where it cannot be removed, it stays.
            let _ = fs::remove_file(entry.path());
        }
    }
}

const STALE: Duration = Duration::from_secs(24 * 60 * 60);
const LEFT_BEFORE: [&str; 8] = [
    "config.json.partial",
    "environment.json.partial",
    "split.csv.partial",
    "predictions.csv.partial",
    "tag.json.partial",
    "threshold.json.partial",
    "model.safetensors.tmp",
    "head.safetensors.tmp",
];

/// The text of a file in a folder that a stranger may have made.
///
/// # Errors
/// It is not there, is a link or no regular file, has more than `most_bytes`, or is not UTF-8.
pub fn read_small(path: &Path, most_bytes: u64) -> Result<String> {
    text(path, open_own(path)?, most_bytes)
}

/// What such a file holds, of which a part may not be text.
///
/// # Errors
/// As [`read_small`], except for what is not UTF-8.
pub fn read_small_bytes(path: &Path, most_bytes: u64) -> Result<Vec<u8>> {
    bytes(path, open_own(path)?, most_bytes)
}

/// The text of a file that the user named, which may be a link to another place.
///
/// # Errors
/// As [`read_small`], except for links.
pub fn read_given(path: &Path, most_bytes: u64) -> Result<String> {
    let found = fs::metadata(path).map_err(Error::io("read", path))?;
    text(path, open(path, &found)?, most_bytes)
}

/// What a file holds that the user named, which may be a link to another place.
///
/// # Errors
/// It is not there, is no regular file, or has more than `most_bytes`.
pub fn read_given_bytes(path: &Path, most_bytes: u64) -> Result<Vec<u8>> {
    let found = fs::metadata(path).map_err(Error::io("read", path))?;
    bytes(path, open(path, &found)?, most_bytes)
}

/// Opens a regular file of a folder that a stranger may have made; what is somewhere else is not followed.
///
/// # Errors
/// It is not there, or is a link, a pipe, a device or a folder.
pub fn open_own(path: &Path) -> Result<File> {
    let found = fs::symlink_metadata(path).map_err(Error::io("read", path))?;
    if found.file_type().is_symlink() {
        return Err(Error::file(
            path,
            "is a link to another place, which is not followed; put the file itself here",
        ));
    }
    open(path, &found)
}

/// Opening a pipe would wait for whoever writes into it.
fn open(path: &Path, found: &Metadata) -> Result<File> {
    if !found.is_file() {
        return Err(Error::file(
            path,
            "is not a regular file but a folder, pipe or device; a file belongs there",
        ));
    }
    File::open(path).map_err(Error::io("read", path))
}

fn bytes(path: &Path, file: File, most_bytes: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // What is longer is not read at all, however much of it is a hole.
    let n_bytes = file.metadata().map_err(Error::io("read", path))?.len();
    if n_bytes <= most_bytes {
        let mut rest = file.take(most_bytes + 1);
        rest.read_to_end(&mut bytes).map_err(Error::io("read", path))?;
    }
    if n_bytes.max(bytes.len() as u64) > most_bytes {
        let message = format!(
            "has {} MB, and at most {} MB are read of such a file",
            n_bytes >> 20,
            most_bytes >> 20
        );
        return Err(Error::file(path, message));
    }
    Ok(bytes)
}

fn text(path: &Path, file: File, most_bytes: u64) -> Result<String> {
    let text = String::from_utf8(bytes(path, file, most_bytes)?).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()]
            .iter()
            .filter(|&&b| b == b'\n')
            .count()
            + 1;
        Error::file(path, format!("is not UTF-8 text (line {line}); save it as UTF-8"))
    })?;
    // Editors on Windows begin a file with a mark of its byte order.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_beside() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tag.json");
        for text in ["one", "another"] {
            write_whole(&path, text.as_bytes()).unwrap();
            assert_eq!(read_small(&path, 10).unwrap(), text);
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        let missing = home.path().join("none/tag.json");
        assert!(
            write_whole(&missing, b"x")
                .unwrap_err()
                .to_string()
                .contains("tag.json")
        );
    }

    #[test]
    fn where_there_is_no_room_how_much_is_needed_is_said() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("model.safetensors");
        let full = || io::Error::from(ErrorKind::StorageFull);
        for (n_bytes, said) in [
            (44_600_001, "(44.7 MB are needed"),
            (4_096, "(4096 bytes are needed"),
        ] {
            let error = Error::io("write", &path)(short_of_room(full(), &path, n_bytes));
            assert!(!error.is_input());
            let message = error.to_string();
            assert!(
                message.contains(said) && message.contains("make room there"),
                "{message}"
            );
            assert_eq!(cfg!(unix), message.contains(" are free)"), "{message}");
        }
        let other = short_of_room(io::Error::from(ErrorKind::PermissionDenied), &path, 1);
        assert_eq!(other.kind(), ErrorKind::PermissionDenied);
    }

    #[test]
    fn what_cannot_be_read_is_put_where_nothing_was() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        for text in ["one", "two"] {
            fs::write(at("tag.json"), text).unwrap();
            put_aside(&at("tag.json")).unwrap();
        }
        assert!(!at("tag.json").exists());
        let text = |name: &str| fs::read_to_string(at(name)).unwrap();
        assert_eq!(
            (text("tag.json.unreadable"), text("tag.json.unreadable-2")),
            ("one".into(), "two".into())
        );
    }

    #[test]
    fn only_what_we_left_long_ago_is_taken_away() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let long_ago = std::time::SystemTime::now() - 2 * STALE;
        for name in [
            ".tag.json-a1b2c3.counterweight-partial",
            ".theirs.partial",
            "model.safetensors.tmp",
            "mine.partial",
            "notes.tmp",
        ] {
            fs::write(at(name), "x").unwrap();
            File::options()
                .write(true)
                .open(at(name))
                .unwrap()
                .set_modified(long_ago)
                .unwrap();
        }
        fs::write(at(".out.csv-d4.counterweight-partial"), "being written").unwrap();
        let left = || {
            let entries = fs::read_dir(home.path()).unwrap();
            let mut left: Vec<String> = entries
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .collect();
            left.sort();
            left
        };
        let theirs = [
            ".out.csv-d4.counterweight-partial",
            ".theirs.partial",
            "mine.partial",
        ];
        remove_stale(home.path());
        assert_eq!(
            left(),
            [&theirs[..], &["model.safetensors.tmp", "notes.tmp"]].concat()
        );
        remove_stale_of_run(home.path());
        assert_eq!(left(), [&theirs[..], &["notes.tmp"]].concat());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_rights_of_any_other() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let (ours, any) = (home.path().join("ours"), home.path().join("any"));
        write_whole(&ours, b"x").unwrap();
        fs::write(&any, "x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&any));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_replaced_and_not_followed() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("mine.txt"), "precious").unwrap();
        // As an older version named what it wrote beside the place, and the place itself.
        for name in ["tag.json.partial", "tag.json"] {
            symlink(at("mine.txt"), at(name)).unwrap();
        }
        let refused = read_small(&at("tag.json"), SMALL).unwrap_err().to_string();
        assert!(refused.contains("tag.json: is a link"), "{refused}");
        assert_eq!(read_given(&at("tag.json"), SMALL).unwrap(), "precious");
        write_whole(&at("tag.json"), b"new").unwrap();
        assert_eq!(fs::read_to_string(at("mine.txt")).unwrap(), "precious");
        assert_eq!(read_small(&at("tag.json"), SMALL).unwrap(), "new");
    }

    #[test]
    fn what_is_no_small_text_is_refused_with_its_name() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("groups.csv");
        fs::write(&path, "\u{feff}path,group\r\n").unwrap();
        assert_eq!(read_small(&path, SMALL).unwrap(), "path,group\r\n");
        fs::write(&path, b"path\nb\xffd\n").unwrap();
        let message = read_small(&path, SMALL).unwrap_err().to_string();
        assert!(message.contains("not UTF-8 text (line 2)"), "{message}");
        // A sparse file of five gigabytes costs nothing, neither on the disk nor to refuse.
        File::create(&path).unwrap().set_len(5 << 30).unwrap();
        let message = read_small(&path, SMALL).unwrap_err().to_string();
        assert!(message.contains("has 5120 MB, and at most 1 MB"), "{message}");
        let folder = read_given(home.path(), SMALL).unwrap_err().to_string();
        assert!(folder.contains("is not a regular file"), "{folder}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_not_read() {
        let message = read_given(Path::new("/dev/zero"), SMALL).unwrap_err().to_string();
        assert!(message.contains("is not a regular file"), "{message}");
    }
}
