//! What every storage promises.

use std::net::TcpListener;

use fastts_server::Setting;
use futures_util::future::join_all;
use imgout::chosen::Chosen;
use imgout::failure::Failure;
use imgout::storage::{LONGEST, Storage};
use libtest_mimic::Trial;

use crate::harness::{Origin, folder, wait};
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("storage::folder_keeps_its_promises", &[], || wait(holds(&format!("folder:{}", files("folder"))))),
        trial("storage::http_keeps_its_promises", &["python3"], || {
            let origin = Origin::start(&files("http"));
            wait(holds(&origin.address));
            let asked = origin.end();
            assert!(asked.iter().any(|line| line == "\"GET /a.bin HTTP/1.1\" 200 -"), "{asked:?}");
        }),
        trial("storage::demo_has_a_picture_of_every_name", &[], || wait(demo())),
        trial("storage::http_that_is_not_there_is_told", &[], || wait(not_there())),
        trial("storage::what_is_no_storage_is_told", &[], || {
            for text in ["", "ftp://a/", "folder:", "folder", "http://", "http://a/b", "https://a/"] {
                assert!(Chosen::<dyn Storage>::read(text).is_err(), "{text}");
            }
        }),
    ]
}

fn chosen(text: &str) -> Chosen<dyn Storage> {
    Chosen::<dyn Storage>::read(text).unwrap()
}

/// Returns a folder with what [`holds`] wants there.
fn files(name: &str) -> String {
    let longest = vec![7; LONGEST];
    let too_long = vec![7; LONGEST + 1];
    let path = folder(name, &[("a.bin", &all()), ("empty", b""), ("longest", &longest), ("too-long", &too_long)]);
    std::fs::create_dir_all(format!("{path}/folder")).unwrap();
    std::fs::write(format!("{path}/folder/index.html"), "").unwrap();
    path
}

fn all() -> Vec<u8> {
    (0..=255).cycle().take(100_000).collect()
}

async fn holds(text: &str) {
    let storage = chosen(text);
    assert_eq!(storage.read("a.bin").await.unwrap(), all());
    assert_eq!(storage.read("empty").await.unwrap(), "");
    assert_eq!(storage.read("longest").await.unwrap().len(), LONGEST);
    assert!(matches!(storage.read("too-long").await, Err(Failure::NotAnImage(_))));
    assert_eq!(storage.read("missing").await, Err(Failure::NotFound));
    let folder = storage.read("folder").await;
    assert!(matches!(folder, Err(Failure::NotFound | Failure::Unavailable(_))), "a folder is no image: {folder:?}");

    let many = (0..100).map(|_| {
        let storage = storage.clone();
        tokio::spawn(async move { assert_eq!(storage.read("a.bin").await.unwrap(), all()) })
    });
    join_all(many).await.into_iter().for_each(|task| task.unwrap());
}

async fn demo() {
    let storage = chosen("demo");
    let [one, again, other] = [storage.read("one").await, storage.read("one").await, storage.read("other.png").await].map(Result::unwrap);
    assert_eq!(one, again);
    assert!(one.starts_with(b"\xff\xd8\xff") && other.starts_with(b"\x89PNG"));
    assert_eq!(storage.read("missing.jpg").await, Err(Failure::NotFound));
}

/// The original asks with `HTTPoison.get!`, which raises in the worker.
async fn not_there() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = format!("http://{free}/");
    let Err(Failure::Unavailable(reason)) = chosen(&address).read("a").await else { panic!("something answers") };
    assert!(reason.starts_with(&format!("the origin {address}: ")) && reason.contains("refused"), "{reason}");
}
