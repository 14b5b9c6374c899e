//! Routers: the pipelines that `router!` defines, before they run.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::chain::boundaries::built;
use crate::chain::machine::{Machine, Sealed};
use crate::chain::marks::Marks;
use crate::chain::publisher::announced;
use crate::chain::replies::Answers;
use crate::chain::services::Services;
use crate::dispatch::{Dispatcher, Head};
use crate::engine::error::StartError;
use crate::engine::graph::{StageInfo, Topology, parse_stages, topology};
use crate::engine::groups::policy::{Group, GroupPolicy, Member, OnStop};
use crate::engine::partition::Partition;
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::key::Key;
use crate::model::overflow::Overflow;
use crate::model::time::Time;
use crate::topics::{Announced, Hears};

/// Pipelines, as `router!` defines them; started by a server or by [`Running::start`](crate::Running::start).
#[derive(Debug)]
pub struct Router {
    pipelines: Vec<Pipeline>,
    groups: Vec<Group>,
    topics: Vec<(&'static str, usize)>,
    dispatch: bool,
    problems: Vec<String>,
    warnings: Vec<String>,
}

impl Router {
    /// Returns the pipelines, in the order in which they were written.
    pub fn pipelines(&self) -> &[Pipeline] {
        &self.pipelines
    }

    /// Returns the topics that retain what is published on them, each with how many of the newest items.
    pub fn topics(&self) -> &[(&'static str, usize)] {
        &self.topics
    }

    /// Returns the groups, in the order in which they were written: a group before those in it.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Returns the group that a pipeline stands in, by its place in [`Router::pipelines`]; `None` when it stands alone.
    pub fn group_of(&self, pipeline: usize) -> Option<&Group> {
        self.groups.iter().find(|group| group.members.contains(&Member::Pipeline(pipeline)))
    }

    /// Sets whether the heads of all pipelines are looked at together, before any of them runs; they are unless this says no.
    ///
    /// What comes out is the same. It is there to be turned off when somebody doubts that.
    pub fn dispatch(self, dispatch: bool) -> Router {
        Router { dispatch, ..self }
    }

    /// Makes the dispatcher of the pipelines; `None` when there is nothing for it to do.
    pub(crate) fn dispatcher(&self) -> Option<Dispatcher> {
        if self.dispatch { Dispatcher::new(self.pipelines.iter().map(Pipeline::heads)) } else { None }
    }

    /// Returns what keeps it from being started: variables of the environment that are missing or are no such values as the router
    /// wants. It has no pipelines then.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Returns what is not as it should be and keeps nothing from being started: secrets in files that everybody may read.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Says what keeps it from being started.
    pub(crate) fn with_problems(self, problems: Vec<String>) -> Router {
        Router { problems, ..self }
    }

    /// Fails when something keeps it from being started.
    pub(crate) fn sound(&self) -> Result<(), StartError> {
        if self.problems.is_empty() { Ok(()) } else { Err(StartError::Settings(self.problems.clone())) }
    }

    pub(crate) fn into_pipelines(self) -> Vec<Pipeline> {
        self.pipelines
    }
}

/// A pipeline, as it was written.
#[derive(Clone)]
pub struct Pipeline {
    name: &'static str,
    description: &'static str,
    file: &'static str,
    stages: Vec<StageInfo>,
    heads: &'static [Head],
    topic: Option<&'static str>,
    item: (TypeId, &'static str),
    /// The type of its reply, when it is called.
    reply: Option<(TypeId, &'static str)>,
    policy: Policy,
    factory: Arc<dyn Fn(&Services, Time) -> Machine + Send + Sync>,
    partition: Option<Partition>,
}

impl Pipeline {
    /// Returns the name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the doc comment, empty when there is none.
    pub fn description(&self) -> &'static str {
        self.description
    }

    /// Returns the source file that it was written in.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// Returns the stages in source order, those inside blocks included.
    pub fn stages(&self) -> &[StageInfo] {
        &self.stages
    }

    /// Returns its heads: it takes no notice of an event for which none of them holds. Empty when it wants to see every event.
    pub fn heads(&self) -> &'static [Head] {
        self.heads
    }

