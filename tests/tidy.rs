//! The house rules that the compiler cannot check, as tables. Reads the sources as text; must not need
//! any part of the program. A broken rule is printed as `path:line: rule`, all of them at once.
//!
//! The text is read line by line, without comments and string contents. That is cruder than parsing, and
//! enough: rustfmt has laid the sources out before this runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a zone may use of the others, as the table in `src/lib.rs` says. `crate::error` is for all.
struct Zone {
    name: &'static str,
    imports: &'static [&'static str],
}

#[rustfmt::skip]
const ZONES: [Zone; 13] = [
    Zone { name: "metrics", imports: &[] },
    Zone { name: "experiment", imports: &["metrics"] },
    Zone { name: "health", imports: &["experiment", "metrics"] },
    Zone { name: "map", imports: &[] },
    Zone { name: "report", imports: &["experiment", "metrics"] },
    Zone { name: "protocol", imports: &["experiment", "health", "map"] },
    Zone { name: "disk", imports: &["experiment", "health", "map", "metrics", "protocol"] },
    Zone { name: "jobs", imports: &["experiment", "health", "map", "metrics", "report", "protocol", "disk"] },
    Zone { name: "engine", imports: &["experiment", "health", "map", "metrics", "protocol", "disk", "jobs"] },
    Zone { name: "remote", imports: &["protocol"] },
    Zone { name: "app", imports: &["experiment", "health", "map", "metrics", "protocol"] },
    Zone { name: "ui", imports: &["experiment", "health", "map", "metrics", "protocol", "app"] },
    // Listing runs and reading a config need no engine.
    Zone { name: "cli", imports: &["experiment", "health", "metrics", "protocol", "disk"] },
];

/// Words that only some places may use. A word ending in `::` is a path, at whose start nothing may stand.
struct Reserved {
    words: &'static [&'static str],
    /// Beginnings of paths below the repository.
    allowed: &'static [&'static str],
    why: &'static str,
}

#[rustfmt::skip]
const RESERVED: [Reserved; 11] = [
    Reserved {
        words: &["egui::", "eframe::", "egui_plot::", "egui_extras::", "egui_tiles::", "egui_notify::", "opener::", "rfd::"],
        allowed: &["src/ui/", "tests/"],
        why: "the window's libraries stay in ui: app is plain data, the engine knows only a wake callback",
    },
    Reserved {
        words: &["tch::", "torch_sys::", "libloading::"],
        allowed: &["src/engine/", "tests/"],
        why: "a tensor never leaves the engine",
    },
    Reserved {
        words: &["image::", "zip::", "walkdir::", "ureq::", "trash::"],
        allowed: &["src/disk/", "tests/"],
        why: "files are read and pixels decoded in disk alone",
    },
    Reserved {
        words: &["clap::", "indicatif::", "comfy_table::", "anstream::", "anstyle::"],
        allowed: &["src/cli/", "src/cli.rs", "tests/"],
        why: "the terminal belongs to the command line",
    },
    Reserved {
        words: &["std::fs", "std::net", "File::open(", "File::create("],
        allowed: &["src/disk/", "src/engine/", "src/cli/", "src/cli.rs", "tests/", "build.rs"],
        why: "no file access in pure zones and in the window: send a Command",
    },
    Reserved {
        words: &["std::thread", "thread::spawn", "thread::sleep"],
        // A file dialog blocks; the window waits for it on a thread of its own.
        allowed: &["src/disk/", "src/jobs/", "src/engine/", "src/cli/", "src/cli.rs", "src/main.rs", "src/ui/window.rs", "src/ui/desk.rs", "src/remote/", "src/spawn.rs", "tests/"],
        why: "only disk, jobs and engine work in threads, and remote waits for pipes; the window never blocks",
    },
    Reserved {
        words: &["Instant", "SystemTime"],
        // How long the engine may say nothing after a stop is remote's to measure.
        allowed: &["src/disk/", "src/engine/", "src/jobs/", "src/remote/", "src/ui/", "src/cli/", "src/cli.rs", "src/main.rs", "src/now.rs", "tests/"],
        why: "no clock in pure zones, in messages and in the window's state: the same input gives the same result",
    },
    Reserved {
        words: &["Mutex", "RwLock"],
        allowed: &["src/disk/", "src/jobs/", "src/engine/", "src/ui/", "src/cli/", "src/cli.rs", "src/main.rs", "src/log.rs", "tests/"],
        why: "no locks in pure zones and in messages",
    },
    Reserved {
        words: &["HashMap", "HashSet"],
        // The safetensors crate takes its metadata and yields its header so.
        allowed: &["src/disk/weights/safetensors_file.rs", "tests/"],
        why: "iterating it gives another order each time: BTreeMap, BTreeSet or a sorted Vec",
    },
    Reserved {
        words: &["Color32::", "hex_color!"],
        allowed: &["src/ui/parts/theme.rs", "tests/"],
        why: "colours come from ui/parts/theme.rs alone",
    },
    Reserved {
        words: &["println!", "eprintln!", "print!", "eprint!"],
        allowed: &["src/cli/", "src/cli.rs", "src/main.rs", "src/engine_main.rs", "tests/", "build.rs", "examples/"],
        why: "only the command line writes to the terminal",
    },
];

