//! `send`: events to a running server, and what it says to them.

mod datagrams;
mod file;

use std::process::ExitCode;

use fastts_core::Event;

use super::arguments::Send;
use super::output::{self, Fault};
use datagrams::Datagrams;

/// Sends one event or those of a file; fails when not all were accepted.
pub(super) fn send(send: &Send, server: &str) -> ExitCode {
    let sent = match &send.file {
        Some(file) if send.udp => file::over_udp(file, server).map_err(Fault::from),
        Some(file) => file::over_tcp(file, server, send).map_err(Fault::from),
        None => event(send).map_err(Fault::Misused).and_then(|event| match send.udp {
            true => Ok(one_over_udp(&event, server)?),
            false => Ok(one_over_tcp(&event, server, send)?),
        }),
    };
    sent.unwrap_or_else(Fault::tell)
}

fn one_over_tcp(event: &Event, server: &str, options: &Send) -> Result<ExitCode, String> {
    let answer = options.reach.connect(server)?.send([event.view()]).map_err(|error| no_reply(server, &error))?;
    if answer.ok {
        return Ok(output::print("ok: true\n"));
    }
    output::print(&format!("ok: false, error: {}\n", reason(answer.error)));
    Ok(ExitCode::FAILURE)
}

fn one_over_udp(event: &Event, server: &str) -> Result<ExitCode, String> {
    Datagrams::open(server)?.send(event.view())?;
    Ok(output::print("sent; nothing is said to datagrams\n"))
}

fn no_reply(server: &str, error: &std::io::Error) -> String {
    // What speaks there has been told.
    let hint = if error.kind() == std::io::ErrorKind::InvalidData {
        ""
    } else {
        "; does it speak the Riemann protocol, and are its pipelines keeping up?"
    };
    format!("no reply from {server}: {error}{hint}")
}

fn reason(error: Option<String>) -> String {
    error.unwrap_or_else(|| "no reason given".to_owned())
}

fn event(send: &Send) -> Result<Event, String> {
    let mut event = Event::new();
    event.set_service(send.service.as_deref()).set_host(send.host.as_deref());
    event.set_state(send.state.as_deref()).set_description(send.description.as_deref());
    event.set_tags(&send.tags[..]).set_ttl(send.ttl.map(f64::from));
    for (key, value) in &send.attributes {
        event.set_attribute(key, value);
    }
    if let Some(metric) = send.metric {
        event.set_metric(metric);
    }
    if event == Event::new() {
        return Err("there is nothing to send; say what happened, for example --service api --metric 3, or --file FILE".to_owned());
    }
    Ok(event)
}
