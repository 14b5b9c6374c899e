//! The thumbnailer, running.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

use fastts_server::Setting;
use image::ImageFormat;
use imgout::cache::Cache;
use imgout::chosen::Chosen;
use libtest_mimic::Trial;

use crate::harness::{Imgout, Memcached, Origin, PATIENCE, Silent, Writes, folder, picture, wait};
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = ["1", "2", "3"]
        .map(|approach| trial(&format!("served::replies_as_the_original_{approach}"), &["python3"], || replies(approach)))
        .into();
    trials.extend([
        trial("served::an_image_that_many_miss_is_fetched_once", &["memcached", "python3"], fetched_once),
        trial("served::the_original_is_cached_and_thumbs_are_not", &["memcached", "python3"], cached),
        trial("served::memcached_is_killed_and_nothing_fails", &["memcached", "python3"], memcached_is_killed),
        trial("served::an_origin_that_is_gone_is_503_where_the_original_raises", &["python3"], origin_is_gone),
        trial("served::too_many_at_once_are_sent_away_to_come_back", &[], too_many),
        trial("served::cache_writes_are_bounded_where_the_original_casts_inside_a_transaction", &[], writes_are_bounded),
        trial("served::what_is_no_setting_is_told_at_once", &[], settings),
    ]);
    trials
}

/// Serves a picture of 200x100, and something that is none.
fn origin(name: &str) -> Origin {
    Origin::start(&folder(name, &[("photo.jpg", &picture(ImageFormat::Jpeg, 200, 100)), ("page.jpg", b"<html></html>")]))
}