/// Not in the program at all, test modules aside.
#[rustfmt::skip]
const FORBIDDEN: [(&str, &str); 6] = [
    (".unwrap()", "return the error, or say with an `impossible:` comment why there is none"),
    (".expect(", "return the error, or say with an `impossible:` comment why there is none"),
    ("panic!(", "return an error: a panic ends a whole run"),
    ("todo!(", "unfinished work has no place in a commit"),
    ("dbg!(", "left over from debugging"),
    ("no_grad(", "it leaves gradients off after a panic: no_grad_guard()"),
];

const LONGEST_FILE: usize = 500;

#[test]
fn the_sources_keep_the_house_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut broken = Vec::new();
    for path in tracked_files(root) {
        let Ok(text) = fs::read_to_string(root.join(&path)) else {
            continue;
        }; // a picture, or deleted
        broken.extend(private_paths(&path, &text));
        if path.ends_with(".rs") {
            broken.extend(check(&path, &text));
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// Everything wrong with one source file.
fn check(path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let mut report = |line: usize, rule: String| broken.push(format!("{path}:{line}: {rule}"));
    if !text.starts_with("//!") {
        report(
            1,
            "a file opens with //!, saying what it is and what it must not know".into(),
        );
    }
    if text.lines().count() > LONGEST_FILE {
        report(
            LONGEST_FILE,
            format!("more than {LONGEST_FILE} lines: split the file"),
        );
    }
    if path.ends_with("/tests.rs") || path.contains("/tests/") {
        return broken; // a test module in a file of its own
    }
    let raw: Vec<&str> = text.lines().collect();
    let mut inside_use = false;
    for (index, mut code) in program_lines(text) {
        // A list that rustfmt has broken over several lines.
        let begins = code.contains("use crate::{");
        if inside_use {
            code = format!("crate::{{{code}");
        }
        inside_use = (inside_use || begins) && !code.contains(';');
        for rule in zone_rules(path, &code)
            .into_iter()
            .chain(reserved_rules(path, &code))
        {
            report(index + 1, rule);
        }
        let excused =
            raw[index].contains("impossible:") || index > 0 && raw[index - 1].contains("// impossible:");
        if path.starts_with("src/") && !excused {
            for (word, why) in FORBIDDEN.iter().filter(|(word, _)| has_word(&code, word)) {
                report(index + 1, format!("{word} {why}"));
            }
        }
    }
    broken
}

/// Zones named on this line that the file's zone may not know.
fn zone_rules(path: &str, code: &str) -> Vec<String> {
    let Some(zone) = ZONES.iter().find(|zone| in_zone(path, zone.name)) else {
        return Vec::new();
    };
    let named = ZONES
        .iter()
        .map(|other| other.name)
        .filter(|other| names_zone(code, other));
    named
        .filter(|other| *other != zone.name && !zone.imports.contains(other))
        .map(|other| {
            format!(
                "{} may not use {other} (it may: {})",
                zone.name,
                zone.imports.join(", ")
            )
        })
        .collect()
}

fn in_zone(path: &str, zone: &str) -> bool {
    path.strip_prefix("src/")
        .and_then(|rest| rest.strip_prefix(zone))
        .is_some_and(|rest| rest.starts_with(['/', '.']))
}

/// `crate::disk::…`, and `disk` at the head of a part of `crate::{disk::…, error::…}`.
fn names_zone(code: &str, zone: &str) -> bool {
    let Some(start) = code.find("crate::") else {
        return false;
    };
    let rest = &code[start..];
    has_word(rest, &format!("crate::{zone}"))
        || rest.starts_with("crate::{")
            && ["{", " "]
                .iter()
                .any(|before| has_word(rest, &format!("{before}{zone}")))
}

fn reserved_rules(path: &str, code: &str) -> Vec<String> {
    let not_here = |entry: &&Reserved| !entry.allowed.iter().any(|allowed| path.starts_with(allowed));
    let hits = |entry: &Reserved| {
        entry
            .words
            .iter()
            .find(|word| has_word(code, word))
            .map(|word| format!("{word} {}", entry.why))
    };
    RESERVED.iter().filter(not_here).filter_map(hits).collect()
}

/// `word` in `code`, and not as a part of a longer name or, if it begins a path, of a longer path.
fn has_word(code: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + word.len()..]);
        let starts = !word.starts_with(part_of_name) || !before.ends_with(part_of_name);
        let own_path = !word.ends_with("::") || !before.ends_with("::");
        starts && own_path && !(word.ends_with(part_of_name) && after.starts_with(part_of_name))
    })
}

