//! Makes a tree of the tokens, by recursive descent: `not` binds tighter than `and`, `and` tighter than `or`.

use std::ops::Range;

use super::error::Fault;
use super::lexer::{self, Kind, Operator, Token};
use super::like::Like;
use super::pattern::Pattern;
use super::tree::{Field, Node, Operand, Order};
use super::{QueryLimits, habits};

/// The depth that no limit goes beyond: what recursion surely has the stack for.
const DEEPEST: usize = 128;

pub(super) fn parse(source: &str, limits: &QueryLimits) -> Result<Node, Fault> {
    if source.len() > limits.length {
        let at = source.floor_char_boundary(limits.length);
        let message = format!("the query is {} bytes long, the limit is {}", source.len(), limits.length);
        return Err(Fault::new(at..at, message, "ask several queries"));
    }
    let next = lexer::token(source, 0)?;
    let mut parser = Parser { source, limits, next, depth: 0, terms: 0, patterns: 0, compiled: 0 };
    let root = parser.or()?;
    match parser.next.kind {
        Kind::End => Ok(root),
        Kind::Close => Err(parser.unexpected("", "there is no `(` for it")),
        _ => Err(parser.unexpected("expected `and`, `or` or the end", "")),
    }
}

struct Parser<'t, 'l> {
    source: &'t str,
    limits: &'l QueryLimits,
    next: Token<'t>,
    depth: usize,
    terms: usize,
    patterns: usize,
    /// How many bytes those take.
    compiled: usize,
}

