//! Reading and writing files of images, which all engines do alike.

use std::fmt::Display;
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::Picture;
use crate::failure::Failure;

/// How much memory an image may take while it is read: a small file can be a picture of gigabytes.
const MEMORY: u64 = 256 << 20;

/// The longest side of an original.
const SIDE: u32 = 16_384;

/// How good a JPEG is, of 100.
const QUALITY: u8 = 82;

/// An image that was read, upright, and the format that it had.
pub(super) struct Original {
    pub(super) image: DynamicImage,
    format: ImageFormat,
}

impl Original {
    /// Reads a file.
    pub(super) fn read(bytes: &[u8]) -> Result<Original, Failure> {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(not_an_image)?;
        let format = reader.format().ok_or_else(|| not_an_image("its format is not known"))?;
        let mut limits = Limits::default();
        (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(SIDE), Some(SIDE), Some(MEMORY));
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(not_an_image)?;
        // A camera that is held sideways says so, and leaves the picture as it is.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut image = DynamicImage::from_decoder(decoder).map_err(not_an_image)?;
        image.apply_orientation(orientation);
        Ok(Original { image, format })
    }

    /// Writes a picture in the format of the original.
    pub(super) fn write(&self, thumb: &DynamicImage) -> Result<Picture, Failure> {
        let mut file = Cursor::new(Vec::new());
        let written = match self.format {
            ImageFormat::Jpeg => JpegEncoder::new_with_quality(&mut file, QUALITY).encode_image(thumb),
            format => thumb.write_to(&mut file, format),
        };
        written.map_err(not_an_image)?;
        Ok(Picture { media_type: self.format.to_mime_type(), bytes: file.into_inner().into() })
    }
}

pub(super) fn not_an_image(reason: impl Display) -> Failure {
    Failure::NotAnImage(reason.to_string().into())
}
