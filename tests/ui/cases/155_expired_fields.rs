// Mistake: an expired event that is asked for its tags
// Wanted: what expires in the index comes with its host and service alone
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { where(tagged("collectd")); where(expired && service == "load"); stdout }
    #[allow(expired_fields)]
    pipeline "allowed" { where(tagged("collectd")); expired; stdout }
    pipeline "what is kept" { where(service =~ "^collectd" && host != None); expired; stdout }
    pipeline "not expired" { where(tagged("collectd") && !expired); stdout }
    pipeline "missing" { where(expired && metric == None && !tagged("x")); stdout }
    pipeline "made anew" { where(expired); with(tags = ["x"]); stdout }
}

fn main() {
    router();
}
