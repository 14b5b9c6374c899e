//! `send`: one event, and the reply.

use std::net::ToSocketAddrs;
use std::process::ExitCode;

use fastts_core::Event;

use super::arguments::Send;
use super::output::{self, fail};
use crate::riemann::client::Client;

/// Sends an event and prints the reply; fails when the event was not accepted.
pub(super) fn send(send: &Send, listen: &str) -> ExitCode {
    let server = send.server.clone().unwrap_or_else(|| reachable(listen));
    let event = match event(send) {
        Ok(event) => event,
        Err(reason) => return fail(reason),
    };
    let mut client = match Client::connect(&server, send.timeout) {
        Ok(client) => client,
        Err(error) => {
            let program = output::program();
            return fail(format!(
                "cannot reach a server at {server}: {error}\nstart one in another terminal with `{program}`, or say where it is with --server ADDR:PORT"
            ));
        }
    };
    match client.send([event.view()]) {
        Ok(answer) if answer.ok => output::print("ok: true\n"),
        Ok(answer) => {
            let reason = answer.error.unwrap_or_else(|| "no reason given".to_owned());
            output::print(&format!("ok: false, error: {reason}\n"));
            ExitCode::FAILURE
        }
        Err(error) => {
            fail(format!("no reply from {server}: {error}; does it speak the Riemann protocol, and are its pipelines keeping up?"))
        }
    }
}

/// Returns the address to reach a server at that listens there: one that listens everywhere is also here.
fn reachable(listen: &str) -> String {
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
        return Err("there is nothing to send; say what happened, for example --service api --metric 3".to_owned());
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
