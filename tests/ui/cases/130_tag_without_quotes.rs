// Mistake: a tag without quotes
// Wanted: `tag` takes a text, found the name `prod`
use fastts_core::router;

router! {
    const EU: &str = "eu";
    let more = ["a", "b"];
    pipeline "P" { tag(prod); stdout }
    pipeline "these have one" { tag(more); tag(EU); tag(["c", EU]); stdout }
}

fn main() {
    router();
}
