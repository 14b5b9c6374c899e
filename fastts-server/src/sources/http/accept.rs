//! What a client accepts: the header `Accept`, as RFC 9110 has it.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// How much a client wants a media type; the larger is wanted more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wish {
    /// In thousandths; nothing is not at all.
    pub(super) weight: u16,
    /// How it was named.
    pub(super) named: Named,
}

/// How closely a range of media types names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// As `*/*`, or there is no such header.
    Anything,
    /// As `text/*`.
    Kind,
    /// By its name.
    Exactly,
}

/// Returns how much a client wants a media type, by the closest of the ranges that it names; `version` is the one that would be sent, if
/// it matters.
pub(super) fn wish(headers: &HeaderMap, media_type: &str, version: Option<&str>) -> Wish {
    let said: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let ranges = said.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty());
    let mut ranges = ranges.peekable();
    if ranges.peek().is_none() {
        return Wish { weight: 1_000, named: Named::Anything };
    }
    let wishes = ranges.filter_map(|range| of_range(range, media_type, version));
    wishes.max_by_key(|wish| (wish.named, wish.weight)).unwrap_or(Wish { weight: 0, named: Named::Anything })
}

/// Returns the wish that a range is, when it has the media type in it.
fn of_range(range: &str, media_type: &str, version: Option<&str>) -> Option<Wish> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let (kind, _) = media_type.split_once('/').unwrap_or((media_type, ""));
    let named = match name.split_once('/') {
        _ if name.eq_ignore_ascii_case(media_type) => Named::Exactly,
        Some(("*", "*")) => Named::Anything,
        Some((one, "*")) if one.eq_ignore_ascii_case(kind) => Named::Kind,
        _ => return None,
    };
    let mut weight = 1_000;
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        if name.eq_ignore_ascii_case("q") {
            // A weight that is none is as if it was not there.
            weight = value.parse::<f64>().map_or(1_000, |weight| (weight.clamp(0.0, 1.0) * 1_000.0).round() as u16);
        } else if name.eq_ignore_ascii_case("version") && version.is_some_and(|version| version != value) {
            return None;
        }
    }
    Some(Wish { weight, named })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn wished(accept: &str, media_type: &str, version: Option<&str>) -> Wish {
        let mut headers = HeaderMap::new();
        for one in accept.split('|') {
            headers.append(ACCEPT, HeaderValue::from_str(one).unwrap());
        }
        wish(&headers, media_type, version)
    }

    #[test]
    fn the_closest_range_counts_whatever_its_case() {
        let rows = [
            ("text/event-stream", 1_000, Named::Exactly),
            ("TEXT/Event-Stream", 1_000, Named::Exactly),
            ("application/json, text/event-stream;q=0.5", 500, Named::Exactly),
            ("text/event-stream ; Q=0.25", 250, Named::Exactly),
            ("text/event-stream;q=0", 0, Named::Exactly),
            ("text/event-stream;q=0, */*", 0, Named::Exactly),
            ("text/*;q=0.3, */*", 300, Named::Kind),
            ("*/*;q=0.1", 100, Named::Anything),
            ("application/json", 0, Named::Anything),
            ("text/event-streams", 0, Named::Anything),
            ("application/json|text/event-stream", 1_000, Named::Exactly),
            ("", 1_000, Named::Anything),
            (" , ", 1_000, Named::Anything),
            ("text/event-stream;charset=utf-8;q=7", 1_000, Named::Exactly),
        ];
        for (accept, weight, named) in rows {
            assert_eq!(wished(accept, "text/event-stream", None), Wish { weight, named }, "{accept}");
        }
        assert_eq!(wish(&HeaderMap::new(), "text/plain", None), Wish { weight: 1_000, named: Named::Anything });
    }

    #[test]
    fn a_version_is_one_that_is_spoken() {
        let open = "application/openmetrics-text";
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.7, application/openmetrics-text;version=\"0.0.1\";q=0.5";
        assert_eq!([Some("1.0.0"), Some("0.0.1"), Some("2.0.0")].map(|version| wished(prometheus, open, version).weight), [700, 500, 0]);
        assert_eq!(wished(open, open, Some("1.0.0")).weight, 1_000);
    }
}