impl<'t> Parser<'t, '_> {
    /// Goes on to the next token and returns the one before it.
    fn advance(&mut self) -> Result<Token<'t>, Fault> {
        let next = lexer::token(self.source, self.next.at.end)?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    /// Makes the error of the next token, which is not what is expected.
    fn unexpected(&self, expected: &str, hint: &'static str) -> Fault {
        let found = match self.next.kind {
            Kind::End => "the end".to_owned(),
            _ => habits::quoted(&self.source[self.next.at.clone()]),
        };
        let message = if expected.is_empty() { format!("unexpected {found}") } else { format!("{expected}, found {found}") };
        let hint = match self.next.kind {
            Kind::Name(word) if hint.is_empty() => habits::word(word),
            Kind::Not if hint.is_empty() => habits::word("not"),
            Kind::Operator(_) if hint.is_empty() => "write `1 < metric and metric < 2` for two comparisons",
            _ => hint,
        };
        Fault::new(self.next.at.clone(), message, hint)
    }

    fn or(&mut self) -> Result<Node, Fault> {
        let first = self.and()?;
        if !matches!(self.next.kind, Kind::Or) {
            return Ok(first);
        }
        // Flat, so that a thousand of them are not a thousand deep.
        let mut nodes = if let Node::Or(nodes) = first { nodes } else { vec![first] };
        while matches!(self.next.kind, Kind::Or) {
            self.advance()?;
            nodes.push(self.and()?);
        }
        Ok(Node::Or(nodes))
    }

    fn and(&mut self) -> Result<Node, Fault> {
        let first = self.not()?;
        if !matches!(self.next.kind, Kind::And) {
            return Ok(first);
        }
        let mut nodes = if let Node::And(nodes) = first { nodes } else { vec![first] };
        while matches!(self.next.kind, Kind::And) {
            self.advance()?;
            nodes.push(self.not()?);
        }
        Ok(Node::And(nodes))
    }

    fn not(&mut self) -> Result<Node, Fault> {
        match self.next.kind {
            Kind::Not => self.deeper(|parser| Ok(Node::Not(Box::new(parser.not()?)))),
            Kind::Open => {
                let open = self.next.at.clone();
                self.deeper(|parser| parser.closed(open))
            }
            _ => self.term(),
        }
    }

    fn term(&mut self) -> Result<Node, Fault> {
        self.terms += 1;
        if self.terms > self.limits.terms {
            let message = format!("more than {} conditions", self.limits.terms);
            return Err(Fault::new(self.next.at.clone(), message, "ask several queries"));
        }
        if let Kind::Tagged = self.next.kind { self.tagged() } else { self.comparison() }
    }

    /// Goes past the next token and one level down.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Result<Node, Fault>) -> Result<Node, Fault> {
        let limit = self.limits.depth.min(DEEPEST);
        if self.depth >= limit {
            let message = format!("parentheses and `not` nest deeper than {limit}");
            return Err(Fault::new(self.next.at.clone(), message, "ask several queries"));
        }
        self.depth += 1;
        self.advance()?;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn closed(&mut self, open: Range<usize>) -> Result<Node, Fault> {
        let node = self.or()?;
        match self.next.kind {
            Kind::Close => {
                self.advance()?;
                Ok(node)
            }
            Kind::End => Err(Fault::new(open, "this `(` is not closed", "write a `)` where it ends")),
            _ => Err(self.unexpected("expected `and`, `or` or `)`", "")),
        }
    }

    fn tagged(&mut self) -> Result<Node, Fault> {
        self.advance()?;
        let hint = "write `tagged \"prod\"`; the field is called `tags`";
        let Kind::Text(tag) = &self.next.kind else { return Err(self.unexpected("expected a tag in double quotes after `tagged`", hint)) };
        let node = Node::Tagged(tag.as_ref().into());
        self.advance()?;
        Ok(node)
    }

    fn comparison(&mut self) -> Result<Node, Fault> {
        let left = self.operand("expected a condition")?;
        let Kind::Operator(operator) = self.next.kind else {
            // Two operands in a row: what is missing is an operator, not `and`.
            return match self.next.kind {
                Kind::Number(_) | Kind::Text(_) | Kind::Nil | Kind::Bool(_) | Kind::Not => {
                    Err(self.unexpected("expected an operator such as `=`", ""))
                }
                _ => Ok(Node::Truth(left)),
            };
        };
        self.advance()?;
        let after = |what: &str| format!("expected {what}");
        match operator {
            Operator::Equal => Ok(Node::Equal(left, self.operand("expected a value")?)),
            Operator::NotEqual => Ok(Node::NotEqual(left, self.operand("expected a value")?)),
            Operator::Order(order) => {
                let right = self.bound(order)?;
                Ok(Node::Compare(left, order, right))
            }
            Operator::Like => {
                let Kind::Text(pattern) = &self.next.kind else {
                    return Err(self.unexpected(&after("a text after `=~`"), "write `host =~ \"web%\"`"));
                };
                let like = Like::new(pattern);
                self.advance()?;
                Ok(Node::Like(left, like))
            }
            Operator::Matches => {
                let Kind::Text(pattern) = &self.next.kind else {
                    return Err(self.unexpected(&after("a regular expression after `~=`"), "write it as a text: `host ~= \"^web\"`"));
                };
                let pattern = self.pattern(pattern)?;
                self.patterns += 1;
                self.compiled += pattern.size();
                self.advance()?;
                Ok(Node::Matches(left, Box::new(pattern)))
            }
        }
    }

    fn operand(&mut self, expected: &str) -> Result<Operand, Fault> {
        let operand = match &self.next.kind {
            Kind::Nil => Operand::Nil,
            Kind::Bool(value) => Operand::Bool(*value),
            Kind::Number(number) => Operand::Number(number.clone()),
            Kind::Text(text) => Operand::Text(text.as_ref().into()),
            Kind::Name(name) => Operand::Field(Field::named(name)),
            Kind::Not => return Err(self.unexpected(expected, "`not` stands before a comparison: `not host = \"a\"`")),
            Kind::End if self.next.at.start == 0 || self.source.trim().is_empty() => {
                return Err(self.unexpected(expected, "write `true` for every event"));
            }
            Kind::End => return Err(self.unexpected(expected, "")),
            _ => return Err(self.unexpected(expected, "write a field such as `host`, a text in double quotes or a number")),
        };
        self.advance()?;
        Ok(operand)
    }

    /// Reads what stands behind `<`, `<=`, `>` or `>=`.
    fn bound(&mut self, order: Order) -> Result<Operand, Fault> {
        let expected = format!("expected a number or a field after `{}`", order.symbol());
        match &self.next.kind {
            Kind::Name(name) if habits::is_odd_number(name) => Err(self.unexpected(&expected, "write `Infinity`, `-Infinity` or `NaN`")),
            Kind::Text(text) if text.parse::<f64>().is_ok() => Err(self.unexpected(&expected, "write the number without quotes")),
            Kind::Text(_) => Err(self.unexpected(&expected, "texts have no order; compare them with `=`, `=~` or `~=`")),
            Kind::Number(_) | Kind::Name(_) => self.operand(&expected),
            _ => Err(self.unexpected(&expected, "")),
        }
    }

    fn pattern(&self, pattern: &str) -> Result<Pattern, Fault> {
        let at = self.next.at.clone();
        let limits = self.limits;
        if self.patterns >= limits.patterns {
            let message = format!("more than {} regular expressions", limits.patterns);
            return Err(Fault::new(at, message, "join them with `|`, or ask several queries"));
        }
        Pattern::new(pattern, limits.pattern_size.saturating_sub(self.compiled)).map_err(|error| match &error {
            regex::Error::CompiledTooBig(limit) => {
                let others = if self.compiled > 0 { " that those before it leave" } else { "" };
                let message = format!("this regular expression takes more than the {limit} bytes{others} when compiled");
                Fault::new(
                    at,
                    message,
                    "write smaller repetitions, or `[0-9]` and `[a-z]` for `\\\\d` and `\\\\w`, which know all of Unicode",
                )
            }
            other => {
                // It draws its own report; the last line says what is wrong.
                let report = other.to_string();
                let last = report.lines().next_back().unwrap_or_default();
                let reason = last.strip_prefix("error: ").unwrap_or(last).to_owned();
                let hint = match reason.contains("look-around") || reason.contains("backreferences") {
                    true => "regular expressions are Rust's: use `and`, `or` and `not` around simpler ones",
                    false => "",
                };
                Fault::new(at, format!("this is no regular expression ({reason})"), hint)
            }
        })
    }
}
