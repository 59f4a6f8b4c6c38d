//! What an operator watches: counters and histograms for Prometheus (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
//!
//! Labels are methods, routes as they are written in the router, statuses, reasons and the names of hospitals: never an id, so that neither a
//! person nor an unbounded number of series can get in.

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};
use std::{fmt, sync::atomic::AtomicU64, time::Duration};

/// The media type of OpenMetrics, which the exposition is in.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What was asked, and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// How a hospital's own server was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Called {
    hospital: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Hospital {
    hospital: String,
}

/// The two ways in which a call can end.
const ANSWERED: &str = "answered";
const FAILED: &str = "failed";

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    refusals: Family<Reason, Counter>,
    bookings: Counter,
    connections: Gauge,
    streams: Gauge,
    database: Histogram,
    database_failures: Counter,
    trust_list_age: Gauge<f64, AtomicU64>,
    calls: Family<Called, Counter>,
    call_durations: Family<Hospital, Histogram, fn() -> Histogram>,
}

/// From half a millisecond to sixteen seconds.
fn times() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("anban_hub");
        let requests = Family::default();
        registry.register("requests", "Answers by method, route and status", requests.clone());
        let durations = Family::new_with_constructor(times as fn() -> Histogram);
        registry.register_with_unit(
            "request_duration",
            "Time from a request's head to its answer",
            Unit::Seconds,
            durations.clone(),
        );
        let refusals = Family::default();
        registry.register("refusals", "Refused requests by reason", refusals.clone());
        let bookings = Counter::default();
        registry.register(
            "bookings",
            "Bookings that were acknowledged, repeats among them",
            bookings.clone(),
        );
        let connections = Gauge::default();
        registry.register("connections", "Connections that are open", connections.clone());
        let streams = Gauge::default();
        registry.register("streams", "Streams of changes that are open", streams.clone());
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that runs", build);
        let database = times();
        registry.register_with_unit(
            "database_step_duration",
            "Time that steps on the database take, waiting for a thread among it",
            Unit::Seconds,
            database.clone(),
        );
        let database_failures = Counter::default();
        registry.register(
            "database_step_failures",
            "Steps that the database did not do: it was away, full, or in trouble",
            database_failures.clone(),
        );
        let trust_list_age = Gauge::default();
        registry.register_with_unit(
            "trust_list_age",
            "Time since the trust list was signed",
            Unit::Seconds,
            trust_list_age.clone(),
        );
        let calls = Family::default();
        registry.register(
            "hospital_calls",
            "Messages to a hospital's own server, by whether it gave an answer that can be used",
            calls.clone(),
        );
        let call_durations = Family::new_with_constructor(times as fn() -> Histogram);
        registry.register_with_unit(
            "hospital_call_duration",
            "Time that messages to a hospital's own server take, those without an answer among them",
            Unit::Seconds,
            call_durations.clone(),
        );
        Self {
            registry,
            requests,
            durations,
            refusals,
            bookings,
            connections,
            streams,
            database,
            database_failures,
            trust_list_age,
            calls,
            call_durations,
        }
    }
}

impl Metrics {
    /// A request was answered.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let route = Route {
            method: method.to_owned(),
            route: route.to_owned(),
        };
        self.durations.get_or_create(&route).observe(took.as_secs_f64());
        let Route { method, route } = route;
        self.requests.get_or_create(&Answered { method, route, status }).inc();
    }

    /// A request was refused.
    pub(crate) fn refused(&self, reason: &'static str) {
        self.refusals.get_or_create(&Reason { reason }).inc();
    }

    /// A booking was acknowledged.
    pub(crate) fn booked(&self) {
        self.bookings.inc();
    }

    /// A step on the database is over.
    pub(crate) fn stepped(&self, took: Duration) {
        self.database.observe(took.as_secs_f64());
    }

    /// A step failed by the database's fault.
    pub(crate) fn step_failed(&self) {
        self.database_failures.inc();
    }

    /// From now on a hospital's own server is asked: so many times so far, which is none.
    pub(crate) fn know_hospital(&self, hospital: &str) {
        for outcome in [ANSWERED, FAILED] {
            let hospital = hospital.to_owned();
            drop(self.calls.get_or_create(&Called { hospital, outcome }));
        }
        let hospital = hospital.to_owned();
        drop(self.call_durations.get_or_create(&Hospital { hospital }));
    }

    /// A message to a hospital's own server is over.
    pub(crate) fn called(&self, hospital: &str, is_answered: bool, took: Duration) {
        let of = Hospital {
            hospital: hospital.to_owned(),
        };
        self.call_durations.get_or_create(&of).observe(took.as_secs_f64());
        let Hospital { hospital } = of;
        let outcome = if is_answered { ANSWERED } else { FAILED };
        self.calls.get_or_create(&Called { hospital, outcome }).inc();
    }

    /// A stream of changes is open until what this returns is dropped.
    pub(crate) fn stream(&self) -> impl Drop + Send + 'static {
        self.streams.inc();
        Open(self.streams.clone())
    }

    /// A connection is open until what this returns is dropped.
    pub(crate) fn connection(&self) -> impl Drop + Send + 'static {
        self.connections.inc();
        Open(self.connections.clone())
    }

    /// Everything as text; the trust list was signed so long ago.
    pub(crate) fn text(&self, trust_list_age: Option<Duration>) -> Result<String, fmt::Error> {
        if let Some(age) = trust_list_age {
            self.trust_list_age.set(age.as_secs_f64());
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

struct Open(Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn what_is_counted_stands_in_the_text() {
        let metrics = Metrics::default();
        metrics.answered("GET", "/health", 200, Duration::from_millis(3));
        metrics.refused("no-grant");
        metrics.booked();
        metrics.step_failed();
        let open = metrics.connection();
        let text = metrics.text(Some(Duration::from_secs(60))).unwrap();
        for line in [
            "anban_hub_requests_total{method=\"GET\",route=\"/health\",status=\"200\"} 1",
            "anban_hub_request_duration_seconds_count{method=\"GET\",route=\"/health\"} 1",
            "anban_hub_refusals_total{reason=\"no-grant\"} 1",
            "anban_hub_bookings_total 1",
            "anban_hub_connections 1",
            "anban_hub_database_step_failures_total 1",
            concat!("anban_hub_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
            "anban_hub_trust_list_age_seconds 60.0",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        drop(open);
        assert!(metrics.text(None).unwrap().contains("anban_hub_connections 0"));
    }
}