fn replies(approach: &str) {
    let origin = origin(&format!("replies-{approach}"));
    let imgout = Imgout::start(&[("IMGOUT_APPROACH", approach), ("IMGOUT_STORAGE", &origin.address)]);
    for (size, thumb) in [("100x", (100, 50)), ("x20", (40, 20)), ("30x40", (30, 40))] {
        assert_eq!(imgout.size(&format!("/thumb/photo.jpg/{size}")), thumb);
    }
    assert!(imgout.get("/thumb/photo.jpg/9x9").head.contains("\ncontent-type: image/jpeg\r\n"));
    for size in ["x", "100", "axb", "0x9", "4097x", "1x2x3"] {
        let reply = imgout.get(&format!("/thumb/photo.jpg/{size}"));
        let said = String::from_utf8(reply.body).unwrap();
        assert_eq!((reply.status, &said[..]), (422, r#"{"errors":{"dimensions":"Invalid dimension format. Tip: {w}x{h}"}}"#));
    }
    assert_eq!(imgout.get("/thumb/page.jpg/10x").status, 422);
    for path in ["/thumb/missing.jpg/10x", "/thumb/..%2Fsecret/10x", "/thumb/photo.jpg", "/nothing", "/metrics/nothing"] {
        assert_eq!(imgout.get(path).status, 404, "{path}");
    }
    assert_eq!(imgout.get("/").status, 200);
    assert_eq!(imgout.inside("/healthz").status, 200);
    // The original's counter `succeed` counts what did not, too.
    assert_eq!(imgout.counted(), 4);
    assert_eq!(imgout.end(), 0);
}

fn fetched_once() {
    let (memcached, origin) = (Memcached::start(), origin("once"));
    let imgout = Imgout::start(&[("IMGOUT_STORAGE", &origin.address), ("IMGOUT_CACHE", &memcached.setting())]);
    thread::scope(|scope| {
        for width in 1..=100 {
            let imgout = &imgout;
            scope.spawn(move || assert_eq!(imgout.size(&format!("/thumb/photo.jpg/{width}x100")), (width, 100)));
        }
    });
    assert_eq!(origin.end(), [r#""GET /photo.jpg HTTP/1.1" 200 -"#]);
}

fn cached() {
    let (memcached, origin) = (Memcached::start(), origin("cached"));
    let imgout = Imgout::start(&[("IMGOUT_STORAGE", &origin.address), ("IMGOUT_CACHE", &memcached.setting())]);
    assert_eq!(imgout.size("/thumb/photo.jpg/10x"), (10, 5));
    let cache = Chosen::<dyn Cache>::read(&memcached.setting()).unwrap();
    let original = wait(async {
        loop {
            match cache.read("photo.jpg").await.unwrap() {
                Some(original) => return original,
                None => tokio::task::yield_now().await,
            }
        }
    });
    assert_eq!(original, picture(ImageFormat::Jpeg, 200, 100));
    origin.end();
    // Of another size, and from the cache alone.
    assert_eq!(imgout.size("/thumb/photo.jpg/50x"), (50, 25));
    assert_eq!(wait(cache.read("missing.jpg")), Ok(None));
    assert_eq!(imgout.get("/thumb/other.jpg/50x").status, 503);
}

fn memcached_is_killed() {
    let (mut memcached, origin) = (Memcached::start(), origin("killed"));
    let imgout = Imgout::start(&[("IMGOUT_STORAGE", &origin.address), ("IMGOUT_CACHE", &memcached.setting())]);
    let (left, (done, each)) = (AtomicUsize::new(1_000), channel());
    thread::scope(|scope| {
        for _ in 0..8 {
            let (imgout, left, done) = (&imgout, &left, done.clone());
            scope.spawn(move || {
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    let status = imgout.get("/thumb/photo.jpg/100x").status;
                    done.send(status).unwrap();
                }
            });
        }
        drop(done);
        for (index, status) in each.iter().enumerate() {
            assert_eq!(status, 200, "request {index}");
            match index {
                300 => memcached.kill(),
                800 => memcached.restart(),
                _ => {}
            }
        }
    });
    assert_eq!(imgout.counted(), 1_000);
    let breakers = imgout.inside("/breakers");
    let breakers: serde_json::Value = serde_json::from_slice(&breakers.body).unwrap();
    let cache = breakers.as_array().unwrap().iter().find(|breaker| breaker["name"] == "cache").unwrap_or_else(|| panic!("{breakers}"));
    assert!(cache["blew"].as_u64() >= Some(1), "{cache}");
}

fn origin_is_gone() {
    let origin = origin("gone");
    let imgout = Imgout::start(&[("IMGOUT_STORAGE", &origin.address), ("IMGOUT_CACHE", "none")]);
    assert_eq!(imgout.size("/thumb/photo.jpg/10x"), (10, 5));
    origin.end();
    // Refused, and then not even asked.
    for _ in 0..10 {
        assert_eq!(imgout.get("/thumb/photo.jpg/10x").status, 503);
    }
    assert_eq!(imgout.inside("/healthz").status, 200);
}

fn too_many() {
    let silent = Silent::start();
    let imgout = Imgout::start(&[("IMGOUT_STORAGE", &silent.address), ("IMGOUT_CACHE", "none")]);
    let begin = Instant::now();
    let (replies, each) = channel();
    thread::scope(|scope| {
        for index in 0..300 {
            let (imgout, replies) = (&imgout, replies.clone());
            scope.spawn(move || replies.send(imgout.get(&format!("/thumb/{index}.jpg/10x"))).unwrap());
        }
        drop(replies);
        let first = each.recv().unwrap();
        assert!(first.head.contains("\nretry-after: 1\r\n"), "{}", first.head);
        let mut replies = vec![first];
        replies.extend(each.iter());
        assert!(replies.iter().all(|reply| reply.status == 503));
        let sent_away = replies.iter().filter(|reply| reply.head.contains("retry-after")).count();
        assert!(sent_away >= 100, "200 may be under way, {sent_away} were sent away");
    });
    // None waits for longer than the storage may take, and those in front of it.
    assert!(begin.elapsed() < PATIENCE);
}

fn writes_are_bounded() {
    let writes = Writes::start(50);
    let cache = format!("memcached:{}", writes.address);
    let file = picture(ImageFormat::Png, 20, 10);
    let names: Vec<String> = (0..80).map(|index| format!("{index}.png")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &file[..])).collect();
    let storage = format!("folder:{}", folder("writes", &files));
    let imgout = Imgout::start(&[("IMGOUT_CACHE", &cache), ("IMGOUT_STORAGE", &storage)]);
    thread::scope(|scope| {
        for name in &names {
            let imgout = &imgout;
            scope.spawn(move || assert_eq!(imgout.get(&format!("/thumb/{name}/10x")).status, 200));
        }
    });
    assert_eq!(writes.most(80), 50);
}

fn settings() {
    let wrong =
        fastts_testkit::program::Program::of(env!("CARGO_BIN_EXE_imgout")).env("IMGOUT_CACHE", "redis:1").env("IMGOUT_STORAGE", "ftp://a/");
    let ended = wrong.args(&["check"]).run();
    assert_eq!(ended.status, 1);
    for part in ["IMGOUT_CACHE", "`memcached:HOST:PORT`", "IMGOUT_STORAGE", "`folder:PATH`"] {
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    }
}
