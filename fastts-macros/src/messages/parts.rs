//! Pieces that several texts share.

/// `1 argument`, `2 arguments`, `no argument`
pub(crate) fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// The known word that a misspelled one was meant to be, if one is near.
pub(crate) fn suggestion<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|one| (strsim::damerau_levenshtein(word, one), *one))
        .filter(|(distance, one)| *distance <= 1 + one.chars().count() / 4)
        .min()
        .map(|(_, one)| one)
}

/// The words in backticks, with commas.
pub(super) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// What helps with an unknown word: the one that was meant, else all that there are.
pub(super) fn did_you_mean(word: &str, known: &[&str]) -> String {
    match suggestion(word, known) {
        Some(meant) => format!("did you mean `{meant}`? (known: {})", known.join(", ")),
        None => format!("known are {}", listed(known)),
    }
}
