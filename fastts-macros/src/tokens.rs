//! Tokens with a position: the cursor that every parser here walks with, and the text of what was written.

use proc_macro2::{Delimiter, Group, Ident, Literal, Spacing, Span, TokenStream, TokenTree};

/// The first and the last span of something; rustc joins the two when it draws (`Span::join` is unstable).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Reach {
    /// Reaches over one span.
    pub(crate) fn of(span: Span) -> Self {
        Self { first: span, last: span }
    }

    /// Reaches from the first to the last token; over `otherwise` when there is none.
    pub(crate) fn over(tokens: &[TokenTree], otherwise: Span) -> Self {
        Self { first: tokens.first().map_or(otherwise, start_of), last: tokens.last().map_or(otherwise, TokenTree::span) }
    }

    /// Reaches from the start of this to the end of `other`.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { first: self.first, last: other.last }
    }
}

/// A group's opening delimiter, so that a reach that begins with a group does not name the whole of it twice.
fn start_of(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) if group.delimiter() != Delimiter::None => group.span_open(),
        other => other.span(),
    }
}

/// Walks over a list of tokens. Looking past the end gives `None`, never a panic.
#[derive(Clone)]
pub(crate) struct Cursor {
    tokens: Vec<TokenTree>,
    position: usize,
    end: Span,
}

impl Cursor {
    /// Walks over `tokens`; `end` is where something missing at the end is reported.
    pub(crate) fn new(tokens: TokenStream, end: Span) -> Self {
        Self { tokens: flatten(tokens), position: 0, end }
    }

    /// Walks over what a group holds; what is missing at its end is reported at its closing delimiter.
    pub(crate) fn inside(group: &Group) -> Self {
        Self::new(group.stream(), group.span_close())
    }

    pub(crate) fn at_end(&self) -> bool {
        self.peek().is_none()
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.ahead(0)
    }

    pub(crate) fn ahead(&self, distance: usize) -> Option<&TokenTree> {
        self.tokens.get(self.position.saturating_add(distance))
    }

    /// The token before the next one.
    pub(crate) fn behind(&self) -> Option<&TokenTree> {
        self.tokens.get(self.position.checked_sub(1)?)
    }

    /// The token that stands `distance` before [`behind`](Self::behind).
    pub(crate) fn before(&self, distance: usize) -> Option<&TokenTree> {
        self.tokens.get(self.position.checked_sub(distance.checked_add(1)?)?)
    }

