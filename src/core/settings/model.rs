//! What a person has chosen about the screen, the voice and the services.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fraud::Trigger;
use crate::register::Rule;

/// The languages that the app speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Language {
    /// Simplified Chinese, Mandarin when spoken.
    #[default]
    #[serde(rename = "zh-Hans")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-Hans",
            Self::English => "en",
        }
    }

    /// Finds the language of a BCP 47 or POSIX locale tag such as `zh_CN.UTF-8`; `None` for one that isn't spoken here.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "zh" | "cmn" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

/// How large words are: 标准, 大, 特大, 最大.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub enum TextSize {
    /// 标准: body text of 22 dp.
    Standard,
    /// 大: body text of 26 dp.
    #[default]
    Large,
    /// 特大: body text of 32 dp.
    Larger,
    /// 最大: body text of 40 dp.
    Largest,
}

impl TextSize {
    /// All of them, from the smallest.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Large, Self::Larger, Self::Largest];

    /// 1 to 4, as people and the command line name it.
    #[must_use]
    pub fn step(self) -> u8 {
        self as u8 + 1
    }

    /// The setting of a step from 1 to 4.
    #[must_use]
    pub fn from_step(step: u8) -> Option<Self> {
        Self::ALL.get(usize::from(step.checked_sub(1)?)).copied()
    }
}

/// The colours of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Near-black ink on paper-coloured ground.
    #[default]
    Paper,
    /// High contrast, black on white.
    Light,
    /// High contrast, white on black.
    Dark,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Paper, Self::Light, Self::Dark];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How fast the voice speaks: four rates around 0.85 of a normal reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Rate {
    /// 0.7 of normal.
    Slow,
    /// 0.85 of normal.
    #[default]
    Calm,
    /// As an announcer speaks.
    Normal,
    /// 1.2 of normal.
    Fast,
}

impl Rate {
    /// All of them, from the slowest.
    pub const ALL: [Self; 4] = [Self::Slow, Self::Calm, Self::Normal, Self::Fast];

    /// The factor to normal speech.
    #[must_use]
    pub fn factor(self) -> f32 {
        match self {
            Self::Slow => 0.7,
            Self::Calm => 0.85,
            Self::Normal => 1.0,
            Self::Fast => 1.2,
        }
    }
}

/// How loud the voice and the sounds are. The siren is always at its loudest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Volume {
    /// Half.
    Soft,
    /// Three quarters.
    Medium,
    /// All of it.
    #[default]
    Loud,
}

impl Volume {
    /// All of them, from the softest.
    pub const ALL: [Self; 3] = [Self::Soft, Self::Medium, Self::Loud];

    /// The share of full volume.
    #[must_use]
    pub fn share(self) -> f32 {
        match self {
            Self::Soft => 0.5,
            Self::Medium => 0.75,
            Self::Loud => 1.0,
        }
    }
}

/// Everything a person can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether the three questions of the first start have been answered.
    pub welcomed: bool,
    /// The language of words and voice.
    pub language: Language,
    /// How large words are.
    pub text: TextSize,
    /// The colours.
    pub theme: Theme,
    /// Whether pages speak when they open. 读给我听 always speaks.
    pub voice: bool,
    /// How fast.
    pub rate: Rate,
    /// How loud.
    pub volume: Volume,
    /// The hub's address, such as `http://127.0.0.1:8080`; empty where there is none.
    pub hub: String,
    /// The printer's address, such as `ipp://printer.local/ipp/print`; empty where there is none.
    pub printer: String,
    /// What the printer is called; empty where only its address is known.
    pub printer_name: String,
    /// What the entry register of a checkpoint keeps, and for how long.
    pub register: Rule,
    /// When the person has answered that nobody talks them into something (see [`crate::fraud`]).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub of_own_accord: BTreeMap<Trigger, Timestamp>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            welcomed: false,
            language: Language::default(),
            text: TextSize::default(),
            theme: Theme::default(),
            voice: true,
            rate: Rate::default(),
            volume: Volume::default(),
            hub: String::new(),
            printer: String::new(),
            printer_name: String::new(),
            register: Rule::default(),
            of_own_accord: BTreeMap::new(),
        }
    }
}
