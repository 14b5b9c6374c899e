//! Makes tokens of the text of a query.

use std::borrow::Cow;
use std::ops::Range;

use super::error::Fault;
use super::number::{Big, Number};
use super::tree::Order;
use super::{habits, text};

pub(super) struct Token<'t> {
    pub(super) kind: Kind<'t>,
    /// Where it stands, in bytes.
    pub(super) at: Range<usize>,
}

pub(super) enum Kind<'t> {
    Open,
    Close,
    And,
    Or,
    Not,
    Tagged,
    Nil,
    Bool(bool),
    Operator(Operator),
    Number(Number),
    Text(Cow<'t, str>),
    Name(&'t str),
    End,
}

#[derive(Clone, Copy)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Order(Order),
    Like,
    Matches,
}

/// Returns the token that begins at byte `from`, or behind the blank space there.
pub(super) fn token(source: &str, from: usize) -> Result<Token<'_>, Fault> {
    let rest = &source[from..];
    let start = from + (rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', ',']).len());
    let rest = &source[start..];
    let (kind, len) = match rest.bytes().next() {
        None => (Kind::End, 0),
        Some(b'(') => (Kind::Open, 1),
        Some(b')') => (Kind::Close, 1),
        Some(b'"') => {
            let (text, end) = text::read(source, start)?;
            (Kind::Text(text), end - start)
        }
        Some(b'=' | b'!' | b'<' | b'>' | b'~') => operator(rest, start)?,
        Some(b'0'..=b'9') => number(rest, start)?,
        Some(b'-') if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => number(rest, start)?,
        Some(_) => name(rest, start)?,
    };
    Ok(Token { kind, at: start..start + len })
}

/// Reads the longest run of what operators are made of.
fn operator(rest: &str, start: usize) -> Result<(Kind<'_>, usize), Fault> {
    let len = rest.bytes().take_while(|byte| b"=!<>~".contains(byte)).count();
    let operator = match &rest[..len] {
        "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "<" => Operator::Order(Order::Less),
        "<=" => Operator::Order(Order::LessOrEqual),
        ">" => Operator::Order(Order::Greater),
        ">=" => Operator::Order(Order::GreaterOrEqual),
        "=~" => Operator::Like,
        "~=" => Operator::Matches,
        other => return Err(habits::unexpected(other, start).with_hint(habits::operator(other))),
    };
    Ok((Kind::Operator(operator), len))
}

/// Reads a number; what follows it without a space is part of it, and wrong.
fn number(rest: &str, start: usize) -> Result<(Kind<'_>, usize), Fault> {
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(rest.starts_with('-'));
    let whole = sign + digits(sign);
    let mut len = whole;
    if rest[len..].starts_with('.') && digits(len + 1) > 0 {
        len += 1 + digits(len + 1);
    }
    if rest[len..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[len + 1..].starts_with('-'));
        let exponent = digits(len + 1 + sign);
        if exponent > 0 {
            len += 1 + sign + exponent;
        }
    }
    let is_float = len > whole;
    let is_big = !is_float && rest[len..].starts_with(['n', 'N']) && name_len(&rest[len + 1..]) == 0;
    let end = len + usize::from(is_big);
    let behind = &rest[end..end + name_len(&rest[end..])];
    if !matches!(behind, "" | "and" | "or") {
        let at = start..start + end + behind.len();
        let message = format!("{} is no number", habits::quoted(&rest[..end + behind.len()]));
        return Err(Fault::new(at, message, habits::number(&rest[..len], behind)));
    }
    let written = &rest[..len];
    let number = if is_big {
        Number::Big(Big::new(written))
    } else if is_float {
        // What the grammar of the two has in common; too large is infinite, as in Java.
        Number::Float(written.parse().map_err(|_| Fault::new(start..start + len, "no number", ""))?)
    } else {
        let too_large = |_| {
            let message = "this whole number has more than 64 bits";
            Fault::new(start..start + len, message, "write an `n` behind it, or a float: `1e20`")
        };
        Number::Int(written.parse().map_err(too_large)?)
    };
    Ok((Kind::Number(number), end))
}

/// Reads a keyword or a name.
fn name(rest: &str, start: usize) -> Result<(Kind<'_>, usize), Fault> {
    let len = name_len(rest);
    let name = &rest[..len];
    if len == 0 {
        let character = rest.chars().next().unwrap_or_default();
        let run =
            if character == '&' || character == '|' { rest.len() - rest.trim_start_matches(character).len() } else { character.len_utf8() };
        return Err(habits::unexpected(&rest[..run], start).with_hint(habits::character(character, rest)));
    }
    let kind = match name {
        "and" => Kind::And,
        "or" => Kind::Or,
        "not" => Kind::Not,
        "tagged" => Kind::Tagged,
        "nil" | "null" => Kind::Nil,
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "Infinity" => Kind::Number(Number::Float(f64::INFINITY)),
        "-Infinity" => Kind::Number(Number::Float(f64::NEG_INFINITY)),
        "NaN" | "-NaN" => Kind::Number(Number::Float(f64::NAN)),
        _ => match habits::no_name(name) {
            Some(hint) => return Err(habits::unexpected(name, start).with_hint(hint)),
            None => Kind::Name(name),
        },
    };
    Ok((kind, len))
}

/// Returns the length of the name at the beginning, as if a digit could begin one.
fn name_len(rest: &str) -> usize {
    let mut len = 0;
    for (at, character) in rest.char_indices() {
        let tail = &rest[at..];
        let goes_on = match character {
            ':' => at > 0 && at == len && tail[1..].chars().next().is_some_and(is_of_name),
            '&' | '|' => at > 0 && !tail[1..].starts_with(character),
            _ => is_of_name(character),
        };
        if !goes_on {
            break;
        }
        len = at + character.len_utf8();
    }
    len
}

/// Returns whether names may hold the character; `:`, `&` and `|` have rules of their own.
fn is_of_name(character: char) -> bool {
    match character {
        '^' | '`' | '\'' | '"' | '#' | '~' | '@' | ':' | '/' | '%' | '(' | ')' | '[' | ']' | '{' | '}' | ',' => false,
        '=' | '!' | '<' | '>' => false,
        // Look like others, and come out of word processors.
        '“' | '”' | '„' | '‘' | '’' | '\u{200b}' | '\u{feff}' => false,
        _ => !character.is_whitespace() && !character.is_control(),
    }
}
