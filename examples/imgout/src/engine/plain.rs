//! The `image` crate.

use image::imageops::{self, FilterType};
use image::{DynamicImage, Rgba, Rgba32FImage};

use super::format::Original;
use super::{Engine, Picture};
use crate::failure::Failure;
use crate::request::Size;

/// Resizes as the `image` crate does.
pub struct Plain;

impl Engine for Plain {
    fn thumb(&self, original: &[u8], size: Size) -> Result<Picture, Failure> {
        let original = Original::read(original)?;
        let (width, height) = size.of(original.image.width(), original.image.height());
        if !original.image.color().has_alpha() {
            return original.write(&original.image.resize_exact(width, height, FilterType::Triangle));
        }
        let mut pixels = original.image.to_rgba32f();
        multiply(&mut pixels);
        let mut thumb = imageops::resize(&pixels, width, height, FilterType::Triangle);
        divide(&mut thumb);
        original.write(&DynamicImage::from(thumb).to_rgba8().into())
    }
}

/// Multiplies colours by alpha: what cannot be seen has no part in the mean of its neighbours.
fn multiply(pixels: &mut Rgba32FImage) {
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        [red, green, blue].into_iter().for_each(|colour| *colour *= *alpha);
    }
}

fn divide(pixels: &mut Rgba32FImage) {
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut().filter(|pixel| pixel[3] > 0.0) {
        [red, green, blue].into_iter().for_each(|colour| *colour /= *alpha);
    }
}