/// The lines of the program itself, with their index: comments and string contents blanked, and without
/// the test module, which by custom is the last thing in a file.
fn program_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut string = None;
    for (index, line) in text.lines().enumerate() {
        if string.is_none()
            && line == "#[cfg(test)]"
            && text.lines().nth(index + 1).is_some_and(|l| l.starts_with("mod "))
        {
            break;
        }
        lines.push((index, code_of(line, &mut string)));
    }
    lines
}

/// One line without comment and string contents. `string` is what closes the literal that is still open.
fn code_of(line: &str, string: &mut Option<String>) -> String {
    let mut code = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let mut step = first.len_utf8();
        if let Some(end) = string.clone() {
            if end == "\"" && first == '\\' {
                step += rest[1..].chars().next().map_or(0, char::len_utf8);
            } else if rest.starts_with(&end) {
                step = end.len();
                code.push('"');
                *string = None;
            }
        } else if rest.starts_with("//") {
            break;
        } else if let Some(hashes) =
            raw_string(rest).filter(|_| !code.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        {
            step = hashes + 2;
            *string = Some(format!("\"{}", "#".repeat(hashes)));
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            step = rest[1..].find('\'').map_or(1, |end| end + 2);
        } else if first == '"' {
            *string = Some("\"".into());
        } else {
            code.push(first);
        }
        rest = &rest[step..];
    }
    code
}

/// The number of `#` if a raw string begins here: `r"`, `r#"`, ….
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// Somebody's home folder in any tracked text. Put together here, or this file would be found.
fn private_paths(path: &str, text: &str) -> Vec<String> {
    let homes = [
        ["/home", "/"].concat(),
        ["/Users", "/"].concat(),
        ["/root", "/"].concat(),
    ];
    let found = |line: &str| {
        homes.iter().any(|home| {
            line.match_indices(home.as_str())
                .any(|(at, _)| begins_path(line, at))
        })
    };
    let lines = text.lines().enumerate().filter(|(_, line)| found(line));
    lines
        .map(|(index, _)| format!("{path}:{}: a path of one machine", index + 1))
        .collect()
}

fn begins_path(line: &str, at: usize) -> bool {
    !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-/~}".contains(c))
}

/// What git tracks or would add; all sources where there is no git.
fn tracked_files(root: &Path) -> Vec<String> {
    let git = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-co", "--exclude-standard"])
        .output();
    match git {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect(),
        _ => [root.join("src"), root.join("tests")]
            .iter()
            .flat_map(|folder| files_below(root, folder))
            .collect(),
    }
}

fn files_below(root: &Path, folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let below = |path: PathBuf| match path.is_dir() {
        true => files_below(root, &path),
        false => path
            .strip_prefix(root)
            .map(|path| path.display().to_string())
            .into_iter()
            .collect(),
    };
    entries.flat_map(below).collect()
}

