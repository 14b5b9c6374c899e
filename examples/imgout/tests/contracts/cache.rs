//! What every cache promises.

use std::net::TcpListener;
use std::sync::Arc;

use bytes::Bytes;
use fastts_server::Setting;
use futures_util::future::join_all;
use imgout::cache::Cache;
use imgout::chosen::Chosen;
use imgout::failure::Failure;
use libtest_mimic::Trial;

use crate::harness::{Memcached, wait};
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("cache::memory_keeps_its_promises", &[], || wait(holds(chosen("memory"), Keeps::All))),
        trial("cache::none_keeps_its_promises", &[], || wait(holds(chosen("none"), Keeps::Nothing))),
        trial("cache::memcached_keeps_its_promises", &["memcached"], || {
            let memcached = Memcached::start();
            wait(holds(chosen(&memcached.setting()), Keeps::All));
        }),
        trial("cache::memcached_may_come_and_go", &["memcached"], memcached_may_come_and_go),
        trial("cache::memory_has_a_bound", &[], || wait(memory_has_a_bound())),
        trial("cache::memcached_that_is_silent_is_given_up_and_not_mixed_up", &[], || wait(silent())),
    ]
}

/// What a cache keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    All,
    Nothing,
}

fn chosen(text: &str) -> Chosen<dyn Cache> {
    Chosen::<dyn Cache>::read(text).unwrap()
}

async fn holds(cache: Chosen<dyn Cache>, keeps: Keeps) {
    let read = async |id: &str| cache.read(id).await.unwrap();
    let kept = |original: &Bytes| (keeps == Keeps::All).then(|| original.clone());
    assert_eq!(read("never-written").await, None);

    let longest = "a".repeat(200);
    let all: Vec<u8> = (0..=255).collect();
    let originals: [(&str, &[u8]); 5] =
        [("a.jpg", b"one"), (&longest, b"two"), ("binary", &all), ("protocol", b"END\r\nVALUE x 0 3\r\n"), ("empty", b"")];
    for (id, original) in originals {
        let original = Bytes::copy_from_slice(original);
        cache.write(id, original.clone()).await.unwrap();
        assert_eq!(read(id).await, kept(&original), "{id}");
    }

    let newer = Bytes::from_static(b"newer");
    cache.write("a.jpg", newer.clone()).await.unwrap();
    assert_eq!(read("a.jpg").await, kept(&newer), "the last one that was written is what is read");

    // A picture that is as large as they get.
    let photo = Bytes::from(all.repeat(3_000));
    cache.write("photo", photo.clone()).await.unwrap();
    assert_eq!(read("photo").await, kept(&photo));

    // What is too large may be kept or not, but whole, and it is nobody's fault.
    let large = Bytes::from(all.repeat(8 << 10));
    cache.write("large", large.clone()).await.unwrap();
    assert!(read("large").await.is_none_or(|read| read == large));

    let many = (0..200).map(|index| {
        let (id, original) = (format!("many-{index}"), Bytes::from(index.to_string().repeat(index)));
        let cache = cache.clone();
        tokio::spawn(async move {
            cache.write(&id, original.clone()).await.unwrap();
            let read = cache.read(&id).await.unwrap();
            assert_eq!(read, (keeps == Keeps::All).then_some(original), "{id}");
        })
    });
    join_all(many).await.into_iter().for_each(|task| task.unwrap());
}

fn memcached_may_come_and_go() {
    let mut memcached = Memcached::start();
    let cache = chosen(&memcached.setting());
    let original = Bytes::from_static(b"original");
    wait(async {
        cache.write("a", original.clone()).await.unwrap();
        memcached.kill();
        for _ in 0..3 {
            assert!(matches!(cache.read("a").await, Err(Failure::Unavailable(_))));
            assert!(matches!(cache.write("a", original.clone()).await, Err(Failure::Unavailable(_))));
        }
        memcached.restart();
        assert_eq!(cache.read("a").await, Ok(None), "it forgets everything when it ends");
        cache.write("a", original.clone()).await.unwrap();
        // What is connected still, to a server that has ended, is no reason to fail.
        memcached.kill();
        memcached.restart();
        cache.write("a", original.clone()).await.unwrap();
        assert_eq!(cache.read("a").await, Ok(Some(original)));
    });
}

async fn memory_has_a_bound() {
    let cache = chosen("memory:1");
    let original = Bytes::from(vec![0; 100 << 10]);
    for index in 0..100 {
        cache.write(&format!("{index}"), original.clone()).await.unwrap();
        // What is wanted often stays.
        cache.read("0").await.unwrap();
    }
    let mut kept = 0;
    for index in 0..100 {
        kept += usize::from(cache.read(&format!("{index}")).await.unwrap().is_some());
    }
    assert!((1..=20).contains(&kept), "{kept} of 100 KiB each are kept in 1 MiB");
}

/// A server that answers the first question late: its answer must not become that of the second.
async fn silent() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let port = listener.local_addr().unwrap().port();
    let cache = chosen(&format!("memcached:127.0.0.1:{port}"));
    let (asked, answer) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let server = tokio::spawn({
        let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
        async move {
            let mut question = [0; 64];
            let (mut first, _) = listener.accept().await.unwrap();
            let _ = first.read(&mut question).await.unwrap();
            asked.notify_one();
            answer.notified().await;
            // Nobody may be there any more.
            let _ = first.write_all(b"VALUE a 0 5\r\nfirst\r\nEND\r\n").await;
            let (mut second, _) = listener.accept().await.unwrap();
            let _ = second.read(&mut question).await.unwrap();
            second.write_all(b"VALUE b 0 6\r\nsecond\r\nEND\r\n").await.unwrap();
        }
    });
    tokio::select! {
        read = cache.read("a") => panic!("{read:?}"),
        () = asked.notified() => {}
    }
    answer.notify_one();
    assert_eq!(cache.read("b").await, Ok(Some(Bytes::from_static(b"second"))));
    server.await.unwrap();
}
