use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use clap::{ArgAction, value_parser};

use super::*;

/// A command line that has one flag of each kind.
fn command() -> Command {
    let list = Arg::new("tags").long("tag").action(ArgAction::Append);
    let load = Command::new("load").arg(Arg::new("batch").long("batch").value_parser(value_parser!(u16))).arg(list);
    let arg = |name: &'static str| Arg::new(name).long(name);
    Command::new("route")
        .args([arg("listen"), arg("max-frame").default_value("1"), arg("workers").value_parser(value_parser!(u16).range(1..))])
        .args([arg("on").action(ArgAction::SetTrue), arg("colour").value_parser(["red", "blue"]), arg("config"), Arg::new("FILE")])
        .arg(arg("token").hide_env_values(true))
        .subcommand(load)
}

fn parse(text: &str) -> Result<File, String> {
    File::parse("f.toml".to_owned(), text, &command())
}

#[test]
fn values_become_defaults_of_their_flags() {
    let file = parse("listen = 'a:1'\nworkers = 0x10\non = true\n\n[load]\nbatch = 7\ntag = ['x', 2]").unwrap();
    let matches = file.as_defaults(command()).try_get_matches_from(["route", "--listen", "b:2", "load"]).unwrap();
    assert_eq!(matches.get_one::<String>("listen").unwrap(), "b:2", "a flag goes before the file");
    assert_eq!(matches.get_one::<String>("max-frame").unwrap(), "1", "what the file does not say stays");
    assert_eq!((matches.get_one::<u16>("workers"), matches.get_flag("on")), (Some(&16), true));
    let load = matches.subcommand_matches("load").unwrap();
    assert_eq!(load.get_one::<u16>("batch"), Some(&7));
    assert_eq!(load.get_many::<String>("tags").unwrap().collect::<Vec<_>>(), ["x", "2"]);
    assert_eq!(file.place(file.get("load", "batch").unwrap()), "f.toml:6");
}

#[test]
fn mistakes_are_told_with_their_place() {
    let rows = [
        ("listn = 'a:1'", "f.toml:1:1: there is no setting `listn`; did you mean `listen`?\n  |\n1 | listn = 'a:1'\n  | ^^^^^"),
        ("max_frame = 1", "f.toml:1:1: there is no setting `max_frame`; did you mean `max-frame`?"),
        ("[max]\nframe = 1", "f.toml:2:1: there is no setting `frame` in `[max]`; did you mean `max-frame`?"),
        ("[load]\nlisten = 1", "f.toml:2:1: there is no setting `listen` in `[load]`; did you mean `listen`?"),
        ("batch = 1", "f.toml:1:1: there is no setting `batch`; did you mean `load.batch`?"),
        ("[lod]\nbatch = 1", "f.toml:2:1: there is no setting `batch` in `[lod]`; did you mean `load.batch`?"),
        ("potato = 1", "f.toml:1:1: there is no setting `potato`\n"),
        ("config = 'x'", "f.toml:1:1: there is no setting `config`"),
        ("FILE = 'x'", "there is no setting `FILE`"),
        ("load = 3", "f.toml:1:1: there is no setting `load`"),
        ("workers = 0", "f.toml:1:11: `workers` cannot be this: 0 is not in 1.."),
        ("workers = true", "`workers` is a text or a number, this is true or false\n  |\n1 | workers = true\n  |           ^^^^"),
        ("workers = [1]", "`workers` is a text or a number, this is a list"),
        ("workers = 99999999999999999999", "the number for `workers` is too large"),
        ("on = 'yes'", "f.toml:1:6: `on` is true or false, this is a text"),
        ("colour = 'green'", "`colour` cannot be this: it is one of red, blue"),
        ("[load]\ntag = ['x', {}]", "f.toml:2:13: `tag` is a text or a number, this is a table"),
        ("listen = ", "f.toml:1:10: "),
        ("listen = 'a'\nlisten = 'b'", "f.toml:2:1: duplicate key"),
    ];
    for (text, wanted) in rows {
        let told = parse(text).unwrap_err();
        assert!(told.contains(wanted), "{text}:\n{told}");
        assert_eq!(told.matches("f.toml:").count(), 1, "{text}:\n{told}");
    }
}

#[test]
fn a_text_without_quotes_is_told_so() {
    let rows = [
        ("listen = 127.0.0.1:5555", "f.toml:1:10: a text stands in quotes: write `listen = \"127.0.0.1:5555\"`"),
        ("listen = localhost:5555 # here", "a text stands in quotes: write `listen = \"localhost:5555\"`"),
        ("max-frame = 16MiB", "a text stands in quotes: write `max-frame = \"16MiB\"`"),
        ("workers = 2\nlisten = /a/b", "f.toml:2:10: a text stands in quotes: write `listen = \"/a/b\"`"),
        ("listen = [::1]:5555", "a text stands in quotes: write `listen = \"[::1]:5555\"`"),
        ("on = yes", "f.toml:1:6: `on` is true or false"),
        ("[load]\ntag = [a, b]", "f.toml:2:7: the texts of a list stand in quotes: `tag = [\"…\", \"…\"]`"),
        ("[load]\nbatch = 7x", "f.toml:2:9: a text stands in quotes: write `batch = \"7x\"`"),
    ];
    for (text, wanted) in rows {
        let told = parse(text).unwrap_err();
        assert!(told.contains(wanted), "{text}:\n{told}");
        assert_eq!(told.matches("f.toml:").count(), 1, "{text}:\n{told}");
    }
    for text in ["listen = \"a", "listen =", "listen == 1"] {
        assert!(!parse(text).unwrap_err().contains("stands in quotes"), "{text}");
    }
}

#[test]
fn no_secret_is_shown() {
    for text in [
        "token = sesame",
        "token = \"sesame",
        "token = ['sesame']",
        "token = \"sesame\" x",
        "tokn = \"sesame\"",
        "zebra = \"sesame\"",
        "token = \"\"\"\nsesame\n",
        "listen = \"a\" token = \"sesame\"",
        "token = { a = \"sesame\" }",
        "[load]\ntoken = \"sesame\"",
        "token = \"x\"\nsesame",
    ] {
        let told = parse(text).unwrap_err();
        assert!(!told.contains("sesame"), "{text}:\n{told}");
    }
}

#[test]
fn all_mistakes_are_told() {
    let told = parse("workers = 0\nlisten = 'fine'\non = 1\n[load]\nbtch = 1").unwrap_err();
    let places: Vec<_> = told.lines().filter(|line| line.contains("f.toml:")).collect();
    assert_eq!(places.len(), 3, "{told}");
    assert!(places[0].contains(":1:11:") && places[1].contains("error: f.toml:3:6:") && places[2].contains(":5:1:"), "{told}");
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# nothing\n", "[load]\n"] {
        assert!(parse(text).unwrap().values.is_empty(), "{text}");
    }
}

#[test]
fn a_file_that_is_none_is_told() {
    let told = File::read(Path::new("no/such.toml"), &command()).unwrap_err();
    assert!(told.starts_with("cannot read the settings in no/such.toml: "), "{told}");
}

#[test]
fn secrets_are_told_from_the_rest_by_their_flag() {
    let path = std::env::temp_dir().join(format!("fastts-settings-{}.toml", std::process::id()));
    fs::write(&path, "token = 'x'\nlisten = 'a:1'").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o604)).unwrap();
    let open = File::read(&path, &command()).unwrap();
    let told = open.exposed(&command(), &path);
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let closed = open.exposed(&command(), &path);
    fs::remove_file(&path).unwrap();
    assert_eq!((told, closed), (Some("token"), None));
}
