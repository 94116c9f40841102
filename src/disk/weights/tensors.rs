//! Named tensors as plain numbers, how many of them are held at most, and why a file gives none.

use std::io::Read;

/// Ten times the largest of these networks, as numbers in memory.
pub(super) const MOST_TENSOR_BYTES: u64 = 1 << 30;
pub(super) const TOO_MANY: &str =
    "it holds more than 1 GiB of numbers, so not the weights of one of these networks";

/// Named tensors in the order of their file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StateDict {
    pub tensors: Vec<NamedTensor>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor {
    /// PyTorch's name: `layer1.0.conv1.weight`.
    pub name: String,
    pub shape: Vec<usize>,
    /// As many numbers as the shape says, row-major.
    pub data: TensorData,
}

/// Floating point of any width is held as `f32`, integers of any width as `i64`.
#[derive(Debug, Clone, PartialEq)]
pub enum TensorData {
    F32(Vec<f32>),
    I64(Vec<i64>),
}

impl StateDict {
    /// What wrappers put before every name is taken off: DataParallel's `module.`, torch.compile's `_orig_mod.`, the
    /// attribute under which Lightning or a script holds the network, Hugging Face's `resnet.`.
    pub(super) fn new(mut tensors: Vec<NamedTensor>) -> Self {
        const WRAPPERS: [&str; 6] = ["module.", "_orig_mod.", "model.", "net.", "backbone.", "resnet."];
        let of_all = |tensors: &[NamedTensor]| {
            let begins = |wrapper: &&&str| tensors.iter().all(|t| t.name.starts_with(**wrapper));
            WRAPPERS
                .iter()
                .filter(|_| !tensors.is_empty())
                .find(begins)
                .map(|wrapper| wrapper.len())
        };
        while let Some(length) = of_all(&tensors) {
            for tensor in &mut tensors {
                tensor.name.drain(..length);
            }
        }
        StateDict { tensors }
    }

    pub fn get(&self, name: &str) -> Option<&NamedTensor> {
        self.tensors.iter().find(|t| t.name == name)
    }
}

/// Why a file gives no state_dict; the path is added where it is known.
#[derive(Debug)]
pub(super) enum Unreadable {
    Io(std::io::Error),
    Content(String),
}

impl From<String> for Unreadable {
    fn from(message: String) -> Self {
        Unreadable::Content(message)
    }
}

impl From<&str> for Unreadable {
    fn from(message: &str) -> Self {
        Unreadable::Content(message.to_owned())
    }
}

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        Unreadable::Io(error)
    }
}

/// As much of a file as is needed to recognise it.
///
/// # Errors
/// What the reader says.
pub(super) fn beginning(reader: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(1 << 20).read_to_end(&mut bytes)?;
    Ok(bytes)
}
