//! Lines into what can be written to.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use crate::clock::Clock;
use crate::model::token::Token;
use crate::sink::{Lines, Options, SinkStats, Sinks, Worker};

const PATIENCE: Duration = Duration::from_secs(60);

fn open<W: Write + Send + 'static>(target: impl Fn() -> W + Send + Sync + 'static) -> (Sinks, Worker<Lines<W>>) {
    let sinks = Sinks::new(Clock::system());
    let options = Options::new().queue(usize::MAX).bytes(1_000).batch_bytes(100);
    let lines = sinks.open("test", &options, move || Lines::to(target()));
    (sinks, lines)
}

fn line<W: Write + Send + 'static>(lines: &Worker<Lines<W>>, text: &str) {
    lines.text(&Token::none(), |out| out.extend_from_slice(format!("{text}\n").as_bytes()));
}

fn flushed(sinks: &Sinks) -> SinkStats {
    assert_eq!(sinks.flush(PATIENCE), Vec::<String>::new());
    sinks.stats().remove(0)
}

/// Takes what it is given, as long as somebody listens.
#[derive(Clone)]
struct Channel(mpsc::Sender<Vec<u8>>);

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn lines_come_out_in_order_and_whole_in_each_write() {
    let (sender, receiver) = mpsc::channel();
    let (sinks, lines) = open(move || Channel(sender.clone()));
    (0..1_000).for_each(|number| line(&lines, &number.to_string()));
    assert_eq!(flushed(&sinks).sent, 1_000);
    let writes: Vec<Vec<u8>> = receiver.try_iter().collect();
    assert!(writes.iter().all(|write| write.ends_with(b"\n")));
    let expected: String = (0..1_000).map(|number| format!("{number}\n")).collect();
    assert_eq!(String::from_utf8(writes.concat()).unwrap(), expected);
}

#[test]
fn a_reader_that_is_gone_blocks_nobody() {
    let (sender, receiver) = mpsc::channel();
    drop(receiver);
    let (sinks, lines) = open(move || Channel(sender.clone()));
    let long = "x".repeat(1_000);
    (0..5).for_each(|_| line(&lines, &long));
    let stats = flushed(&sinks);
    assert!(stats.gone && stats.refused == 0 && stats.reason.as_deref() == Some("broken pipe"), "{stats:?}");
}

#[test]
fn a_pipe_that_does_not_block_is_asked_again() {
    /// Takes a byte at every other try.
    struct Reluctant(mpsc::Sender<u8>, bool);
    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 = !self.1;
            match self.1 {
                true => Err(io::ErrorKind::WouldBlock.into()),
                false => self.0.send(bytes[0]).map(|()| 1).map_err(|_| io::ErrorKind::BrokenPipe.into()),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (sender, receiver) = mpsc::channel();
    let (sinks, lines) = open(move || Reluctant(sender.clone(), false));
    line(&lines, "abc");
    assert_eq!(flushed(&sinks).sent, 1);
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), b"abc\n");
}

#[test]
fn a_full_disk_costs_the_lines_at_hand_and_no_others() {
    /// Takes so many bytes more.
    #[derive(Clone)]
    struct Disk(Arc<Mutex<(usize, Vec<u8>)>>);
    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (free, content) = &mut *self.0.lock().unwrap();
            let len = bytes.len().min(*free);
            if len == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            *free -= len;
            content.extend_from_slice(&bytes[..len]);
            Ok(len)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let disk = Disk(Arc::new(Mutex::new((6, Vec::new()))));
    let beyond = disk.clone();
    let (sinks, lines) = open(move || beyond.clone());
    for (text, lost) in [("one", 0), ("two", 1), ("three", 2)] {
        line(&lines, text);
        assert_eq!(flushed(&sinks).refused, lost, "{text}");
    }
    assert_eq!(sinks.stats()[0].reason.as_deref(), Some("no storage space"));
    disk.0.lock().unwrap().0 = 100;
    line(&lines, "four");
    assert_eq!(flushed(&sinks).sent, 2);
    assert_eq!(String::from_utf8_lossy(&disk.0.lock().unwrap().1), "one\ntw\nfour\n");
    let dead: Vec<String> = sinks.dead_letters().into_iter().map(|letter| letter.content).collect();
    assert_eq!(dead, ["two", "three"]);
}

#[test]
fn what_is_being_written_counts_as_left() {
    /// Takes all, when it is let.
    struct Stuck(mpsc::Sender<()>, Arc<Mutex<mpsc::Receiver<()>>>);
    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.send(());
            let _ = self.1.lock().unwrap().recv();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let ((entered, entering), (open_gate, opened)) = (mpsc::channel(), mpsc::channel());
    let opened = Arc::new(Mutex::new(opened));
    let (sinks, lines) = open(move || Stuck(entered.clone(), Arc::clone(&opened)));
    line(&lines, "four");
    assert!(entering.recv().is_ok());
    assert_eq!(sinks.flush(Duration::ZERO), ["1 line for test"]);
    drop(open_gate);
    assert_eq!(flushed(&sinks).sent, 1);
}
