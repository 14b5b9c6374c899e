//! Paths: the names of stages and of functions in predicates.

use proc_macro2::{Spacing, TokenTree};

use crate::tokens::Cursor;

/// The words that Rust keeps for itself and that may begin a path nonetheless.
const PATH_WORDS: [&str; 4] = ["self", "super", "crate", "Self"];

/// The words that cannot be a name.
const KEYWORDS: [&str; 49] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "false",
    "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// Tells whether a word cannot be the name of a stage.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Tells whether a path starts here.
pub(super) fn starts(cursor: &Cursor) -> bool {
    match cursor.ident(0) {
        Some(ident) => {
            let word = ident.to_string();
            !is_keyword(&word) || PATH_WORDS.contains(&word.as_str())
        }
        None => cursor.is_op(0, "::") && cursor.ident(2).is_some(),
    }
}

/// Takes a path with its generic arguments, `mine::stage::<f64>`.
pub(super) fn take(cursor: &mut Cursor) -> Vec<TokenTree> {
    let from = cursor.position();
    cursor.take_op("::");
    while cursor.ident(0).is_some() {
        cursor.skip(1);
        if cursor.take_op("::").is_none() {
            break;
        }
        if cursor.is_op(0, "<") {
            take_generics(cursor);
            if cursor.take_op("::").is_none() {
                break;
            }
        }
    }
    cursor.since(from).to_vec()
}

/// Tells whether Rust wants more of a path: `mine::`.
pub(super) fn is_unfinished(path: &[TokenTree]) -> bool {
    syn::parse2::<syn::ExprPath>(path.iter().cloned().collect()).is_err()
}

/// Takes `<…>`, counting the brackets; the `>` of an arrow is none.
fn take_generics(cursor: &mut Cursor) {
    let mut depth = 0_usize;
    let mut after_dash = false;
    while let Some(token) = cursor.next() {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' if !after_dash => depth = depth.saturating_sub(1),
                _ => {}
            }
            after_dash = punct.as_char() == '-' && punct.spacing() == Spacing::Joint;
        } else {
            after_dash = false;
        }
        if depth == 0 {
            return;
        }
    }
}
