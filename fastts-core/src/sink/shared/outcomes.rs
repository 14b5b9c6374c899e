//! What lanes do: they take batches out, and note what became of them.

use std::sync::MutexGuard;
use std::time::Duration;

use super::{Flying, Kind, Shared, State, counted};
use crate::clock::Stamp;
use crate::model::panics::catch;
use crate::model::time::Time;
use crate::model::token::Outcome;
use crate::sink::letters::Letter;
use crate::sink::records::Records;
use crate::sink::transport::Reason;

impl<I> Shared<I> {
    /// Takes the oldest batch for a lane, one that is full or has waited long enough; else returns how long to wait for that.
    pub(in crate::sink) fn take(&self, lane: usize) -> Result<Records<I>, Option<Duration>> {
        let mut state = self.lock();
        if state.over {
            return Err(None);
        }
        let now = self.clock.stamp();
        let every = if state.hurries { Duration::ZERO } else { self.options.every };
        let age = |since: Stamp| Duration::from_nanos(now.since(since));
        match state.queue.take(|since| age(since) >= every) {
            Some(batch) => {
                state.flying[lane] = Some(Flying { since: batch.since(), records: batch.len() });
                let more = state.queue.len() > 0;
                if state.waiting > 0 {
                    self.room.notify_all();
                }
                drop(state);
                if more && self.options.lanes > 1 {
                    self.work.notify_one();
                }
                Ok(batch)
            }
            None => Err(state.queue.since().filter(|_| state.queue.len() > 0).map(|since| every.saturating_sub(age(since)))),
        }
    }

    /// Returns how long a lane has to wait before it may send so many records. `asked` keeps in mind what was allowed before.
    pub(in crate::sink) fn turn(&self, records: usize, asked: &mut bool) -> Option<Duration> {
        let mut state = self.lock();
        let now = self.clock.stamp();
        if !*asked
            && let Some(breaker) = &self.breaker
            && let Err(blown) = breaker.ask(self.clock.time(now))
        {
            return Some(blown.until.map_or(UNDECIDED, |until| until.since(self.clock.time(now)).min(LONGEST_BLOW)));
        }
        *asked = true;
        state.pace.as_mut()?.ask(records, now)
    }

    /// Notes that an attempt failed.
    pub(in crate::sink) fn failed(&self, records: usize, why: &Reason) {
        let mut state = self.lock();
        if let Some(breaker) = &self.breaker {
            breaker.melt(self.clock.steady(), why.to_string());
        }
        state.retried += records as u64;
        (state.away, state.reason) = (Some(why.clone()), Some(why.clone()));
        let waiting = state.queue.len() + state.in_flight();
        if state.waiting > 0 {
            // Nobody waits for the absent, where that is the policy.
            self.room.notify_all();
        }
        self.away.say(|more| {
            state.behind = true;
            let (kind, target, unit) = (&self.verb, &self.target, self.kind.unit);
            tracing::warn!(
                "cannot {kind} to {target}, which is tried again ({more} times since that was last said); {} wait: {why}",
                counted(waiting, unit)
            );
        });
    }

    /// Notes that an attempt did not fail, whatever was refused.
    pub(in crate::sink) fn reached(&self) {
        self.lock().away = None;
        if let Some(breaker) = &self.breaker {
            breaker.done();
        }
    }

    /// Notes that a lane has delivered so many of its records.
    pub(in crate::sink) fn sent(&self, lane: usize, records: usize) {
        let mut state = self.lock();
        state.sent += records as u64;
        state.landed(lane, records);
        if state.behind && state.queue.len() < state.limit.div_ceil(2) && state.away.is_none() {
            state.behind = false;
            let State { dropped, refused, .. } = *state;
            let (target, unit) = (&self.target, self.kind.unit);
            tracing::info!("{target} takes {unit}s again; {dropped} of them were dropped so far, and {refused} became dead letters");
        }
        self.say_done(state);
    }

    /// Makes dead letters of some records of a lane, and drops them then.
    pub(in crate::sink) fn give_up<'r>(&self, lane: usize, records: &Records<I>, which: impl IntoIterator<Item = (usize, &'r Reason)>) {
        let time = self.clock.now();
        let (mut letters, mut refused) = (Vec::new(), Vec::new());
        let mut why = None;
        for (index, reason) in which.into_iter().filter(|(index, _)| *index < records.len()) {
            letters.push(self.letter(records, index, reason, time));
            refused.push(index);
            why.get_or_insert(reason);
        }
        let Some(why) = why else { return };
        let kept = self.letters.keep(letters);
        if !kept {
            refused.iter().for_each(|&index| records.tell(index, Outcome::Refused));
        }
        let (count, first) = (refused.len(), self.kind.first(records, refused[0]));
        let mut state = self.lock();
        state.refused += count as u64;
        state.reason = Some(why.clone());
        state.landed(lane, count);
        self.refused.say(|more| {
            state.behind = true;
            let (target, unit) = (&self.target, self.kind.unit);
            let count = counted(count, unit);
            tracing::error!("{count} for {target} became dead letters ({more} times before): {why}; the first is {first}");
        });
        self.say_done(state);
    }

    fn letter(&self, records: &Records<I>, index: usize, reason: &Reason, time: Time) -> Letter {
        Letter::new(time, &self.name, reason.to_string(), &self.kind.shown(records, index))
    }

    /// Drops what a lane has, and all that waits and comes: nobody is there any more.
    pub(in crate::sink) fn gone(&self, lane: usize, records: &mut Records<I>, why: &Reason) {
        let mut state = self.lock();
        (0..records.len()).for_each(|index| records.tell(index, Outcome::Dropped));
        let count = records.len() + state.queue.len();
        records.clear();
        while state.queue.len() > 0 {
            state.queue.drop_oldest();
        }
        state.queue.clear();
        state.dropped += count as u64;
        (state.gone, state.limit, state.reason, state.flying[lane]) = (true, 0, Some(why.clone()), None);
        self.say_done(state);
        self.room.notify_all();
        tracing::error!("cannot write to {}, its {}s are dropped from here on: {why}", self.target, self.kind.unit);
    }

    /// Takes a batch back that is done.
    pub(in crate::sink) fn reuse(&self, batch: Records<I>) {
        self.lock().queue.reuse(batch);
    }

    fn say_done(&self, state: MutexGuard<'_, State<I>>) {
        let waits = state.waiting > 0;
        drop(state);
        if waits {
            self.room.notify_all();
        }
    }
}

/// How long a lane waits before it looks again whether it may send: while the attempt of another decides, or its breaker is off.
const UNDECIDED: Duration = Duration::from_millis(100);
/// How long it waits at most while its breaker is blown: somebody may reset that.
const LONGEST_BLOW: Duration = Duration::from_secs(1);

impl<I> Kind<I> {
    /// Shows a record.
    fn shown(&self, records: &Records<I>, index: usize) -> Vec<u8> {
        let mut shown = Vec::new();
        // That is the integration's.
        match catch(|| (self.show)(records.text(index), records.item(index), &mut shown)) {
            Ok(()) => shown,
            Err(_) => records.text(index).to_vec(),
        }
    }

    /// Shows the begin of a record, for the log.
    fn first(&self, records: &Records<I>, index: usize) -> String {
        const SHOWN: usize = 200;
        let shown = self.shown(records, index);
        let text = String::from_utf8_lossy(&shown[..shown.len().min(SHOWN)]);
        // What a client sent must not look like other lines of the log.
        text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
    }
}
