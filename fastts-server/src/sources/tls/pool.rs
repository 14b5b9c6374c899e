//! Threads on which handshakes are made.
//!
//! The signature of a large key takes as long as thousands of events. Were it made where events run, a few clients that do nothing but begin
//! connections could hold all of them up. So a handshake is polled on threads of its own, which give way to all others of the machine.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use fastts_core::runtime::{background_threads, yield_to_others};
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

type Job = Box<dyn FnOnce() + Send>;

/// The threads; they end with it.
pub(super) struct Pool(Sender<Job>);

impl Pool {
    /// Starts the threads of a listener that runs on the current run-time.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn start() -> io::Result<Pool> {
        let runtime = Handle::current();
        let (sender, jobs) = channel();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..background_threads() {
            let (jobs, runtime) = (Arc::clone(&jobs), runtime.clone());
            thread::Builder::new().name("tls".to_owned()).spawn(move || work(&jobs, &runtime))?;
        }
        Ok(Pool(sender))
    }

    /// Waits for a future, which is polled on these threads. What nobody waits for any more is not polled.
    ///
    /// # Errors
    /// When the future panics.
    pub(super) async fn drive<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> io::Result<T> {
        let mut future: Pin<Box<dyn Future<Output = T> + Send>> = Box::pin(future);
        let woken = Arc::new(Woken::default());
        loop {
            let (done, polled) = oneshot::channel();
            let waker = Waker::from(Arc::clone(&woken));
            let job = move || {
                if !done.is_closed() {
                    let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
                    // Who waited may have gone.
                    let _ = done.send((future, poll));
                }
            };
            let lost = || io::Error::other("the handshake was lost because of a defect in the server");
            self.0.send(Box::new(job)).map_err(|_| lost())?;
            let (back, poll) = polled.await.map_err(|_| lost())?;
            if let Poll::Ready(output) = poll {
                return Ok(output);
            }
            future = back;
            woken.0.notified().await;
        }
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, runtime: &Handle) {
    let _inside = runtime.enter();
    yield_to_others();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // The hook has told it; whoever waits sees that nothing comes.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

/// Lets a future be polled again.
#[derive(Default)]
struct Woken(Notify);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn futures_are_polled_there_until_they_are_done() {
        let pool = Pool::start().unwrap();
        let (sender, receiver) = oneshot::channel();
        let wait = pool.drive(async move {
            let name = thread::current().name().map(str::to_owned);
            (name, receiver.await)
        });
        let (done, ()) = tokio::join!(wait, async { sender.send(7).unwrap() });
        assert_eq!(done.unwrap(), (Some("tls".to_owned()), Ok(7)));
        assert!(pool.drive(async { panic!("as expected") }).await.is_err(), "a panic costs the one");
        assert_eq!(pool.drive(async { 3 }).await.unwrap(), 3);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn they_stand_behind_others() {
        let here = fastts_testkit::threads::nice();
        let behind = Pool::start().unwrap().drive(async { fastts_testkit::threads::nice() }).await.unwrap();
        assert!(behind > here && fastts_testkit::threads::nice() == here, "{behind} behind {here}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn no_more_are_polled_at_once_than_there_are_threads() {
        let pool = Arc::new(Pool::start().unwrap());
        let (running, most) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        let gate = Arc::new(std::sync::Barrier::new(background_threads()));
        let each = (0..3 * background_threads()).map(|_| {
            let (pool, running, most, gate) = (Arc::clone(&pool), Arc::clone(&running), Arc::clone(&most), Arc::clone(&gate));
            tokio::spawn(async move {
                let work = async move {
                    let now = {
                        let mut running = running.lock().unwrap();
                        *running += 1;
                        *running
                    };
                    let mut most = most.lock().unwrap();
                    *most = now.max(*most);
                    drop(most);
                    // As many as there are threads come together here.
                    gate.wait();
                    *running.lock().unwrap() -= 1;
                };
                pool.drive(work).await.unwrap();
            })
        });
        for one in each.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        assert_eq!(*most.lock().unwrap(), background_threads());
    }
}
