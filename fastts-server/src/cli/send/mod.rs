//! `send`: events to a running server, and what it says to them.

mod datagrams;
mod file;

use std::net::ToSocketAddrs;
use std::process::ExitCode;

use fastts_core::Event;

use super::arguments::Send;
use super::output::{self, fail};
use crate::riemann::client::Client;
use datagrams::Datagrams;

/// Sends one event or those of a file; fails when not all were accepted.
pub(super) fn send(send: &Send, listen: &str) -> ExitCode {
    let server = send.server.clone().unwrap_or_else(|| reachable(listen));
    let sent = match &send.file {
        Some(file) if send.udp => file::over_udp(file, &server),
        Some(file) => file::over_tcp(file, &server, send),
        None => event(send).and_then(|event| match send.udp {
            true => one_over_udp(&event, &server),
            false => one_over_tcp(&event, &server, send),
        }),
    };
    sent.unwrap_or_else(fail)
}

fn one_over_tcp(event: &Event, server: &str, options: &Send) -> Result<ExitCode, String> {
    let answer = connect(server, options)?.send([event.view()]).map_err(|error| no_reply(server, &error))?;
    if answer.ok {
        return Ok(output::print("ok: true\n"));
    }
    output::print(&format!("ok: false, error: {}\n", reason(answer.error)));
    Ok(ExitCode::FAILURE)
}

fn one_over_udp(event: &Event, server: &str) -> Result<ExitCode, String> {
    Datagrams::open(server)?.send([event.view()])?;
    Ok(output::print("sent; nothing is said to datagrams\n"))
}

fn connect(server: &str, options: &Send) -> Result<Client, String> {
    Client::connect(server, options.timeout).map_err(|error| {
        let program = output::program();
        format!(
            "cannot reach a server at {server}: {error}\nstart one in another terminal with `{program}`, or say where it is with --server ADDR:PORT"
        )
    })
}

fn no_reply(server: &str, error: &std::io::Error) -> String {
    format!("no reply from {server}: {error}; does it speak the Riemann protocol, and are its pipelines keeping up?")
}

fn reason(error: Option<String>) -> String {
    error.unwrap_or_else(|| "no reason given".to_owned())
}

/// Returns the address to reach a server at that listens there: one that listens everywhere is also here.
pub(super) fn reachable(listen: &str) -> String {
    let everywhere = |text: &str| text.to_socket_addrs().ok()?.next().filter(|address| address.ip().is_unspecified());
    match everywhere(listen) {
        Some(address) if address.is_ipv4() => format!("127.0.0.1:{}", address.port()),
        Some(address) => format!("[::1]:{}", address.port()),
        None => listen.to_owned(),
    }
}

fn event(send: &Send) -> Result<Event, String> {
    let mut event = Event::new();
    event.set_service(send.service.as_deref()).set_host(send.host.as_deref());
    event.set_state(send.state.as_deref()).set_description(send.description.as_deref());
    event.set_tags(&send.tags[..]).set_ttl(send.ttl.map(f64::from));
    for (key, value) in &send.attributes {
        event.set_attribute(key, value);
    }
    if let Some(metric) = &send.metric {
        match (metric.parse::<i64>(), metric.parse::<f64>()) {
            (Ok(whole), _) => event.set_metric(whole),
            (_, Ok(float)) => event.set_metric(float),
            _ => return Err(format!("`{metric}` is not a number; write --metric 3 or --metric 2.5")),
        };
    }
    if event == Event::new() {
        return Err("there is nothing to send; say what happened, for example --service api --metric 3, or --file FILE".to_owned());
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_reached_here() {
        assert_eq!(reachable("0.0.0.0:7"), "127.0.0.1:7");
        assert_eq!(reachable("[::]:7"), "[::1]:7");
        assert_eq!(reachable("127.0.0.2:7"), "127.0.0.2:7");
    }
}
