//! How much an address may ask for, so that nobody goes through all identity numbers.
//!
//! Some routes need no sign-in: whoever knows a number and a name is answered, and whoever does not could try one after
//! the other. Two budgets make that useless: every request about a person costs some of the one, and every answer that
//! tells a guess from a hit ("not registered", "another name", "no such invitation") costs some of the other, which is
//! much smaller. A budget refills with time; a counter that registers people all day never feels it.
//!
//! A third and a fourth hold back who only asks too much: one for each caller who has signed in, one for each address
//! of those who have not. Requests from the machine itself are not counted by address: behind a gateway on it that says
//! nothing, everyone would be one.
//!
//! A budget is a bucket that leaks evenly, kept as one instant for each address: until when it has spent ahead (the
//! generic cell rate algorithm of ITU-T I.371). An IPv6 address stands for its /64, which one household has.

use super::error::ApiError;
use crate::state::State;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::HashMap,
    convert::Infallible,
    hash::Hash,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// Addresses that are kept apart; beyond these, all others share one budget.
const MOST_ADDRESSES: usize = 20_000;
/// Where everyone is counted who comes when there is no place left, or whose address nobody told.
const EVERYONE_ELSE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Seconds of the rate that may be asked for at once.
const BURST: i32 = 30;

/// All budgets.
#[derive(Debug)]
pub(crate) struct Budgets {
    requests: Budget<IpAddr>,
    misses: Budget<IpAddr>,
    /// None where the rate is not limited.
    rates: Option<Rates>,
}

/// How often may be asked at all.
#[derive(Debug)]
struct Rates {
    callers: Budget<String>,
    addresses: Budget<IpAddr>,
}

impl Budgets {
    /// So many requests a second for each caller and address on the average; 0 for any number.
    pub(crate) fn new(requests_per_second: u32) -> Self {
        let rates = i32::try_from(requests_per_second)
            .ok()
            .filter(|rate| *rate > 0)
            .map(|rate| {
                let each = SignedDuration::from_secs(1) / rate;
                Rates {
                    callers: Budget::new(rate.saturating_mul(BURST), each, String::new()),
                    addresses: Budget::new(rate.saturating_mul(BURST), each, EVERYONE_ELSE),
                }
            });
        Self {
            requests: Budget::new(120, SignedDuration::from_secs(5), EVERYONE_ELSE),
            misses: Budget::new(20, SignedDuration::from_mins(3), EVERYONE_ELSE),
            rates,
        }
    }

    /// Takes a request from the budget of its caller, or of the address where nobody has signed in.
    pub(super) fn call(&self, caller: Option<String>, asker: Asker, now: Timestamp) -> Result<(), ApiError> {
        let Some(rates) = &self.rates else { return Ok(()) };
        match caller {
            Some(caller) => rates.callers.spend(&caller, now),
            None => rates.address(asker, now),
        }
        .map_err(ApiError::too_many)
    }

    /// Takes a sign-in from the budget of the address; else after how many seconds it may.
    pub(super) fn sign_in(&self, asker: Asker, now: Timestamp) -> Result<(), u64> {
        self.rates.as_ref().map_or(Ok(()), |rates| rates.address(asker, now))
    }
}

impl Rates {
    fn address(&self, asker: Asker, now: Timestamp) -> Result<(), u64> {
        if asker.0.is_loopback() {
            return Ok(());
        }
        self.addresses.spend(&asker.0, now)
    }
}

impl Budgets {
    /// Takes a request from its budget; refused as well while the address has missed too often.
    pub(super) fn request(&self, asker: Asker, now: Timestamp) -> Result<(), ApiError> {
        self.misses.look(&asker.0, now).map_err(ApiError::too_many)?;
        self.requests.spend(&asker.0, now).map_err(ApiError::too_many)
    }

    /// Takes a miss from its budget.
    pub(super) fn miss(&self, asker: Asker, now: Timestamp) {
        if self.misses.spend(&asker.0, now).is_err() {
            tracing::warn!("an address has asked for too many persons whom it does not know");
        }
    }
}

#[derive(Debug)]
struct Budget<K> {
    /// What a full budget allows at once, as time.
    full: SignedDuration,
    /// After this, one more is allowed.
    each: SignedDuration,
    /// Under which those are counted for whom there is no place.
    everyone_else: K,
    spent_until: Mutex<HashMap<K, Timestamp>>,
}

impl<K: Clone + Eq + Hash> Budget<K> {
    fn new(at_once: i32, each: SignedDuration, everyone_else: K) -> Self {
        Self {
            full: each * at_once,
            each,
            everyone_else,
            spent_until: Mutex::default(),
        }
    }

    /// Whether one is left, without taking it; else after how many seconds there is.
    fn look(&self, asker: &K, now: Timestamp) -> Result<(), u64> {
        let mut spent = self.spent_until.lock().unwrap_or_else(PoisonError::into_inner);
        self.after_one_more(spent.get_mut(asker), now).map(drop)
    }

