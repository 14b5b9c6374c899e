//! The thumbnailer, as it is deployed: see the README.

use std::net::SocketAddr;
use std::process::ExitCode;

use fastts_server::{Router, Server, Setting};
use imgout::routers::Approach;
use imgout::web::Web;

fn main() -> ExitCode {
    let (approach, listen) =
        match (setting("IMGOUT_APPROACH", Approach::Full), setting("IMGOUT_LISTEN", SocketAddr::from(([127, 0, 0, 1], 4000)))) {
            (Ok(approach), Ok(listen)) => (approach, listen),
            (approach, listen) => {
                [approach.err(), listen.err()].iter().flatten().for_each(|problem| eprintln!("error: {problem}"));
                return ExitCode::from(2);
            }
        };
    Server::new(approach.router() as fn() -> Router).source("web", Web::at(listen)).run()
}

/// Reads a variable of the environment that says something about the program, and nothing about the router.
fn setting<T: Setting>(name: &str, otherwise: T) -> Result<T, String> {
    match std::env::var(name) {
        Ok(text) if !text.is_empty() => T::read(&text).map_err(|wanted| format!("{name} is {text:?}, and should be {wanted}")),
        _ => Ok(otherwise),
    }
}
