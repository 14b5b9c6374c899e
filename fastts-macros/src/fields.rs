//! The fields of events: one list for the parser, the checks, the expansion and the suggestions in messages.

/// A field of events.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    /// Whether `with` and its like set it.
    settable: bool,
    /// Whether `adjust` changes it. Tags are a list, for which there are stages of their own.
    adjustable: bool,
    /// For a text by which the core keeps events from pipelines, its variant of `Head` there.
    pub(crate) head: Option<&'static str>,
    /// It has about as many values as there are events.
    pub(crate) unbounded: bool,
}

const fn field(name: &'static str) -> Field {
    Field { name, settable: true, adjustable: true, head: None, unbounded: false }
}

/// All of them, in the order in which messages list them.
static FIELDS: [Field; 9] = [
    Field { head: Some("Host"), ..field("host") },
    Field { head: Some("Service"), ..field("service") },
    Field { head: Some("State"), ..field("state") },
    Field { head: Some("Description"), unbounded: true, ..field("description") },
    field("metric"),
    Field { unbounded: true, ..field("time") },
    field("ttl"),
    Field { adjustable: false, ..field("tags") },
    // one attribute at a time is set: `attribute("key") = "value"`
    Field { settable: false, adjustable: false, ..field("attributes") },
];

/// Finds a field by its name.
pub(crate) fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// The names of all that may be asked of an event.
pub(crate) fn all() -> Vec<&'static str> {
    FIELDS.iter().map(|field| field.name).collect()
}

/// The names of those that `with` and its like set.
pub(crate) fn settable() -> Vec<&'static str> {
    FIELDS.iter().filter(|field| field.settable).map(|field| field.name).collect()
}

/// The names of those that `adjust` changes.
pub(crate) fn adjustable() -> Vec<&'static str> {
    FIELDS.iter().filter(|field| field.adjustable).map(|field| field.name).collect()
}
