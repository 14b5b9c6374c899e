//! Cuts a body into the JSON texts of its events, as it comes: lines, or the elements of one array.

use std::fmt;

/// A byte order mark, which a body may begin with.
pub(super) const MARK: &[u8] = "\u{feff}".as_bytes();
const MARK_END: usize = MARK.len();

/// Where in a body it is.
#[derive(Debug)]
pub(super) struct Pieces {
    form: Form,
    /// The begin of a piece whose end has not come yet.
    held: Vec<u8>,
    /// Whether what is held was returned.
    returned: bool,
    limit: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Nothing but a byte order mark, or a part of one, and blanks has come.
    Unknown {
        /// How many bytes of the mark.
        mark: usize,
    },
    Lines,
    /// Within the brackets of an array.
    Array(Place),
    /// Behind the array.
    Behind,
}

/// Where in an array it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    /// How many brackets and braces are open within the element.
    depth: usize,
    text: bool,
    escaped: bool,
    /// Whether there was an element before.
    later: bool,
}

/// What is wrong with a body as a whole: where its next event begins cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    TooLong(usize),
    Behind,
    Unfinished,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::TooLong(limit) => write!(f, "an event is longer than the limit of {limit} bytes (--http-max-message)"),
            Malformed::Behind => f.write_str("there is something behind the end of the array"),
            Malformed::Unfinished => f.write_str("the array has no end"),
        }
    }
}

impl Pieces {
    /// Begins a body whose pieces are no longer than that.
    pub(super) fn new(limit: usize) -> Pieces {
        Pieces { form: Form::Unknown { mark: 0 }, held: Vec::new(), returned: false, limit }
    }

    /// Returns the next piece, and takes it off `chunk`; `None` when its end is not there yet.
    pub(super) fn next<'s, 'c: 's>(&'s mut self, chunk: &mut &'c [u8]) -> Result<Option<&'s [u8]>, Malformed> {
        self.forget();
        if let Form::Unknown { mark } = self.form
            && !self.begin(mark, chunk)
        {
            return Ok(None);
        }
        if let Form::Array(_) = self.form { self.next_element(chunk) } else { self.next_line(chunk) }
    }

    /// Finds out what the body is; false when too little of it has come.
    fn begin(&mut self, mut mark: usize, chunk: &mut &[u8]) -> bool {
        while mark < MARK.len() && chunk.first() == MARK.get(mark) {
            *chunk = &chunk[1..];
            mark += 1;
        }
        self.form = Form::Unknown { mark };
        if chunk.is_empty() {
            return false;
        }
        if !matches!(mark, 0 | MARK_END) {
            // It was none, but the begin of something else.
            self.held.extend_from_slice(&MARK[..mark]);
            self.form = Form::Lines;
            return true;
        }
        // A mark stands before everything else.
        self.form = Form::Unknown { mark: MARK_END };
        *chunk = chunk.trim_ascii_start();
        match chunk.split_first() {
            None => return false,
            Some((b'[', rest)) => {
                *chunk = rest;
                self.form = Form::Array(Place::default());
            }
            Some(_) => self.form = Form::Lines,
        }
        true
    }

    fn next_line<'s, 'c: 's>(&'s mut self, chunk: &mut &'c [u8]) -> Result<Option<&'s [u8]>, Malformed> {
        if self.form == Form::Behind {
            let rest = std::mem::take(chunk).trim_ascii();
            return if rest.is_empty() { Ok(None) } else { Err(Malformed::Behind) };
        }
        while let Some(end) = chunk.iter().position(|&byte| byte == b'\n') {
            let (line, rest) = chunk.split_at(end);
            *chunk = &rest[1..];
            if !(self.held.is_empty() && line.trim_ascii().is_empty()) {
                return self.piece(line).map(Some);
            }
        }
        self.hold(chunk)
    }

    fn next_element<'s, 'c: 's>(&'s mut self, chunk: &mut &'c [u8]) -> Result<Option<&'s [u8]>, Malformed> {
        let Form::Array(mut place) = self.form else { return Ok(None) };
        let Some((end, closes)) = place.end(chunk) else {
            self.form = Form::Array(place);
            return self.hold(chunk);
        };
        let (element, rest) = chunk.split_at(end);
        *chunk = &rest[1..];
        self.form = if closes { Form::Behind } else { Form::Array(Place { later: true, ..Place::default() }) };
        // The array may be empty.
        if closes && !place.later && self.held.trim_ascii().is_empty() && element.trim_ascii().is_empty() {
            return self.next_line(chunk);
        }
        self.piece(element).map(Some)
    }

    /// Returns the last piece, at the end of the body.
    pub(super) fn last(&mut self) -> Result<Option<&[u8]>, Malformed> {
        self.forget();
        match self.form {
            Form::Array(_) => Err(Malformed::Unfinished),
            _ if self.held.trim_ascii().is_empty() => Ok(None),
            _ => Ok(Some(&self.held)),
        }
    }

