//! The queues of this machine's CUPS server, with CUPS-Get-Printers (operation 0x4002 of CUPS'
//! "IPP Extensions").
//!
//! A queue is a printer that somebody has set up already, with its driver, so it is offered first.
//! Where no CUPS runs the list is empty; that is no error.

use std::time::Instant;

use ipp::attribute::IppAttribute;
use ipp::model::DelimiterTag;
use ipp::operation::IppOperation;
use ipp::operation::cups::CupsGetPrinters;
use ipp::request::IppRequestResponse;
use ipp::value::{IppKeyword, IppValue};

use crate::PrintError;
use crate::address::{Address, Way, of_queue};
use crate::answer::{number, text};
use crate::found::{Found, FoundKind, MAX_FOUND};
use crate::internet::Conversation;

/// The bit of `printer-type` that marks the default queue.
const IS_DEFAULT: i32 = 0x2_0000;
const PRINTER_TYPE: &str = "printer-type";
const REQUESTED: [&str; 5] = [
    IppAttribute::PRINTER_NAME,
    IppAttribute::PRINTER_INFO,
    IppAttribute::PRINTER_LOCATION,
    IppAttribute::PRINTER_MAKE_AND_MODEL,
    PRINTER_TYPE,
];

/// CUPS-Get-Printers, for a list that is short however many queues there are.
struct GetPrinters;

impl IppOperation for GetPrinters {
    fn into_ipp_request(self) -> IppRequestResponse {
        let mut request = CupsGetPrinters::new().into_ipp_request();
        let words = REQUESTED.iter().filter_map(|word| IppKeyword::new(*word).ok());
        let wanted = IppValue::Array(words.map(IppValue::Keyword).collect());
        let limit = IppValue::Integer(i32::try_from(MAX_FOUND).unwrap_or(i32::MAX));
        for (name, value) in [
            (IppAttribute::LIMIT, limit),
            (IppAttribute::REQUESTED_ATTRIBUTES, wanted),
        ] {
            if let Ok(attribute) = IppAttribute::with_name(name, value) {
                request
                    .attributes_mut()
                    .add(DelimiterTag::OperationAttributes, attribute);
            }
        }
        request
    }
}

/// The queues, or none where no CUPS answers until then.
pub(crate) fn queues(server: &str, deadline: Instant) -> Result<Vec<Found>, PrintError> {
    // An address has a queue, and CUPS takes the operation at any.
    let address = Address::parse(&of_queue(server, "any"))?;
    let Way::Internet(printer) = address.way() else {
        return Err(PrintError::Address);
    };
    let reply = match (Conversation { printer, deadline }).exchange(GetPrinters, &[]) {
        Ok(reply) => reply,
        // It has no queues at all.
        Err(PrintError::RefusedJob {
            status: crate::answer::NOT_FOUND,
        }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(list(&reply, server))
}

fn list(reply: &IppRequestResponse, server: &str) -> Vec<Found> {
    reply
        .attributes()
        .groups_of(DelimiterTag::PrinterAttributes)
        .take(MAX_FOUND)
        .filter_map(|queue| {
            let name = text(queue, IppAttribute::PRINTER_NAME)?;
            let shown = text(queue, IppAttribute::PRINTER_INFO).unwrap_or(name);
            let note = [IppAttribute::PRINTER_LOCATION, IppAttribute::PRINTER_MAKE_AND_MODEL]
                .iter()
                .find_map(|note| text(queue, note));
            let mut found = Found::new(FoundKind::Queue, shown, of_queue(server, name), note)?;
            found.is_default = number(queue, PRINTER_TYPE).is_some_and(|kind| kind & IS_DEFAULT != 0);
            Some(found)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use ipp::attribute::IppAttribute;
    use ipp::model::{IppVersion, StatusCode};
    use ipp::value::{IppName, IppTextValue};
    use proptest::prelude::*;

    use super::*;
    use crate::message;

    const SERVER: &str = "cups://localhost/";

    /// A server's answer with these queues: name, what it is called, `printer-type`.
    fn answer(queues: &[(&str, &str, i32)]) -> Vec<u8> {
        let empty = IppRequestResponse::new_response(IppVersion::v1_1(), StatusCode::SuccessfulOk, 1).unwrap();
        let mut bytes = empty.to_bytes().to_vec();
        assert_eq!(bytes.pop(), Some(DelimiterTag::EndOfAttributes as u8));
        for (name, info, kind) in queues {
            bytes.push(DelimiterTag::PrinterAttributes as u8);
            for (key, value) in [
                (
                    IppAttribute::PRINTER_NAME,
                    IppValue::NameWithoutLanguage(IppName::new(*name).unwrap()),
                ),
                (
                    IppAttribute::PRINTER_INFO,
                    IppValue::TextWithoutLanguage(IppTextValue::new(*info).unwrap()),
                ),
                (PRINTER_TYPE, IppValue::Enum(*kind)),
            ] {
                bytes.extend_from_slice(&IppAttribute::with_name(key, value).unwrap().to_bytes());
            }
        }
        bytes.push(DelimiterTag::EndOfAttributes as u8);
        bytes
    }

    #[test]
    fn every_queue_is_offered_by_what_people_call_it_and_the_default_is_marked() {
        let reply = answer(&[("Office", "一楼打印机", 0x2_0000), ("收据", "", 0), ("a/b", "x", 0)]);
        let found = list(&message::read(reply).unwrap(), SERVER);
        let shown: Vec<_> = found
            .iter()
            .map(|queue| (queue.name.as_str(), queue.address.as_str(), queue.is_default))
            .collect();
        assert_eq!(
            shown,
            [
                ("一楼打印机", "cups://localhost/Office", true),
                ("收据", "cups://localhost/%E6%94%B6%E6%8D%AE", false),
                ("x", "cups://localhost/a%2Fb", false),
            ]
        );
    }

    #[test]
    fn a_server_with_a_thousand_queues_makes_no_longer_list() {
        let queues: Vec<_> = (0..1000).map(|_| ("q", "q", 0)).collect();
        assert_eq!(list(&message::read(answer(&queues)).unwrap(), SERVER).len(), MAX_FOUND);
    }

    proptest! {
        #[test]
        fn no_answer_can_make_it_panic(group in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut bytes = answer(&[("q", "q", 0)]);
            bytes.pop();
            bytes.extend(group);
            if let Ok(reply) = message::read(bytes) {
                prop_assert!(list(&reply, SERVER).len() <= MAX_FOUND);
            }
        }
    }
}
