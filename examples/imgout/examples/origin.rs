//! A picture on the other side of a slow line, for `load`: `cargo run -p imgout --example origin -- 127.0.0.1:4001 50`.

use std::time::Duration;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let listener = TcpListener::bind(arguments.next().unwrap_or_else(|| "127.0.0.1:4001".to_owned())).await?;
    let delay = Duration::from_millis(arguments.next().as_deref().unwrap_or("0").parse()?);
    println!("listening on origin {}", listener.local_addr()?);
    Ok(axum::serve(listener, imgout::demo::slow_origin(delay)).await?)
}
