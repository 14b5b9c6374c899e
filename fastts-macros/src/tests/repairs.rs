//! The help of a message is what its mistake is repaired with. The file that is read here is compiled by the tests of the compiler's
//! messages; it lies outside the package, so this test is of the repository.

use proc_macro2::{TokenStream, TokenTree};

use crate::guard;
use crate::tests::harness::tokens;

fn repairs() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/ui/tests/repairs.rs")).expect("the repairs are there")
}

/// The texts of all messages in an expansion, also of those that rustc says only if it must.
fn messages(expanded: TokenStream, found: &mut Vec<String>) {
    for token in expanded {
        match token {
            TokenTree::Group(group) => messages(group.stream(), found),
            TokenTree::Literal(literal) => {
                let text = syn::parse_str::<syn::LitStr>(&literal.to_string()).map(|text| text.value()).unwrap_or_default();
                if text.ends_with(']') && text.contains(" [FT") {
                    found.push(text.replace("{{", "{").replace("}}", "}"));
                }
            }
            _ => {}
        }
    }
}

/// What a message has in backticks in the lines that say what to do.
fn told(message: &str) -> Vec<String> {
    let lines = message.lines().filter(|line| line.starts_with("help: "));
    lines.flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn the_help_is_the_repair() {
    let repairs = repairs();
    let lines: Vec<&str> = repairs.lines().map(str::trim).collect();
    let mut wrong = Vec::new();
    let mut checked = 0;
    let lines: Vec<&str> = lines.into_iter().filter(|line| !line.starts_with("#[allow")).collect();
    for pair in lines.windows(2) {
        let [was, is] = pair else { continue };
        let Some(was) = was.strip_prefix("// was: ") else { continue };
        let is = is.split_once(" { ").and_then(|(_, stages)| stages.strip_suffix(" }")).unwrap_or_default();
        let mut found = Vec::new();
        messages(guard::router(tokens(&format!("pipeline \"P\" {{ {was} }}"))), &mut found);
        checked += 1;
        let helps: Vec<String> = found.iter().flat_map(|message| told(message)).collect();
        let repaired = helps.iter().any(|help| is.contains(help.replace("{{", "{").replace("}}", "}").as_str()));
        if found.len() != 1 || !repaired {
            wrong.push(format!("{was}\n    wanted {is}\n    found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked >= 100, "only {checked} repairs");
}
