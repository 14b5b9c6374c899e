//! What is said about blocks and stages.

use super::Message;
use super::parts::{counted, did_you_mean, listed};
use crate::lint::Lint;

pub(crate) fn missing_semicolon() -> Message {
    Message::new("FT008", "missing `;` after this stage").help("stages are separated by `;`")
}

pub(crate) fn comma_between_stages() -> Message {
    Message::new("FT009", "stages are separated by `;`, not `,`").help("write `;` here")
}

pub(crate) fn comma_before_block() -> Message {
    Message::new("FT009", "a block follows its stage without `,`").help("write `by(host) { ... }`")
}

pub(crate) fn chain_between_stages() -> Message {
    Message::new("FT010", "stages are separated by `;` and run top to bottom").help("write `;` here")
}

pub(crate) fn literal_as_stage(found: &str) -> Message {
    Message::new("FT013", "expected a stage such as `under(12)`, found a literal")
        .help(format!("to print something use `inspect(|_| println!(\"{{}}\", {found}))`"))
}

pub(crate) fn statement_in_pipeline(word: &str) -> Message {
    Message::new("FT014", "a pipeline holds stages only").help(format!("move the `{word}` up into `router! {{ ... }}`"))
}

pub(crate) fn module_attribute(word: &str) -> Message {
    let name = if word.is_empty() { "NAME".to_owned() } else { word.to_uppercase() };
    Message::new("FT015", "there are no module attributes here")
        .help(format!("declare a `const` or `static` and pass it by name: `{name}`"))
}

pub(crate) fn macro_as_stage(path: &str) -> Message {
    Message::new("FT016", "macros are not stages").help(format!("use `inspect(|event| {path}!(...))`"))
}

pub(crate) fn ends_in_transform(what: &str) -> Message {
    Message::new("FT020", format!("{what} ends in a transform, so its events go nowhere"))
        .help("end it with a sink such as `stdout`")
        .unless_allowed(Lint::NoEffect)
}

pub(crate) fn too_few_arguments(name: &str, usage: &str, least: usize, most: Option<usize>) -> Message {
    Message::new("FT024", format!("`{name}` takes {}", range(least, most))).help(format!("write `{usage}`"))
}

pub(crate) fn too_many_arguments(name: &str, usage: &str, options: &[&str], (least, most): (usize, usize), found: usize) -> Message {
    if most == 0 {
        return Message::new("FT026", format!("`{name}` takes no argument")).help(format!("write `{usage}`"));
    }
    let named: Vec<String> = options.iter().map(|option| format!("`{option} = ...`")).collect();
    let named = if named.is_empty() { String::new() } else { format!("; what else it takes has a name: {}", named.join(", ")) };
    Message::new("FT025", format!("`{name}` takes {}, found {found}", range(least, Some(most)))).help(format!("write `{usage}`{named}"))
}

pub(crate) fn texts_in_a_list(name: &str, written: &str) -> Message {
    Message::new("FT025", format!("`{name}` takes several texts as one list")).help(format!("write `{written}`"))
}

fn range(least: usize, most: Option<usize>) -> String {
    match most {
        Some(most) if most == least => counted(least, "argument"),
        Some(most) => format!("{least} to {most} arguments"),
        None => format!("at least {}", counted(least, "argument")),
    }
}

pub(crate) fn interval_not_positive(found: &str) -> Message {
    Message::new("FT029", format!("an interval must be longer than zero, found `{found}`"))
        .help("write a duration such as `5s`, or a number of seconds")
}

pub(crate) fn count_not_positive(found: &str) -> Message {
    Message::new("FT030", format!("a count must be a whole number above 0, found `{found}`")).help("write a number such as `3`")
}

pub(crate) fn count_negative(found: &str) -> Message {
    Message::new("FT030", format!("this must be a whole number of 0 or more, found `{found}`"))
        .help("write a number such as `5`; with `0` everything waits for the end of the interval")
}

pub(crate) fn number_negative(found: &str) -> Message {
    Message::new("FT030", format!("this must be a whole number of 0 or more, found `{found}`")).help("write a number such as `5`")
}

pub(crate) fn field_first(name: &str, usage: &str, field: &str) -> Message {
    Message::new("FT030", format!("the fields of `{name}` come last, found `{field}` here"))
        .help(format!("write `{}`", usage.replace('…', "...")))
}

pub(crate) fn condition_for_value(name: &str, usage: &str, found: &str) -> Message {
    Message::new("FT115", format!("`{name}` takes a value here, found the condition `{found}`"))
        .help(format!("write `{usage}`; a condition goes into `where({found})`"))
}

pub(crate) fn duration_for_number(name: &str, usage: &str, found: &str) -> Message {
    Message::new("FT115", format!("`{name}` takes a number here, found the duration `{found}`")).help(format!("write `{usage}`"))
}

