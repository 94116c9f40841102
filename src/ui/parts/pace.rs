//! How often the window draws what nobody waits for: progress and losses, while a training should have the processor.

#![allow(unsafe_code, reason = "the name of what draws is asked of OpenGL")]

use eframe::CreationContext;
use eframe::glow::{HasContext, RENDERER};

/// With a graphics card a picture costs the processor a few milliseconds.
const NEWS_SECS: f32 = 0.2;
/// Without one the processor draws it, on all its cores, in some ten times as long, and a training waits for both.
const NEWS_SECS_IN_SOFTWARE: f32 = 3.0;
/// Mesa's two, and Chromium's.
const SOFTWARE: [&str; 3] = ["llvmpipe", "softpipe", "SwiftShader"];

/// Seconds between two pictures of news.
pub fn news_secs(cc: &CreationContext) -> f32 {
    let Some(gl) = &cc.gl else {
        return NEWS_SECS;
    };
    // SAFETY: eframe has made this context current, to create what is drawn in it.
    let renderer = unsafe { gl.get_parameter_string(RENDERER) };
    match SOFTWARE.iter().any(|name| renderer.contains(name)) {
        true => NEWS_SECS_IN_SOFTWARE,
        false => NEWS_SECS,
    }
}