    /// Returns the topic that it subscribes to: it gets what is published there, and nothing that sources deliver. `None` when it
    /// is fed by the sources.
    pub fn topic(&self) -> Option<&'static str> {
        self.topic
    }

    /// Returns the type of the items it takes, as Rust names it.
    pub fn item(&self) -> &'static str {
        self.item.1
    }

    /// Returns true when it takes items of type `I`.
    pub fn takes<I: Item>(&self) -> bool {
        self.item.0 == TypeId::of::<I>()
    }

    /// Returns the type of the reply, as Rust names it, of a pipeline that is called; it gets nothing that sources deliver. `None` for
    /// all others.
    pub fn reply(&self) -> Option<&'static str> {
        self.reply.map(|(_, name)| name)
    }

    /// Returns true when it is called, and replies with an `R`.
    pub fn replies_with<R: Item>(&self) -> bool {
        self.reply.is_some_and(|(id, _)| id == TypeId::of::<R>())
    }

    /// Returns true when items of type `I` that sources deliver come to it.
    pub(crate) fn hears<I: Item>(&self) -> bool {
        self.topic.is_none() && self.reply.is_none() && self.takes::<I>()
    }

    /// Says what it has to do with topics, when its chain publishes on these.
    pub(crate) fn topics<'p>(&self, announced: &'p [Announced]) -> Hears<'p> {
        Hears { name: self.name, topic: self.topic, item: self.item, announced }
    }

    /// Returns which of several copies it is, among which the items of its topic are divided; `None` when it gets all of them.
    pub fn partition(&self) -> Option<&Partition> {
        self.partition.as_ref()
    }

    /// Returns true unless it is a copy of a pipeline that stands before it.
    pub fn is_written(&self) -> bool {
        self.partition.as_ref().is_none_or(|partition| partition.number() == 0)
    }

    /// Returns the name as it was written: that of all copies, when there are several.
    pub fn written_name(&self) -> &'static str {
        self.partition.as_ref().map_or(self.name, Partition::whole)
    }

    /// Returns the policies.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Builds the chain, running the constructors of its stages, and brings it to life at `now`.
    pub(crate) fn build(&self, services: &Services, now: Time) -> Machine {
        let (machine, announced) = announced(|| (self.factory)(&services.of_pipeline(self.name()), now));
        machine.announcing(announced)
    }

    /// Builds the chain and throws it away; returns the types of the items between its stages, the first before the first.
    ///
    /// # Panics
    /// When a constructor of a stage does.
    pub fn check(&self) -> Vec<&'static str> {
        self.build(&Services::new(), Time::EPOCH).outline().into_iter().map(|stage| stage.item).collect()
    }

    /// Builds the chain and throws it away; returns the topics on which it publishes, its functions of the user's included.
    ///
    /// # Panics
    /// As above.
    pub fn publishes(&self) -> Vec<String> {
        let machine = self.build(&Services::new(), Time::EPOCH);
        machine.announced().iter().map(|one| one.topic.to_string()).collect()
    }

    /// Returns the stages as they were written, those inside blocks in the stage around them, without what they became: of a pipeline
    /// that cannot be built, nobody knows that.
    pub fn unbuilt(&self) -> Topology {
        topology(&self.stages, &[], &Marks::default())
    }

    /// Builds the chain and throws it away; returns the stages as they were written, with what they became.
    ///
    /// # Panics
    /// As above.
    pub fn topology(&self) -> Topology {
        let machine = self.build(&Services::new(), Time::EPOCH);
        topology(&self.stages, &machine.outline(), machine.marks())
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("name", &self.name)
            .field("item", &self.item.1)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// How a pipeline is run; the attributes `#[mailbox(…)]`, `#[held(…)]`, `#[restart(…)]`, `#[run(…)]`, `#[on_stop(…)]` and `#[calls(…)]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// How many events its mailbox holds.
    pub mailbox: usize,
    /// How many bytes of memory its events may take.
    pub mailbox_bytes: usize,
    /// What happens when the mailbox is full.
    pub overflow: Overflow,
    /// How many bytes its stages may hold, if that is not what [`Options::max_held`](crate::runtime::Options::max_held) says.
    pub held: Option<usize>,
    /// How many restarts within `within` it may have; one more stops it. Of one that stands in a group, the group's count.
    pub restarts: u32,
    /// In which time restarts are counted.
    pub within: Duration,
    /// Where it runs.
    pub run: Run,
    /// How many calls of it may be under way at once.
    pub calls: usize,
    /// How long a call of it waits for the reply, unless the caller says otherwise.
    pub call_timeout: Duration,
    /// What becomes of it when it has panicked too often; `None` for what the router does. Of one that stands in a group, the group's counts.
    pub on_stop: Option<OnStop>,
    /// How many items it has taken at most and is not done with; `None` when it takes what comes.
    pub demand: Option<usize>,
}

