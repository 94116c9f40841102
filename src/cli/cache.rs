//! `counterweight cache`: what is kept of computed features, how much may be, and away with it. Needs no engine.

use serde_json::json;

use super::args::{CacheAction, CacheArgs};
use super::output::print::{print_json, print_line};
use super::output::text;
use super::session::Session;
use crate::error::Result;
use crate::metrics::{ago, bytes, thousands};
use crate::protocol::{CacheListing, CacheSpace, ClearCache, LimitCache, ListCache};

/// # Errors
/// There is no such space to clear, or the folder cannot be changed; the engine does not start; standard output
/// cannot be written.
pub fn cache(session: &Session, args: &CacheArgs) -> Result<()> {
    let listing = match &args.action {
        None | Some(CacheAction::List) => session.ask(ListCache, |_| {}),
        Some(CacheAction::Clear { id }) => session.ask(ClearCache { space: id.clone() }, |_| {}),
        Some(CacheAction::Limit { size }) => session.ask(LimitCache { n_bytes: size.0 }, |_| {}),
    }?;
    if args.json {
        return print_json(&json!({
            "dir": listing.dir,
            "limit_bytes": listing.limit_bytes,
            "bytes": listing.n_bytes(),
            "spaces": listing.spaces.iter().map(|space| json!({
                "id": space.id,
                "about": space.about,
                "images": space.n_images,
                "bytes": space.n_bytes,
                "unused_seconds": space.unused_secs,
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
    if !listing.spaces.is_empty() {
        let header = ["id", "images", "size", "last used", "computed with"];
        let mut rows = vec![header.map(String::from).to_vec()];
        rows.extend(listing.spaces.iter().map(row));
        lines.push(format!("\n{}", text::table(rows)));
    }
    lines.join("\n")
}

fn row(space: &CacheSpace) -> Vec<String> {
    vec![
        space.id.clone(),
        thousands(space.n_images),
        bytes(space.n_bytes),
        ago(space.unused_secs),
        space.about.clone(),
    ]
}
