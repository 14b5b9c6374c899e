//! The topology as data.

/// A stage as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageInfo {
    /// How deep inside blocks it stands; 0 for the pipeline's own stages.
    pub depth: usize,
    /// The line in the source file.
    pub line: u32,
    /// The column in that line, from 1.
    pub column: u32,
    /// The name, such as `under`; `branch` and `arm` stand for those of `tee` and `split`.
    pub name: String,
    /// The source text, blanks squeezed.
    pub text: String,
}

impl StageInfo {
    /// Returns the topic that it publishes, as far as that can be read off it: that of `publish`, and of the index.
    pub fn topic(&self) -> Option<&str> {
        match self.name.as_str() {
            "index" => Some("index"),
            // The macro writes it like this, whatever the literal in the source looks like.
            "publish" => self.text.strip_prefix("publish(\"")?.strip_suffix("\")"),
            _ => None,
        }
    }
}

/// Parses what the macro wrote: a line per stage; a line that is not understood is left out.
pub(crate) fn parse_stages(text: &str) -> Vec<StageInfo> {
    let parse = |line: &str| {
        let mut parts = line.splitn(5, '\t');
        Some(StageInfo {
            depth: parts.next()?.parse().ok()?,
            line: parts.next()?.parse().ok()?,
            column: parts.next()?.parse().ok()?,
            name: parts.next()?.to_owned(),
            text: parts.next()?.to_owned(),
        })
    };
    text.lines().filter_map(parse).collect()
}
