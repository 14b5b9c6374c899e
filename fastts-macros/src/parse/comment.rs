//! Comments as other languages write them: `# drops what is high`, `;; …`, `-- …`.

use proc_macro2::Delimiter;

use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::tokens::{Cursor, as_written};

/// What other languages begin a comment with.
const SIGNS: [&str; 3] = ["#", ";;", "--"];

/// Reports a comment of another language, and steps over it up to the end of its line.
pub(super) fn take(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let sign = SIGNS.iter().find(|sign| cursor.is_op(0, sign))?;
    let is_attribute = *sign == "#" && (cursor.group(1, Delimiter::Bracket).is_some() || cursor.is_op(1, "!"));
    let line = cursor.span().start().line;
    let from = cursor.position();
    let length = sign.chars().count();
    let on_line = |cursor: &Cursor, distance: usize| cursor.ahead(distance).is_some_and(|token| token.span().start().line == line);
    // `;;` may be meant as it is: a comment has words
    let words = || on_line(cursor, length) && on_line(cursor, length + 1) && [0, 1].iter().all(|at| cursor.ident(length + at).is_some());
    if is_attribute || *sign == ";;" && !words() {
        return None;
    }
    cursor.skip(length);
    cursor.take_until(|cursor| !on_line(cursor, 0));
    let text = as_written(cursor.between(from + length, cursor.position()));
    Some(diagnostics.error(cursor.reach_since(from), messages::foreign_comment(sign, &text)))
}
