//! What a condition may ask an item beside its fields: `tagged("x")`, `expired`, `attribute("k")`.

/// A question that a condition asks the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Tagged,
    TaggedAny,
    TaggedAll,
    Expired,
    Attribute,
}

/// Each question: how it is called, how it is written, and the fields on which the answer depends; `now` stands for the time.
const QUESTIONS: [(Question, &str, &str, &[&str]); 5] = [
    (Question::Tagged, "tagged", "tagged(\"x\")", &["tags"]),
    (Question::TaggedAny, "tagged_any", "tagged_any([\"x\", \"y\"])", &["tags"]),
    (Question::TaggedAll, "tagged_all", "tagged_all([\"x\", \"y\"])", &["tags"]),
    (Question::Expired, "expired", "expired", &["state", "ttl", "time", "now"]),
    (Question::Attribute, "attribute", "attribute(\"x\")", &["attributes"]),
];

impl Question {
    /// The question of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        QUESTIONS.iter().find(|(_, one, ..)| *one == name).map(|(question, ..)| *question)
    }

    /// How it is called.
    pub(crate) fn name(self) -> &'static str {
        self.row().map_or("", |(_, name, ..)| name)
    }

    /// How it is written.
    pub(crate) fn usage(self) -> &'static str {
        self.row().map_or("", |(_, _, usage, _)| usage)
    }

    /// The fields on which the answer depends.
    pub(crate) fn fields(self) -> &'static [&'static str] {
        self.row().map_or(&[], |(.., fields)| fields)
    }

    fn row(self) -> Option<&'static (Question, &'static str, &'static str, &'static [&'static str])> {
        QUESTIONS.iter().find(|(question, ..)| *question == self)
    }
}
