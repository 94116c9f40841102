//! Pictures that are on the graphics card, by the path of their image.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use egui::{ColorImage, Rect, TextureHandle, TextureOptions, Ui, pos2, vec2};

use crate::protocol::Picture;
use crate::ui::parts::theme;

/// Pictures that are brought to the card in one frame, at most: the others come with the next.
const MOST_NEW: usize = 24;

#[derive(Default)]
pub struct Textures {
    by_path: BTreeMap<PathBuf, Known>,
    /// Brought there since the last frame.
    n_new: usize,
}

struct Known {
    /// What was put there: another picture may come under the same path.
    of: Weak<Picture>,
    texture: TextureHandle,
}

impl Textures {
    /// The whole picture, as large as it fits; gives its place.
    pub fn fitted(&mut self, ui: &Ui, rect: Rect, path: &Path, picture: &Arc<Picture>) -> Rect {
        let size = vec2(picture.size[0] as f32, picture.size[1] as f32);
        let scale = (rect.width() / size.x).min(rect.height() / size.y);
        let place = Rect::from_center_size(rect.center(), size * scale);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        self.paint(ui, place, whole, path, picture);
        place
    }

    /// Its middle square: a grid of whole pictures would be a grid of different shapes.
    pub fn square(&mut self, ui: &Ui, rect: Rect, path: &Path, picture: &Arc<Picture>) {
        let [width, height] = picture.size.map(|n| n as f32);
        let shorter = width.min(height);
        let margin = vec2((1.0 - shorter / width) / 2.0, (1.0 - shorter / height) / 2.0);
        let middle = Rect::from_min_max(pos2(margin.x, margin.y), pos2(1.0 - margin.x, 1.0 - margin.y));
        self.paint(ui, rect, middle, path, picture);
    }

    fn paint(&mut self, ui: &Ui, place: Rect, part: Rect, path: &Path, picture: &Arc<Picture>) {
        let of = Arc::downgrade(picture);
        let known = self.by_path.get(path).filter(|known| known.of.ptr_eq(&of));
        let id = match known {
            Some(known) => known.texture.id(),
            None if self.n_new >= MOST_NEW => return ui.ctx().request_repaint(),
            None => {
                self.n_new += 1;
                let pixels = ColorImage::from_rgb(picture.size, &picture.rgb);
                let name = path.display().to_string();
                let texture = ui.ctx().load_texture(name, pixels, TextureOptions::LINEAR);
                let id = texture.id();
                self.by_path.insert(path.to_path_buf(), Known { of, texture });
                id
            }
        };
        ui.painter().image(id, place, part, theme::untinted());
    }

    /// Forgets pictures that are no longer kept. Once a frame.
    pub fn forget_dropped(&mut self) {
        self.n_new = 0;
        self.by_path.retain(|_, known| known.of.strong_count() > 0);
    }
}
