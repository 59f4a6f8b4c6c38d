//! Random cards.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::changes::{id, text, time};
use crate::ids::{CardId, PhotoId};
use crate::symbol::Symbology;
use crate::wallet::{Card, CardCode, CardKind, Old, PassId, Photos, WhyOld};

pub(super) fn card() -> impl Strategy<Value = Card> {
    let symbology = select(&[Symbology::Qr, Symbology::Code128, Symbology::Ean13][..]);
    let code = (symbology, text()).prop_map(|(symbology, text)| CardCode { symbology, text });
    let why = select(&[WhyOld::Deleted, WhyOld::Expired][..]);
    let old = (time(), why).prop_map(|(since, why)| Old { since, why });
    let photos = (of(id(PhotoId)), of(id(PhotoId))).prop_map(|(front, back)| Photos { front, back });
    let pass = (text(), text()).prop_map(|(kind, serial)| PassId { kind, serial });
    (
        id(CardId),
        select(&CardKind::ALL[..]),
        text(),
        text(),
        of(code),
        vec((text(), text()), 0..3),
        [time(), time()],
        (of(time()), of(time()), of(time()), of(old), text(), photos, of(pass)),
    )
        .prop_map(
            |(id, kind, name, number, code, details, [added_at, valid_from], more)| {
                let (expires_at, pinned_at, kept_beyond, old, note, photos, pass) = more;
                Card {
                    number,
                    code,
                    details,
                    valid_from: Some(valid_from),
                    expires_at,
                    pinned_at,
                    old,
                    kept_beyond,
                    note,
                    photos,
                    pass,
                    ..Card::new(id, kind, name, added_at)
                }
            },
        )
}
