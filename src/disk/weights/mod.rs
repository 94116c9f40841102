//! Weight files of other programs, read without executing anything, and where to find or fetch them.

mod fit;
mod imagenet;
mod places;
mod state_dict;

mod download;
mod hub;

mod safetensors_file;
mod torch_file;

mod element;
mod pickle;
mod scanner;
mod tensors;
mod unknown_file;
mod views;

pub use fit::check_fit;
pub use imagenet::{imagenet_weights, kept_weights};
pub use places::Places;
pub use safetensors_file::write_safetensors;
pub use state_dict::read_state_dict;
pub use tensors::{NamedTensor, StateDict, TensorData};
