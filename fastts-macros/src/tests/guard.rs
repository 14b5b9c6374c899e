//! The macro as a whole: it expands whatever it is given.

use std::str::FromStr;

use proc_macro2::TokenStream;

use crate::guard;

/// Any prefix and any sequence of these tokens must expand to a file, with or without messages.
const TOKENS: &[&str] = &[
    "pipeline",
    "\"P\"",
    "{ under(12); stdout }",
    "{",
    "}",
    "(",
    ")",
    ";",
    ",",
    "where",
    "with",
    "=",
    "=~",
    "\"x(\"",
    "|",
    "&&",
    "!",
    "->",
    "=>",
    "do",
    "end",
    "let",
    "x",
    "fn",
    "#",
    "[",
    "]",
    ":",
    "::",
    "<",
    ">",
    "@",
    "split { _ => }",
    "tee { stdout }",
    "by",
    "5s",
    "0x5s",
    "_",
    "from",
    "pub",
    "-",
    ".",
    "r#type",
    "not",
    "in",
    "is",
    "nil",
    "&(&1)",
    "mut",
    "stages",
    "stages f(x: u8) { f; g }",
    "text(\"{a} {{ {b:.2}\")",
    "log(warn, \"{\")",
    "env(\"A\")",
];

/// What is wrong with an expansion.
fn fault(source: &str) -> Option<String> {
    let tokens = TokenStream::from_str(&format!("fastts {source}")).ok()?;
    let expanded = guard::router(tokens).to_string();
    if expanded.contains("FT099") || !expanded.contains("-> fastts :: Router") {
        return Some(format!("{source}: {expanded}"));
    }
    let error = syn::parse_str::<syn::File>(&expanded).err()?;
    Some(format!("{source}: {error} in {expanded}"))
}

fn expand_all(sources: impl IntoIterator<Item = String>) {
    let faults: Vec<String> = sources.into_iter().filter_map(|source| fault(&source)).take(10).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_pair_of_tokens_in_every_place_expands() {
    for first in TOKENS {
        for second in TOKENS {
            expand_all([
                format!("{first} {second}"),
                format!("pipeline \"P\" {{ {first} {second} }}"),
                format!("stages {first} {second} stages f({first} {second}) {{ {first} {second} }} pipeline \"P\" {{ f({first}) }}"),
                format!("pipeline \"P\" {{ where({first} {second}); by({first} {second}) {{ stdout }} }}"),
                format!("pipeline \"P\" {{ with({first} {second}); under({first} {second}) }}"),
                format!("pipeline \"P\" {{ split {{ {first} {second} }} tee {{ {first} {second} }} }}"),
                format!("#[mailbox({first} {second})] pipeline \"P\" {first} {second}"),
                format!(
                    "pipeline \"P\" from {first} {second} pipeline \"Q\" from subscribe({first} {second}) {{ publish({first} {second}) }}"
                ),
            ]);
        }
    }
}

#[test]
fn every_prefix_of_a_router_expands() {
    let router = "use a::b; let limit = 12.0; #[mailbox(10, overflow = block)] pipeline \"P\": Event from subscribe(\"topic\") { publish(\"high\"); under(12); where(service =~ \"^a\" && !(metric < -5)); \
                  by(host, idle = 5m) { rate(5s); mine::stage::<f64>(|e| e.x, a = 1) } split { metric > 1 => stdout, _ => { tag(\"x\") } } stdout }";
    let words: Vec<&str> = router.split_inclusive([' ', '(', ')', '.']).collect();
    for length in 0..words.len() {
        let prefix = words[..length].concat();
        let mut closers = String::new();
        for character in prefix.chars() {
            match character {
                '(' => closers.insert(0, ')'),
                '[' => closers.insert(0, ']'),
                '{' => closers.insert(0, '}'),
                ')' | ']' | '}' => drop(closers.remove(0)),
                _ => {}
            }
        }
        expand_all([format!("{prefix}{closers}")]);
    }
}
