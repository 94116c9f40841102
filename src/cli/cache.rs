//! `counterweight cache`: what is kept of computed features, how much may be, and away with it. Needs no engine.

use serde_json::json;

use super::args::{CacheAction, CacheArgs};
use super::output::print::{print_json, print_line};
use super::output::text;
use super::session::Session;
use crate::error::Result;
use crate::metrics::{ago, bytes, thousands};
use crate::protocol::{CacheListing, CachedSet, ClearCache, LimitCache, ListCache};

/// # Errors
/// There is no such set to clear, or the folder cannot be changed; the engine does not start; standard output
/// cannot be written.
pub fn cache(session: &Session, args: &CacheArgs) -> Result<()> {
    let listing = match &args.action {
        None | Some(CacheAction::List) => session.ask(ListCache, |_| {}),
        Some(CacheAction::Clear { id }) => session.ask(ClearCache { set: id.clone() }, |_| {}),
        Some(CacheAction::Limit { size }) => session.ask(LimitCache { n_bytes: size.0 }, |_| {}),
    }?;
    if args.json {
        return print_json(&json!({
            "dir": listing.dir,
            "limit_bytes": listing.limit_bytes,
            "bytes": listing.n_bytes(),
            "thumbnail_bytes": listing.thumbnail_bytes,
            "map_bytes": listing.map_bytes,
            "feature_sets": listing.sets.iter().map(|set| json!({
                "id": set.id,
                "about": set.about,
                "images": set.n_images,
                "bytes": set.n_bytes,
                "unused_seconds": set.unused_secs,
            })).collect::<Vec<_>>(),
        }));
    }
    print_line(&describe(&listing))
}

fn describe(listing: &CacheListing) -> String {
    let place = match &listing.dir {
        Some(dir) => dir.display().to_string(),
        None => "no folder to keep features in; set HOME or COUNTERWEIGHT_FEATURES".into(),
    };
    let amount = format!(
        "{} of at most {}",
        bytes(listing.n_bytes()),
        bytes(listing.limit_bytes)
    );
    let mut lines = vec![place, amount];
    let others = [
        (listing.thumbnail_bytes, "small pictures"),
        (listing.map_bytes, "maps of folders"),
    ];
    for (n_bytes, what) in others.into_iter().filter(|(n_bytes, _)| *n_bytes > 0) {
        lines.push(format!(
            "{} of {what} beside them, which `counterweight cache clear` removes, too",
            bytes(n_bytes)
        ));
    }
    if !listing.sets.is_empty() {
        let header = ["id", "images", "size", "last used", "computed with"];
        let mut rows = vec![header.map(String::from).to_vec()];
        rows.extend(listing.sets.iter().map(row));
        lines.push(format!("\n{}", text::table(rows)));
    }
    lines.join("\n")
}

fn row(set: &CachedSet) -> Vec<String> {
    vec![
        set.id.clone(),
        thousands(set.n_images),
        bytes(set.n_bytes),
        ago(set.unused_secs),
        set.about.clone(),
    ]
}
