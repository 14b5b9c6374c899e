//! What is said about conditions, patterns, durations and plain Rust.

use super::Message;
use crate::fields;
use crate::pattern::Fault;

/// The unit of durations that a word means.
pub(crate) fn unit_of(word: &str) -> Option<&'static str> {
    match word {
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "min" | "mins" | "minute" | "minutes" => Some("m"),
        "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "day" | "days" => Some("d"),
        "msec" | "msecs" | "millis" => Some("ms"),
        "usec" | "micros" => Some("us"),
        _ => None,
    }
}

pub(crate) fn unknown_duration_unit(text: &str, number: &str, unit: &str) -> Message {
    let meant = unit_of(unit);
    let message = if unit.is_empty() {
        Message::new("FT044", format!("the last number of `{text}` has no unit"))
    } else {
        Message::new("FT044", format!("unknown unit `{unit}` of a duration"))
    };
    match meant {
        Some(meant) => message.help(format!("write `{number}{meant}`")),
        None => message.help("units are `ns`, `us`, `ms`, `s`, `m` (minutes), `h` and `d`"),
    }
}

pub(crate) fn duration_in_words(found: &str, written: &str) -> Message {
    Message::new("FT044", format!("a duration is one word, found `{found}`")).help(format!("write `{written}`"))
}

pub(crate) fn duration_not_decimal(text: &str) -> Message {
    Message::new("FT045", format!("a duration is written in decimal digits, found `{text}`")).help("write `5s`, `250ms` or `1.5s`")
}

pub(crate) fn duration_too_long(text: &str) -> Message {
    Message::new("FT046", format!("`{text}` is longer than a duration may be")).help("the longest is some 584 years")
}

pub(crate) fn foreign_operator(found: &str, instead: &str) -> Message {
    Message::new("FT047", format!("conditions have no operator `{found}`")).help(format!("write `{instead}`"))
}

pub(crate) fn several_compared(written: &str) -> Message {
    Message::new("FT048", "a comparison has one value on each side").help(format!("write `{written}`"))
}

pub(crate) fn chained_comparison() -> Message {
    Message::new("FT048", "comparisons cannot be chained").help("join two of them: `1 < metric && metric < 5`")
}

pub(crate) fn pattern_not_a_string(left: &str, pattern: &str) -> Message {
    Message::new("FT049", "the right side of `=~` is a string literal, which is read while compiling")
        .help(format!("write `{left} =~ {pattern:?}`"))
}

/// `left` is what is looked into.
pub(crate) fn pattern_does_not_parse(left: &str, fault: &Fault) -> Message {
    let Fault { line, column, reason } = fault;
    let caret = " ".repeat(*column);
    let drawn = format!("\n\n    {line}\n    {caret}^");
    if reason.starts_with("look-around") {
        let message = Message::new("FT050", format!("patterns have no look-around{drawn}"));
        return message.help(format!("write a condition for each: `{}`", fault.without_look_around(left)));
    }
    let message = Message::new("FT050", format!("this pattern does not parse: {reason}{drawn}"));
    if reason.starts_with("backreferences") {
        return message.help("compare in a closure: `filter(|event| event.host() == event.service())`");
    }
    if line.starts_with('*') {
        return message.help("in a regular expression, anything is `.*`");
    }
    if reason.starts_with("unrecognized escape") {
        return message.help("the end is `$`, a word's end `\\b`, a digit `\\d`; a letter needs no backslash");
    }
    if reason.starts_with("unrecognized flag") {
        return message.help("a group is `(...)`, or `(?:...)` when nothing is taken out of it");
    }
    message.help("a character that is meant as itself stands in brackets, as in `[(]`")
}

pub(crate) fn percent_in_pattern(pattern: &str) -> Message {
    Message::new("FT051", "`%` stands for itself in a regular expression")
        .help(format!("for anything write `.*`: `\"{}\"`; for a percent sign write `[%]`", pattern.replace('%', ".*")))
}

pub(crate) fn no_condition() -> Message {
    Message::new("FT052", "`where` needs a condition").help("write `where(metric > 5)`")
}

pub(crate) fn missing_operand() -> Message {
    Message::new("FT052", "expected a field or a value here").help("write a condition such as `metric > 5`")
}

pub(crate) fn percent_behind_number(number: &str) -> Message {
    Message::new("FT052", "a number stands alone, without `%`").help(format!("write `{number}`, or `0.{number}` for a share"))
}

pub(crate) fn value_as_condition(found: &str) -> Message {
    let field = if found.starts_with('"') { "service ==" } else { "metric >" };
    Message::new("FT052", format!("`{found}` alone is no condition")).help(format!("compare a field with it: `{field} {found}`"))
}

/// `joint` is what stands between several conditions where this one does.
pub(crate) fn list_as_condition(found: &str, joint: &str) -> Message {
    let conditions = found.trim_matches(['[', ']']).replace(", ", joint);
    Message::new("FT052", "a list is no condition").help(format!("write `{conditions}`"))
}

