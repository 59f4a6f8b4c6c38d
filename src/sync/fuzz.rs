//! For the fuzz targets alone (`tests/fuzz`): an answer of a hub to everything that could have been asked.
//!
//! What a status and a body mean is nobody's business outside of this crate, and a server in between would be slow.

use anban_core::appointments::Wish;
use anban_core::outbox::{Answer, DocumentWish};
use anban_wire::CommandId;
use jiff::{SignedDuration, Timestamp};

use crate::exchange::Reply;
use crate::{address, answers, listings};

/// Reads the answer as one to each question; says whether it was a yes, a no or a listing to any.
///
/// # Panics
/// When what was taken out of it breaks a promise to the core.
#[must_use]
pub fn hub_answer(status: u16, body: &[u8], command: CommandId, wish: &DocumentWish, now: Timestamp) -> bool {
    let reply = Reply {
        status,
        body: body.to_vec(),
    };
    let to = now + SignedDuration::from_hours(24 * 30);
    let visit = Wish {
        department: "d1".to_owned(),
        slot: None,
        from: now,
        to,
        for_patient: None,
    };
    let mut understood = !matches!(answers::booking(&reply, command, &visit), Answer::NoAnswer(_));
    if let Answer::Booked { appointment, start, .. } = answers::booking(&reply, command, &visit) {
        assert!(
            address::is_id(&appointment) && (now..=to).contains(&start),
            "a visit that nobody asked for"
        );
    }
    if let Ok(appointment) = answers::appointment(&reply) {
        let _ = answers::cancelled(&appointment, "a1");
    }
    let _ = answers::already_booked(&reply, command);
    understood |= !matches!(answers::issued(&reply, wish), Answer::NoAnswer(_));
    understood |= matches!(answers::registered(&reply), Answer::Registered);
    understood |= listings::directory(body, now).is_ok();
    let _ = listings::find_request(body, "d1", (now, to));
    if let Ok(timetable) = listings::timetable(body, "d1", (now, to), now) {
        assert!(
            timetable.slots.is_sorted_by_key(|slot| slot.start),
            "times out of order"
        );
        assert!(
            timetable
                .slots
                .iter()
                .all(|slot| address::is_id(&slot.id) && slot.start < slot.end)
        );
    }
    understood | listings::trust_list(body.to_vec(), now).is_ok()
}

/// Reads the address of a hub; says whether it is one.
#[must_use]
pub fn hub_address(text: &str) -> bool {
    address::Base::parse(text).is_ok()
}
