//! A block of `by` whose panics cost the block of one key: `by(host, restart = key) { … }`.

use std::sync::{Arc, Mutex, PoisonError};

use super::By;
use crate::chain::buffer::Buffer;
use crate::chain::context::Context;
use crate::chain::falls::Fallen;
use crate::chain::stage::{Emit, Stage};
use crate::chain::watch;
use crate::chain::wiring::Wiring;
use crate::model::item::Item;
use crate::model::panics::{Panic, catch};
use crate::model::reply::Failure;
use crate::model::time::Time;

impl<K, B: Clone> By<K, B> {
    /// Has a panic in the block cost the block of its key, and not the pipeline: the key begins anew, the event that did it is a dead
    /// letter. What the block emits goes on when it has returned, so that a panic of what follows is not taken for the key's.
    pub fn restart_key(self) -> By<K, Restarting<B>> {
        let fresh = Arc::new(Mutex::new(self.block.clone()));
        self.with_block(|block| Restarting { block, fresh, lives: true })
    }
}

/// A block that begins anew when it panics.
#[derive(Clone, Debug)]
pub struct Restarting<B> {
    block: B,
    /// What it begins anew with: one for all keys, looked at after a panic alone.
    fresh: Arc<Mutex<B>>,
    /// False when it could not even begin: the next item tries it again.
    lives: bool,
}

impl<B> Restarting<B> {
    /// Tells of a panic, and begins anew.
    #[cold]
    fn fell<I: Item>(&mut self, panic: Panic, item: Option<I::View<'_>>, cx: &mut Context)
    where
        B: Stage<I>,
    {
        self.tell::<I>(panic, item, cx);
        self.begin::<I>(cx);
    }

    fn tell<I: Item>(&self, panic: Panic, item: Option<I::View<'_>>, cx: &Context) {
        let (services, pipeline) = (cx.services(), cx.services().pipeline);
        let begins = format!("pipeline {pipeline:?}: the block of a key of `by` panics; the key begins anew, its event is a dead letter");
        let ends = format!("pipeline {pipeline:?}: no block of a key panics any more; so often one had");
        if item.is_some() {
            cx.token().fail(Failure::Panicked(panic.clone()));
        }
        services.losses().open("key_panics", pipeline, begins, ends).add_of(1, || panic.to_string());
        services.falls.tell(match item {
            Some(item) => Fallen::at::<I>(item, panic, services),
            None => Fallen { pipeline, panic, event: None, item: None },
        });
    }

    /// Takes the place of a block that has panicked.
    fn begin<I: Item>(&mut self, cx: &mut Context)
    where
        B: Stage<I>,
    {
        let fresh = Arc::clone(&self.fresh);
        let begun = catch(|| {
            let mut block = fresh.lock().unwrap_or_else(PoisonError::into_inner).clone();
            block.start(cx);
            block
        });
        match begun {
            Ok(block) => {
                let old = std::mem::replace(&mut self.block, block);
                // It may be in any state.
                let _ = catch(|| drop(old));
                self.lives = true;
            }
            Err(panic) => {
                self.lives = false;
                self.tell::<I>(panic, None, cx);
            }
        }
    }

    /// Calls the block; what it emits goes on when it has returned.
    fn call<I: Item>(
        &mut self,
        item: Option<I::View<'_>>,
        cx: &mut Context,
        out: &mut impl Emit<B::Out>,
        call: impl FnOnce(&mut B, &mut Context, &mut Buffer<B::Out>),
    ) where
        B: Stage<I>,
    {
        if !self.lives {
            self.begin::<I>(cx);
        }
        let mut buffer = Buffer::<B::Out>::take(cx);
        if self.lives
            && let Err(panic) = catch(|| call(&mut self.block, cx, &mut buffer))
        {
            self.fell::<I>(panic, item, cx);
        }
        buffer.pass_on(cx, out);
    }
}

impl<I: Item, B: Stage<I>> Stage<I> for Restarting<B> {
    type Out = B::Out;

    fn held(&self) -> usize {
        self.block.held()
    }

    fn start(&mut self, cx: &mut Context) {
        if let Err(panic) = catch(|| self.block.start(cx)) {
            self.lives = false;
            self.tell::<I>(panic, None, cx);
        }
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.call::<I>(Some(item), cx, out, |block, cx, buffer| block.item(item, cx, buffer));
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        if self.lives { self.block.deadline() } else { None }
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.call::<I>(None, cx, out, |block, cx, buffer| block.tick(cx, buffer));
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        if self.lives {
            self.call::<I>(None, cx, out, |block, cx, buffer| block.finish(cx, buffer));
        }
    }

    const WIRING: Wiring<I, Restarting<B>> = Wiring {
        passes_all: false,
        prefetch: |restarting| (B::WIRING.prefetch)(&mut restarting.block),
        boundaries: B::WIRING.boundaries,
        length: B::WIRING.length,
        links: |restarting, taken, links| (B::WIRING.links)(&restarting.block, taken, links),
        outline: B::WIRING.outline,
        blocks: B::WIRING.blocks,
        watch: |restarting, item, cx, out| {
            let seen = watch::place(cx);
            let mut panicked = true;
            restarting.call::<I>(Some(item), cx, &mut watch::Erased(out), |block, cx, buffer| {
                (B::WIRING.watch)(block, item, cx, buffer);
                panicked = false;
            });
            if panicked {
                watch::give_up(seen, cx);
            }
        },
        ..Wiring::alone()
    };
}
