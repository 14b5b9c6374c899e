//! What a supervisor of OTP did, as `fastts-core/tests/oracles/otp.txt` has it: scripts, and the logs of the children.

/// A script, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it is about.
    pub title: String,
    /// What the children were told to do, one after the other.
    pub acts: Vec<Act>,
    /// What they noted meanwhile, as Erlang writes it, without blanks.
    pub log: String,
    /// The children at the end, the last first, likewise; `None` when the supervisor had ended.
    pub children: Option<String>,
    /// What they noted when the supervisor was told to end.
    pub shutdown: Option<String>,
}

/// What a child is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Fail.
    Crash(String),
    /// End without a failure.
    Normal(String),
    /// Nothing: so many milliseconds pass.
    Sleep(u64),
}

/// How a supervisor of the scripts is made. The file leaves that to its titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// `one_for_one`, `one_for_all` or `rest_for_one`.
    pub strategy: &'static str,
    /// How many restarts it allows,
    pub restarts: u32,
    /// within so many seconds.
    pub within: u64,
    /// Its children, in the order in which they start, and their lifetimes.
    pub children: &'static [(&'static str, &'static str)],
}

const FOUR: &[(&str, &str)] = &[("w1", "permanent"), ("w2", "permanent"), ("w3", "permanent"), ("w4", "permanent")];
const TWO: &[(&str, &str)] = &[("w1", "permanent"), ("w2", "permanent")];
const ONE: &[(&str, &str)] = &[("w1", "permanent")];
const MIXED: &[(&str, &str)] = &[("w1", "permanent"), ("w2", "transient"), ("w3", "temporary")];

/// How the supervisor of each script is made, by the beginning of its title.
const PLANS: [(&str, Plan); 10] = [
    ("one_for_one, w2 crashes", plan("one_for_one", 3, 5, FOUR)),
    ("one_for_all, w2 crashes", plan("one_for_all", 3, 5, FOUR)),
    ("rest_for_one, w2 crashes", plan("rest_for_one", 3, 5, FOUR)),
    ("one_for_one transient/temporary: normal exit", plan("one_for_one", 3, 5, MIXED)),
    ("one_for_one transient/temporary: crash", plan("one_for_one", 3, 5, MIXED)),
    ("intensity 3 in 5 s: exactly 3", plan("one_for_one", 3, 5, TWO)),
    ("intensity 3 in 5 s: 4th", plan("one_for_one", 3, 5, TWO)),
    ("intensity 1 in 1 s: crash, 1.1 s later", plan("one_for_one", 1, 1, ONE)),
    ("intensity 1 in 1 s: crash, 2.1 s later", plan("one_for_one", 1, 1, ONE)),
    ("one_for_all with 4 kids: one crash counts as ONE restart (intensity 1)", plan("one_for_all", 1, 5, FOUR)),
];

const fn plan(strategy: &'static str, restarts: u32, within: u64, children: &'static [(&'static str, &'static str)]) -> Plan {
    Plan { strategy, restarts, within, children }
}

impl Case {
    /// Returns how the supervisor of the script is made.
    pub fn plan(&self) -> Plan {
        let found = PLANS.iter().find(|(title, _)| self.title.starts_with(title));
        found.unwrap_or_else(|| panic!("nobody knows how the supervisor of {:?} is made", self.title)).1
    }
}

/// What `simple_one_for_one` did: the log, and the count of the children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simple {
    /// What the children noted, as Erlang writes it, without blanks.
    pub log: String,
    /// What `count_children` says of them.
    pub count: String,
}

/// Reads the file.
pub fn read(text: &str) -> (Vec<Case>, Simple) {
    let (scripts, simple) = text.split_once("simple_one_for_one:").expect("the last entry is about simple_one_for_one");
    let simple = without_blanks(simple);
    let (_, simple) = simple.split_once("->log").expect("it has a log");
    let (log, count) = simple.split_once("count").expect("it has a count");
    let (count, _) = count.split_once("ids").expect("ids follow the count");
    (cases(scripts), Simple { log: log.to_owned(), count: count.to_owned() })
}

fn cases(text: &str) -> Vec<Case> {
    // an entry begins at the margin, each of its parts behind three blanks, and goes on further in
    let mut entries: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match (line.len() - line.trim_start().len(), entries.last_mut()) {
            (0, _) => entries.push((line.to_owned(), Vec::new())),
            (3, Some((_, parts))) => parts.push(line.trim().to_owned()),
            (_, Some((_, parts))) => parts.last_mut().expect("a part goes on").push_str(line),
            (_, None) => panic!("an entry begins with its title: {line}"),
        }
    }
    entries.into_iter().map(|(title, parts)| case(title, &parts)).collect()
}

fn case(title: String, parts: &[String]) -> Case {
    let find = |name: &str| parts.iter().find_map(|part| Some(without_blanks(part.strip_prefix(name)?)));
    let children = find("supervisor alive children");
    assert_eq!(children.is_none(), find("supervisor TERMINATED").is_some(), "{title}");
    Case {
        acts: acts(&find("acts").expect("a script has acts")),
        log: find("log").expect("a script has a log"),
        shutdown: find("on supervisor shutdown:"),
        children,
        title,
    }
}

fn acts(text: &str) -> Vec<Act> {
    let terms = text.trim_start_matches("[{").trim_end_matches("}]").split("},{");
    let act = |term: &str| match term.split_once(',') {
        Some((child, "crash")) => Act::Crash(child.to_owned()),
        Some((child, "normal")) => Act::Normal(child.to_owned()),
        Some(("sleep", millis)) => Act::Sleep(millis.parse().expect("a number of milliseconds")),
        _ => panic!("no act: {term}"),
    };
    terms.map(act).collect()
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|one| !one.is_whitespace()).collect()
}
