//! What `tests/parity/odd_images.py` holds beside Pillow's: the pixels of every file of a folder, as they are and as the
//! network gets them.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use counterweight::disk::images::decode::{Pixels, decode_bytes, decode_to_resize};
use counterweight::disk::images::resize::before_crop;
use counterweight::disk::to_network_size;
use counterweight::error::Result;
use counterweight::experiment::Resize;
use counterweight::protocol::Cancel;

#[derive(Debug, Parser)]
struct Args {
    /// Folder of images
    from: PathBuf,
    /// Folder for `NAME.full` and `NAME.square` (width, height, then RGB), or `NAME.error`
    to: PathBuf,
    /// Side of the square
    side: u32,
}

fn main() {
    let args = Args::parse();
    fs::create_dir_all(&args.to).expect("a folder to write to");
    for entry in fs::read_dir(&args.from).expect("a folder of images") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("a file");
        let write = |ending: &str, content: &[u8]| {
            fs::write(args.to.join(format!("{name}.{ending}")), content).expect("room on the disk");
        };
        let both = whole(&bytes, &path).and_then(|full| Ok((full, square(&bytes, &path, args.side)?)));
        match both {
            Ok((full, square)) => {
                write("full", &raw(&full));
                write("square", &raw(&square));
            }
            Err(error) => write("error", error.to_string().as_bytes()),
        }
    }
}

fn whole(bytes: &[u8], path: &Path) -> Result<Pixels> {
    decode_bytes(bytes, path, &Cancel::new())
}

fn square(bytes: &[u8], path: &Path, side: u32) -> Result<Pixels> {
    let wanted = |width, height| before_crop(Resize::Square, side, width, height);
    let source = decode_to_resize(bytes, path, &Cancel::new(), wanted)?;
    to_network_size(source, Resize::Square, side)
}

fn raw(pixels: &Pixels) -> Vec<u8> {
    [
        &pixels.width.to_le_bytes(),
        &pixels.height.to_le_bytes(),
        &pixels.rgb[..],
    ]
    .concat()
}
