//! How many files may be open, and which listener gets how many of them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are open besides the connections, those of HTTP clients included that are told that there are too many.
const OTHERS: usize = 128;

/// How many connections each listener may have at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shares {
    pub(super) tcp: usize,
    /// As many as over TCP, or none.
    pub(super) tls: usize,
    pub(super) http: usize,
}

impl Shares {
    fn all(self) -> usize {
        self.tcp.saturating_add(self.tls).saturating_add(self.http)
    }

    /// Returns what there is when no more than so many files may be open. HTTP has its part whatever comes over TCP: it is where people ask
    /// how the server is.
    fn within(self, files: usize) -> Shares {
        let rest = files - OTHERS.min(files / 2);
        if self.all() <= rest {
            return self;
        }
        let http = self.http.min((rest / 4).max(1));
        let left = rest.saturating_sub(http);
        let each = if self.tls > 0 { left / 2 } else { left };
        let share = |wanted: usize| wanted.min(each.max(1));
        Shares { tcp: share(self.tcp), tls: share(self.tls), http }
    }
}

/// Raises the soft limit of open files as far as the connections need it. Where that is not far enough, connections are fewer, and a warning
/// says so.
pub(super) fn allow(wanted: Shares) -> Shares {
    let files = (wanted.all().saturating_add(OTHERS)) as u64;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= files) {
        return wanted;
    }
    let current = Some(limit.maximum.map_or(files, |maximum| maximum.min(files)));
    let raised = setrlimit(Resource::Nofile, Rlimit { current, ..limit }).is_ok();
    let open = if raised { current } else { limit.current }.unwrap_or(files);
    if open >= files {
        return wanted;
    }
    let shares = wanted.within(usize::try_from(open).unwrap_or(usize::MAX));
    let Shares { tcp, tls, http } = shares;
    let secure = if tls > 0 { format!(", {tls} over TLS") } else { String::new() };
    tracing::warn!(
        "only {open} files may be open, too few for {} connections: there may be {tcp} over TCP{secure} and {http} over HTTP; raise the \
         limit with `ulimit -n`",
        wanted.all()
    );
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listener_has_a_part_of_the_files_that_there_are() {
        let usual = Shares { tcp: 16_384, tls: 0, http: 1_024 };
        let rows = [
            (usual, 100_000, usual),
            (usual, 256, Shares { tcp: 96, tls: 0, http: 32 }),
            (Shares { tls: 16_384, ..usual }, 256, Shares { tcp: 48, tls: 48, http: 32 }),
            (usual, 64, Shares { tcp: 24, tls: 0, http: 8 }),
            (usual, 2, Shares { tcp: 1, tls: 0, http: 1 }),
            (Shares { http: 4, ..usual }, 256, Shares { tcp: 124, tls: 0, http: 4 }),
        ];
        for (wanted, files, shares) in rows {
            assert_eq!(wanted.within(files), shares, "{files}");
        }
    }
}
