//! Riemann's way to write conditions and streams, `(where (> metric 5) (rate 5 index))`, to tell how they are written here.

use proc_macro2::{Delimiter, TokenTree};

use super::pairs::as_field;
use crate::fields;
use crate::table::{self, Takes, least};
use crate::tokens::as_written;
use crate::words;

/// One form of Clojure's.
enum Form {
    /// A name, as it is written there.
    Name(String),
    /// `:state`
    Keyword(String),
    /// A number or a text.
    Value(String),
    /// `#"^api"`
    Pattern(String),
    /// What stands in parentheses, and how it was written.
    List(Vec<Form>, String),
    /// What stands in brackets or in braces.
    Items(Vec<Form>),
}

/// Takes tokens apart into forms.
fn forms(tokens: &[TokenTree]) -> Option<Vec<Form>> {
    let mut forms = Vec::new();
    let mut rest = tokens;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            TokenTree::Literal(literal) => forms.push(Form::Value(literal.to_string())),
            TokenTree::Group(group) => {
                let inside = self::forms(&group.stream().into_iter().collect::<Vec<_>>())?;
                let text = as_written(std::slice::from_ref(first));
                forms.push(if group.delimiter() == Delimiter::Parenthesis { Form::List(inside, text) } else { Form::Items(inside) });
            }
            TokenTree::Punct(sign) => match (sign.as_char(), rest) {
                (':', [TokenTree::Ident(word), behind @ ..]) => {
                    forms.push(Form::Keyword(word.to_string()));
                    rest = behind;
                }
                ('#', [TokenTree::Literal(literal), behind @ ..]) => {
                    forms.push(Form::Pattern(literal.to_string()));
                    rest = behind;
                }
                ('#', [TokenTree::Group(_), ..]) | (',', _) => {}
                (one, _) if "<>=+-*/&|!".contains(one) => {
                    let mut text = one.to_string();
                    while let [TokenTree::Punct(next), behind @ ..] = rest
                        && "=&|".contains(next.as_char())
                    {
                        text.push(next.as_char());
                        rest = behind;
                    }
                    forms.push(Form::Name(text));
                }
                _ => return None,
            },
            TokenTree::Ident(word) => {
                let mut name = word.to_string();
                let mut end = word.span().end();
                while let [TokenTree::Punct(sign), behind @ ..] = rest
                    && "-?!*=".contains(sign.as_char())
                    && (sign.span().start().line, sign.span().start().column) == (end.line, end.column)
                {
                    name.push(sign.as_char());
                    end = sign.span().end();
                    rest = behind;
                    if let [TokenTree::Ident(next), behind @ ..] = rest
                        && (next.span().start().line, next.span().start().column) == (end.line, end.column)
                    {
                        name.push_str(&next.to_string());
                        end = next.span().end();
                        rest = behind;
                    }
                }
                forms.push(Form::Name(name));
            }
        }
    }
    Some(forms)
}

/// How a condition is written here that stands in Clojure's order; `None` when it is none.
pub(super) fn condition(tokens: &[TokenTree]) -> Option<String> {
    let list = forms(tokens)?;
    let [first, second, ..] = list.as_slice() else { return None };
    let Form::Name(head) = first else { return None };
    // `(metric > 5)` is as it should be
    let is_sign = |name: &str| name.chars().all(|one| "<>=+-*/&|!".contains(one));
    // `-metric < 5` as well, and `!(…) && (…)`
    if ["-", "!", "*", "&"].contains(&head.as_str()) {
        return None;
    }
    if !is_sign(head) && matches!(second, Form::Name(name) if is_sign(name) || ["and", "or", "not", "in", "is"].contains(&name.as_str())) {
        return None;
    }
    asked(&list)
}