    pub(crate) fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.position).cloned();
        if token.is_some() {
            self.position += 1;
        }
        token
    }

    pub(crate) fn skip(&mut self, count: usize) {
        self.position = self.position.saturating_add(count).min(self.tokens.len());
    }

    /// Goes back to a position that [`position`](Self::position) gave.
    pub(crate) fn back_to(&mut self, position: usize) {
        self.position = position.min(self.tokens.len());
    }

    /// Where the next token is, or where it is missing.
    pub(crate) fn span(&self) -> Span {
        self.peek().map_or(self.end, start_of)
    }

    /// The tokens between two positions.
    pub(crate) fn between(&self, from: usize, to: usize) -> &[TokenTree] {
        self.tokens.get(from..to.min(self.tokens.len())).unwrap_or_default()
    }

    /// The tokens since a position.
    pub(crate) fn since(&self, from: usize) -> &[TokenTree] {
        self.between(from, self.position)
    }

    /// What the tokens since a position reach over.
    pub(crate) fn reach_since(&self, from: usize) -> Reach {
        Reach::over(self.since(from), self.span())
    }

    /// The tokens not walked over yet.
    pub(crate) fn rest(&self) -> TokenStream {
        self.tokens.get(self.position..).unwrap_or_default().iter().cloned().collect()
    }

    /// Takes tokens up to one that `stop` accepts, which is left.
    pub(crate) fn take_until(&mut self, stop: impl Fn(&Self) -> bool) -> Vec<TokenTree> {
        let from = self.position;
        while !self.at_end() && !stop(self) {
            self.position += 1;
        }
        self.since(from).to_vec()
    }

    pub(crate) fn ident(&self, distance: usize) -> Option<&Ident> {
        match self.ahead(distance) {
            Some(TokenTree::Ident(ident)) => Some(ident),
            _ => None,
        }
    }

    pub(crate) fn is_ident(&self, distance: usize, word: &str) -> bool {
        self.ident(distance).is_some_and(|ident| ident == word)
    }

    pub(crate) fn literal(&self, distance: usize) -> Option<&Literal> {
        match self.ahead(distance) {
            Some(TokenTree::Literal(literal)) => Some(literal),
            _ => None,
        }
    }

    pub(crate) fn group(&self, distance: usize, delimiter: Delimiter) -> Option<&Group> {
        match self.ahead(distance) {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
            _ => None,
        }
    }

    /// Takes the next token if it is a group of that kind.
    pub(crate) fn take_group(&mut self, delimiter: Delimiter) -> Option<Group> {
        let group = self.group(0, delimiter).cloned()?;
        self.position += 1;
        Some(group)
    }

    /// Tells whether the operator `text` stands at a distance: its characters in a row, whatever follows.
    pub(crate) fn is_op(&self, distance: usize, text: &str) -> bool {
        let mut spacing = Spacing::Joint;
        for (at, wanted) in (distance..).zip(text.chars()) {
            // `~` is no operator of Rust's, so a macro that hands it on forgets that it stood next to `=`.
            if spacing == Spacing::Alone && !text.contains('~') {
                return false;
            }
            match self.ahead(at) {
                Some(TokenTree::Punct(punct)) if punct.as_char() == wanted => spacing = punct.spacing(),
                _ => return false,
            }
        }
        true
    }

    /// Takes the operator `text` if it is next.
    pub(crate) fn take_op(&mut self, text: &str) -> Option<Reach> {
        if !self.is_op(0, text) {
            return None;
        }
        let from = self.position;
        self.skip(text.chars().count());
        Some(self.reach_since(from))
    }
}

/// Where Rust's parser stopped: the place it names, or `end` when that is only the whole macro, as at the end of its input.
pub(crate) fn place_of(error: &syn::Error, end: Span) -> Reach {
    let (found, whole) = (error.span(), Span::call_site());
    let at_end = (found.start().line, found.start().column) == (whole.start().line, whole.start().column);
    Reach::of(if at_end { end } else { found })
}

/// Opens the invisible groups that a surrounding `macro_rules!` lays around a literal or a name it was given.
fn flatten(tokens: TokenStream) -> Vec<TokenTree> {
    tokens
        .into_iter()
        .map(|token| match &token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                let mut inner = group.stream().into_iter();
                match (inner.next(), inner.next()) {
                    (Some(only), None) => only,
                    _ => token,
                }
            }
            _ => token,
        })
        .collect()
}

/// The tokens as they were written, on one line: blanks where the source has some, comments left out.
pub(crate) fn as_written(tokens: &[TokenTree]) -> String {
    let mut text = String::new();
    let mut end = None;
    write_into(&mut text, tokens, &mut end);
    text
}

/// Line and column; what two neighbours are compared by.
type Place = (usize, usize);

fn write_into(text: &mut String, tokens: &[TokenTree], end: &mut Option<Place>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                write_piece(text, open, group.span_open(), end);
                write_into(text, &group.stream().into_iter().collect::<Vec<_>>(), end);
                write_piece(text, close, group.span_close(), end);
            }
            other => write_piece(text, &squeezed(&other.to_string()), other.span(), end),
        }
    }
}

fn write_piece(text: &mut String, piece: &str, span: Span, end: &mut Option<Place>) {
    if piece.is_empty() {
        return;
    }
    let start = span.start();
    let start = (start.line, start.column);
    if !text.is_empty() && *end != Some(start) {
        text.push(' ');
    }
    text.push_str(piece);
    let stop = span.end();
    *end = Some((stop.line, stop.column));
}

/// Line breaks and tabs as blanks, so that the text stays on its line.
pub(crate) fn squeezed(text: &str) -> String {
    text.split(['\n', '\r', '\t']).map(str::trim).collect::<Vec<_>>().join(" ")
}
