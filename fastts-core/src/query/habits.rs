//! What people write who come from other languages, and what to write instead.

use super::error::Fault;

/// Returns the text in backquotes, on one line, shortened when it is long.
pub(super) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = if text.chars().nth(40).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}

pub(super) fn unexpected(text: &str, start: usize) -> Fault {
    let shown = match text.chars().next() {
        Some(c) if c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}') => {
            format!("the character U+{:04X}", u32::from(c))
        }
        _ => quoted(text),
    };
    Fault::new(start..start + text.len(), format!("unexpected {shown}"), "")
}

/// What to write instead of an operator that there is not.
pub(super) fn operator(run: &str) -> &'static str {
    match run {
        "==" | "===" => "write `=`",
        "<>" | "!==" | "=!" | "~!" => "write `!=`",
        "=>" => "write `>=`",
        "=<" => "write `<=`",
        "!~" | "!=~" | "!~=" => "write `not host =~ \"a%\"`, or `not host ~= \"^a\"` for a regular expression",
        "~" | "~~" | "=~=" => "write `=~` for a text with `%`, `~=` for a regular expression",
        run if run.chars().all(|c| c == '!') => "write `not`",
        _ => "the operators are `=` `!=` `<` `<=` `>` `>=` `=~` `~=`",
    }
}

/// What to write instead of a character that no token begins with.
pub(super) fn character(character: char, rest: &str) -> &'static str {
    match character {
        '&' => "write `and`",
        '|' => "write `or`",
        '\'' | '`' | '“' | '”' | '„' | '‘' | '’' => "a text stands in double quotes: `state = \"ok\"`; a name stands alone",
        '/' => "names have no `/`; a regular expression is a text: `host ~= \"^web\"`",
        ':' => "a name stands alone: `host`, not `:host`",
        '#' => "there are no comments",
        '%' => "`%` stands in the text after `=~`",
        '[' | ']' | '{' | '}' => "there are no lists; write `host = \"a\" or host = \"b\"`",
        _ if character.is_whitespace() && !rest.is_empty() => "write an ordinary space",
        _ => "names have no such character",
    }
}

/// Why a run of characters that could be a name is none, and what to write instead.
pub(super) fn no_name(name: &str) -> Option<&'static str> {
    let number = name.trim_start_matches(['+', '-', '.']);
    if number.len() < name.len() && number.starts_with(|c: char| c.is_ascii_digit()) {
        return Some("a number begins with a digit, or a minus and a digit: `0.5`, `5`, `-0.5`");
    }
    match name {
        "*" => Some("write `true` for every event"),
        "&" => Some("write `and`"),
        "|" => Some("write `or`"),
        "+" | "-" => Some("there is no arithmetic"),
        _ if !name.contains(|c: char| c.is_alphanumeric() || c == '_' || !c.is_ascii()) => Some("a name has a letter or a digit in it"),
        _ => None,
    }
}

/// What to write instead of a number with something behind it.
pub(super) fn number(number: &str, behind: &str) -> String {
    match behind {
        "L" | "l" => format!("write `{number}`"),
        _ if behind.starts_with(['x', 'X']) => "write numbers in decimal".to_owned(),
        _ if behind.starts_with(['e', 'E']) => "write an exponent as in `1e10` or `1e-10`".to_owned(),
        _ if behind.starts_with('_') => "write the digits without `_` between them".to_owned(),
        "s" | "m" | "h" | "d" | "ms" | "%" => "numbers have no unit; times are in seconds".to_owned(),
        "." => format!("write `{number}`, or `{number}.0`"),
        _ if number.contains('.') && behind.starts_with('.') => "a text stands in double quotes".to_owned(),
        _ => "a name begins with no digit, and a text stands in double quotes".to_owned(),
    }
}

/// What to write instead of a word where an operator, `and` or `or` is expected.
pub(super) fn word(word: &str) -> &'static str {
    match &*word.to_ascii_lowercase() {
        "and" => "write `and`, in lower case",
        "or" => "write `or`, in lower case",
        "not" => "`not` stands before a comparison: `not host = \"a\"`",
        "like" | "ilike" | "contains" | "startswith" | "starts_with" => "write `=~`, with `%` for anything: `host =~ \"web%\"`",
        "matches" | "match" | "regex" | "regexp" | "rlike" => "write `~=`: `host ~= \"^web\"`",
        "is" => "write `= nil` or `!= nil`",
        "in" => "write `host = \"a\" or host = \"b\"`",
        "between" => "write `metric >= 1 and metric <= 2`",
        "eq" | "equals" => "write `=`",
        "xor" | "unless" | "where" | "limit" | "order" => "there are `and`, `or` and `not`",
        _ => "",
    }
}

/// Returns whether a name is certainly meant to be a number.
pub(super) fn is_odd_number(name: &str) -> bool {
    let name = name.trim_start_matches(['-', '+']);
    ["inf", "infinity", "nan"].iter().any(|number| name.eq_ignore_ascii_case(number))
}
