//! Takes a part of the window as a picture, as it is on the screen.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, unbounded};
use egui::{ColorImage, Context, Rect};

use crate::app::{Action, Export};
use crate::protocol::{FileContent, Picture};

/// A menu that asked for the picture must have left the screen first.
const FRAMES_TO_WAIT: u8 = 3;

/// What is to be taken, if anything.
pub struct Camera {
    aimed: Option<(Rect, u8)>,
    shutter: Sender<Export>,
    taken: Receiver<Export>,
}

impl Default for Camera {
    fn default() -> Self {
        let (shutter, taken) = unbounded();
        Camera {
            aimed: None,
            shutter,
            taken,
        }
    }
}

impl Camera {
    /// Once a frame, with the part of the window that is wanted, if any is.
    pub fn aim(&mut self, ctx: &Context, wanted: Option<Rect>) {
        if let Some(place) = wanted {
            self.aimed = Some((place, FRAMES_TO_WAIT));
        }
        match &mut self.aimed {
            None => return,
            Some((_, frames @ 1..)) => *frames -= 1,
            Some((place, 0)) => {
                expose(ctx, *place, self.shutter.clone());
                self.aimed = None;
            }
        }
        ctx.request_repaint();
    }

    /// The picture, once the window has given it.
    pub fn taken(&self) -> Option<Action> {
        let export = self.taken.try_recv().ok()?;
        Some(Action::Export(Box::new(export)))
    }
}

fn expose(ctx: &Context, place: Rect, shutter: Sender<Export>) {
    let scale = ctx.pixels_per_point();
    let again = ctx.clone();
    ctx.request_screenshot(move |whole| {
        let part = whole.region(&place, Some(scale));
        // Where the window is gone meanwhile, nobody wants the picture.
        let _ = shutter.send(Export {
            file_name: "loss.png".into(),
            content: FileContent::Picture(Arc::new(picture(&part))),
        });
        again.request_repaint();
    });
}

/// Plain pixels; what is transparent is black.
pub fn picture(image: &ColorImage) -> Picture {
    Picture {
        size: image.size,
        rgb: image
            .pixels
            .iter()
            .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()])
            .collect(),
    }
}
