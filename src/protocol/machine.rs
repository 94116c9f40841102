//! What the program runs on.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum MachineCommand {
    ListDevices(ListDevices),
    RunSelfCheck(RunSelfCheck),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum MachineEvent {
    DevicesListed(Devices),
    SelfChecked(SelfCheck),
}

/// Which devices there are; light, unlike [`RunSelfCheck`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListDevices;

/// Train something tiny in every way there is, and compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSelfCheck;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// CUDA devices, counted from 0.
    pub n_cuda: usize,
    /// Why there are none, where there are none.
    pub no_cuda: Option<String>,
}

/// What the program runs on, and whether it computes rightly there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfCheck {
    pub libtorch: String,
    pub cpu: String,
    pub threads: usize,
    /// Why there is no CUDA device, where there is none.
    pub no_cuda: Option<String>,
    /// One tiny training each; the first is what the others are held against.
    pub trainings: Vec<TinyTraining>,
    pub all_agree: bool,
}

/// The same few steps on one device, in one way of computing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TinyTraining {
    /// Such as `cpu, f32, folded BatchNorm`.
    pub what: String,
    pub first_loss: f32,
    pub last_loss: f32,
    /// Largest difference of a loss to the first training's.
    pub difference: f32,
    pub tolerance: f32,
    pub seconds: f64,
}
