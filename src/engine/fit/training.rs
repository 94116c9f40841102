//! What changes while heads are trained. What does not is the [`Setup`].

use super::member::Member;
use super::setup::Setup;
use crate::engine::features::Features;
use crate::engine::head::evaluate::Outputs;
use crate::engine::head::{Head, Heads};
use crate::error::Result;

/// Heads on their way.
#[derive(Debug)]
pub struct Training<'a> {
    /// More of them become known, and more images turn out to be unreadable.
    pub features: &'a mut Features,
    pub members: Vec<Member>,
    /// One for each member.
    pub heads: Heads,
    /// Images trained on so far, counted in every epoch.
    pub n_images: usize,
    /// Batches from which each BatchNorm took its statistics.
    pub n_batches: i64,
    /// What each head says of the images that were not trained on, as it is by now.
    pub val: Vec<Outputs>,
    pub test: Vec<Outputs>,
    /// The same of training images, by heads that did not learn them; empty where that was not asked for.
    pub out_of_fold: Vec<Outputs>,
}

impl<'a> Training<'a> {
    /// Before the first step: every member with the same head, drawn from the config's seed.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn new(setup: &Setup, features: &'a mut Features, members: Vec<Member>) -> Result<Self> {
        let (n_features, n_classes) = (setup.backbone.n_features, setup.dataset.n_classes());
        let head = Head::new(n_features, n_classes, setup.config.seed, setup.network.device)?;
        Self::from_head(&head, features, members)
    }

    /// The same from a given head.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn from_head(head: &Head, features: &'a mut Features, members: Vec<Member>) -> Result<Self> {
        Ok(Training {
            heads: Heads::starting_at(head, members.len())?,
            features,
            members,
            n_images: 0,
            n_batches: 0,
            val: vec![],
            test: vec![],
            out_of_fold: vec![],
        })
    }
}
