//! Paints what egui draws, on the processor: the same picture on every machine, with and without a graphics card.
//! Triangles as a card paints them, their texture sampled between its four nearest points; without anti-aliasing, which
//! egui brings along as a fringe of its own.

use std::collections::BTreeMap;

use egui::epaint::{ImageData, Mesh, Primitive, TextureId, Vertex};
use egui::{Color32, ColorImage, Pos2, Rect, TexturesDelta};
use egui_kittest::TestRenderer;
use image::RgbaImage;

#[derive(Default)]
pub struct Raster {
    textures: BTreeMap<TextureId, ColorImage>,
}

impl TestRenderer for Raster {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, changes) in delta.set.drain() {
            for change in changes {
                let ImageData::Color(image) = change.image;
                match (change.pos, self.textures.get_mut(&id)) {
                    (Some(at), Some(texture)) => patch(texture, at, &image),
                    _ => _ = self.textures.insert(id, ColorImage::clone(&image)),
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &egui::Context, output: &egui::FullOutput) -> Result<RgbaImage, String> {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        let mut canvas = ColorImage::filled([size.x as usize, size.y as usize], Color32::BLACK);
        for clipped in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = &clipped.primitive else {
                continue; // a paint callback is the graphics card's
            };
            let texture = self
                .textures
                .get(&mesh.texture_id)
                .ok_or("a texture is missing")?;
            paint(&mut canvas, mesh, clipped.clip_rect * scale, texture, scale);
        }
        let bytes = canvas.pixels.iter().flat_map(Color32::to_array).collect();
        RgbaImage::from_raw(size.x as u32, size.y as u32, bytes).ok_or_else(|| "no picture".into())
    }
}

fn patch(texture: &mut ColorImage, [x, y]: [usize; 2], image: &ColorImage) {
    for (row, pixels) in image.pixels.chunks(image.size[0]).enumerate() {
        let start = (y + row) * texture.size[0] + x;
        texture.pixels[start..start + pixels.len()].copy_from_slice(pixels);
    }
}

fn paint(canvas: &mut ColorImage, mesh: &Mesh, clip: Rect, texture: &ColorImage, scale: f32) {
    let whole = Rect::from_min_size(
        Pos2::ZERO,
        egui::vec2(canvas.size[0] as f32, canvas.size[1] as f32),
    );
    let clip = Rect::from_min_max(clip.min.round(), clip.max.round()).intersect(whole);
    for corners in mesh.indices.chunks(3) {
        let mut corners = [0, 1, 2].map(|i| {
            let vertex = mesh.vertices[corners[i] as usize];
            Vertex {
                pos: vertex.pos * scale,
                ..vertex
            }
        });
        // Seen from one side, all of them.
        if edge(corners[0].pos, corners[1].pos, corners[2].pos) < 0.0 {
            corners.swap(1, 2);
        }
        triangle(canvas, &corners, clip, texture);
    }
}

fn triangle(canvas: &mut ColorImage, corners: &[Vertex; 3], clip: Rect, texture: &ColorImage) {
    let [a, b, c] = corners.map(|corner| corner.pos);
    let area = edge(a, b, c);
    let bounds = Rect::from_points(&[a, b, c]).intersect(clip);
    if area <= 0.0 || !bounds.is_positive() {
        return;
    }
    for y in bounds.min.y.floor() as usize..bounds.max.y.ceil() as usize {
        for x in bounds.min.x.floor() as usize..bounds.max.x.ceil() as usize {
            let at = Pos2::new(x as f32 + 0.5, y as f32 + 0.5);
            let sides = [(b, c), (c, a), (a, b)].map(|(from, to)| (edge(from, to, at), owns(from, to)));
            // What lies on the edge of two triangles is one's alone.
            let is_inside = sides
                .iter()
                .all(|(side, owned)| *side > 0.0 || *side == 0.0 && *owned);
            if !is_inside || !clip.contains(at) {
                continue;
            }
            let shares = sides.map(|(side, _)| side / area);
            let of = |value: fn(&Vertex) -> f32| (0..3).map(|i| shares[i] * value(&corners[i])).sum::<f32>();
            let tint = [0, 1, 2, 3].map(|channel| {
                let of_corner = |i: usize| shares[i] * f32::from(corners[i].color.to_array()[channel]);
                (0..3).map(of_corner).sum::<f32>()
            });
            let sampled = sample(texture, of(|v| v.uv.x), of(|v| v.uv.y));
            let pixel = &mut canvas.pixels[y * canvas.size[0] + x];
            let below = pixel.to_array();
            let source = [0, 1, 2, 3].map(|i| tint[i] * sampled[i] / 255.0);
            let over = |i: usize| source[i] + f32::from(below[i]) * (1.0 - source[3] / 255.0);
            let [r, g, b] = [0, 1, 2].map(|i| over(i).round() as u8);
            *pixel = Color32::from_rgb(r, g, b);
        }
    }
}

/// Twice the area of the triangle; positive where the point lies to the right of the way, y pointing down.
fn edge(from: Pos2, to: Pos2, at: Pos2) -> f32 {
    (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x)
}

/// Top and left edges are the triangle's own.
fn owns(from: Pos2, to: Pos2) -> bool {
    to.y < from.y || to.y == from.y && to.x > from.x
}

/// Between the four nearest points, each channel from 0 to 255.
fn sample(texture: &ColorImage, u: f32, v: f32) -> [f32; 4] {
    let [width, height] = texture.size;
    let (x, y) = (u * width as f32 - 0.5, v * height as f32 - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (right_share, lower_share) = (x - left, y - top);
    let at = |dx: f32, dy: f32| {
        let x = (left + dx).clamp(0.0, width as f32 - 1.0) as usize;
        let y = (top + dy).clamp(0.0, height as f32 - 1.0) as usize;
        texture.pixels[y * width + x].to_array().map(f32::from)
    };
    let near = [at(0.0, 0.0), at(1.0, 0.0), at(0.0, 1.0), at(1.0, 1.0)];
    [0, 1, 2, 3].map(|i| {
        let upper = near[0][i] * (1.0 - right_share) + near[1][i] * right_share;
        let lower = near[2][i] * (1.0 - right_share) + near[3][i] * right_share;
        upper * (1.0 - lower_share) + lower * lower_share
    })
}
