//! JSON as the bodies of requests have it.

/// Appends a text, with its quotes.
pub(super) fn put_text(text: &str, out: &mut Vec<u8>) {
    // Writing a text into memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Appends `"key":"value"`, with a comma before it unless it is the first of its object; nothing where there is no value.
pub(super) fn put_field<'t>(key: &str, value: impl Into<Option<&'t str>>, out: &mut Vec<u8>) {
    let Some(value) = value.into() else { return };
    begin(key, out);
    put_text(value, out);
}

/// Appends `"key":`, and what stands between it and what is before it.
pub(super) fn begin(key: &str, out: &mut Vec<u8>) {
    if !matches!(out.last(), None | Some(b'{' | b'[')) {
        out.push(b',');
    }
    put_text(key, out);
    out.push(b':');
}