/// Where a pipeline runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Run {
    /// Where its data is while that is cheap, in its own task otherwise.
    #[default]
    Auto,
    /// Always where its data is.
    Inline,
    /// Always in its own task.
    Task,
}

impl Default for Policy {
    /// A mailbox of 100,000 events and 256 MiB that blocks when it is full, three restarts in five seconds, run where its data is, 10,000
    /// calls at once that wait for five seconds.
    fn default() -> Policy {
        Policy {
            mailbox: 100_000,
            mailbox_bytes: 256 << 20,
            overflow: Overflow::Block,
            held: None,
            restarts: 3,
            within: Duration::from_secs(5),
            run: Run::Auto,
            demand: None,
            calls: 10_000,
            call_timeout: Duration::from_secs(5),
            on_stop: None,
        }
    }
}

impl Policy {
    /// Makes the default policy.
    pub fn new() -> Policy {
        Policy::default()
    }

    /// Sets how many events the mailbox holds, at least one, and what happens when it is full.
    pub fn mailbox(self, events: usize, overflow: Overflow) -> Policy {
        Policy { mailbox: events.max(1), overflow, ..self }
    }

    /// Sets how many bytes of memory the events in the mailbox may take, at least one; a single event gets in whatever it takes.
    pub fn mailbox_bytes(self, bytes: usize) -> Policy {
        Policy { mailbox_bytes: bytes.max(1), ..self }
    }

    /// Sets how many bytes the stages may hold, at least one; when it is more they flush and begin anew.
    pub fn held(self, bytes: usize) -> Policy {
        Policy { held: Some(bytes.max(1)), ..self }
    }

    /// Sets how many restarts there may be within a time.
    pub fn restart(self, restarts: u32, within: Duration) -> Policy {
        Policy { restarts, within, ..self }
    }

    /// Sets how many calls may be under way at once, at least one, and how long they wait.
    pub fn calls(self, calls: usize, timeout: Duration) -> Policy {
        Policy { calls: calls.max(1), call_timeout: timeout, ..self }
    }

    /// Sets how many items it has taken at most and is not done with, at least one; the others wait in its mailbox. So that it holds up
    /// nobody whatever it does, it runs in its own task, and the oldest are dropped when the mailbox is full, unless
    /// [`mailbox`](Policy::mailbox) says otherwise after this.
    pub fn demand(self, items: usize) -> Policy {
        Policy { demand: Some(items.max(1)), run: Run::Task, overflow: Overflow::DropOldest, ..self }
    }

    /// Sets where the pipeline runs.
    pub fn run(self, run: Run) -> Policy {
        Policy { run, ..self }
    }

    /// Sets what becomes of the pipeline when it has panicked too often.
    pub fn on_stop(self, on_stop: OnStop) -> Policy {
        Policy { on_stop: Some(on_stop), ..self }
    }
}

/// What the macro knows of a pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The name.
    pub name: &'static str,
    /// The doc comment.
    pub description: &'static str,
    /// A line per stage: depth, line, column, `f` for a function of the user's and `s` for a fragment, name, topic, what it reads, what it means that nothing comes out, and the text, with tabs
    /// between them; see [`StageInfo`].
    pub stages: &'static str,
    /// The source file.
    pub file: &'static str,
    /// What its first conditions ask for, if they can be read; they are not read of a type of the user's.
    pub heads: &'static [Head],
    /// The topic that feeds it, if the sources do not.
    pub topic: Option<&'static str>,
}

impl Info {
    /// Describes a pipeline that wants to see every event.
    pub const fn new(name: &'static str, description: &'static str, stages: &'static str, file: &'static str) -> Info {
        Info { name, description, stages, file, heads: &[], topic: None }
    }