    /// Returns the piece that ends with these bytes.
    fn piece<'s>(&'s mut self, end: &'s [u8]) -> Result<&'s [u8], Malformed> {
        let end = self.significant(end);
        if self.held.len() + end.len() > self.limit {
            return Err(Malformed::TooLong(self.limit));
        }
        if self.held.is_empty() {
            return Ok(end);
        }
        self.held.extend_from_slice(end);
        self.returned = true;
        Ok(&self.held)
    }

    /// Holds what is left of a chunk.
    fn hold(&mut self, chunk: &mut &[u8]) -> Result<Option<&'static [u8]>, Malformed> {
        let rest = self.significant(std::mem::take(chunk));
        if self.held.len() + rest.len() > self.limit {
            return Err(Malformed::TooLong(self.limit));
        }
        self.held.extend_from_slice(rest);
        Ok(None)
    }

    /// Returns bytes without the blanks before a piece: they count for nothing.
    fn significant<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        if self.held.is_empty() { bytes.trim_ascii_start() } else { bytes }
    }

    /// Forgets what was held when it was returned.
    fn forget(&mut self) {
        if std::mem::take(&mut self.returned) {
            // Long ones are rare, and the next body may be long in coming.
            if self.held.capacity() > 64 << 10 { self.held = Vec::new() } else { self.held.clear() }
        }
    }
}

impl Place {
    /// Goes to the end of the element, and returns where that is and whether the array ends there; `None` when it does not come.
    fn end(&mut self, bytes: &[u8]) -> Option<(usize, bool)> {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.text = true,
                b'[' | b'{' => self.depth += 1,
                b',' if self.depth == 0 => return Some((at, false)),
                b']' if self.depth == 0 => return Some((at, true)),
                // Too many are for whoever reads the element to find.
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Cuts a body that comes in chunks of a size.
    fn cut(body: &[u8], size: usize) -> Result<Vec<String>, Malformed> {
        let mut pieces = Pieces::new(40);
        let mut cut = Vec::new();
        for mut chunk in body.chunks(size) {
            while let Some(piece) = pieces.next(&mut chunk)? {
                cut.push(String::from_utf8_lossy(piece).trim().to_owned());
            }
            assert!(chunk.is_empty(), "a chunk is used up");
        }
        cut.extend(pieces.last()?.map(|piece| String::from_utf8_lossy(piece).trim().to_owned()));
        Ok(cut)
    }

    #[test]
    fn bodies_are_cut_into_events_whatever_chunks_they_come_in() {
        let blanks = " ".repeat(50);
        let rows: [(&str, Result<&[&str], Malformed>); 24] = [
            (&format!("{blanks}\n{{}}{blanks}"), Err(Malformed::TooLong(40))),
            (&format!("{blanks}[{blanks}\n{{}},{blanks}{{}}]{blanks}"), Ok(&["{}", "{}"])),
            ("", Ok(&[])),
            (" \n\n", Ok(&[])),
            ("\u{feff}", Ok(&[])),
            ("\u{feff}{}\n{}", Ok(&["{}", "{}"])),
            ("\u{feff} [{}]", Ok(&["{}"])),
            ("\u{fef0}{}\n{}", Ok(&["\u{fef0}{}", "{}"])),
            ("{}", Ok(&["{}"])),
            ("{\"a\":1}\r\n\n{\"b\":2}\n", Ok(&["{\"a\":1}", "{\"b\":2}"])),
            ("nonsense\n{}", Ok(&["nonsense", "{}"])),
            ("[]", Ok(&[])),
            (" [ ] \n", Ok(&[])),
            ("[{},{\"a\":[1,{\"b\":2}]}]", Ok(&["{}", "{\"a\":[1,{\"b\":2}]}"])),
            ("[{\"a\":\"],\\\"[\"}, 7]", Ok(&["{\"a\":\"],\\\"[\"}", "7"])),
            ("[{},]", Ok(&["{}", ""])),
            ("[,]", Ok(&["", ""])),
            ("[{}}, {}]", Ok(&["{}}", "{}"])),
            ("[{}", Err(Malformed::Unfinished)),
            ("[{}]]", Err(Malformed::Behind)),
            ("[{}]\n{}", Err(Malformed::Behind)),
            ("{}\n[{}]", Ok(&["{}", "[{}]"])),
            ("{\"a\":\"0123456789012345678901234567890123456789\"}", Err(Malformed::TooLong(40))),
            ("[{\"a\":\"0123456789012345678901234567890123456789\"}]", Err(Malformed::TooLong(40))),
        ];
        for (body, expected) in rows {
            let expected = expected.map(|pieces| pieces.iter().map(|&piece| piece.to_owned()).collect::<Vec<_>>());
            for size in [1, 2, 3, 7, 1000] {
                assert_eq!(cut(body.as_bytes(), size), expected, "{body:?} in chunks of {size}");
            }
        }
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(body in "[\\[\\]{},\"\\\\a \n]{0,60}", size in 1..20_usize) {
            prop_assert_eq!(cut(body.as_bytes(), size), cut(body.as_bytes(), 1000));
        }
    }
}
