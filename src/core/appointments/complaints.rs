//! Where it hurts, and which departments see to that.
//!
//! The departments are named by the codes of 医疗机构诊疗科目名录 (卫医发〔1994〕27号 with its later additions: 03.10 老年病,
//! 27 疼痛科). Which department sees to what is what the guides in hospitals' halls (导诊) commonly say; the first code
//! that the region has a department for is taken. It is no diagnosis: every list ends with general practice, and what
//! must not wait leads to the call for help (the signs of stroke, heart attack and bleeding as in 国家卫生健康委's 急救
//! 健康教育, "中风120": a crooked face, a weak arm, unclear speech).

use crate::view::Icon;

/// A part of the body.
pub(super) struct Area {
    /// Its words; also its name in commands.
    pub key: &'static str,
    pub icon: Icon,
    /// What must not wait.
    pub urgent: Option<&'static str>,
    pub complaints: &'static [Complaint],
}

/// What somebody may have.
pub(super) struct Complaint {
    /// Its words; also its name in commands.
    pub key: &'static str,
    /// Who sees to it, the best first.
    pub codes: &'static [&'static str],
}

const fn complaint(key: &'static str, codes: &'static [&'static str]) -> Complaint {
    Complaint { key, codes }
}

/// 全科医疗科, 内科, 老年病: who sees to everything, and sends people on.
pub(super) const UNSURE: Complaint = complaint("complaint-unsure", &["02", "03", "03.10"]);

/// All areas, from head to foot.
pub(super) const AREAS: &[Area] = &[
    Area {
        key: "area-head",
        icon: Icon::Person,
        urgent: Some("urgent-stroke"),
        complaints: &[
            complaint("complaint-dizzy", &["03.03", "03", "02"]),
            complaint("complaint-headache", &["03.03", "03", "02"]),
            complaint("complaint-trembling", &["03.03", "03"]),
            complaint("complaint-memory", &["03.03", "03.10", "02"]),
            complaint("complaint-sleep", &["15", "03.03", "02"]),
        ],
    },
    Area {
        key: "area-face",
        icon: Icon::Visibility,
        urgent: None,
        complaints: &[
            complaint("complaint-sight", &["10"]),
            complaint("complaint-sore-eyes", &["10"]),
            complaint("complaint-hearing", &["11"]),
            complaint("complaint-throat", &["11", "03", "02"]),
            complaint("complaint-tooth", &["12"]),
            complaint("complaint-denture", &["12"]),
        ],
    },
    Area {
        key: "area-chest",
        icon: Icon::Favorite,
        urgent: Some("urgent-heart"),
        complaints: &[
            complaint("complaint-heartbeat", &["03.04", "03", "02"]),
            complaint("complaint-blood-pressure", &["03.04", "03", "02"]),
            complaint("complaint-cough", &["03.01", "03", "02"]),
            complaint("complaint-breath", &["03.01", "03.04", "03"]),
        ],
    },
    Area {
        key: "area-belly",
        icon: Icon::Restaurant,
        urgent: Some("urgent-belly"),
        complaints: &[
            complaint("complaint-stomach", &["03.02", "03", "02"]),
            complaint("complaint-bowels", &["03.02", "03", "02"]),
            complaint("complaint-appetite", &["03.02", "03", "02"]),
            complaint("complaint-urine", &["04.04", "04", "03", "02"]),
        ],
    },
    Area {
        key: "area-legs",
        icon: Icon::Footprint,
        urgent: Some("urgent-fall"),
        complaints: &[
            complaint("complaint-back", &["04.03", "27", "21", "50.10"]),
            complaint("complaint-joints", &["04.03", "03.08", "50.10"]),
            complaint("complaint-fall", &["04.03", "04", "50.10"]),
            complaint("complaint-swollen", &["03.04", "03.06", "03"]),
            complaint("complaint-numb", &["03.03", "03", "02"]),
        ],
    },
    Area {
        key: "area-skin",
        icon: Icon::CleanHands,
        urgent: None,
        complaints: &[
            complaint("complaint-itch", &["13"]),
            complaint("complaint-blisters", &["13"]),
            complaint("complaint-wound", &["04", "13", "02"]),
        ],
    },
    Area {
        key: "area-whole",
        icon: Icon::AccessibilityNew,
        urgent: None,
        complaints: &[
            complaint("complaint-fever", &["03", "02"]),
            complaint("complaint-sugar", &["03.07", "03", "02"]),
            complaint("complaint-weak", &["03.10", "03", "02"]),
            complaint("complaint-medicine", &["02", "03"]),
            complaint("complaint-after-stroke", &["21", "03.03"]),
            complaint("complaint-vaccine", &["01", "02"]),
        ],
    },
];

/// The area of a name.
pub(super) fn area(key: &str) -> Option<&'static Area> {
    AREAS.iter().find(|area| area.key == key)
}

/// The complaint of a name.
pub(super) fn complaint_of(key: &str) -> Option<&'static Complaint> {
    let all = AREAS.iter().flat_map(|area| area.complaints);
    all.chain([&UNSURE]).find(|complaint| complaint.key == key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_complaint_has_a_name_of_its_own_and_leads_to_codes_of_the_list() {
        let mut names = BTreeSet::new();
        for complaint in AREAS.iter().flat_map(|area| area.complaints).chain([&UNSURE]) {
            assert!(names.insert(complaint.key), "{} is there twice", complaint.key);
            assert!(!complaint.codes.is_empty(), "{} leads nowhere", complaint.key);
            for code in complaint.codes {
                let mut parts = code.split('.');
                let subject: u8 = parts.next().unwrap().parse().unwrap();
                assert!((1..=53).contains(&subject), "{code}");
                assert!(
                    parts.all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())),
                    "{code}"
                );
            }
        }
    }
}
