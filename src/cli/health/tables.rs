//! What was found for people: counts first, then the worst few of each kind.

use super::super::output::text;
use super::Found;
use crate::experiment::split::groups_from_names;
use crate::experiment::{Code, Dataset, SplitMethod};
use crate::health::findings::Report;
use crate::metrics::{percent, thousands};
use crate::visible::{visible, visible_path};

/// Of each kind.
const SHOWN: usize = 10;
/// Images of a group.
const NAMED: usize = 4;

pub(super) fn describe(found: &Found) -> String {
    let (dataset, report) = (&*found.dataset, &found.report);
    let n_images = thousands(dataset.images.len() as u64);
    let mut lines = vec![
        format!("{}: {n_images} images", visible_path(dataset.place())),
        String::new(),
    ];
    if !found.decided.is_nothing() {
        lines[0] += &format!("; labels as decided: {}", found.decided);
    }
    lines.push(text::table(counts(found)));
    let groups = |title: &str, groups: &[Vec<usize>]| {
        section(
            title,
            groups.iter().map(|group| group_line(dataset, report, group)),
        )
    };
    lines.extend(groups("Copies across the parts of the split", &report.leakage));
    lines.extend(leaks(report));
    lines.extend(groups("Exact duplicates", &report.duplicates));
    lines.extend(groups("Near duplicates", &report.near_duplicates));
    lines.extend(labels(dataset, report));
    let path = |image: usize| visible(&dataset.images[image].path).into_owned();
    lines.extend(section(
        "Outliers, the farthest first",
        report.outliers.iter().map(|o| path(o.image)),
    ));
    for (kind, images) in report.of_quality() {
        let title = format!("Images that are {}", kind.name());
        lines.extend(section(&title, images.iter().map(|&image| path(image))));
    }
    let unreadable = report
        .unreadable
        .iter()
        .map(|(image, why)| format!("{}: {}", path(*image), visible(why)));
    lines.extend(section("Not readable", unreadable));
    lines.extend(shortcuts(report));
    lines.extend(closing(found));
    lines.join("\n")
}

fn counts(found: &Found) -> Vec<Vec<String>> {
    let report = &found.report;
    let of_groups = |groups: &[Vec<usize>]| {
        let n_images = groups.iter().map(Vec::len).sum::<usize>();
        let against = groups.iter().filter(|group| report.contradicts(group)).count();
        [groups.len(), n_images, against].map(|n| thousands(n as u64))
    };
    let of_images = |n: usize| ["–".into(), thousands(n as u64), "–".into()];
    let row = |name: &str, cells: [String; 3]| {
        let mut row = vec![name.to_owned()];
        row.extend(cells);
        row
    };
    let mut rows = vec![row(
        "",
        ["groups", "images", "groups of several labels"].map(String::from),
    )];
    rows.push(row("exact duplicates", of_groups(&report.duplicates)));
    rows.push(row("near duplicates", of_groups(&report.near_duplicates)));
    rows.push(row("copies across the split", of_groups(&report.leakage)));
    if found.left_out.is_none() {
        rows.push(row("suspect labels", of_images(report.label_issues.len())));
        rows.push(row("outliers", of_images(report.outliers.len())));
    }
    for (kind, images) in report.of_quality() {
        rows.push(row(kind.name(), of_images(images.len())));
    }
    if !report.unreadable.is_empty() {
        rows.push(row("not readable", of_images(report.unreadable.len())));
    }
    rows
}

/// A title and the first few; nothing where there is nothing.
fn section(title: &str, lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let n = lines.len();
    if n == 0 {
        return vec![];
    }
    let mut section = vec![String::new(), title.to_owned()];
    section.extend(lines.take(SHOWN).map(|line| format!("  {line}")));
    if n > SHOWN {
        section.push(format!(
            "  and {} more; --json lists all",
            thousands((n - SHOWN) as u64)
        ));
    }
    section
}

fn group_line(dataset: &Dataset, report: &Report, group: &[usize]) -> String {
    let named: Vec<_> = group
        .iter()
        .take(NAMED)
        .map(|&i| visible(&dataset.images[i].path))
        .collect();
    let more = match group.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {} more", thousands(n as u64)),
    };
    let labels = if report.contradicts(group) {
        " (different labels)"
    } else {
        ""
    };
    format!("{}{more}{labels}", named.join(" = "))
}

