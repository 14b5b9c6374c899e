//! `#[derive(Item)]`.

use std::str::FromStr;

use proc_macro2::TokenStream;

use crate::guard;

fn derived(source: &str, root: &str) -> String {
    let expanded = guard::item(TokenStream::from_str(source).expect("the source has balanced braces"), root);
    let file = syn::parse2::<syn::File>(expanded.clone()).unwrap_or_else(|error| panic!("{error}: {expanded}"));
    prettyplease::unparse(&file)
}

#[test]
fn a_struct_gets_an_accessor_for_each_named_field() {
    let source = "pub(crate) struct Reading<T> where T: Copy { host: String, note: Option<String>, value: f64, seen: Option<u32>, tags: Vec<String>, \
                  #[item(skip)] inner: T, pub kind: std::string::String }";
    insta::assert_snapshot!(derived(source, "fastts_core"));
}

#[test]
fn an_enum_gets_none() {
    insta::assert_snapshot!(derived("#[item(crate = crate::reexported)] enum Order { New(String), Done }", "fastts_server"));
}