    /// Says what the pipeline asks of an event first.
    pub const fn with_heads(self, heads: &'static [Head]) -> Info {
        Info { heads, ..self }
    }

    /// Says that the pipeline is fed by a topic: `from subscribe("topic")`.
    pub const fn from_topic(self, topic: &'static str) -> Info {
        Info { topic: Some(topic), ..self }
    }
}

/// Collects the pipelines of a router; what the expansion of `router!` calls.
#[derive(Debug, Default)]
pub struct Builder {
    pipelines: Vec<Pipeline>,
    groups: Vec<Group>,
    topics: Vec<(&'static str, usize)>,
    /// The groups that are not closed yet, the outermost first.
    open: Vec<usize>,
    warnings: Vec<String>,
}

impl Builder {
    /// Makes a router without pipelines.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Says what is not as it should be.
    pub(crate) fn with_warnings(self, warnings: Vec<String>) -> Builder {
        Builder { warnings, ..self }
    }

    /// Adds a pipeline that `factory` builds, once at the start and again after each panic.
    pub fn pipeline<I: Item, A: Answers>(
        &mut self,
        info: Info,
        policy: Policy,
        factory: impl Fn() -> Sealed<I, A> + Send + Sync + 'static,
    ) {
        // A field of another type may have the name of one of an event's, and a call comes to no other pipeline.
        let is_event = TypeId::of::<I>() == TypeId::of::<Event>() && A::reply().is_none();
        self.adopt(Member::Pipeline(self.pipelines.len()));
        self.pipelines.push(Pipeline {
            name: info.name,
            description: info.description,
            file: info.file,
            stages: parse_stages(info.stages),
            heads: if is_event && info.topic.is_none() { info.heads } else { &[] },
            topic: info.topic,
            item: (TypeId::of::<I>(), std::any::type_name::<I>()),
            reply: A::reply(),
            policy,
            partition: None,
            factory: Arc::new(move |services, now| built(&factory, Sealed::boundaries).into_machine(services, now)),
        });
    }

    /// Begins a group, in the one that is open: what is added from here on is in it.
    pub fn open_group(&mut self, name: &'static str, description: &'static str, policy: GroupPolicy) {
        self.groups.push(Group { name, description, parent: self.open.last().copied(), members: Vec::new(), policy });
        self.open.push(self.groups.len() - 1);
    }

    /// Ends the group that is open. One of nothing is left out.
    pub fn close_group(&mut self) {
        let Some(group) = self.open.pop() else { return };
        if self.groups[group].members.is_empty() {
            // Those in it were left out before.
            self.groups.truncate(group);
        } else {
            self.adopt(Member::Group(group));
        }
    }

    /// Makes something a member of the group that is open.
    fn adopt(&mut self, member: Member) {
        if let Some(&group) = self.open.last() {
            self.groups[group].members.push(member);
        }
    }

    /// Has a topic keep its newest items, so many, for those who subscribe later.
    pub fn topic(&mut self, name: &'static str, retain: usize) {
        self.topics.push((name, retain));
    }

    /// Divides the items that come to the pipeline which was added last, and takes items of type `I`, among `count` copies of it, each
    /// in its own task; the items of one key always come to the same. `by` is the key as it was written.
    pub fn divide<I: Item, K>(&mut self, count: usize, by: &'static str, key: K)
    where
        K: for<'a> FnMut(I::View<'a>, &mut Key) + Send + 'static,
    {
        let Some(whole) = self.pipelines.pop() else { return };
        for partition in Partition::divide::<I, K>(whole.name, count.max(1), by, key) {
            // The first takes the place of the whole.
            if partition.number() > 0 {
                self.adopt(Member::Pipeline(self.pipelines.len()));
            }
            let (name, policy) = (partition.name(), whole.policy.clone().run(Run::Task));
            self.pipelines.push(Pipeline { name, policy, partition: Some(partition), ..whole.clone() });
        }
    }

    /// Finishes the router.
    pub fn build(self) -> Router {
        let Builder { pipelines, groups, topics, warnings, .. } = self;
        Router { pipelines, groups, topics, dispatch: true, problems: Vec::new(), warnings }
    }
}
