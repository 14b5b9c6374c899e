//! What is left of an event that expires.

use std::fmt;
use std::str::FromStr;

use smol_str::SmolStr;

use crate::model::event::Event;
use crate::model::event::change::{self, Missing};
use crate::model::time::Time;

/// Which fields of an event are left when it expires; its state becomes `expired` and its time now either way.
///
/// ```
/// use fastts_core::index::Keep;
///
/// let keep: Keep = "host,service,tags,attribute.region".parse()?;
/// assert_eq!(keep, Keep::fields(["tags", "attribute.region"])?);
/// assert_eq!(keep.to_string(), "host,service,tags,attribute.region");
/// # Ok::<(), fastts_core::index::NoSuchField>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Keep {
    /// Host and service.
    #[default]
    HostAndService,
    /// All of them.
    All,
    /// Host and service, and these.
    These(Kept),
}

/// Fields that are left beside host and service.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Kept {
    description: bool,
    metric: bool,
    ttl: bool,
    tags: bool,
    attributes: Attributes,
}

/// Which attributes are left.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Attributes {
    All,
    Named(Vec<SmolStr>),
}

impl Default for Attributes {
    fn default() -> Attributes {
        Attributes::Named(Vec::new())
    }
}

/// A name in a list of fields that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchField(String);

impl fmt::Display for NoSuchField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NoSuchField(name) = self;
        write!(
            f,
            "there is no field `{name}`; name some of host, service, description, metric, ttl, tags, attributes, attribute.NAME, or all"
        )
    }
}

impl std::error::Error for NoSuchField {}

impl Keep {
    /// Keeps host and service, which are always kept, and these fields: `"tags"`, `"metric"`, `"attribute.region"`, or `"attributes"` for all of those.
    ///
    /// # Errors
    /// When a name is that of no field.
    pub fn fields<'f>(names: impl IntoIterator<Item = &'f str>) -> Result<Keep, NoSuchField> {
        let mut kept = Kept::default();
        for name in names {
            match name {
                // What an expired event is without them nobody could tell; and these two say that it has expired, and when.
                "host" | "service" | "state" | "time" => {}
                "description" => kept.description = true,
                "metric" => kept.metric = true,
                "ttl" => kept.ttl = true,
                "tags" => kept.tags = true,
                "attributes" => kept.attributes = Attributes::All,
                name => match (name.strip_prefix("attribute."), &mut kept.attributes) {
                    (Some(key), Attributes::Named(named)) if !key.is_empty() => named.push(key.into()),
                    (Some(key), Attributes::All) if !key.is_empty() => {}
                    _ => return Err(NoSuchField(name.to_owned())),
                },
            }
        }
        Ok(if kept == Kept::default() { Keep::HostAndService } else { Keep::These(kept) })
    }

    /// Makes the event that says that another has expired.
    pub(super) fn expired(&self, mut event: Event, now: Time) -> Event {
        match self {
            Keep::All => {}
            Keep::HostAndService => {
                let changes = [change::host(event.host()), change::service(event.service()), change::state("expired"), change::time(now)];
                return Event::new().view().changed(&changes, Event::from_view);
            }
            Keep::These(kept) => kept.strip(&mut event),
        }
        event.set_state("expired").set_time(now);
        event
    }
}

impl Kept {
    /// Takes away what is not kept.
    fn strip(&self, event: &mut Event) {
        if !self.description {
            event.set_description(Missing);
        }
        if !self.metric {
            event.set_metric(Missing);
        }
        if !self.ttl {
            event.set_ttl(Missing);
        }
        if !self.tags && event.tags().next().is_some() {
            event.set_tags(Missing);
        }
        if let Attributes::Named(named) = &self.attributes {
            let gone: Vec<SmolStr> =
                event.attributes().map(|(key, _)| key).filter(|key| named.iter().all(|kept| kept != key)).map(SmolStr::from).collect();
            for key in gone {
                event.set_attribute(&key, Missing);
            }
        }
    }
}

impl FromStr for Keep {
    type Err = NoSuchField;

    /// Reads `all`, or fields with commas between them.
    fn from_str(text: &str) -> Result<Keep, NoSuchField> {
        match text.trim() {
            "all" => Ok(Keep::All),
            text => Keep::fields(text.split(',').map(str::trim)),
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = match self {
            Keep::All => return f.write_str("all"),
            Keep::HostAndService => return f.write_str("host,service"),
            Keep::These(kept) => kept,
        };
        f.write_str("host,service")?;
        let fields = [("description", kept.description), ("metric", kept.metric), ("ttl", kept.ttl), ("tags", kept.tags)];
        for (name, _) in fields.iter().filter(|(_, kept)| *kept) {
            write!(f, ",{name}")?;
        }
        match &kept.attributes {
            Attributes::All => f.write_str(",attributes"),
            Attributes::Named(named) => named.iter().try_for_each(|key| write!(f, ",attribute.{key}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(keep: &str) -> Event {
        let event = crate::event! { host: "a", service: "s", state: "ok", description: "d", metric: 1, time: 3, ttl: 5, tags: ["x"], "region": "eu", "zone": "1" };
        let keep: Keep = keep.parse().unwrap();
        keep.expired(event, Time::from_secs(9))
    }

    #[test]
    fn an_expired_event_has_what_is_kept_and_no_more() {
        let bare = || crate::event! { host: "a", service: "s", state: "expired", time: 9 };
        assert_eq!(left("host,service"), bare());
        assert_eq!(left("host, service, tags"), bare().with_tags(["x"]));
        assert_eq!(left("description,metric,ttl"), bare().with_description("d").with_metric(1).with_ttl(5));
        assert_eq!(left("attribute.region"), bare().with_attribute("region", "eu"));
        assert_eq!(left("attributes,attribute.zone"), bare().with_attribute("region", "eu").with_attribute("zone", "1"));
        let all = bare().with_description("d").with_metric(1).with_ttl(5).with_tags(["x"]);
        assert_eq!(left("all"), all.with_attribute("region", "eu").with_attribute("zone", "1"));
    }

    #[test]
    fn lists_are_read_as_they_are_written() {
        for text in [
            "all",
            "host,service",
            "host,service,tags",
            "host,service,description,metric,ttl,tags,attributes",
            "host,service,attribute.a,attribute.b",
        ] {
            assert_eq!(text.parse::<Keep>().unwrap().to_string(), text);
        }
        for wrong in ["", "tag", "host,,service", "attribute.", "region", "host service"] {
            let error = wrong.parse::<Keep>().unwrap_err().to_string();
            assert!(error.starts_with("there is no field `") && error.contains("attribute.NAME"), "{wrong}: {error}");
        }
    }
}