    fn spend(&self, asker: &K, now: Timestamp) -> Result<(), u64> {
        let mut spent = self.spent_until.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= MOST_ADDRESSES && !spent.contains_key(asker) {
            spent.retain(|_, until| *until > now);
        }
        let is_known = spent.len() < MOST_ADDRESSES || spent.contains_key(asker);
        let asker = if is_known { asker } else { &self.everyone_else };
        let until = self.after_one_more(spent.get_mut(asker), now)?;
        spent.insert(asker.clone(), until);
        Ok(())
    }

    fn after_one_more(&self, spent_until: Option<&mut Timestamp>, now: Timestamp) -> Result<Timestamp, u64> {
        let latest = now.saturating_add(self.full).unwrap_or(Timestamp::MAX);
        let begin = spent_until.map_or(now, |until| {
            // More than a full budget ahead, only a clock that was set back can make it: then nothing counts as spent.
            if *until > latest {
                *until = now;
            }
            (*until).max(now)
        });
        let until = begin.saturating_add(self.each).unwrap_or(Timestamp::MAX);
        if until <= latest {
            Ok(until)
        } else {
            Err(u64::try_from(until.duration_since(latest).as_secs())
                .unwrap_or(0)
                .max(1))
        }
    }
}

/// The address of the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Who asks, as far as budgets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asker(IpAddr);

impl std::fmt::Display for Asker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequestParts<Arc<State>> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<State>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
        let told = hub.behind_gateway.then(|| forwarded(&parts.headers)).flatten();
        Ok(Self(household(told.or(peer).unwrap_or(EVERYONE_ELSE))))
    }
}

/// The address that the gateway itself has seen: the last one. What stands before it, a client may have written.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            Ipv6Addr::from_bits(network).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    fn budget() -> Budget<IpAddr> {
        Budget::new(3, SignedDuration::from_secs(10), EVERYONE_ELSE)
    }

    #[test]
    fn a_full_budget_is_spent_at_once_and_comes_back_one_by_one() {
        let budget = budget();
        let spend = |second| budget.spend(&address(1), at(second));
        assert_eq!([spend(0), spend(0), spend(0)], [Ok(()); 3]);
        assert_eq!(spend(0), Err(10));
        assert_eq!(spend(9), Err(1));
        assert_eq!(spend(10), Ok(()));
        assert_eq!(spend(10), Err(10));
        assert_eq!([spend(100), spend(100), spend(100)], [Ok(()); 3]);
        assert_eq!(budget.spend(&address(2), at(100)), Ok(()), "each address has its own");
    }

    #[test]
    fn looking_costs_nothing() {
        let budget = budget();
        for _ in 0..9 {
            assert_eq!(budget.look(&address(1), at(0)), Ok(()));
        }
        for _ in 0..3 {
            budget.spend(&address(1), at(0)).unwrap();
        }
        assert_eq!(budget.look(&address(1), at(0)), Err(10));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let budget = budget();
        for _ in 0..3 {
            budget.spend(&address(1), at(1_000_000)).unwrap();
        }
        let spend = |second| budget.spend(&address(1), at(second));
        assert_eq!([spend(0), spend(0), spend(0)], [Ok(()); 3]);
        assert_eq!(spend(0), Err(10), "and it counts from there");
    }

    #[test]
    fn more_addresses_than_there_is_place_for_share_one_budget() {
        let budget = budget();
        for number in 0..u32::try_from(MOST_ADDRESSES).unwrap() {
            budget.spend(&Ipv4Addr::from_bits(number + 1).into(), at(0)).unwrap();
        }
        let strangers: Vec<_> = (0..5).map(|last| budget.spend(&address(last), at(0)).is_ok()).collect();
        assert_eq!(strangers, [true, true, true, false, false]);
        assert!(budget.spent_until.lock().unwrap().len() <= MOST_ADDRESSES + 1);
        assert_eq!(
            budget.spend(&address(9), at(60)),
            Ok(()),
            "those who are quiet make place"
        );
    }

    #[test]
    fn a_household_is_one_asker_and_the_gateways_word_is_the_last_one() {
        let one = household("2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(one, household("2001:db8:1:2::1".parse().unwrap()));
        assert_ne!(one, household("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(household("::ffff:192.0.2.7".parse().unwrap()), address(7));
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "10.0.0.1, 192.0.2.9".parse().unwrap());
        assert_eq!(forwarded(&headers), Some(address(9)));
        headers.append("x-forwarded-for", "rubbish".parse().unwrap());
        assert_eq!(forwarded(&headers), None);
    }

    #[test]
    fn whoever_asks_too_much_waits_and_nobody_else() {
        let budgets = Budgets::new(2);
        let (one, other) = (Asker(address(1)), Asker(address(2)));
        let call = |caller: Option<&str>, asker| budgets.call(caller.map(str::to_owned), asker, at(0)).is_ok();
        assert_eq!((0..70).filter(|_| call(None, one)).count(), 60);
        assert!(call(None, other) && call(Some("Device/1"), one));
        assert_eq!((0..70).filter(|_| call(Some("Device/2"), one)).count(), 60);
        let machine = Asker(Ipv4Addr::LOCALHOST.into());
        assert!((0..100).all(|_| call(None, machine)));
        assert!((0..9999).all(|_| Budgets::new(0).call(None, one, at(0)).is_ok()));
    }
}