fn asked(list: &[Form]) -> Option<String> {
    let (Form::Name(head), arguments) = list.split_first()? else {
        // `(:state event)`
        return match list {
            [Form::Keyword(field), ..] => Some(as_field(field)),
            _ => None,
        };
    };
    let all = || arguments.iter().map(operand).collect::<Option<Vec<String>>>();
    let joined = |sign: &str| {
        let parts = arguments.iter().map(|one| match one {
            Form::List(inner, _) if matches!(inner.first(), Some(Form::Name(name)) if ["and", "or", "&&", "||"].contains(&name.as_str())) => {
                Some(format!("({})", asked(inner)?))
            }
            other => truth(other),
        });
        Some(parts.collect::<Option<Vec<String>>>()?.join(sign))
    };
    let compared = |sign: &str| {
        let all = all()?;
        let pairs: Vec<String> = all.windows(2).filter_map(|pair| Some(format!("{} {sign} {}", pair.first()?, pair.last()?))).collect();
        (!pairs.is_empty()).then(|| pairs.join(" && "))
    };
    match (head.as_str(), arguments) {
        ("and" | "&&", _) => joined(" && "),
        ("or" | "||", _) => joined(" || "),
        ("not", [one @ Form::List(inner, _)]) => {
            let simple = matches!(inner.first(), Some(Form::Name(name)) if ["expired?", "tagged", "tagged-any", "tagged-all"].contains(&name.as_str()));
            let asked = truth(one)?;
            Some(if simple { format!("!{asked}") } else { format!("!({asked})") })
        }
        ("not", [one]) => Some(format!("!{}", truth(one)?)),
        (sign @ (">" | "<" | ">=" | "<="), _) => compared(sign),
        ("=" | "==", _) => compared("=="),
        ("not=" | "!=", _) => compared("!="),
        (sign @ ("+" | "-" | "*" | "/"), [_, _, ..]) => Some(all()?.join(&format!(" {sign} "))),
        ("nil?", [one]) => Some(format!("{} == None", operand(one)?)),
        ("some?", [one]) => Some(format!("{} != None", operand(one)?)),
        ("expired?", _) => Some("expired".to_owned()),
        ("tagged" | "tagged-any" | "tagged-any?" | "tagged-all" | "tagged-all?", _) => {
            Some(format!("{}({})", head.trim_end_matches('?').replace('-', "_"), all()?.join(", ")))
        }
        ("re-find" | "re-matches" | "match", [Form::Pattern(pattern), asked]) => Some(format!("{} =~ {pattern}", operand(asked)?)),
        ("match", [asked, Form::Pattern(pattern)]) => Some(format!("{} =~ {pattern}", operand(asked)?)),
        ("match", [asked, other]) => Some(format!("{} == {}", operand(asked)?, operand(other)?)),
        ("get", [_, Form::Keyword(field)]) => Some(as_field(field)),
        (field, [Form::Pattern(pattern)]) if fields::find(field).is_some() => Some(format!("{field} =~ {pattern}")),
        (field, [Form::Value(value)]) if fields::find(field).is_some() => Some(format!("{field} == {value}")),
        _ => None,
    }
}

/// A form as a condition.
fn truth(form: &Form) -> Option<String> {
    match form {
        // what is in the right order already stays as it is
        Form::List(inner, text) => asked(inner).or_else(|| Some(text.clone())),
        other => operand(other),
    }
}

/// A form as an operand.
fn operand(form: &Form) -> Option<String> {
    match form {
        Form::Name(name) if name == "nil" => Some("None".to_owned()),
        Form::Name(name) if name == "expired?" => Some("expired".to_owned()),
        Form::Name(name) => (!name.contains(['-', '?', '!', '*'])).then(|| name.clone()),
        Form::Keyword(name) => Some(if fields::find(name).is_some() { name.clone() } else { format!("{name:?}") }),
        Form::Value(value) | Form::Pattern(value) => Some(value.clone()),
        Form::List(inner, _) => asked(inner),
        Form::Items(inner) => Some(format!("[{}]", inner.iter().map(operand).collect::<Option<Vec<_>>>()?.join(", "))),
    }
}

/// How a stream and its children are written here: `where(metric > 5); rate(5); index`.
pub(super) fn stages(tokens: &[TokenTree]) -> Option<String> {
    stream(&forms(tokens)?)
}