pub(crate) fn conditions_joined(sign: &str, written: &str) -> Message {
    Message::new("FT052", format!("conditions are joined by `&&` or `||`, not by `{sign}`")).help(format!("write `where({written})`"))
}

pub(crate) fn foreign_question(found: &str, instead: &str) -> Message {
    Message::new("FT147", format!("`{found}` is not how names are written here")).help(format!("write `{instead}`"))
}

pub(crate) fn missing_name() -> Message {
    Message::new("FT052", "expected a name after `.`").help("write a method, as in `host.is_none()`")
}

pub(crate) fn expected_operand(found: &str) -> Message {
    Message::new("FT052", format!("expected a field or a value, found `{found}`")).help("write a condition such as `metric > 5`")
}

pub(crate) fn expected_operator(found: &str) -> Message {
    Message::new("FT052", format!("expected an operator such as `==` or `&&`, found `{found}`"))
        .help("any other Rust goes into braces: `where({ ... })`")
}

pub(crate) fn closure_among_conditions(stage: &str) -> Message {
    Message::new("FT053", format!("`{stage}` takes conditions on fields, not closures"))
        .help("write conditions as in `where`: `metric > 5`")
}

pub(crate) fn closure_as_condition() -> Message {
    Message::new("FT053", "`where` takes a condition on fields, not a closure")
        .help("write `where(metric > 5)`, or give the closure to `filter`")
}

pub(crate) fn prefix_form(name: &str, arguments: &str) -> Message {
    let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
    Message::new("FT054", "the name of a stage stands before its parentheses").help(format!("write `{name}{arguments};`"))
}

pub(crate) fn prefix_form_usage(usage: &str) -> Message {
    Message::new("FT054", "the name of a stage stands before its parentheses").help(format!("write `{}`", usage.replace('…', "...")))
}

pub(crate) fn prefix_condition(written: &str) -> Message {
    Message::new("FT054", "operators stand between their operands").help(format!("write `{written}`"))
}

/// A list, a set or a map of Clojure's.
pub(crate) fn foreign_list(written: &str) -> Message {
    Message::new("FT054", "a list stands in brackets, with `,` between its values").help(format!("write `{written}`"))
}

pub(crate) fn colon_before_name(word: &str) -> Message {
    if fields::find(word).is_none() {
        return colon_before_text(word);
    }
    Message::new("FT055", "names are written without `:`").help(format!("write `{word}`"))
}

pub(crate) fn colon_before_text(word: &str) -> Message {
    Message::new("FT055", "a text stands in quotes, and has no `:` before it").help(format!("write `\"{word}\"`"))
}

pub(crate) fn colon_before_key(word: &str) -> Message {
    match fields::find(word) {
        Some(_) => colon_before_name(word),
        None => Message::new("FT055", "names are written without `:`").help(format!("write `attribute(\"{word}\")`")),
    }
}

pub(crate) fn needs_braces() -> Message {
    Message::new("FT058", "this is not part of a condition").help("any other Rust goes into braces: `{ ... }`")
}

pub(crate) fn keyword_in_predicate(word: &str) -> Message {
    if word == "match" {
        return Message::new("FT059", "conditions have no `match`").help("write `service =~ \"^api\"`");
    }
    Message::new("FT059", format!("expected a field or a value, found `{word}`")).help("any other Rust goes into braces: `{ ... }`")
}

pub(crate) fn nothing(word: &str) -> Message {
    Message::new("FT106", format!("what is missing is `None` here, not `{word}`")).help("write `host == None` or `host != None`")
}

pub(crate) fn nothing_set(word: &str, field: &str) -> Message {
    Message::new("FT106", format!("what is missing is `None` here, not `{word}`")).help(format!("write `{field} = None`"))
}

pub(crate) fn no_time_here() -> Message {
    Message::new("FT107", "`expired` is a condition: keys and fields that are set do not know the time")
        .help("ask it in a condition: `split { expired => with(state = \"expired\"), _ => tag(\"live\") }`")
}

pub(crate) fn misspelled_let(found: &str, meant: &str) -> Message {
    Message::new("FT131", format!("neither events nor this router know `{found}`")).help(format!("did you mean the `let` `{meant}`?"))
}

pub(crate) fn stage_as_condition(found: &str, instead: &str) -> Message {
    Message::new("FT060", format!("`{found}` is a stage, not a condition")).help(format!("write `{instead}`"))
}

pub(crate) fn question_usage(name: &str, usage: &str) -> Message {
    Message::new("FT060", format!("`{name}` is not written like this")).help(format!("write `{usage}`"))
}

pub(crate) fn rust_syntax(reason: &str) -> Message {
    Message::new("FT091", reason)
}

/// What stands between the parentheses of a stage is no Rust.
pub(crate) fn argument_does_not_parse(reason: &str, found: &str) -> Message {
    if reason == "expected `,`" {
        return Message::new("FT091", format!("expected `,` or an operator, found `{found}`"))
            .help("arguments are separated by `,`, and a duration is one word, `5s`");
    }
    let reason = reason.trim_start_matches("unexpected end of input, ");
    Message::new("FT091", format!("{reason}, found `{found}`"))
}
