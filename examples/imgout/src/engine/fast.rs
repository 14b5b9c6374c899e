//! The `fast_image_resize` crate.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage, RgbaImage};

use super::format::{Original, not_an_image};
use super::{Engine, Picture};
use crate::failure::Failure;
use crate::request::Size;

/// Resizes with the vector instructions of the processor. Every picture has eight bits for a colour afterwards.
pub struct Fast;

impl Engine for Fast {
    fn thumb(&self, original: &[u8], size: Size) -> Result<Picture, Failure> {
        let original = Original::read(original)?;
        let image = &original.image;
        let (width, height) = size.of(image.width(), image.height());
        let thumb = if image.color().has_alpha() {
            let pixels = resized(image.to_rgba8().as_raw(), image, (width, height), PixelType::U8x4)?;
            RgbaImage::from_raw(width, height, pixels).map(DynamicImage::from)
        } else {
            let pixels = resized(image.to_rgb8().as_raw(), image, (width, height), PixelType::U8x3)?;
            RgbImage::from_raw(width, height, pixels).map(DynamicImage::from)
        };
        original.write(&thumb.ok_or_else(|| not_an_image("it came out in another size"))?)
    }
}

fn resized(pixels: &[u8], from: &DynamicImage, (width, height): (u32, u32), kind: PixelType) -> Result<Vec<u8>, Failure> {
    let from = ImageRef::new(from.width(), from.height(), pixels, kind).map_err(not_an_image)?;
    let mut thumb = Image::new(width, height, kind);
    // It multiplies by alpha itself, so that what cannot be seen does not shine through.
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&from, &mut thumb, &options).map_err(not_an_image)?;
    Ok(thumb.into_vec())
}
