//! What of an image is a number that files and pixels show, and nothing of what they are of.

use super::Properties;
use crate::metrics::thousands;

#[derive(Debug, Clone, Copy)]
pub struct Scale {
    pub name: &'static str,
    /// `None` where the image has none.
    pub value: fn(&Properties) -> Option<f64>,
    /// For people, and what follows it.
    pub write: fn(f64) -> String,
    pub unit: &'static str,
}

/// JPEG quality says more than the type of the file only where all are JPEG files.
pub const OF_JPEGS: &str = "JPEG quality";

pub static SCALES: [Scale; 6] = [
    Scale {
        name: "size",
        value: |image| Some(f64::from(image.file.width) * f64::from(image.file.height)),
        write: |pixels| thousands(pixels.round() as u64),
        unit: " pixels",
    },
    Scale {
        name: "aspect ratio",
        value: |image| Some(f64::from(image.file.width) / f64::from(image.file.height)),
        write: |ratio| format!("{ratio:.2}"),
        unit: "",
    },
    Scale {
        name: "brightness",
        value: |image| Some(image.measures.brightness.into()),
        write: |share| format!("{share:.2}"),
        unit: "",
    },
    Scale {
        name: "sharpness",
        value: |image| Some(image.measures.sharpness.into()),
        write: |variance| thousands(variance.round() as u64),
        unit: "",
    },
    Scale {
        name: "colour",
        value: |image| Some(image.measures.colour.into()),
        write: |share| format!("{share:.3}"),
        unit: "",
    },
    Scale {
        name: OF_JPEGS,
        value: |image| image.file.jpeg_quality.map(f64::from),
        write: |quality| format!("{quality:.0}"),
        unit: "",
    },
];
