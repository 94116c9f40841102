//! The kinds of image files that are read.

/// By what a file holds, whatever its name ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileType {
    Jpeg,
    Png,
    Gif,
    Bmp,
    Tiff,
    WebP,
    Pnm,
}

impl FileType {
    /// Kept rows name one by its place here.
    pub const ALL: [FileType; 7] = [
        FileType::Jpeg,
        FileType::Png,
        FileType::Gif,
        FileType::Bmp,
        FileType::Tiff,
        FileType::WebP,
        FileType::Pnm,
    ];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            FileType::Jpeg => "JPEG",
            FileType::Png => "PNG",
            FileType::Gif => "GIF",
            FileType::Bmp => "BMP",
            FileType::Tiff => "TIFF",
            FileType::WebP => "WebP",
            FileType::Pnm => "PNM",
        }
    }
}
