//! What was written: the tree that parsing makes, checking marks and expansion writes out.
//!
//! Everything in it is parsed once. Where the user's own Rust goes out again, its tokens stand beside what they mean: see [`Rust`].

mod argument;
mod condition;
mod fragment;
mod literal;
mod operator;
mod question;
mod router;
mod rust;
mod setting;
mod stage;
mod template;

pub(crate) use argument::{Argument, Arguments, Setting, Value};
pub(crate) use condition::Expression;
pub(crate) use fragment::{Fragment, Parameter, Use};
pub(crate) use literal::Literal;
pub(crate) use operator::{Binding, Operator};
pub(crate) use question::Question;
pub(crate) use router::{
    Calls, FunctionName, Group, Item, Let, Mailbox, Name, Names, PartitionKey, Pipeline, Places, Policy, Restart, Router, Strategy,
    Subscription, Support, Topic, TopicDeclaration,
};
pub(crate) use rust::Rust;
pub(crate) use setting::is_setting;
pub(crate) use stage::{Arm, Block, Call, Change, ChangedField, Kind, Stage};
pub(crate) use template::{Align, Format, Piece, Template};
