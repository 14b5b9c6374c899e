//! What is asked for.

use std::str::FromStr;
use std::sync::Arc;

use fastts_server::Item;

/// The longest side of a thumbnail.
pub const LIMIT: u32 = 4096;

/// What somebody gets who writes a size that is none.
pub const TIP: &str = "Invalid dimension format. Tip: {w}x{h}";

/// A thumbnail that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Item)]
pub struct Request {
    /// Of which image.
    pub id: Id,
    /// How large.
    pub size: Size,
}

/// The name of an image: letters, digits, `.`, `_` and `-`, and no `.` in front.
///
/// So it is a key of every cache, the last part of an address, and the name of a file that is in its folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Id(Arc<str>);

impl Id {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Id {
    type Err = NoSuchId;

    fn from_str(text: &str) -> Result<Id, NoSuchId> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        // Memcached takes keys of up to 250 bytes.
        let is_name = (1..=200).contains(&text.len()) && !text.starts_with('.') && text.bytes().all(is_allowed);
        if is_name { Ok(Id(text.into())) } else { Err(NoSuchId) }
    }
}

/// A text that names no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchId;

/// How large a thumbnail is to be: `{w}x{h}`, of which one may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So wide, and as high as the image then is: `200x`.
    Width(u32),
    /// So high, and as wide as the image then is: `x200`.
    Height(u32),
    /// Exactly so wide and so high: `200x100`.
    Both(u32, u32),
}

impl Size {
    /// Returns the width and the height of the thumbnail of an image that is so wide and so high.
    ///
    /// Neither is less than 1 or more than [`LIMIT`].
    pub fn of(self, width: u32, height: u32) -> (u32, u32) {
        let (width, height) = (width.max(1), height.max(1));
        match self {
            Size::Both(w, h) => (w, h),
            Size::Width(w) => match scaled(w, height, width) {
                h if h > LIMIT => (scaled(LIMIT, width, height), LIMIT),
                h => (w, h),
            },
            Size::Height(h) => match scaled(h, width, height) {
                w if w > LIMIT => (LIMIT, scaled(LIMIT, height, width)),
                w => (w, h),
            },
        }
    }
}

/// Returns `side * of / to`, rounded, and 1 at least.
fn scaled(side: u32, of: u32, to: u32) -> u32 {
    let (side, of, to) = (u64::from(side), u64::from(of), u64::from(to));
    u32::try_from((side * of + to / 2) / to).unwrap_or(u32::MAX).max(1)
}

impl FromStr for Size {
    type Err = NoSize;

    fn from_str(text: &str) -> Result<Size, NoSize> {
        let (width, height) = text.split_once('x').ok_or(NoSize)?;
        match (side(width)?, side(height)?) {
            (Some(width), Some(height)) => Ok(Size::Both(width, height)),
            (Some(width), None) => Ok(Size::Width(width)),
            (None, Some(height)) => Ok(Size::Height(height)),
            (None, None) => Err(NoSize),
        }
    }
}

/// A text that is no size; [`TIP`] says what is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSize;

fn side(text: &str) -> Result<Option<u32>, NoSize> {
    if text.is_empty() {
        return Ok(None);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let side = text.parse().ok().filter(|side| is_number && (1..=LIMIT).contains(side));
    side.map(Some).ok_or(NoSize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_a_width_or_a_height_or_both() {
        let rows = [
            ("200x100", Ok(Size::Both(200, 100))),
            ("200x", Ok(Size::Width(200))),
            ("x100", Ok(Size::Height(100))),
            ("4096x1", Ok(Size::Both(4096, 1))),
            ("x", Err(NoSize)),
            ("", Err(NoSize)),
            ("200", Err(NoSize)),
            ("0x100", Err(NoSize)),
            ("4097x", Err(NoSize)),
            ("+2x", Err(NoSize)),
            ("2x3x", Err(NoSize)),
            ("99999999999x", Err(NoSize)),
            ("ax1", Err(NoSize)),
        ];
        for (text, size) in rows {
            assert_eq!(text.parse(), size, "{text}");
        }
    }

    /// ImgOut computes `height = round(width * width_of_image / height_of_image)`: of an image of 200x100 it makes 100x200.
    #[test]
    fn one_side_keeps_the_ratio_that_the_original_turns_over() {
        let rows = [
            (Size::Width(100), (200, 100), (100, 50)),
            (Size::Height(100), (200, 100), (200, 100)),
            (Size::Width(100), (100, 200), (100, 200)),
            (Size::Height(50), (100, 200), (25, 50)),
            (Size::Width(100), (300, 200), (100, 67)),
            (Size::Width(1), (1000, 10), (1, 1)),
            (Size::Both(30, 40), (200, 100), (30, 40)),
        ];
        for (size, (width, height), thumb) in rows {
            assert_eq!(size.of(width, height), thumb, "{size:?} of {width}x{height}");
        }
    }

    #[test]
    fn no_side_is_longer_than_the_limit() {
        assert_eq!(Size::Width(4096).of(1, 10_000), (1, LIMIT));
        assert_eq!(Size::Height(4096).of(10_000, 100), (LIMIT, 41));
        assert_eq!(Size::Width(1).of(0, 0), (1, 1));
    }

    #[test]
    fn an_id_is_a_name_that_leads_nowhere_else() {
        let longest = "a".repeat(200);
        for id in ["sunset.jpg", "a", "A-1_2.png", &longest] {
            assert_eq!(id.parse::<Id>().as_ref().map(Id::as_str), Ok(id));
        }
        let too_long = "a".repeat(201);
        for text in ["", "..", ".hidden", "a/b", "a b", "a\r\nflush_all", "ä", "a?b", &too_long] {
            assert_eq!(text.parse::<Id>(), Err(NoSuchId), "{text}");
        }
    }
}
