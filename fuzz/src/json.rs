use fastts_core::event::{BatchBuilder, write_json};

/// Reads an event from JSON; what it is written as is read and written as the same.
pub fn json(data: &[u8]) {
    match read(data) {
        Ok(written) => assert_eq!(read(written.as_bytes()), Ok(written)),
        Err(error) => assert!(!error.is_empty() && !error.contains('\n'), "{error:?}"),
    }
}

fn read(data: &[u8]) -> Result<String, String> {
    let mut builder = BatchBuilder::new();
    builder.push_json(data, None).map_err(|error| error.to_string())?;
    let batch = builder.finish();
    assert_eq!(batch.len(), 1);
    let mut written = Vec::new();
    write_json(batch.get(0), &mut written);
    Ok(String::from_utf8(written).unwrap())
}
