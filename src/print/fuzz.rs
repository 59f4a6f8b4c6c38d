//! For the fuzz targets alone (`tests/fuzz`): what printers answer, without a printer in between.

use crate::escpos::{About, Readings};
use crate::{answer, message};

/// Reads the bytes of an IPP answer as one to each question; says whether it was any.
#[must_use]
pub fn ipp_answer(bytes: &[u8]) -> bool {
    let Ok(reply) = message::read(bytes.to_vec()) else {
        return false;
    };
    let status = answer::status(&reply);
    let attributes = answer::printer(&reply);
    let needs = attributes.as_ref().ok().and_then(answer::PrinterAttributes::needs);
    if let Ok(attributes) = &attributes {
        let ready = attributes.ready_for("application/pdf");
        assert!(needs.is_some() || ready.is_ok() || !attributes.supports("application/pdf"));
    }
    let job = answer::job(&reply, needs);
    status.is_ok() && (attributes.is_ok() || job.is_ok())
}

/// Reads bytes as what a receipt printer answers to its questions, by turns; says whether it answered any.
#[must_use]
pub fn receipt_answers(bytes: &[u8]) -> bool {
    let mut readings = Readings::default();
    for (about, byte) in About::ALL.into_iter().cycle().zip(bytes) {
        readings.take(about, *byte);
    }
    let silent = !readings.known();
    assert!(
        !silent || (readings.needs().is_none() && !readings.paper_low()),
        "who is silent needs nothing"
    );
    !silent
}
