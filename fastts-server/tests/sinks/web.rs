//! A web server that a test starts, ends, slows down, and tells what to answer.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastts_server::testing::compliance::Peer;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::kit::target;
use crate::lines::acceptor;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

/// What is answered: a status, headers and a body.
pub(crate) type Said = (u16, Vec<(&'static str, String)>, String);

type Answers = Arc<dyn Fn(&Asked) -> Said + Send + Sync>;

/// A server at the address of [`target`].
pub(crate) struct Web {
    state: Arc<Mutex<State>>,
    answers: Answers,
    /// Tells the services of a request that was taken.
    services: fn(&Asked) -> Vec<String>,
    tls: bool,
    runtime: Option<Runtime>,
}

#[derive(Default)]
struct State {
    slow: bool,
    refuses: Option<String>,
    asked: Vec<Asked>,
    arrived: Vec<String>,
}

impl Web {
    /// Makes one that answers so, unless it refuses.
    pub(crate) fn new(answers: impl Fn(&Asked) -> Said + Send + Sync + 'static, services: fn(&Asked) -> Vec<String>) -> Web {
        Web { state: Arc::default(), answers: Arc::new(answers), services, tls: false, runtime: None }
    }

    /// Makes one that takes everything.
    pub(crate) fn taking(services: fn(&Asked) -> Vec<String>) -> Web {
        Web::new(|_| (200, Vec::new(), "ok".to_owned()), services)
    }

    /// Has it speak TLS, with a certificate for `localhost`.
    pub(crate) fn over_tls(self) -> Web {
        Web { tls: true, ..self }
    }

    /// Returns the requests that it was asked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    answers: Answers,
    services: fn(&Asked) -> Vec<String>,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let text = |value: &hyper::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers: HashMap<String, String> = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let body = if headers.get("content-encoding").is_some_and(|encoding| encoding == "gzip") {
        let mut body = String::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut body).unwrap();
        body
    } else {
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let asked = Asked { line: format!("{} {}", head.method, head.uri), headers, body };
    while state.lock().unwrap().slow {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (status, headers, said) = {
        let mut state = state.lock().unwrap();
        state.asked.push(asked.clone());
        let refused = state.refuses.as_ref().is_some_and(|service| services(&asked).contains(service));
        let said = if refused { (400, Vec::new(), "not this one".to_owned()) } else { answers(&asked) };
        if said.0 < 300 {
            state.arrived.extend(services(&asked));
        }
        said
    };
    let mut response = Response::new(Full::new(Bytes::from(said)));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

impl Peer for Web {
    fn start(&mut self) {
        if self.runtime.is_some() {
            return;
        }
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind(target())).unwrap();
        let (state, answers, services) = (Arc::clone(&self.state), Arc::clone(&self.answers), self.services);
        let acceptor = self.tls.then(|| acceptor(&target()));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, answers, acceptor) = (Arc::clone(&state), Arc::clone(&answers), acceptor.clone());
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let (state, answers) = (Arc::clone(&state), Arc::clone(&answers));
                        async move { Ok::<_, Infallible>(answer(request, state, answers, services).await) }
                    });
                    let serving = http1::Builder::new();
                    match acceptor {
                        None => drop(serving.serve_connection(TokioIo::new(stream), service).await),
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                drop(serving.serve_connection(TokioIo::new(stream), service).await);
                            }
                        }
                    }
                });
            }
        });
        self.runtime = Some(runtime);
    }

    fn stop(&mut self) -> bool {
        drop(self.runtime.take());
        true
    }

    fn slow(&mut self, slow: bool) -> bool {
        self.state.lock().unwrap().slow = slow;
        true
    }

    fn refuse(&mut self, service: Option<&str>) -> bool {
        self.state.lock().unwrap().refuses = service.map(str::to_owned);
        true
    }

    fn arrived(&mut self) -> Vec<String> {
        self.state.lock().unwrap().arrived.clone()
    }
}