pub(crate) fn share_out_of_range(found: &str) -> Message {
    Message::new("FT115", format!("a share is a number above 0 and at most 1, found `{found}`")).help("write a number such as `0.25`")
}

pub(crate) fn point_out_of_range(found: &str) -> Message {
    Message::new("FT115", format!("a point is a number from 0 to 1, found `{found}`"))
        .help("the median is `0.5`, the 95th percentile `0.95`: write `[0.5, 0.95]`")
}

pub(crate) fn constant_as_stage(name: &str) -> Message {
    Message::new("FT033", format!("`{name}` looks like a constant, not a stage")).help(format!("pass it to one: `under({name})`"))
}

pub(crate) fn name_without_quotes(stage: &str, name: &str) -> Message {
    Message::new("FT130", format!("`{stage}` takes a text, found the name `{name}`")).help(format!("write `{stage}(\"{name}\")`"))
}

pub(crate) fn quoted_field(written: &str) -> Message {
    Message::new("FT056", "a field is written without quotes").help(format!("write `{written}`"))
}

pub(crate) fn list_of_keys(name: &str, fields: &str) -> Message {
    Message::new("FT064", "several fields are written without brackets").help(format!("write `{name}({fields})`"))
}

pub(crate) fn fields_joined(name: &str, fields: &str) -> Message {
    Message::new("FT064", "several fields are written with `,` between them").help(format!("write `{name}({fields})`"))
}

pub(crate) fn closure_as_key(name: &str, twin: Option<&str>) -> Message {
    let message = Message::new("FT057", format!("`{name}` takes fields, not a closure"));
    match twin {
        Some(twin) => message.help(format!("name the fields, as in `{name}(host)`, or give the closure to `{twin}`")),
        None => message.help(format!("name the fields, as in `{name}(host)`")),
    }
}

pub(crate) fn constant_key(name: &str, usage: &str, found: &str) -> Message {
    Message::new("FT122", format!("`{name}` takes fields here, and `{found}` is the same for every item"))
        .help(format!("write `{}`", usage.replace('…', "...")))
}

pub(crate) fn unknown_field(verb: &str, found: &str, known: &[&str]) -> Message {
    Message::new("FT061", format!("`{verb}` knows no field `{found}` of events")).help(did_you_mean(found, known))
}

/// A field that is set and that events do not have: a misspelled one, or an attribute.
pub(crate) fn unknown_field_set(verb: &str, found: &str, value: &str, known: &[&str]) -> Message {
    let message = unknown_field(verb, found, known);
    if super::suggestion(found, known).is_some() || value.is_empty() {
        return message;
    }
    let interval = if verb == "fill_in_last" { "5s, " } else { "" };
    Message::new("FT061", format!("`{verb}` knows no field `{found}` of events"))
        .help(format!("an attribute is written `{verb}({interval}attribute({found:?}) = {value})`"))
}

/// How a stage that sets fields is written.
pub(crate) fn change_usage(verb: &str) -> String {
    let interval = if verb == "fill_in_last" { "5s, " } else { "" };
    format!("{verb}({interval}state = \"ok\")")
}

pub(crate) fn changes_take_equals(verb: &str, wrong: Option<&str>) -> Message {
    let message =
        Message::new("FT062", format!("`{verb}` sets fields with `=`{}", wrong.map_or(String::new(), |wrong| format!(", not `{wrong}`"))));
    message.help(format!("write `{}`", change_usage(verb)))
}

/// The changes were written in another way; `written` is how they are written here.
pub(crate) fn fields_set_otherwise(verb: &str, written: &str) -> Message {
    if let Some(tag) = written.strip_prefix("tags = tags + ") {
        return Message::new("FT062", format!("`{verb}` sets all tags, and adds none")).help(format!("write `tag({tag})`"));
    }
    let interval = if verb == "fill_in_last" { "5s, " } else { "" };
    Message::new("FT062", format!("`{verb}` sets fields with `=`, and `,` between them"))
        .help(format!("write `{verb}({interval}{written})`"))
}

pub(crate) fn field_twice(verb: &str, field: &str) -> Message {
    Message::new("FT063", format!("this `{verb}` sets `{field}` already")).help("keep one of the two")
}

pub(crate) fn expected_field(verb: &str, found: &str) -> Message {
    Message::new("FT064", format!("expected a field, found `{found}`")).help(format!("write `{}`", change_usage(verb)))
}

pub(crate) fn expected_comma(found: &str) -> Message {
    Message::new("FT064", format!("expected `,` between two fields, found `{found}`")).help("write `with(state = \"ok\", ttl = 5m)`")
}

pub(crate) fn form_usage(name: &str, usage: &str) -> Message {
    Message::new("FT065", format!("`{name}` is not written like this")).help(format!("write `{usage}`"))
}

