//! The images that files and folders stand for, found once or watched until the front end cancels.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::watch::wait;
use crate::disk::dataset::image_files::image_files;
use crate::error::{Error, Result};
use crate::jobs::Tell;
use crate::jobs::progress::Reporter;
use crate::protocol::{Cancel, FindImages, FoundImage, JudgeEvent, Phase};

/// A watched folder is looked at once a second; one of a hundred thousand files less often.
const POLL: Duration = Duration::from_secs(1);
/// Looking takes at most this part of the time.
const LOOKS: u32 = 10;
/// A folder on a network may be away for a while: a minute.
const MOST_FAILURES: usize = 60;

/// # Errors
/// None of the paths is there, or they hold no image; a watched one is away for long; stopped.
pub fn find_images(request: &FindImages, progress: &mut Reporter, tell: Tell) -> Result<()> {
    progress.begin(Phase::Scan, 0);
    let found = image_files(&request.paths, &mut |n| {
        progress.reach(n as u64, 0);
        progress.cancel.check()
    })?;
    let known = found.iter().map(|file| (file.path.clone(), file.stamp));
    let watched = Watched {
        known: known.collect(),
        ..Watched::default()
    };
    tell(JudgeEvent::Found(found).into());
    match request.watch {
        true => watch(request, watched, &progress.cancel, tell),
        false => Ok(()),
    }
}

fn watch(request: &FindImages, mut watched: Watched, cancel: &Cancel, tell: Tell) -> Result<()> {
    let mut n_failures = 0;
    let mut pause = POLL;
    loop {
        wait(pause, cancel)?;
        let began = Instant::now();
        match image_files(&request.paths, &mut |_| cancel.check()) {
            Ok(files) => {
                n_failures = 0;
                let news = watched.news(files);
                if !news.is_empty() {
                    tell(JudgeEvent::Found(news).into());
                }
            }
            Err(Error::Stopped) => return Err(Error::Stopped),
            Err(e) if n_failures == MOST_FAILURES => return Err(e),
            Err(_) => n_failures += 1,
        }
        pause = POLL.max(began.elapsed() * LOOKS);
    }
}

/// What was told of a watched folder.
#[derive(Default)]
struct Watched {
    known: BTreeMap<PathBuf, [u64; 2]>,
    /// Files as they were met last, of which more may still be written.
    met: BTreeMap<PathBuf, [u64; 2]>,
}

impl Watched {
    /// Those that are new, or others than before, and were left alone since the last look.
    fn news(&mut self, files: Vec<FoundImage>) -> Vec<FoundImage> {
        let mut news = Vec::new();
        let mut met = BTreeMap::new();
        for file in files {
            if self.known.get(&file.path) == Some(&file.stamp) {
                continue;
            }
            let is_whole = self.met.get(&file.path) == Some(&file.stamp);
            let seen = if is_whole { &mut self.known } else { &mut met };
            seen.insert(file.path.clone(), file.stamp);
            if is_whole {
                news.push(file);
            }
        }
        self.met = met;
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_of_once_it_is_written_and_again_once_it_is_another() {
        let file = |name: &str, n_bytes: u64| FoundImage {
            path: name.into(),
            fault: None,
            stamp: [n_bytes, 7],
        };
        let mut watched = Watched::default();
        watched.known.insert("old.png".into(), [5, 7]);
        let mut look = |files: &[(&str, u64)]| -> Vec<String> {
            let files = files.iter().map(|(name, n)| file(name, *n)).collect();
            let news = watched.news(files).into_iter();
            news.map(|file| file.path.display().to_string()).collect()
        };
        let nothing: [&str; 0] = [];
        assert_eq!(look(&[("old.png", 5), ("new.png", 1)]), nothing);
        assert_eq!(look(&[("old.png", 5), ("new.png", 2)]), nothing, "it grows");
        assert_eq!(look(&[("old.png", 5), ("new.png", 2)]), ["new.png"]);
        assert_eq!(look(&[("old.png", 6), ("new.png", 2)]), nothing);
        assert_eq!(look(&[("old.png", 6), ("new.png", 2)]), ["old.png"]);
        assert_eq!(look(&[("old.png", 6), ("new.png", 2)]), nothing);
    }
}
