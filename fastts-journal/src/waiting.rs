use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use crate::disk::{Disk, RealDisk};
use crate::error::{AppendError, Stopped};
use crate::log::Log;

/// Waits until a record is safe: as a future, or on this thread with [`Durable::wait`].
#[must_use = "it waits only when it is awaited or told to"]
pub struct Durable<D: Disk = RealDisk> {
    log: Arc<Log<D>>,
    number: u64,
    id: Option<u64>,
}

impl<D: Disk> Durable<D> {
    pub(crate) fn new(log: Arc<Log<D>>, number: u64) -> Durable<D> {
        Durable { log, number, id: None }
    }

    /// Waits on this thread.
    ///
    /// # Errors
    ///
    /// If the journal stops before. The record may be in it or not.
    pub fn wait(self) -> Result<(), Stopped> {
        block_on(self)
    }

    fn now(&self) -> Option<Result<(), Stopped>> {
        if self.log.durable() >= self.number {
            return Some(Ok(()));
        }
        let stopped = self.log.state().stopped.clone()?;
        // It may have become safe between the two looks.
        Some(if self.log.durable() >= self.number { Ok(()) } else { Err(stopped) })
    }
}

impl<D: Disk> Future for Durable<D> {
    type Output = Result<(), Stopped>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.log.durable() >= self.number {
            return Poll::Ready(Ok(()));
        }
        let Durable { log, number, id } = &mut *self;
        log.safe.wait(id, *number, cx.waker());
        self.now().map_or(Poll::Pending, Poll::Ready)
    }
}

impl<D: Disk> Drop for Durable<D> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.log.safe.leave(id);
        }
    }
}

/// Waits until a record of some length is taken again: as a future, or on this thread with [`Room::wait`].
///
/// It ends, too, when the disk was only slow at first and the journal turns out to be full: then appending says so.
#[must_use = "it waits only when it is awaited or told to"]
pub struct Room<D: Disk = RealDisk> {
    log: Arc<Log<D>>,
    length: usize,
    /// Whether it was full when this began to wait.
    full: Option<bool>,
    id: Option<u64>,
}

impl<D: Disk> Room<D> {
    pub(crate) fn new(log: Arc<Log<D>>, length: usize) -> Room<D> {
        Room { log, length, full: None, id: None }
    }

    /// Waits on this thread.
    ///
    /// # Errors
    ///
    /// If the journal stops before.
    pub fn wait(self) -> Result<(), Stopped> {
        block_on(self)
    }
}

impl<D: Disk> Future for Room<D> {
    type Output = Result<(), Stopped>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Room { log, length, full, id } = &mut *self;
        log.room.wait(id, 0, cx.waker());
        let taken = log.room_for(&log.state(), *length);
        let is_full = matches!(taken, Err(AppendError::Full(_)));
        match taken {
            // What is too long is told when it is appended.
            Ok(()) | Err(AppendError::TooLong { .. }) => Poll::Ready(Ok(())),
            Err(AppendError::Stopped(stopped)) => Poll::Ready(Err(stopped)),
            Err(AppendError::Full(_)) if *full == Some(false) => Poll::Ready(Ok(())),
            Err(AppendError::Busy | AppendError::Full(_)) => {
                full.get_or_insert(is_full);
                Poll::Pending
            }
        }
    }
}

impl<D: Disk> Drop for Room<D> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.log.room.leave(id);
        }
    }
}

/// Wakes a thread that waits for a future.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Parked(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::park();
    }
}