/// `written` is the stage and what its block holds, as they are written here.
pub(crate) fn unwanted_block(name: &str, written: &str) -> Message {
    Message::new("FT066", format!("`{name}` takes no block: what it passes on goes to the next stage")).help(format!("write `{written}`"))
}

pub(crate) fn stage_with_else(name: &str, written: &str) -> Message {
    Message::new("FT066", format!("`{name}` takes no block, and has no `else`")).help(format!("write `{written}`"))
}

pub(crate) fn stages_with_blocks(name: &str, written: &str) -> Message {
    Message::new("FT066", format!("`{name}` takes no block, and what stands behind it sees only what it passes on"))
        .help(format!("write a branch for each: `{written}`"))
}

pub(crate) fn missing_block(name: &str, usage: &str) -> Message {
    Message::new("FT067", format!("`{name}` needs a block of stages")).help(format!("write `{}`", usage.replace('…', "...")))
}

pub(crate) fn tee_holds_blocks() -> Message {
    Message::new("FT068", "`tee` holds blocks, one for each branch").help("write `tee { { stdout } { scale(2); stdout } }`")
}

pub(crate) fn empty_block(what: &str) -> Message {
    Message::new("FT069", format!("this {what} has no stages")).help("give it one, such as `stdout`, or leave it out")
}

pub(crate) fn arms_take_arrow(found: &str) -> Message {
    Message::new("FT070", format!("a condition and its stage are joined by `=>`, not `{found}`")).help("write `metric > 5 => stdout`")
}

pub(crate) fn missing_arrow(found: &str) -> Message {
    let found = if found.is_empty() { String::new() } else { format!(", found `{found}`") };
    Message::new("FT070", format!("expected `=>` after the condition{found}")).help("write `metric > 5 => stdout`")
}

pub(crate) fn arms_part_at_comma(found: &str) -> Message {
    Message::new("FT070", format!("the arms of `split` are separated by `,`, found `{found}`"))
        .help("several stages of one arm go into braces: `metric > 5 => { scale(2); stdout }`")
}

pub(crate) fn arm_after_otherwise() -> Message {
    Message::new("FT071", "this arm can never match, because `_` came before it").help("put `_ => ...` last")
}

pub(crate) fn block_with_parameters() -> Message {
    Message::new("FT113", "a block has no parameters")
        .help("write the stages alone, `by(host) { rate(5); stdout }`; what comes in flows through them")
}

pub(crate) fn choice_of_values(written: &str) -> Message {
    Message::new("FT059", "a field is set to one value: where it depends on a condition, the events part")
        .help(format!("write `{written}`"))
}

/// `unless metric > 5 { … }`
pub(crate) fn condition_word(word: &str, written: &str) -> Message {
    Message::new("FT077", format!("`{word}` is not a stage")).help(format!("write `{written}`"))
}

pub(crate) fn split_on_value(word: &str, written: Option<&str>) -> Message {
    Message::new("FT146", format!("`{word}` compares no value with its arms: each arm is a condition"))
        .help(format!("write `{}`", written.unwrap_or("split { state == \"ok\" => stdout, _ => tag(\"bad\") }")))
}

pub(crate) fn rest_of_split(word: &str) -> Message {
    Message::new("FT114", format!("`{word}` is no condition")).help("write `_ => ...` for what no arm before has taken")
}

pub(crate) fn word_before_condition(word: &str) -> Message {
    Message::new("FT114", format!("an arm begins with its condition, not with `{word}`")).help("write `metric > 5 => stdout`")
}

pub(crate) fn arm_without_stage(found: &str) -> Message {
    let found = if found.is_empty() { String::new() } else { format!(", found `{found}`") };
    Message::new("FT072", format!("expected a stage or a block after `=>`{found}")).help("write `metric > 5 => stdout`")
}

pub(crate) fn unknown_option(stage: &str, found: &str, known: &[&str], usage: &str) -> Message {
    let message = Message::new("FT073", format!("unknown option `{found}` of `{stage}`"));
    if known.is_empty() { message.help(format!("it has none: `{usage}`")) } else { message.help(did_you_mean(found, known)) }
}

pub(crate) fn option_twice(found: &str) -> Message {
    Message::new("FT073", format!("option `{found}` is given already")).help("keep one of the two")
}

pub(crate) fn options_in_braces(written: &str) -> Message {
    Message::new("FT075", "options stand without braces").help(format!("write `{written}`"))
}

pub(crate) fn option_before_argument() -> Message {
    Message::new("FT074", "this argument comes after an option").help("options, `name = value`, come last")
}

pub(crate) fn colon_after_option(name: &str, value: &str) -> Message {
    Message::new("FT075", "options are given with `=`, not `:`").help(format!("write `{name} = {value}`"))
}

