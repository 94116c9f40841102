//! The order inside the house: floors of a room, no circles, no piles. Reads the sources' syntax, and runs nothing of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// The rooms whose folders are floors: each uses only those before it, in the order that the room's `mod.rs` names.
#[rustfmt::skip]
const FLOORS: [(&str, &[&[&str]]); 2] = [
    ("engine", &[
        &["device"],
        &["backbone"],
        &["features"],
        &["head"],
        &["fit"],
        &["judge"],
        &["health"],
        &["map"],
        &["describe", "selfcheck", "worker"],
    ]),
    ("disk", &[&["files"], &["images"], &["weights", "feature_store"], &["runs"], &["dataset"]]),
];

/// As ARCHITECTURE.md lists them.
const SUBJECTS: [&str; 10] = [
    "dataset", "health", "map", "runs", "fit", "live", "labels", "judge", "cache", "machine",
];

/// Files that lie directly in one folder: more is a pile, in which nobody finds the order to read in.
const MOST_IN_A_FOLDER: usize = 15;

/// From the opening brace to the closing one.
const LONGEST_FUNCTION: usize = 60;

#[test]
fn floors_use_only_those_below() {
    let mut wrong = Vec::new();
    for (room, floors) in FLOORS {
        let floor_of = |part: &str| floors.iter().position(|parts| parts.contains(&part));
        for (file, used) in imports() {
            let (Some(from), Some(to)) = (inside(&file, room), inside(&used, room)) else {
                continue;
            };
            let floor =
                floor_of(from).unwrap_or_else(|| panic!("{file}: {from} stands on no floor; name it above"));
            if floor_of(to).is_some_and(|above| above > floor) {
                wrong.push(format!("{file}: {from} uses {to}, which stands above it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut uses = BTreeMap::<String, BTreeSet<String>>::new();
    for (file, used) in imports() {
        uses.entry(file).or_default().insert(used);
    }
    // Whoever is used by nobody that is left, or uses nobody that is left, is in no circle.
    loop {
        let used: BTreeSet<String> = uses.values().flatten().cloned().collect();
        let n_before = uses.len();
        uses.retain(|file, _| used.contains(file));
        let left: BTreeSet<String> = uses.keys().cloned().collect();
        for used in uses.values_mut() {
            used.retain(|file| left.contains(file));
        }
        uses.retain(|_, used| !used.is_empty());
        if uses.len() == n_before {
            break;
        }
    }
    assert!(uses.is_empty(), "files that use each other:\n{uses:#?}");
}

#[test]
fn functions_fit_a_screen() {
    let house = House::read();
    let long = house.sources.iter().flat_map(|source| {
        let long = source
            .functions
            .iter()
            .filter(|(_, _, n_lines)| *n_lines > LONGEST_FUNCTION);
        long.map(|(name, line, n)| format!("src/{}:{line}: {name} has {n} lines", source.file))
    });
    let long: Vec<String> = long.collect();
    assert!(
        long.is_empty(),
        "more than {LONGEST_FUNCTION}:\n{}",
        long.join("\n")
    );
}

#[test]
fn no_folder_is_a_pile() {
    let mut counts = BTreeMap::<PathBuf, usize>::new();
    for (path, _) in sources(&source_root()) {
        *counts.entry(path.parent().unwrap().to_owned()).or_default() += 1;
    }
    counts.retain(|_, n| *n > MOST_IN_A_FOLDER);
    assert!(
        counts.is_empty(),
        "more than {MOST_IN_A_FOLDER} files: {counts:?}"
    );
}

/// A row for each subject, each place in it there, and each folder of a subject in a row.
#[test]
fn the_map_names_the_corridor_of_each_subject() {
    let map = fs::read_to_string(source_root().with_file_name("ARCHITECTURE.md")).unwrap();
    let rows = map.lines().filter(|line| line.starts_with("| ")).skip(1);
    let rows: Vec<(&str, Vec<&str>)> = rows
        .take(SUBJECTS.len())
        .map(|row| {
            (
                &row[2..row.find(':').unwrap_or(2)],
                row.split('`').skip(1).step_by(2).collect(),
            )
        })
        .collect();
    assert_eq!(
        rows.iter().map(|(subject, _)| *subject).collect::<Vec<_>>(),
        SUBJECTS
    );
    for (subject, places) in &rows {
        for place in places {
            assert!(
                source_root().join(place).exists(),
                "{subject}: {place} is not there"
            );
        }
        for room in ["protocol", "app", "ui"] {
            let own = [format!("{room}/{subject}.rs"), format!("{room}/{subject}/")];
            let own = own.iter().filter(|own| source_root().join(own).exists());
            for own in own {
                assert!(
                    places.contains(&own.as_str()),
                    "{subject}: {own} is not on the map"
                );
            }
        }
    }
}

/// The part of a room that a file such as `engine/fit/run.rs` belongs to; none for the room's `mod.rs`, which names all.
fn inside<'a>(file: &'a str, room: &str) -> Option<&'a str> {
    let rest = file.strip_prefix(room)?.strip_prefix('/')?;
    let part = rest.split('/').next()?.trim_end_matches(".rs");
    (part != "mod" && part != "tests").then_some(part)
}

/// Which file uses which, as paths below `src`. What a module hands on counts as the file's that holds it. A
/// module stands on the files below it, so that it uses these says nothing.
fn imports() -> Vec<(String, String)> {
    let house = House::read();
    let mut found = Vec::new();
    for source in &house.sources {
        let is_own =
            |used: &String| source.file.ends_with("mod.rs") && module_of(used).starts_with(&source.module);
        let files = source.uses.iter().filter_map(|path| house.file_of(path));
        let others = files.filter(|used| **used != source.file && !is_own(used));
        found.extend(others.map(|used| (source.file.clone(), used.clone())));
    }
    found
}

type ModulePath = Vec<String>;

/// A file's paths, from the crate's root.
struct Source {
    file: String,
    module: ModulePath,
    uses: Vec<ModulePath>,
    /// Names that it hands on, as the module's own and as what they are.
    hands_on: Vec<(ModulePath, ModulePath)>,
    /// Name, line and length in lines.
    functions: Vec<(String, usize, usize)>,
}

struct House {
    sources: Vec<Source>,
    files: BTreeMap<ModulePath, String>,
    handed_on: BTreeMap<ModulePath, ModulePath>,
}

impl House {
    fn read() -> Self {
        let root = source_root();
        let texts = sources(&root).into_iter().map(|(path, text)| {
            let file = path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            (file, text)
        });
        let is_program = |file: &str| !file.ends_with("tests.rs") && !file.contains("/tests/");
        let sources: Vec<Source> = texts
            .filter(|(file, _)| is_program(file))
            .map(|(file, text)| Source::read(file, &text))
            .collect();
        House {
            files: sources
                .iter()
                .map(|s| (s.module.clone(), s.file.clone()))
                .collect(),
            handed_on: sources.iter().flat_map(|s| s.hands_on.clone()).collect(),
            sources,
        }
    }

    /// The file of the longest beginning that is a module, once it is known what is handed on, maybe more than once.
    fn file_of(&self, path: &[String]) -> Option<&String> {
        let mut path = path.to_vec();
        for _ in 0..4 {
            let found = (1..=path.len()).find_map(|n| Some((n, self.handed_on.get(&path[..n])?)));
            match found {
                Some((n, to)) => path = [&to[..], &path[n..]].concat(),
                None => break,
            }
        }
        (1..=path.len()).rev().find_map(|n| self.files.get(&path[..n]))
    }
}

impl Source {
    fn read(file: String, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|e| panic!("{file}: {e}"));
        let mut source = Source {
            module: module_of(&file),
            file,
            uses: Vec::new(),
            hands_on: Vec::new(),
            functions: Vec::new(),
        };
        source.visit_file(&syntax);
        source
    }

    /// From the crate's root. What begins otherwise may be a module beside this one, or another crate.
    fn absolute(&self, path: &[String]) -> ModulePath {
        let n_up = path.iter().take_while(|part| *part == "super").count();
        match path[0].as_str() {
            "crate" => path[1..].to_vec(),
            "super" => [
                &self.module[..self.module.len().saturating_sub(n_up)],
                &path[n_up..],
            ]
            .concat(),
            _ => [&self.module[..], path].concat(),
        }
    }

    fn hand_on(&mut self, path: &[String], name: String) {
        let own = [&self.module[..], &[name]].concat();
        let meant = self.absolute(path);
        if own != meant {
            self.hands_on.push((own, meant));
        }
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &[String], is_public: bool) {
        let with = |part: &syn::Ident| [before, &[part.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&path.tree, &with(&path.ident), is_public),
            syn::UseTree::Group(group) => {
                group
                    .items
                    .iter()
                    .for_each(|tree| self.use_tree(tree, before, is_public));
            }
            syn::UseTree::Name(name) => self.used(&with(&name.ident), name.ident.to_string(), is_public),
            syn::UseTree::Rename(name) => self.used(&with(&name.ident), name.rename.to_string(), is_public),
            syn::UseTree::Glob(_) => self.uses.push(self.absolute(before)),
        }
    }

    fn used(&mut self, path: &[String], name: String, is_public: bool) {
        if is_public {
            self.hand_on(path, name);
        } else {
            self.uses.push(self.absolute(path));
        }
    }

    fn function(&mut self, name: &syn::Ident, whole: &dyn syn::spanned::Spanned) {
        let (from, to) = (whole.span().start().line, whole.span().end().line);
        self.functions.push((name.to_string(), from, to + 1 - from));
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // A test module may look anywhere.
        if module.ident != "tests" {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &[], matches!(item.vis, syn::Visibility::Public(_)));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: ModulePath = path.segments.iter().map(|part| part.ident.to_string()).collect();
        if parts.len() > 1 {
            self.uses.push(self.absolute(&parts));
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig.ident, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig.ident, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }
}

/// `engine/fit/run.rs` as `[engine, fit, run]`, `engine/fit/mod.rs` as `[engine, fit]`.
fn module_of(file: &str) -> ModulePath {
    let file = file.trim_end_matches(".rs").trim_end_matches("/mod");
    file.split('/').map(str::to_owned).collect()
}

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources(dir: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}
