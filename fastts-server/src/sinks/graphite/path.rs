//! Under which path Graphite keeps a metric.

use fastts_core::{Event, EventView};

use crate::sinks::Text;

/// What makes the path of an event.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    /// Host and service unless there is a text.
    text: Option<Text<Event>>,
    tags: Vec<Box<str>>,
}

impl Path {
    pub(super) fn set(&mut self, text: Text<Event>) {
        self.text = Some(text);
    }

    pub(super) fn tag(&mut self, names: Vec<String>) {
        self.tags = names.into_iter().map(Into::into).collect();
    }

    /// Appends the path, and the tags.
    #[inline]
    pub(super) fn put(&mut self, event: EventView<'_>, out: &mut Vec<u8>) {
        let begin = out.len();
        match &mut self.text {
            Some(text) => {
                out.extend_from_slice(text.of(event).as_bytes());
                // The values have none; what stands around them may.
                out[begin..].iter_mut().filter(|byte| byte.is_ascii_whitespace()).for_each(|byte| *byte = b'_');
            }
            None => put_host_and_service(event, out),
        }
        if out.len() == begin {
            out.push(b'_');
        }
        for name in &self.tags {
            let value = match &**name {
                "host" => event.host(),
                "service" => event.service(),
                "state" => event.state(),
                name => event.attribute(name),
            };
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                out.push(b';');
                out.extend_from_slice(name.as_bytes());
                out.push(b'=');
                put_tag(value, out);
            }
        }
    }
}

/// Appends the host the other way round, and the service.
fn put_host_and_service(event: EventView<'_>, out: &mut Vec<u8>) {
    let begin = out.len();
    let levels = event.host().into_iter().flat_map(|host| host.rsplit('.'));
    for level in levels.chain(event.service().into_iter().flat_map(|service| service.split([' ', '.']))) {
        if out.len() > begin {
            out.push(b'.');
        }
        put_level(level, out);
    }
}

/// Appends a level, as [`Escape::GraphitePath`](fastts_core::Escape::GraphitePath) writes it.
fn put_level(level: &str, out: &mut Vec<u8>) {
    if level.is_empty() {
        out.push(b'_');
        return;
    }
    out.extend(level.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c as u8 } else { b'_' }));
}

/// Appends the value of a tag: all but `;`, blanks and what controls, and `~` at the beginning, may stand there.
fn put_tag(value: &str, out: &mut Vec<u8>) {
    let begin = out.len();
    let mut bytes = [0; 4];
    for c in value.chars() {
        let goes = c == ';' || c.is_whitespace() || c.is_control() || (c == '~' && out.len() == begin);
        out.extend_from_slice(if goes { b"_" } else { c.encode_utf8(&mut bytes).as_bytes() });
    }
}

#[cfg(test)]
mod tests {
    use fastts_core::{Escape, event};

    use super::*;

    fn path(path: &mut Path, event: &Event) -> String {
        let mut out = Vec::new();
        path.put(event.view(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn host_and_service_make_the_path_of_riemann() {
        let rows = [
            (event! { host: "web1.example.com", service: "api req latency" }, "com.example.web1.api.req.latency"),
            (event! { host: "a", service: "cpu.user" }, "a.cpu.user"),
            (event! { service: "x" }, "x"),
            (event! { host: "a" }, "a"),
            (event! { metric: 1 }, "_"),
            (event! { host: "", service: "" }, "_._"),
            (event! { host: "..", service: "/etc/passwd\n evil 5 5;x=y" }, "_._._._etc_passwd_.evil.5.5_x_y"),
            (event! { host: "ü", service: "a  b" }, "_.a._.b"),
        ];
        for (event, wanted) in rows {
            assert_eq!(path(&mut Path::default(), &event), wanted);
        }
    }

    #[test]
    fn nothing_in_a_value_makes_a_level_a_tag_or_a_line() {
        let mut text = Path::default();
        text.set(Text::<Event>::new(Escape::GraphitePath, |event: EventView<'_>, text| {
            text.text("of my.");
            text.value(event.host());
        }));
        text.tag(vec!["host".to_owned(), "zone".to_owned()]);
        let event = event! { host: "a.b;c=d 1 2\nevil 5", "zone": "~eu;x=y\nz 1" };
        assert_eq!(path(&mut text, &event), "of_my.a_b_c_d_1_2_evil_5;host=a.b_c=d_1_2_evil_5;zone=_eu_x=y_z_1");
        assert_eq!(path(&mut text, &event! { host: "" }), "of_my._", "a tag that is empty is left out");
    }
}