/// Arguments were given by names; `given` are those names, empty for the others, and what was given.
pub(crate) fn named_arguments(stage: &str, usage: &str, given: &[(String, String)]) -> Message {
    let (head, block) = usage.split_once(") ").map_or((usage, ""), |(head, block)| (head, block));
    let wanted = head.split_once('(').map_or("", |(_, wanted)| wanted).trim_end_matches(')');
    let wanted: Vec<&str> = wanted.split(", ").filter(|name| *name != "…" && !name.is_empty()).collect();
    let by_name: Option<Vec<&str>> =
        wanted.iter().map(|name| given.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())).collect();
    let values = match (by_name, given) {
        (Some(values), _) if values.len() == given.len() => Some(values.join(", ")),
        (_, [(_, value)]) if wanted.len() == 1 => Some(value.clone()),
        _ => None,
    };
    let block = if block.is_empty() { String::new() } else { format!(" {}", block.replace('…', "...")) };
    let written = values.map_or_else(|| usage.to_owned(), |values| format!("{stage}({values}){block}"));
    Message::new("FT103", format!("the arguments of `{stage}` have no names")).help(format!("write `{written}`"))
}

pub(crate) fn closure_syntax(found: &str) -> Message {
    Message::new("FT076", format!("closures are not written with `{found}` here")).help("write `|event| ...`")
}

pub(crate) fn field_for_closure(stage: &str, field: &str, written: &str) -> Message {
    Message::new("FT104", format!("`{stage}` takes a closure, found the field `{field}`"))
        .help(format!("write `{written}`, or `self::{field}` for a function of yours"))
}

pub(crate) fn doc_comment_in_block() -> Message {
    Message::new("FT083", "doc comments are for pipelines, not for stages").help("write `//` for a remark on a stage")
}

pub(crate) fn elixir_closure() -> Message {
    Message::new("FT076", "functions are not written with `fn` here").help("write `|event| ...`")
}

pub(crate) fn keyword_as_stage(word: &str) -> Message {
    let message = Message::new("FT077", format!("`{word}` is not a stage"));
    match word {
        "match" => message.help("use `split { condition => stage, ... }`"),
        "if" | "else" => message.help("use `where(condition)`, or `split { condition => stage, ... }`"),
        "for" | "while" | "loop" => message.help("a pipeline runs once for each event; write the stages alone"),
        _ => message.help("write stages such as `under(12)`, with `;` between them"),
    }
}

pub(crate) fn block_as_stage() -> Message {
    Message::new("FT078", "a block alone is not a stage")
        .help("write the stages without braces, or give each branch one in `tee { { ... } { ... } }`")
}

pub(crate) fn no_stage(found: &str) -> Message {
    Message::new("FT079", format!("expected a stage such as `under(12)`, found `{found}`")).help("write stages, with `;` between them")
}

pub(crate) fn argument_without_parentheses(stage: &str, argument: &str) -> Message {
    Message::new("FT080", "arguments go into parentheses").help(format!("write `{stage}({argument})`"))
}

pub(crate) fn unexpected_after_stage(found: &str) -> Message {
    Message::new("FT081", format!("expected `;` after this stage, found `{found}`")).help("stages are separated by `;`")
}

pub(crate) fn hyphen_in_name(written: &str) -> Message {
    Message::new("FT081", "the names of stages have `_`, not `-`").help(format!("write `{written}`"))
}

pub(crate) fn stray_end() -> Message {
    Message::new("FT082", "blocks end with `}` here, not with `end`").help("leave out `end`")
}

pub(crate) fn attribute_in_block() -> Message {
    Message::new("FT083", "attributes are for pipelines, not for stages").help("put it above `pipeline`")
}

pub(crate) fn closure_wanted(name: &str, usage: &str, found: &str) -> Message {
    let message = Message::new("FT095", format!("`{name}` takes a closure, found `{found}`"));
    match name {
        "filter" => message.help(format!("a condition on fields is `where({found})`; a closure is `filter(|event| ...)`")),
        _ => message.help(format!("write `{}`", usage.replace('…', "..."))),
    }
}

pub(crate) fn metrics_given(name: &str, written: &str) -> Message {
    Message::new("FT132", format!("the closure of `{name}` is given metrics, not events")).help(format!("write `{name}({written})`"))
}

pub(crate) fn low_above_high(name: &str, usage: &str) -> Message {
    Message::new("FT096", format!("the first number of `{name}` is above the second")).help(format!("the lower one comes first: `{usage}`"))
}

pub(crate) fn field_wanted(name: &str, found: &str, known: &[&str]) -> Message {
    Message::new("FT097", format!("`{name}` takes the name of a field here, found `{found}`")).help(format!("one of {}", listed(known)))
}
