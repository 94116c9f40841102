//! `--weights imagenet`, the notebook's `pretrained=True`: what PyTorch or the Hugging Face Hub already keeps on this
//! machine, else one download into the place where they would have put it.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::download::{Download, Miss, sha256_is};
use super::hub;
use super::places::Places;
use crate::error::{Error, Result};
use crate::experiment::Backbone;
use crate::protocol::Cancel;
use crate::protocol::advice::CHOOSE_WEIGHTS;

/// How long a request to stop may go unnoticed by a download that hangs.
const CANCEL_POLL: Duration = Duration::from_millis(100);

/// The path of the backbone's ImageNet weights, downloaded first if need be. `progress` gets the bytes there are and
/// the bytes there will be (0: unknown), in the calling thread.
///
/// # Errors
/// [`Error::Input`] that says why there are none, which file to fetch elsewhere and where to put it;
/// [`Error::Stopped`] once cancelled (what came is kept and continued the next time).
pub fn imagenet_weights(
    backbone: &Backbone,
    places: &Places,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<PathBuf> {
    // Said only if nothing else works: what was found wrong, and what each source answered.
    let mut troubles = Vec::new();
    if let Some(file) = kept_weights(backbone, places, &mut troubles) {
        return Ok(file);
    }
    if places.offline {
        troubles.push("HF_HUB_OFFLINE is set".into());
    } else if let Some(file) = download(backbone, places, cancel, progress, &mut troubles)? {
        return Ok(file);
    }
    Err(Error::Input(format!(
        "there are no ImageNet weights of {} on this machine, and none could be downloaded ({}). Fetch {}/{} elsewhere \
         and put it into {}, or {CHOOSE_WEIGHTS}",
        backbone.name,
        troubles.join("; "),
        places.torchvision_url,
        backbone.published.torchvision,
        places.torch_checkpoints.display(),
    )))
}

/// The backbone's ImageNet weights, if they are on this machine. `troubles` gets what was found damaged.
pub fn kept_weights(backbone: &Backbone, places: &Places, troubles: &mut Vec<String>) -> Option<PathBuf> {
    let torch_file = places.torch_checkpoints.join(backbone.published.torchvision);
    if torch_file.is_file() {
        if sha256_is(&torch_file, sha256_beginning(backbone)) {
            return Some(torch_file);
        }
        troubles.push(format!("{} is damaged, so it was not used", torch_file.display()));
    }
    match backbone.published.hub.map(|repo| hub::cached(places, repo)) {
        Some(Ok(Some(file))) => return Some(file),
        Some(Err(damaged)) => troubles.push(format!("{} is damaged, so it was not used", damaged.display())),
        Some(Ok(None)) | None => {}
    }
    None
}

/// torchvision's own file, or the Hub's; none if neither can be had, and `troubles` says why.
fn download(
    backbone: &Backbone,
    places: &Places,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64, u64),
    troubles: &mut Vec<String>,
) -> Result<Option<PathBuf>> {
    let agent = places.agent();
    interruptible(&agent, cancel, || {
        for fetch in [fetch_from_torchvision, fetch_from_hub] {
            cancel.check()?;
            match fetch(backbone, places, &agent, cancel, progress) {
                Ok(file) => return Ok(Some(file)),
                Err(Miss::Stopped) => return Err(Error::Stopped),
                Err(Miss::Failed(why)) => troubles.push(why),
            }
        }
        Ok(None)
    })
}

fn fetch_from_torchvision(
    backbone: &Backbone,
    places: &Places,
    agent: &ureq::Agent,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64, u64),
) -> std::result::Result<PathBuf, Miss> {
    let name = backbone.published.torchvision;
    let dest = places.torch_checkpoints.join(name);
    let download = Download {
        url: &format!("{}/{name}", places.torchvision_url),
        token: None,
        dest: &dest,
        part: &places.torch_checkpoints.join(format!("{name}.part")),
        sha256: sha256_beginning(backbone),
    };
    download.run(agent, cancel, progress)?;
    Ok(dest)
}

fn fetch_from_hub(
    backbone: &Backbone,
    places: &Places,
    agent: &ureq::Agent,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64, u64),
) -> std::result::Result<PathBuf, Miss> {
    let repo = backbone
        .published
        .hub
        .ok_or_else(|| Miss::Failed("the Hub holds no copy".into()))?;
    hub::fetch(places, repo, agent, cancel, progress)
}

/// `f37072fd` of `resnet18-f37072fd.pth`.
fn sha256_beginning(backbone: &Backbone) -> &'static str {
    let stem = backbone.published.torchvision.trim_end_matches(".pth");
    stem.rsplit_once('-').map_or(stem, |(_, beginning)| beginning)
}

/// Does `work`, whose requests through `agent` fail soon after the user asks to stop, even those that wait for a
/// silent server.
fn interruptible<T>(agent: &ureq::Agent, cancel: &Cancel, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (working, finished) = channel::<()>();
    let watch = move || {
        while let Err(RecvTimeoutError::Timeout) = finished.recv_timeout(CANCEL_POLL) {
            if cancel.is_cancelled() {
                return agent.clone().shutdown();
            }
        }
    };
    std::thread::scope(|scope| {
        let watcher = std::thread::Builder::new()
            .name("download-cancel".into())
            .spawn_scoped(scope, watch);
        watcher.map_err(|e| Error::Job(format!("cannot start a thread: {e}")))?;
        let result = work();
        drop(working);
        result
    })
}

#[cfg(test)]
mod tests;
