//! Images that show little, or are unlike the others in their form.

use serde::{Deserialize, Serialize};

use super::super::picture::Properties;

/// What may be wrong with how an image looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// Nothing to be seen: one colour, or nearly.
    LowInformation,
    Dark,
    Bright,
    Blurred,
    OddSize,
    OddAspect,
    /// An EXIF tag asks for a turn that is not obeyed.
    Turned,
    /// Grey among colours.
    Grey,
}

impl Quality {
    pub const ALL: [Quality; 8] = [
        Quality::LowInformation,
        Quality::Dark,
        Quality::Bright,
        Quality::Blurred,
        Quality::OddSize,
        Quality::OddAspect,
        Quality::Turned,
        Quality::Grey,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Quality::LowInformation => "blank",
            Quality::Dark => "very dark",
            Quality::Bright => "very bright",
            Quality::Blurred => "blurred",
            Quality::OddSize => "of an odd size",
            Quality::OddAspect => "of an odd aspect ratio",
            Quality::Turned => "turned by EXIF",
            Quality::Grey => "grey among colours",
        }
    }
}

/// An image is dark whose pixels all but one in a hundred are below, and bright whose pixels all but one in twenty are above
/// it. CleanVision's defaults.
const DARK: f32 = 0.32;
const BRIGHT: f32 = 0.95;
/// Variance of the Laplacian below which an image is blurred whatever the others are, if it is far less sharp than they.
const BLURRED: f32 = 30.0;
/// How far from the median an image is odd, in robust standard deviations (Iglewicz and Hoaglin 1993 take 3.5 for any).
const ODD: f64 = 5.0;
/// The least that a deviation of logarithms counts as: where nearly all images have one size, twice that size is odd and
/// a little more is not.
const LEAST_DEVIATION: f64 = 0.14;
/// A few grey images are odd among coloured ones; where many are, they are a kind.
const FEW: f64 = 0.1;
const GREY: f32 = 0.01;
/// Scales the median absolute deviation to a normal distribution's standard deviation.
const MAD_TO_DEVIATION: f64 = 1.4826;

/// Each image with what is wrong with it, in rising order; images that could not be read are `None`.
pub fn quality(images: &[Option<Properties>]) -> Vec<(usize, Quality)> {
    let known: Vec<&Properties> = images.iter().flatten().collect();
    let spread = |value: fn(&Properties) -> f64| Spread::of(known.iter().map(|image| value(image)).collect());
    let (sizes, aspects, sharpness) = (spread(size), spread(aspect), spread(sharp));
    let n_grey = known.iter().filter(|image| is_grey(image)).count();
    let grey_is_odd = (n_grey as f64) < FEW * known.len() as f64;
    let mut found = Vec::new();
    for (i, image) in images.iter().enumerate() {
        let Some(image) = image else { continue };
        let measures = &image.measures;
        let nothing = measures.show_nothing();
        let is_blurred = measures.sharpness < BLURRED && sharpness.score(sharp(image)) < -ODD / 2.0;
        let all = [
            (nothing, Quality::LowInformation),
            (measures.brightest < DARK, Quality::Dark),
            (measures.darkest > BRIGHT, Quality::Bright),
            (!nothing && is_blurred, Quality::Blurred),
            (sizes.score(size(image)).abs() > ODD, Quality::OddSize),
            (aspects.score(aspect(image)).abs() > ODD, Quality::OddAspect),
            (image.file.turned, Quality::Turned),
            (!nothing && grey_is_odd && is_grey(image), Quality::Grey),
        ];
        found.extend(
            all.into_iter()
                .filter(|(is_so, _)| *is_so)
                .map(|(_, quality)| (i, quality)),
        );
    }
    found
}

fn size(image: &Properties) -> f64 {
    (f64::from(image.file.width) * f64::from(image.file.height)).ln() / 2.0
}

fn aspect(image: &Properties) -> f64 {
    (f64::from(image.file.width) / f64::from(image.file.height)).ln()
}

fn sharp(image: &Properties) -> f64 {
    f64::from(image.measures.sharpness).ln_1p()
}

fn is_grey(image: &Properties) -> bool {
    image.measures.colour < GREY
}

/// Where a value lies among all.
struct Spread {
    median: f64,
    deviation: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        let middle = median(&mut values);
        let mut apart: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
        Spread {
            median: middle,
            deviation: (median(&mut apart) * MAD_TO_DEVIATION).max(LEAST_DEVIATION),
        }
    }

    fn score(&self, value: f64) -> f64 {
        (value - self.median) / self.deviation
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => 0.0,
        _ => (values[(n - 1) / 2] + values[n / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::picture::FileFacts;
    use super::*;
    use crate::experiment::FileType;

    fn image(width: u32, height: u32, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Option<Properties> {
        let (w, h) = (width as usize, height as usize);
        let rgb: Vec<u8> = (0..w * h).flat_map(|i| pixel(i % w, i / w)).collect();
        let file = FileFacts {
            width,
            height,
            n_bytes: 1,
            file_type: FileType::Png,
            jpeg_quality: None,
            turned: false,
        };
        Some(Properties::of(file, w, h, &rgb))
    }

    #[test]
    fn each_kind_is_found_and_nothing_else() {
        let busy =
            |i: usize| move |x: usize, y: usize| [(x * 7 + y * i) as u8, (y * 5) as u8, (x * y + i) as u8];
        let mut images: Vec<Option<Properties>> = (0..40).map(|i| image(60, 40, busy(i))).collect();
        images.push(image(60, 40, |_, _| [250; 3]));
        images.push(image(60, 40, |x, y| [(x % 3 * 9 + y) as u8, (x % 40) as u8, 3]));
        images.push(image(60, 40, |x, _| {
            [245 + (x % 10) as u8, 250, 255 - (x % 9) as u8]
        }));
        images.push(image(60, 40, |x, y| [(x * 3) as u8, 90, (y * 3) as u8]));
        images.push(image(180, 120, busy(3)));
        images.push(image(170, 14, busy(5)));
        images.push(image(60, 40, |x, y| [((x * 7 + y * 3) % 256) as u8; 3]));
        images.push(None);
        let found: Vec<(usize, &str)> = quality(&images).into_iter().map(|(i, q)| (i, q.name())).collect();
        let expected = [
            (40, "blank"),
            (40, "very bright"),
            (41, "very dark"),
            (42, "blank"),
            (42, "very bright"),
            (43, "blurred"),
            (44, "of an odd size"),
            (45, "of an odd aspect ratio"),
            (46, "grey among colours"),
        ];
        assert_eq!(found, expected);
    }
}
