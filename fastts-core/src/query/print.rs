//! Writes queries: in their own language, and as trees in the notation of Riemann's.

use std::fmt::{self, Write};

use super::number::Number;
use super::tree::{Node, Operand};

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = |f: &mut fmt::Formatter<'_>, node: &Node, parentheses: bool| match parentheses {
            true => write!(f, "({node})"),
            false => write!(f, "{node}"),
        };
        match self {
            Node::Or(nodes) => list(f, nodes, " or ", |f, node| inner(f, node, matches!(node, Node::Or(_)))),
            Node::And(nodes) => list(f, nodes, " and ", |f, node| inner(f, node, matches!(node, Node::Or(_) | Node::And(_)))),
            Node::Not(node) => {
                f.write_str("not ")?;
                inner(f, node, matches!(**node, Node::Or(_) | Node::And(_)))
            }
            Node::Tagged(tag) => {
                f.write_str("tagged ")?;
                quoted(f, tag)
            }
            Node::Truth(operand) => write!(f, "{operand}"),
            Node::Equal(left, right) => write!(f, "{left} = {right}"),
            Node::NotEqual(left, right) => write!(f, "{left} != {right}"),
            Node::Compare(left, order, right) => write!(f, "{left} {} {right}", order.symbol()),
            Node::Like(operand, like) => {
                write!(f, "{operand} =~ ")?;
                quoted(f, like.pattern())
            }
            Node::Matches(operand, regex) => {
                write!(f, "{operand} ~= ")?;
                quoted(f, regex.as_str())
            }
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Nil => f.write_str("nil"),
            Operand::Bool(value) => write!(f, "{value}"),
            Operand::Number(Number::Int(value)) => write!(f, "{value}"),
            Operand::Number(Number::Float(value)) if value.is_infinite() => {
                f.write_str(if *value > 0.0 { "Infinity" } else { "-Infinity" })
            }
            // Never without a point or an exponent, so it is read as a float again.
            Operand::Number(Number::Float(value)) => write!(f, "{value:?}"),
            Operand::Number(Number::Big(big)) => write!(f, "{}N", big.digits()),
            Operand::Text(text) => quoted(f, text),
            Operand::Field(field) => f.write_str(field.name()),
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Or(nodes) => nested(f, "or", nodes),
            Node::And(nodes) => nested(f, "and", nodes),
            Node::Not(node) => write!(f, "(not {node:?})"),
            Node::Tagged(tag) => {
                f.write_str("(:tagged ")?;
                quoted(f, tag)?;
                f.write_char(')')
            }
            Node::Truth(operand) => write!(f, "{operand:?}"),
            Node::Equal(left, right) => write!(f, "(= {left:?} {right:?})"),
            Node::NotEqual(left, right) => write!(f, "(not= {left:?} {right:?})"),
            Node::Compare(left, order, right) => write!(f, "({} {left:?} {right:?})", order.symbol()),
            Node::Like(operand, like) => {
                f.write_str("(:like ")?;
                quoted(f, like.pattern())?;
                write!(f, " {operand:?})")
            }
            Node::Matches(operand, regex) => write!(f, "(:regex #\"{}\" {operand:?})", regex.as_str().replace('"', "\\\"")),
        }
    }
}

impl fmt::Debug for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Number(Number::Float(value)) => float(f, *value),
            Operand::Field(field) => write!(f, ":{}", field.name()),
            other => write!(f, "{other}"),
        }
    }
}

fn list(
    f: &mut fmt::Formatter<'_>,
    nodes: &[Node],
    between: &str,
    each: impl Fn(&mut fmt::Formatter<'_>, &Node) -> fmt::Result,
) -> fmt::Result {
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        each(f, node)?;
    }
    Ok(())
}

/// Writes `(or (or a b) c)`.
fn nested(f: &mut fmt::Formatter<'_>, name: &str, nodes: &[Node]) -> fmt::Result {
    for _ in 1..nodes.len() {
        write!(f, "({name} ")?;
    }
    for (index, node) in nodes.iter().enumerate() {
        match index {
            0 => write!(f, "{node:?}")?,
            _ => write!(f, " {node:?})")?,
        }
    }
    Ok(())
}

/// Writes a text with the escapes that it needs.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}

/// Writes a float as Java does.
fn float(f: &mut fmt::Formatter<'_>, value: f64) -> fmt::Result {
    if !value.is_finite() {
        return f.write_str(if value.is_nan() {
            "##NaN"
        } else if value > 0.0 {
            "##Inf"
        } else {
            "##-Inf"
        });
    }
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return write!(f, "{value:?}");
    }
    let written = format!("{value:e}");
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    write!(f, "{digits}{}E{exponent}", if digits.contains('.') { "" } else { ".0" })
}