#[test]
fn every_rule_catches_what_it_forbids() {
    #[rustfmt::skip]
    let planted = [
        ("src/metrics/a.rs", "use crate::experiment::Config;", "metrics may not use experiment"),
        ("src/experiment/a.rs", "use crate::{error::Result, disk::dataset::scan};", "experiment may not use disk"),
        ("src/engine/a.rs", "fn f(_: &crate::ui::Panel) {}", "engine may not use ui"),
        ("src/app/a.rs", "use egui::Ui;", "the window's libraries"),
        ("src/app.rs", "use crate::engine::Worker;", "app may not use engine"),
        ("src/disk/a.rs", "fn f() -> tch::Tensor {}", "a tensor never leaves"),
        ("src/ui/a.rs", "let size = image::open(path);", "pixels decoded in disk"),
        ("src/disk/a.rs", "use indicatif::ProgressBar;", "the terminal belongs"),
        ("src/ui/a.rs", "let text = std::fs::read(path);", "no file access"),
        ("src/app/a.rs", "std::thread::sleep(second);", "only disk, jobs and engine"),
        ("src/experiment/a.rs", "use std::time::Instant;", "no clock"),
        ("src/protocol/a.rs", "use std::sync::Mutex;", "no locks"),
        ("src/engine/a.rs", "use std::collections::HashMap;", "another order"),
        ("src/ui/panel.rs", "let red = Color32::from_rgb(1, 2, 3);", "colours come from"),
        ("src/engine/a.rs", "println!(\"{loss}\");", "writes to the terminal"),
        ("src/disk/a.rs", "let a = b.unwrap();", ".unwrap() return the error"),
        ("src/disk/a.rs", "let a = \"//\".parse().expect(\"x\");", ".expect( return the error"),
        ("src/disk/a.rs", "let a = r#\" \" // \"#; panic!(\"no\");", "panic!( return an error"),
        ("src/engine/a.rs", "tch::no_grad(|| step());", "no_grad( it leaves"),
    ];
    for (path, line, rule) in planted {
        let broken = check(path, &format!("//! A file.\n{line}\n"));
        assert_eq!(broken.len(), 1, "{line}: {broken:?}");
        assert!(
            broken[0].starts_with(&format!("{path}:2: ")) && broken[0].contains(rule),
            "{line}: {broken:?}"
        );
    }
    let broken_list = "//! A file.\nuse crate::{\n    disk::{scan, walk},\n    error::Result,\n};\n";
    assert_eq!(
        check("src/app/a.rs", broken_list).len(),
        1,
        "a list over several lines"
    );
    assert_eq!(check("src/a.rs", "fn main() {}\n").len(), 1, "no //!");
    assert_eq!(
        check("src/a.rs", &format!("//! Long.\n{}", "\n".repeat(LONGEST_FILE))).len(),
        1
    );
    assert_eq!(
        private_paths("README.md", &["see ", "/home", "/me/x"].concat()).len(),
        1
    );
}

#[test]
fn no_rule_catches_what_it_allows() {
    #[rustfmt::skip]
    let fine = [
        ("src/experiment/a.rs", "use crate::{error::Result, metrics::Confusion};"),
        ("src/engine/a.rs", "use crate::disk::scan;"),
        ("src/engine/a.rs", "let guard = tch::no_grad_guard();"),
        ("src/disk/a.rs", "use crate::disk::decode::image::Rgb;"),
        ("src/metrics/a.rs", "let text = \"std::fs and .unwrap()\"; // panic!(), tch::Tensor"),
        ("src/metrics/a.rs", "let text = \"one \\\" two\n    .unwrap() three\";"),
        ("src/disk/a.rs", "let a = b.expect(\"two\"); // impossible: split_once gave two"),
        ("src/disk/a.rs", "// impossible: the pattern is a constant\nlet a = b.expect(\"valid\");"),
        ("src/disk/a.rs", "#[cfg(test)]\nmod tests {\n    fn f() { a.unwrap(); }\n}"),
        ("src/disk/a.rs", "let quote = '\"'; let a = b.unwrap_or(0); let c = d.expect_err(e);"),
        ("src/ui/parts/theme.rs", "let red = Color32::from_rgb(1, 2, 3);"),
    ];
    for (path, line) in fine {
        assert_eq!(
            check(path, &format!("//! A file.\n{line}\n")),
            Vec::<String>::new(),
            "{line}"
        );
    }
    assert!(private_paths("Makefile", &["$(HOME)/x https://a.b", "/home", "/page"].concat()).is_empty());
}
