//! Cash: the purse, paying, change, what was spent, bills, and where cash is refused.

use super::super::Stand;
use super::super::cash::POWER_BILL;
use super::{Profile, Scene, and_then, by_taps, of};
use anyhow::Result;

const CASH: &[&str] = &["home-wallet", "wallet-cash"];
const PURSE: &[&str] = &["home-wallet", "wallet-cash", "cash-purse"];
const PAY: &[&str] = &["home-wallet", "wallet-cash", "cash-pay"];
const MONTH: &[&str] = &["home-wallet", "wallet-cash", "cash-spending"];
const ENTRY: &str = "00000000-0000-4000-8000-000000000601";
const BILL: &[&str] = &["home-wallet", "wallet-cash", "cash-bills", POWER_BILL];
const NEW_BILL: &[&str] = &["home-wallet", "wallet-cash", "cash-bills", "bill-add"];
const REFUSED: &[&str] = &["home-wallet", "wallet-cash", "cash-refused"];

pub(super) const SCENES: &[Scene] = &[
    by_taps("cash", CASH),
    of(by_taps("cash-first", CASH), Profile::Welcomed),
    by_taps("purse", PURSE),
    of(by_taps("purse-empty", PURSE), Profile::Welcomed),
    and_then(by_taps("purse-counting", PURSE), |stand| {
        taps(stand, &["add-20", "add-1-coin", "take-0.1"])
    }),
    by_taps(
        "enter-reserve",
        &["home-wallet", "wallet-cash", "cash-purse", "purse-reserve"],
    ),
    by_taps("enter-price", PAY),
    and_then(by_taps("enter-price-wrong", PAY), |stand| stand.enters("12.345")),
    and_then(by_taps("hand-over", PAY), |stand| stand.enters("46.8")),
    and_then(by_taps("hand-over-coins", PAY), |stand| {
        stand.enters("46.8")?;
        stand.taps("hand-over-coins-away")
    }),
    and_then(by_taps("hand-over-odd", PAY), |stand| stand.enters("46.83")),
    and_then(by_taps("hand-over-too-little", PAY), |stand| stand.enters("999.9")),
    and_then(of(by_taps("hand-over-not-counted", PAY), Profile::Welcomed), |stand| {
        stand.enters("12")
    }),
    and_then(by_taps("hand-over-large", PAY), |stand| stand.enters("8000")),
    and_then(by_taps("change-back", PAY), paid_50),
    and_then(by_taps("change-back-short", PAY), short),
    and_then(by_taps("change-back-over", PAY), |stand| {
        paid_50(stand)?;
        taps(stand, &["add-5"])
    }),
    and_then(by_taps("change-back-right", PAY), |stand| {
        short(stand)?;
        taps(stand, &["add-1-note", "add-0.1", "add-0.1"])
    }),
    and_then(by_taps("change-missing", PAY), |stand| {
        short(stand)?;
        stand.taps("change-done")
    }),
    and_then(by_taps("short-change", PAY), |stand| {
        short(stand)?;
        stand.taps("change-short")
    }),
    and_then(by_taps("cash-half-paid", PAY), |stand| {
        short(stand)?;
        stand.taps("back")
    }),
    and_then(by_taps("spent-on", PAY), |stand| {
        stand.enters("12")?;
        stand.taps("hand-over-done")
    }),
    and_then(by_taps("spending-noted", PAY), |stand| {
        stand.enters("12")?;
        taps(stand, &["hand-over-done", "spent-groceries"])
    }),
    by_taps("spending", MONTH),
    of(by_taps("spending-empty", MONTH), Profile::Welcomed),
    and_then(by_taps("spending-weeks", MONTH), |stand| stand.taps("spending-by-week")),
    and_then(by_taps("spending-earlier", MONTH), |stand| {
        stand.taps("spending-earlier")
    }),
    by_taps(
        "spending-list",
        &["home-wallet", "wallet-cash", "cash-spending", "spending-list"],
    ),
    by_taps(
        "spending-entry",
        &["home-wallet", "wallet-cash", "cash-spending", "spending-list", ENTRY],
    ),
    by_taps(
        "enter-spent-amount",
        &["home-wallet", "wallet-cash", "cash-spending", "spending-add"],
    ),
    by_taps("bills", &["home-wallet", "wallet-cash", "cash-bills"]),
    of(
        by_taps("bills-empty", &["home-wallet", "wallet-cash", "cash-bills"]),
        Profile::Welcomed,
    ),
    by_taps("bill", BILL),
    and_then(by_taps("bill-paid", BILL), |stand| stand.taps("bill-paid")),
    by_taps("bill-kind", NEW_BILL),
    and_then(by_taps("enter-bill-name", NEW_BILL), |stand| stand.taps("bill-other")),
    and_then(by_taps("bill-rhythm", NEW_BILL), |stand| stand.taps("bill-water")),
    and_then(by_taps("enter-bill-day", NEW_BILL), |stand| {
        taps(stand, &["bill-water", "bill-monthly"])
    }),
    and_then(by_taps("bill-month", NEW_BILL), |stand| {
        taps(stand, &["bill-water", "bill-every-half-year"])?;
        stand.enters("25")
    }),
    and_then(by_taps("bill-changed", BILL), |stand| {
        taps(stand, &["bill-change-place", "bill-place-1"])
    }),
    and_then(by_taps("enter-bill-amount", NEW_BILL), |stand| {
        taps(stand, &["bill-water", "bill-monthly"])?;
        stand.enters("25")
    }),
    and_then(by_taps("bill-counter", NEW_BILL), new_bill),
    and_then(by_taps("enter-bill-place", NEW_BILL), |stand| {
        new_bill(stand)?;
        stand.taps("bill-place-own")
    }),
    and_then(of(by_taps("home-bill", NEW_BILL), Profile::Welcomed), |stand| {
        new_bill(stand)?;
        taps(stand, &["bill-place-1", "home"])
    }),
    and_then(by_taps("home-purse-low", PURSE), |stand| {
        ten_yuan(stand)?;
        stand.taps("home")
    }),
    and_then(by_taps("purse-low", PURSE), ten_yuan),
    and_then(by_taps("purse-recount", PURSE), |stand| stand.taps("purse-recount")),
    by_taps("cash-refused", REFUSED),
    and_then(by_taps("enter-refused-place", REFUSED), |stand| {
        stand.taps("refused-letter")
    }),
    and_then(by_taps("refused-what", REFUSED), refused),
    and_then(by_taps("print-where-letter", REFUSED), |stand| {
        refused(stand)?;
        stand.taps("refused-telephone-only")
    }),
];

fn taps(stand: &mut Stand, ids: &[&str]) -> Result<()> {
    ids.iter().try_for_each(|id| stand.taps(id))
}

/// A note of 50 is given for 46.80 yuan: 3.20 must come back.
fn paid_50(stand: &mut Stand) -> Result<()> {
    stand.enters("46.8")?;
    stand.taps("hand-over-done")
}

/// Of 3.20 yuan 2 have come back.
fn short(stand: &mut Stand) -> Result<()> {
    paid_50(stand)?;
    taps(stand, &["add-1-coin", "add-1-coin"])
}

/// The purse is counted anew, and there are ten yuan in it.
fn ten_yuan(stand: &mut Stand) -> Result<()> {
    taps(stand, &["purse-recount", "purse-recount", "add-10"])
}

/// A new bill for water, 43.50 yuan by the 25th, as far as the place.
fn new_bill(stand: &mut Stand) -> Result<()> {
    taps(stand, &["bill-water", "bill-monthly"])?;
    stand.enters("25")?;
    stand.enters("43.5")
}

fn refused(stand: &mut Stand) -> Result<()> {
    stand.taps("refused-letter")?;
    stand.enters("北街一号 好运超市")
}
