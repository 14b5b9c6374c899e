use fastts_core::event::{BatchBuilder, DecodeError, Envelope, Message, encode_message, write_json};
use fastts_server::riemann::frame::count_events;

/// Decodes a Riemann message; what it is written as is read as the same, and nothing stays of one that is wrong.
pub fn message(data: &[u8]) {
    let (mut builder, decoded) = decode(data);
    let Ok(message) = decoded else {
        assert!(builder.is_empty() && !decoded.unwrap_err().to_string().is_empty());
        return;
    };
    assert_eq!(message.events, builder.len());
    assert_eq!(count_events(data), message.events, "what it may cost is known before");
    let query = message.query.map(|range| builder.text(range).into_owned());
    let error = message.error.map(|range| builder.text(range).into_owned());
    let envelope = Envelope { ok: message.ok, error: error.as_deref(), query: query.as_deref() };
    let batch = std::mem::take(&mut builder).finish();
    let mut written = Vec::new();
    encode_message(envelope, batch.iter(), &mut written);
    let (again, decoded) = decode(&written);
    let decoded = decoded.unwrap();
    let text = |range| again.text(range).into_owned();
    assert_eq!((decoded.ok, decoded.query.map(text), decoded.error.map(text)), (message.ok, query, error));
    let again = again.finish();
    assert_eq!(again.len(), batch.len());
    for (event, again) in batch.iter().zip(again.iter()) {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        write_json(event, &mut first);
        write_json(again, &mut second);
        assert_eq!(String::from_utf8(first).unwrap(), String::from_utf8(second).unwrap());
    }
}

pub(crate) fn decode(data: &[u8]) -> (BatchBuilder, Result<Message, DecodeError>) {
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(data);
    let decoded = builder.message(0..data.len(), None);
    (builder, decoded)
}
