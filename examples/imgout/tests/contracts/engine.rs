//! What every engine promises.

use std::io::Cursor;

use fastts_server::Setting;
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use imgout::chosen::Chosen;
use imgout::engine::Engine;
use imgout::failure::Failure;
use imgout::request::Size;
use libtest_mimic::Trial;

use crate::harness::picture;
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    let engines = ["image", "fast"];
    engines
        .map(|name| trial(&format!("engine::{name}_keeps_its_promises"), &[], || holds(&*Chosen::<dyn Engine>::read(name).unwrap())))
        .into()
}

fn holds(engine: &dyn Engine) {
    for (format, media_type) in [(ImageFormat::Jpeg, "image/jpeg"), (ImageFormat::Png, "image/png"), (ImageFormat::WebP, "image/webp")] {
        let original = picture(format, 200, 100);
        let rows =
            [(Size::Width(100), (100, 50)), (Size::Height(20), (40, 20)), (Size::Both(30, 40), (30, 40)), (Size::Width(300), (300, 150))];
        for (size, (width, height)) in rows {
            let file = engine.thumb(&original, size).unwrap();
            assert_eq!(file.media_type, media_type);
            assert_eq!(image::guess_format(&file.bytes).unwrap(), format, "the format stays");
            let thumb = image::load_from_memory(&file.bytes).unwrap().to_rgb8();
            assert_eq!(thumb.dimensions(), (width, height), "{size:?}");
            let [red, blue] = [*thumb.get_pixel(2, height / 2), *thumb.get_pixel(width - 3, height / 2)];
            assert!(red.0[0] > 230 && red.0[2] < 30 && blue.0[2] > 230 && blue.0[0] < 30, "{format:?} {size:?}: {red:?} {blue:?}");
        }
    }
    grey_and_transparent(engine);
    upright(engine);
    refused(engine);
}

fn grey_and_transparent(engine: &dyn Engine) {
    let mut grey = Cursor::new(Vec::new());
    DynamicImage::new_luma8(40, 40).write_to(&mut grey, ImageFormat::Png).unwrap();
    assert!(engine.thumb(grey.get_ref(), Size::Width(10)).is_ok());

    // What cannot be seen does not shine through: the green of the left half.
    let half = RgbaImage::from_fn(40, 40, |x, _| if x < 20 { Rgba([0, 255, 0, 0]) } else { Rgba([255, 0, 0, 255]) });
    let mut file = Cursor::new(Vec::new());
    half.write_to(&mut file, ImageFormat::Png).unwrap();
    let thumb = engine.thumb(file.get_ref(), Size::Width(5)).unwrap();
    let thumb = image::load_from_memory(&thumb.bytes).unwrap().to_rgba8();
    let Rgba([red, green, _, alpha]) = *thumb.get_pixel(2, 2);
    assert!(red > 230 && green < 30 && (100..160).contains(&alpha), "{:?}", thumb.get_pixel(2, 2));
    assert_eq!((thumb.get_pixel(0, 2)[3], thumb.get_pixel(4, 2)[3]), (0, 255));
}

/// A picture of a camera that was held sideways.
fn upright(engine: &dyn Engine) {
    let jpeg = picture(ImageFormat::Jpeg, 200, 100);
    // Exif: one entry, the orientation, 6: the first row is the right side.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let sideways = [&jpeg[..2], exif, &jpeg[2..]].concat();
    let thumb = engine.thumb(&sideways, Size::Width(50)).unwrap();
    let thumb = image::load_from_memory(&thumb.bytes).unwrap().to_rgb8();
    assert_eq!(thumb.dimensions(), (50, 100));
    assert!(thumb.get_pixel(25, 3)[0] > 230 && thumb.get_pixel(25, 96)[2] > 230, "red is on top");
}

fn refused(engine: &dyn Engine) {
    let whole = picture(ImageFormat::Jpeg, 200, 100);
    let mut bomb = picture(ImageFormat::Png, 1, 1);
    // Its head claims 60,000 x 60,000, with the checksum that belongs to that.
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let checksum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    for (what, bytes) in [("nothing", &b""[..]), ("a page", b"<html></html>"), ("half of one", &whole[..40]), ("a bomb", &bomb)] {
        let thumb = engine.thumb(bytes, Size::Width(10));
        assert!(matches!(thumb, Err(Failure::NotAnImage(_))), "{what}: {thumb:?}");
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0u32, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())))
}