fn stream(list: &[Form]) -> Option<String> {
    let (Form::Name(head), arguments) = list.split_first()? else { return None };
    let name = head.trim_end_matches(['*', '!', '?']).replace('-', "_");
    let (stage, children) = match name.as_str() {
        "where" => {
            let (first, children) = arguments.split_first()?;
            (format!("where({})", truth(first)?), children)
        }
        "with" | "default" => {
            let (pairs, children) = pairs(arguments)?;
            (format!("{name}({pairs})"), children)
        }
        "by" => {
            let (first, children) = arguments.split_first()?;
            let keys = match first {
                Form::Items(keys) => keys.iter().map(key).collect::<Option<Vec<_>>>()?.join(", "),
                one => key(one)?,
            };
            return Some(format!("by({keys}) {{ {} }}", inside(children)?));
        }
        "changed_state" => {
            let (options, children) = options(arguments);
            let options = if options.is_empty() { options } else { format!("({options})") };
            return Some(format!("changed_state{options} {{ {} }}", inside(children)?));
        }
        "sdo" | "streams" => return several(arguments),
        name => match table::find(name) {
            Some(row) if row.takes != Takes::Block => {
                let most = if row.keys { usize::MAX } else { row.positional.len() };
                let count = arguments.iter().take_while(|one| is_argument(one)).count().min(most);
                let count = arguments.iter().take(count).take_while(|one| !is_map(one)).count();
                let (own, children) = arguments.split_at(count);
                let (options, children) = options(children);
                if own.len() < least(row) {
                    return None;
                }
                let mut own: Vec<String> = own.iter().map(key).collect::<Option<_>>()?;
                own.extend((!options.is_empty()).then_some(options));
                (if own.is_empty() { name.to_owned() } else { format!("{name}({})", own.join(", ")) }, children)
            }
            Some(_) => return None,
            // a word, or a function that somebody has
            None => return words::find(head).map(|word| word.form.unwrap_or("stdout").to_owned()),
        },
    };
    if children.is_empty() {
        return Some(stage);
    }
    Some(format!("{stage}; {}", inside(children)?))
}

/// Tells whether a form is a map, `{:init "ok"}`.
fn is_map(form: &Form) -> bool {
    matches!(form, Form::Items(items) if items.len() % 2 == 0 && matches!(items.first(), Some(Form::Keyword(_))) && !items.iter().all(|one| matches!(one, Form::Keyword(_))))
}

/// The options that begin a list, and what stands behind.
fn options(arguments: &[Form]) -> (String, &[Form]) {
    let [first, children @ ..] = arguments else { return (String::new(), arguments) };
    let Form::Items(items) = first else { return (String::new(), arguments) };
    if !is_map(first) {
        return (String::new(), arguments);
    }
    let pairs = items.chunks(2).filter_map(|pair| match pair {
        [Form::Keyword(name), value] => Some(format!("{name} = {}", operand(value)?)),
        _ => None,
    });
    (pairs.collect::<Vec<_>>().join(", "), children)
}

/// Tells whether a form is an argument rather than a child.
fn is_argument(form: &Form) -> bool {
    matches!(form, Form::Value(_) | Form::Keyword(_) | Form::Pattern(_) | Form::Items(_))
}

/// A key, or an argument that is a value.
fn key(form: &Form) -> Option<String> {
    match form {
        Form::Keyword(name) => Some(as_field(name)),
        other => operand(other),
    }
}

/// `:state "ok"` or `{:state "ok"}`, and what stands behind.
fn pairs(arguments: &[Form]) -> Option<(String, &[Form])> {
    let (list, children) = match arguments {
        [Form::Items(list), children @ ..] => (list.as_slice(), children),
        [Form::Keyword(_), _, children @ ..] => (arguments.get(..2)?, children),
        _ => return None,
    };
    let pairs = list.chunks(2).map(|pair| match pair {
        [Form::Keyword(name), value] => Some(format!("{} = {}", as_field(name), operand(value)?)),
        _ => None,
    });
    Some((pairs.collect::<Option<Vec<_>>>()?.join(", "), children))
}

/// The children of a stream: one goes on, several are branches.
fn inside(children: &[Form]) -> Option<String> {
    match children {
        [] => Some("stdout".to_owned()),
        [one] => child(one),
        several => self::several(several),
    }
}

fn several(children: &[Form]) -> Option<String> {
    let branches: Option<Vec<String>> = children.iter().map(|one| Some(format!("{{ {} }}", child(one)?))).collect();
    Some(format!("tee {{ {} }}", branches?.join(" ")))
}

fn child(form: &Form) -> Option<String> {
    match form {
        Form::List(list, _) => stream(list),
        Form::Name(name) => match words::find(name) {
            Some(word) => Some(word.form.unwrap_or("stdout").to_owned()),
            None => stream(&[Form::Name(name.clone())]).or_else(|| Some("stdout".to_owned())),
        },
        _ => None,
    }
}

/// Tells whether what stands in a group is written in Clojure's order, and how it is written here.
pub(super) fn condition_in(group: &proc_macro2::Group) -> Option<String> {
    condition(&group.stream().into_iter().collect::<Vec<_>>())
}