fn leaks(report: &Report) -> Vec<String> {
    if let Some(why) = &report.no_split {
        return vec![
            String::new(),
            format!("Nothing is said of leakage: {}", visible(why)),
        ];
    }
    let code = Code::Leak.name();
    let header = [code, "groups", "images in the first", "in the second"]
        .map(String::from)
        .to_vec();
    let row = |leak: &crate::health::folder::Leak| {
        let counts = [leak.n_groups, leak.n_images[0], leak.n_images[1]].map(|n| thousands(n as u64));
        [vec![leak.between().join(" and ")], counts.to_vec()].concat()
    };
    let rows: Vec<Vec<String>> = std::iter::once(header)
        .chain(report.leaks.iter().map(row))
        .collect();
    match report.leaks.is_empty() {
        true => vec![],
        false => vec![String::new(), text::table(rows)],
    }
}

fn labels(dataset: &Dataset, report: &Report) -> Vec<String> {
    let line = |issue: &crate::health::labels::LabelIssue| {
        let image = &dataset.images[issue.image];
        let classes = [image.class_idx, issue.suggested].map(|class| visible(&dataset.classes[class]));
        format!(
            "{}: {}, probably {} ({} for its label)",
            visible(&image.path),
            classes[0],
            classes[1],
            percent(Some(issue.score), 1)
        )
    };
    let mut lines = section(
        "Suspect labels, the likeliest first",
        report.label_issues.iter().map(line),
    );
    if !report.unjudged.is_empty() {
        let names: Vec<&str> = report
            .unjudged
            .iter()
            .map(|&class| dataset.classes[class].as_str())
            .collect();
        lines.push(format!(
            "  not judged, since all their images belong together: {}",
            visible(&crate::metrics::named(&names, SHOWN))
        ));
    }
    lines
}

/// What tells the classes beside their content, and how well the head does.
fn shortcuts(report: &Report) -> Vec<String> {
    let telling: Vec<_> = report
        .shortcuts
        .iter()
        .filter(|shortcut| shortcut.tells)
        .collect();
    if telling.is_empty() {
        return vec![];
    }
    let mut rows = vec![vec![
        format!(
            "{} Shortcut: tells the classes without content",
            Code::Shortcut.name()
        ),
        "balanced accuracy".into(),
    ]];
    let share = |share: f64| percent(Some(share), 1);
    rows.extend(
        telling
            .iter()
            .map(|s| vec![s.property.clone(), share(s.balanced_accuracy)]),
    );
    rows.extend(
        report
            .head_balanced_accuracy
            .map(|of_head| vec!["the head, for comparison".into(), share(of_head)]),
    );
    vec![String::new(), text::table(rows)]
}

fn closing(found: &Found) -> Vec<String> {
    let mut lines = Vec::new();
    if found.report.is_clean() {
        lines.push("\nNothing was found".to_owned());
    }
    match found.report.n_settled {
        0 => {}
        1 => lines.push("\n1 finding is settled by label decisions and not listed".to_owned()),
        n => lines.push(format!(
            "\n{} findings are settled by label decisions and not listed",
            thousands(n as u64)
        )),
    }
    if !found.report.leakage.is_empty() {
        lines.push(match &found.no_leak_free_split {
            _ if found.config.split == SplitMethod::Folders => {
                "\nTo train on no copy of what is judged by: --write-groups FILE, then `counterweight labels DIR import FILE`; \
                 the folder's own val and test stay as they are"
                    .to_owned()
            }
            None => {
                "\nTo keep copies in one part: --write-groups FILE, then `counterweight labels DIR import FILE`".to_owned()
            }
            Some(why) => format!("\nNo split keeps all copies in one part: {}", visible(why)),
        });
    }
    let names = groups_from_names(&found.dataset).filter(|_| found.config.split != SplitMethod::Groups);
    if let Some(names) = names {
        lines.push(format!(
            "\nFile names tell of {} groups: {}; train with --group-pattern '{}' to keep them together",
            thousands(names.n_groups as u64),
            visible(&names.in_words()),
            names.pattern
        ));
    }
    if let Some(why) = &found.left_out {
        lines.push(format!(
            "\nNothing is said of labels, outliers and crops: {}",
            visible(why)
        ));
    }
    lines.extend(
        found
            .warnings
            .iter()
            .map(|warning| format!("\nWarning: {}", visible(warning))),
    );
    lines
}
