//! Variables of the environment that look like settings and are none.

use std::collections::BTreeSet;

use clap::Command;

use super::known;

/// What the variables of settings begin with.
const PREFIX: &str = "FASTTS_";

/// Variables that are not for the command line: those of the macros and of tests.
const OTHERS: [&str; 2] = ["FASTTS_MACROS_", "FASTTS_TEST_"];

/// Says of each variable that is no setting, but like one, which that is. Others are not ours to speak of: where a service is called
/// "fastts", Kubernetes makes a dozen for every program beside it.
pub(super) fn unknown(command: &Command, names: impl Iterator<Item = String>) -> Vec<String> {
    let all = std::iter::once(command).chain(command.get_subcommands()).flat_map(Command::get_arguments);
    let known: BTreeSet<String> = all.filter_map(|arg| Some(arg.get_env()?.to_string_lossy().into_owned())).collect();
    let is_ours = |name: &String| name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    let is_other = |name: &String| OTHERS.iter().any(|other| name.starts_with(other));
    let mut unknown: Vec<String> = names.filter(|name| is_ours(name) && !is_other(name) && !known.contains(name)).collect();
    unknown.sort();
    let told = |name: &String| {
        let meant = known::likest(known.iter().map(String::as_str), |one| known::likeness(&one[PREFIX.len()..], &name[PREFIX.len()..]))?;
        Some(format!("{name} in the environment is no setting, and is not read; did you mean {meant}?"))
    };
    unknown.iter().filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    #[test]
    fn a_misspelt_variable_is_told_with_the_one_that_was_meant() {
        let arg = |name: &'static str, variable: &'static str| Arg::new(name).long(name).env(variable);
        let command = Command::new("route")
            .args([arg("max-frame", "FASTTS_MAX_FRAME"), arg("listen", "FASTTS_LISTEN")])
            .subcommand(Command::new("load").arg(arg("batch", "FASTTS_BATCH")));
        let names =
            ["FASTTS_MAX_FRAM", "fastts_listen", "FASTTS_BATCH", "FASTTS_ZEBRA", "FASTTS_MACROS_DEBUG", "PATH", "FAST", "FASTTS_LISTEN"];
        assert_eq!(
            unknown(&command, names.map(str::to_owned).into_iter()),
            [
                "FASTTS_MAX_FRAM in the environment is no setting, and is not read; did you mean FASTTS_MAX_FRAME?",
                "fastts_listen in the environment is no setting, and is not read; did you mean FASTTS_LISTEN?",
            ]
        );
    }
}
