//! Accepts connections and, when told to stop, lets each finish the request it is in.
//!
//! `axum::serve` sets no limit on how long a client may take over its request's head, nor on how many
//! connections there are; a hub on the open network needs both.

use super::budget::Peer;
use crate::{metrics::Metrics, tls::Tls};
use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1, service::Service, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
    service::TowerToHyperService,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};

/// Connections at one time; more wait to be accepted.
const MAX_CONNECTIONS: usize = 512;
/// How long a client may take over the handshake of TLS.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take over a request's head, or stay silent between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest head of a request.
const MAX_HEAD: usize = 32 * 1024;
/// How long requests that have begun may take to finish once the hub is told to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(25);

/// What is served, how, and where it is counted.
#[derive(Clone)]
pub(crate) struct Serving {
    pub(crate) router: Router,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) metrics: Arc<Metrics>,
}

/// Serves until `stop` becomes true or its sender is gone.
pub(crate) async fn serve(listener: TcpListener, serving: Serving, mut stop: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, stream, peer) = tokio::select! {
            () = told(&mut stop) => break,
            (place, accepted) = accepted => match accepted {
                Ok((stream, peer)) => (place, stream, Peer(peer.ip())),
                Err(error) => {
                    // Out of file handles, or a client that was gone again: neither is a reason to stop.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        // Answers are small: waiting to fill a packet would only delay them.
        let _ = stream.set_nodelay(true);
        let (serving, watcher, mut stop) = (serving.clone(), graceful.watcher(), stop.clone());
        tokio::spawn(async move {
            let open = serving.metrics.connection();
            // Who has not finished the handshake has not begun a request.
            tokio::select! {
                () = told(&mut stop), if serving.tls.is_some() => (),
                secured = secure(&serving, stream) => if let Some(stream) = secured {
                    converse(stream, &serving, peer, watcher).await;
                },
            }
            drop((open, place));
        });
    }
    drop(listener);
    if timeout(STOP_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were broken off");
    }
}

/// A connection, whatever carries it.
trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

/// The connection as requests come on it; none where the handshake fails.
async fn secure(serving: &Serving, stream: TcpStream) -> Option<Box<dyn Connection>> {
    let Some(tls) = &serving.tls else {
        return Some(Box::new(stream));
    };
    match timeout(HANDSHAKE_TIMEOUT, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a handshake failed");
            None
        }
        Err(_) => None,
    }
}

/// Answers the requests of one connection.
async fn converse(stream: Box<dyn Connection>, serving: &Serving, peer: Peer, watcher: Watcher) {
    let router = TowerToHyperService::new(serving.router.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Returns when the hub is told to stop.
async fn told(stop: &mut watch::Receiver<bool>) {
    // An error means that nobody is left who could tell: that is a reason to stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
}
