/// The file with the cursors.
pub(crate) const CURSORS: &str = "cursors";

const SEGMENT: &str = "segment-";
const SPARE: &str = "spare-";
const MAKING: &str = "making-";
const DAMAGED: &str = "damaged-";

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A segment, by its number.
    Segment(u64),
    /// A file that was written once and is empty, for a segment to come.
    Spare(u64),
    /// A file that was not finished when its process ended.
    Making,
    /// Something that could not be read and was put aside, with the number of the segment that it was.
    Damaged(Option<u64>),
    /// The cursors.
    Cursors,
    /// Somebody else's.
    Other,
}

pub(crate) fn kind(name: &str) -> Kind {
    let number = |rest: &str| (rest.len() == 16).then(|| rest.parse().ok()).flatten();
    if name == CURSORS {
        Kind::Cursors
    } else if name.starts_with(MAKING) {
        Kind::Making
    } else if let Some(rest) = name.strip_prefix(DAMAGED) {
        Kind::Damaged(rest.strip_prefix(SEGMENT).and_then(|rest| number(rest.get(..16).unwrap_or_default())))
    } else if let Some(number) = name.strip_prefix(SEGMENT).and_then(number) {
        Kind::Segment(number)
    } else if let Some(number) = name.strip_prefix(SPARE).and_then(number) {
        Kind::Spare(number)
    } else {
        Kind::Other
    }
}

pub(crate) fn segment(id: u64) -> String {
    format!("{SEGMENT}{id:016}")
}

pub(crate) fn spare(number: u64) -> String {
    format!("{SPARE}{number:016}")
}

pub(crate) fn making(what: &str) -> String {
    format!("{MAKING}{what}")
}

/// What a file is called that is put aside; `again` counts those of the same name.
pub(crate) fn damaged(name: &str, again: u32) -> String {
    if again == 0 { format!("{DAMAGED}{name}") } else { format!("{DAMAGED}{name}.{again}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        assert_eq!(kind(&segment(7)), Kind::Segment(7));
        assert_eq!(kind(&segment(9_999_999_999_999_999)), Kind::Segment(9_999_999_999_999_999));
        assert_eq!(kind(&spare(3)), Kind::Spare(3));
        assert_eq!(kind(&making(&spare(3))), Kind::Making);
        assert_eq!(kind(&damaged(&segment(12), 0)), Kind::Damaged(Some(12)));
        assert_eq!(kind(&damaged(&segment(12), 3)), Kind::Damaged(Some(12)));
        assert_eq!(kind(&damaged(CURSORS, 0)), Kind::Damaged(None));
        assert_eq!(kind("segment-7"), Kind::Other);
        assert_eq!(kind("notes.txt"), Kind::Other);
    }
}
